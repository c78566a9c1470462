"""What is wanted of each KPI, who answers for it, when it missed its target, and where others stand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked

NEARLY = 0.05


@tracked()
class KpiAim(models.Model):
    """The row of the register that people edit: target, owner and whether the KPI is watched.

    `tolerance` is a part of the target: so far from it, in the bad direction, a value is still nearly good. What the
    KPI is stands in `insights.register`.
    """

    name = models.CharField(max_length=60, unique=True)
    target = models.FloatField(_("target"), null=True, blank=True)
    tolerance = models.FloatField(_("tolerance"), default=NEARLY)
    owner = models.ForeignKey(
        StaffMember, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="kpis"
    )
    is_watched = models.BooleanField(_("alert"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tolerance__gte=0, tolerance__lte=1), name="tolerance_is_a_part"),
            models.CheckConstraint(
                condition=Q(is_watched=False) | Q(target__isnull=False), name="what_is_watched_has_a_target"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KpiAlert(models.Model):
    """A KPI that missed its target, from the day it was seen to the day it was good again.

    The figures are those of the day on which it was opened, `certainty` and `last_value` those of the last look.
    """

    class Certainty(models.TextChoices):
        SURELY = "surely", _("Surely worse")
        PERHAPS = "perhaps", _("Perhaps worse")

    name = models.CharField(max_length=60)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    month = models.CharField(max_length=7, default="", blank=True)  # of which the value speaks; empty for a state
    target = models.FloatField()
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    certainty = models.CharField(max_length=10, choices=Certainty)
    last_value = models.FloatField()
    seen_on = models.DateField()  # the day of the last look
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="kpi_alerts")

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(closed_at__isnull=True), name="one_open_alert_of_a_kpi"
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=["surely", "perhaps"]), name="certainty_of_an_alert_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.opened_on}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@tracked()
class PooledFigure(models.Model):
    """Where other businesses stand with a KPI in a period: quartiles of `n` of them, none by name."""

    name = models.CharField(max_length=60)
    period = models.CharField(max_length=7)  # a month, such as 2026-03
    p25 = models.FloatField()
    median = models.FloatField()
    p75 = models.FloatField()
    n = models.PositiveIntegerField()
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "-period"]
        constraints = [
            models.UniqueConstraint(fields=["name", "period"], name="one_pooled_figure_a_period"),
            models.CheckConstraint(
                condition=Q(p25__lte=F("median"), median__lte=F("p75")), name="pooled_quartiles_are_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.period}"
