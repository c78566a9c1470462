"""KPIs as computed for a day: kept, so that pages are quick and a past figure can be shown as it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember


class KpiValue(models.Model):
    """One value of one KPI as of a day. Empty `dimension`, `month`, `scenario`: for the whole business.

    `dimension` is one of analysis.kpis.DIMENSIONS and `member` one of its members: a segment's key, a branch's name.
    `numerator` and `denominator` are the sums of which the value is the ratio; the customers behind it add up to them.
    """

    as_of = models.DateField()
    name = models.CharField(max_length=60)
    group = models.CharField(max_length=20)  # customer, process, scenario
    unit = models.CharField(max_length=10)  # share, money, count, days, score
    dimension = models.CharField(max_length=12, default="", blank=True)
    member = models.CharField(max_length=200, default="", blank=True)
    month = models.CharField(max_length=7, default="", blank=True)  # 2026-03
    scenario = models.CharField(max_length=60, default="", blank=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    count = models.BigIntegerField(null=True)  # customers, purchases or answers that the value rests on
    detail = models.JSONField(null=True)  # of a scenario: sizes and rates of both arms, verdict
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "name", "dimension", "member", "month", "scenario"], name="one_value_of_a_kpi_a_day"
            ),
            models.CheckConstraint(
                condition=Q(dimension="", member="") | (~Q(dimension="") & ~Q(member="")),
                name="a_kpi_value_has_a_dimension_with_its_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.as_of}: {self.value}"


class Computation(models.Model):
    """Figures that somebody asked for: how far they are, and what came of it.

    `as_of` is empty when everything is to be brought up to date: profiles, segments and KPIs.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    class Step(models.TextChoices):
        PROFILES = "profiles", _("Bringing the profiles up to date")
        SEGMENTS = "segments", _("Moving customers between segments")
        KPIS = "kpis", _("Computing the KPIs")

    as_of = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    step = models.CharField(max_length=10, choices=Step, default=Step.PROFILES)
    share_done = models.FloatField(default=0)
    error = models.TextField(default="", blank=True)
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]), name="computation_status_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of or 'all'} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.RUNNING}
