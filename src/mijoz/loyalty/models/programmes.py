"""Programmes in versions: points, stamp cards, tiers, referral; who stands where, and who brought whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models import Customer
from mijoz.loyalty.models.offers import State
from mijoz.segments.models import KEY, in_language


@tracked("key", "names", "state", "terms", "starts_at")
class Programme(models.Model):
    """Points, a stamp card, tiers or referral. `terms` (see terms.py) are those in force."""

    class Kind(models.TextChoices):
        POINTS = "points", _("Points")
        STAMPS = "stamps", _("Stamp card")
        TIERS = "tiers", _("Tiers")
        REFERRAL = "referral", _("Referral")

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    names = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    number = models.PositiveIntegerField(default=1)  # of the version in force
    terms = models.JSONField()
    starts_at = models.DateTimeField(null=True)  # what was bought before counts for nothing
    next_transaction = models.BigIntegerField(default=0)  # of the log: first one not counted yet
    counted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state="live") & Q(kind__in=["points", "tiers", "referral"]),
                name="one_live_programme_of_a_kind",
            ),
            models.CheckConstraint(condition=~Q(state="live") | Q(starts_at__isnull=False), name="live_has_begun"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.names) or self.key


class ProgrammeVersion(models.Model):
    """The terms as they were written."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    names = models.JSONField()
    terms = models.JSONField()
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["programme", "-number"]
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="programme_versions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.number}"


class TierStanding(models.Model):
    """A customer's tier, by whoever they were merged into; `grace_until` when they have fallen below it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="standings", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tier_standings")
    tier = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()  # 1 is the lowest
    measured = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    since = models.DateTimeField()
    grace_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "customer"], name="one_tier_of_a_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.tier}"


class ReferralCode(models.Model):
    """A customer's own code, by which friends are known to come from them."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="referral_code")
    code = models.CharField(max_length=60, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """A friend who came by a customer's code; both are rewarded after the friend's first purchase."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the first purchase")
        REWARDED = "rewarded", _("Rewarded")
        REFUSED = "refused", _("Refused")

    class Refusal(models.TextChoices):
        NONE = "", ""
        SAME_PERSON = "same_person", _("They are one person")
        SHARED_CONTACT = "shared_contact", _("They share a phone or an e-mail")
        LIMIT = "limit", _("The limit of the month was reached")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    referrer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="referrals")
    friend = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="referred_by")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    refusal = models.CharField(max_length=20, choices=Refusal, default="", blank=True)
    referred_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-referred_at"]
        constraints = [models.CheckConstraint(condition=~Q(referrer=F("friend")), name="nobody_refers_themselves")]

    def __str__(self) -> str:
        return f"{self.referrer_id} → {self.friend_id}"
