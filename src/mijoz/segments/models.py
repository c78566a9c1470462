"""Segments with their rules in versions, who is in them and why, and the RFM scores that rules ask for."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models import LANGUAGES, Customer
from mijoz.segments.clusters.models import ClusterRun  # noqa: F401 - a room of its own

KEY = RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("A key is small Latin letters, digits and _, such as vip_guests."))


def in_language(texts: dict[str, str]) -> str:
    """The text in the language of the page; when this language has none, in the first that has one."""
    language = (get_language() or "uz").split("-")[0]
    in_order = (texts.get(code) for code in (language, *(code for code, _label in LANGUAGES)))
    return next(filter(None, in_order), "")


@tracked("key", "names", "descriptions", "minimal_packages", "value_adding_packages", "is_active")
class Segment(models.Model):
    """Customers whom a rule selects. Texts are objects by language: {"uz": ..., "ru": ..., "en": ...}.

    The default segments exclude each other: they are asked by `order`, the first that fits takes the
    customer, and the last one takes every other customer with a purchase. All others stand for themselves.
    """

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    names = models.JSONField()
    descriptions = models.JSONField(default=dict)
    minimal_packages = models.JSONField(default=dict)
    value_adding_packages = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField()
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-is_default", "order", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(is_default=True), name="default_segments_have_an_order"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True), name="default_segments_stay_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key

    @property
    def name(self) -> str:
        return in_language(self.names) or self.key

    @property
    def description(self) -> str:
        return in_language(self.descriptions)

    @property
    def minimal_package(self) -> str:
        """What every customer of the segment gets."""
        return in_language(self.minimal_packages)

    @property
    def value_adding_package(self) -> str:
        """What personalisation adds."""
        return in_language(self.value_adding_packages)


@tracked("segment", "number", "rule")
class SegmentVersion(models.Model):
    """A rule as it was written; the one with the highest number is in force."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    rule = models.JSONField()  # see rules.py
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["segment", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="versions_of_a_segment_are_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.number}"


class Membership(models.Model):
    """A customer's stay in a segment. The open one has no `left_at`.

    `reason` tells why the customer entered, `left_reason` why they left:
    {"version": 3, "as_of": "2026-03-31", "facts": {"purchases": 4, ...}}; the latter has "moved_to" when
    another default segment took them.
    """

    id = models.BigAutoField(primary_key=True)
    # Segments are set aside, never deleted; checking each of a million rows takes longer than writing them.
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="memberships", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    reason = models.JSONField(default=dict)
    left_reason = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"],
                condition=Q(left_at=None),
                name="one_open_membership_per_segment",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("entered_at")),
                name="nobody_leaves_before_entering",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "entered_at"], name="membership_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"


class Score(models.Model):
    """A customer's RFM scores, 1 to 5 each, as of the day of the last refresh; only who has bought has a row.

    Purchases and revenue are those that were scored, see RfmSettings.
    Days since the last purchase are not stored: they change every night for everybody. The table is derived
    as a whole and a refresh removes strays, so its rows are not checked one by one against the customers.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="rfm", db_constraint=False
    )
    last_purchase_on = models.DateField()
    purchases = models.PositiveIntegerField()
    revenue = models.DecimalField(max_digits=18, decimal_places=4)
    r_score = models.PositiveSmallIntegerField()
    f_score = models.PositiveSmallIntegerField()
    m_score = models.PositiveSmallIntegerField()
    rfm_score = models.FloatField()  # the weighted mean of the three

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(r_score__range=(1, 5), f_score__range=(1, 5), m_score__range=(1, 5)),
                name="scores_are_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"{self.r_score}{self.f_score}{self.m_score}"


@tracked("number", "months", "r_weight", "f_weight", "m_weight")
class RfmSettings(models.Model):
    """By which purchases customers are scored and how the three scores weigh; the one with the highest number counts.

    Frequency and money are those of the last `months` months, of all time when it is null.
    """

    number = models.PositiveIntegerField(unique=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    r_weight = models.PositiveSmallIntegerField(default=1)
    f_weight = models.PositiveSmallIntegerField(default=1)
    m_weight = models.PositiveSmallIntegerField(default=1)
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(months=None) | Q(months__range=(1, 120)), name="rfm_period_of_months"),
            models.CheckConstraint(
                condition=Q(r_weight__lte=10, f_weight__lte=10, m_weight__lte=10)
                & ~Q(r_weight=0, f_weight=0, m_weight=0),
                name="some_score_weighs",
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def weights(self) -> tuple[float, float, float]:
        return (self.r_weight, self.f_weight, self.m_weight)


class Touched(models.Model):
    """A customer who is to be judged again at once, since their profile changed."""

    customer_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.customer_id)


class RefreshRun(models.Model):
    """One refresh of scores and memberships: how far it is, and what came of it."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    as_of = models.DateField(null=True)
    share_done = models.FloatField(default=0)
    error = models.TextField(default="", blank=True)
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)  # the moment that memberships changed by this run carry
    seconds = models.FloatField(null=True)
    cuts = models.JSONField(null=True)  # where the scores were cut; who is judged alone is scored by the last ones

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]),
                name="refresh_status_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.status}"


class SegmentMove(models.Model):
    """How many customers went from one default segment to another one on a day; null is none of them.

    Who comes from none bought for the first time, or is back after a merge was undone.
    """

    day = models.DateField()
    origin = models.ForeignKey(Segment, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    destination = models.ForeignKey(Segment, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    customers = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "origin", "destination"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "origin", "destination"], nulls_distinct=False, name="one_row_per_move_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin_id} → {self.destination_id} {self.day}: {self.customers}"


class SegmentDay(models.Model):
    """A segment's size and revenue at the end of a day, and who came and went on it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    customers = models.PositiveIntegerField()
    revenue = models.DecimalField(max_digits=22, decimal_places=4)
    entered = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["segment", "day"]
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="one_row_per_segment_and_day")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day}: {self.customers}"
