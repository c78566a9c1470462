"""KPIs as computed for a day: kept, so that pages are quick and a past figure can be shown as it was."""

from __future__ import annotations

from django.db import models


class KpiValue(models.Model):
    """One value of one KPI as of a day. Empty `segment`, `month`, `scenario`: for the whole business."""

    as_of = models.DateField()
    name = models.CharField(max_length=60)
    group = models.CharField(max_length=20)  # customer, process, scenario
    unit = models.CharField(max_length=10)  # share, money, count, days, score
    segment = models.CharField(max_length=60, default="", blank=True)
    month = models.CharField(max_length=7, default="", blank=True)  # 2026-03
    scenario = models.CharField(max_length=60, default="", blank=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    count = models.BigIntegerField(null=True)  # customers or purchases that the value rests on
    detail = models.JSONField(null=True)  # of a scenario: sizes and rates of both arms, verdict
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "name", "segment", "month", "scenario"], name="one_value_of_a_kpi_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.as_of}: {self.value}"
