"""Offers in versions, to whom they were granted and by which code, and where they were redeemed."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models import Customer
from mijoz.segments.models import KEY, in_language


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


@tracked("key", "names", "conditions", "state", "terms", "budget_uses", "budget_sum")
class Offer(models.Model):
    """A discount, gift or package. `terms` (see terms.py) are those in force; the budget can never be overspent."""

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    names = models.JSONField()  # by language
    conditions = models.JSONField(default=dict)  # by language: what the customer reads
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    number = models.PositiveIntegerField(default=1)  # of the version in force
    terms = models.JSONField()
    budget_uses = models.PositiveIntegerField(null=True, blank=True)  # none: no limit
    budget_sum = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    given = models.DecimalField(max_digits=18, decimal_places=2, default=0)  # money, what was cancelled taken off
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_uses=None) | Q(uses__lte=F("budget_uses")), name="offer_uses_within_budget"
            ),
            models.CheckConstraint(
                condition=Q(budget_sum=None) | Q(given__lte=F("budget_sum")), name="offer_sum_within_budget"
            ),
            models.CheckConstraint(condition=Q(given__gte=0), name="offer_gave_no_less_than_nothing"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.names) or self.key

    @property
    def condition(self) -> str:
        return in_language(self.conditions)


class OfferVersion(models.Model):
    """The terms as they were written; a redemption says by which of them it was."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    names = models.JSONField()
    terms = models.JSONField()
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["offer", "-number"]
        constraints = [models.UniqueConstraint(fields=["offer", "number"], name="offer_versions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.offer_id}/{self.number}"


class Grant(models.Model):
    """Somebody's right to an offer, mostly with a code; one without a customer is whoever's who has the code.

    `code` is folded (see codes.py). `origin` says where it came from, such as `scenario:welcome/2`, and makes
    granting again change nothing.
    """

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="grants", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="grants", db_index=False)
    code = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - unique where there is one
    written = models.CharField(max_length=60, default="", db_default="")  # a word as somebody chose it
    origin = models.CharField(max_length=120)
    uses_allowed = models.PositiveIntegerField(null=True, default=1)  # none: no limit
    uses = models.PositiveIntegerField(default=0, db_default=0)
    granted_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "customer", "origin"], condition=Q(customer__isnull=False), name="granted_once"
            ),
            models.CheckConstraint(
                condition=Q(uses_allowed=None) | Q(uses__lte=F("uses_allowed")), name="code_used_no_more_than_allowed"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "offer"], name="grant_by_customer"),
            models.Index(fields=["offer", "-id"], name="grant_by_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} → {self.customer_id or self.code}"


class Redemption(models.Model):
    """What was used at one till for one receipt: offers, points, or both. Cancelled as a whole."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="redemptions", db_index=False
    )
    reference = models.CharField(max_length=200, default="", blank=True)  # number of the receipt
    business_day = models.DateField()
    branch = models.CharField(max_length=40, default="", blank=True)
    lines = models.JSONField(default=list)
    sum_before = models.DecimalField(max_digits=18, decimal_places=2)
    discount = models.DecimalField(max_digits=18, decimal_places=2)  # by offers, in money off the receipt
    points = models.PositiveBigIntegerField(default=0)
    points_sum = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    redeemed_at = models.DateTimeField()
    redeemed_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    program = models.CharField(max_length=60, default="", blank=True)  # name of the key that asked for it
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    cancelled_because = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-redeemed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "reference", "business_day"],
                condition=Q(cancelled_at=None) & ~Q(reference=""),
                name="receipt_redeemed_once",
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0)
                & Q(points_sum__gte=0)
                & Q(sum_before__gte=F("discount") + F("points_sum")),
                name="nobody_is_paid_for_buying",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-redeemed_at"], name="redemption_by_customer"),
            models.Index(fields=["-redeemed_at"], name="redemption_by_moment"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.pk)

    @property
    def taken_off(self) -> Decimal:
        return self.discount + self.points_sum

    @property
    def sum_after(self) -> Decimal:
        return self.sum_before - self.taken_off

    @property
    def dialog_id(self) -> str:
        return f"cancel-{self.pk.hex}"


class RedeemedOffer(models.Model):
    """One offer within a redemption: the version, the grant by which it was had, and what it cost."""

    redemption = models.ForeignKey(Redemption, on_delete=models.CASCADE, related_name="offers")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="redeemed")
    number = models.PositiveIntegerField()  # of the version
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, null=True, related_name="redeemed")
    discount = models.DecimalField(max_digits=18, decimal_places=2)  # off the receipt
    cost = models.DecimalField(max_digits=18, decimal_places=2)  # counted against the budget: a gift costs its worth

    class Meta:
        constraints = [models.UniqueConstraint(fields=["redemption", "offer"], name="offer_once_a_receipt")]

    def __str__(self) -> str:
        return f"{self.redemption_id} {self.offer_id}"
