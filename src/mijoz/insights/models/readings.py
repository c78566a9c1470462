"""What was read from the log for pages that would take too long to read it anew: pain points, gaps, and pilots."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Reading(models.Model):
    """One look at the log as of a day; `document` holds figures of groups, nobody's own."""

    class Kind(models.TextChoices):
        PAIN = "pain"
        GAPS = "gaps"

    kind = models.CharField(max_length=10, choices=Kind)
    as_of = models.DateField()
    document = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-as_of"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "as_of"], name="one_reading_of_a_kind_a_day"),
            models.CheckConstraint(condition=Q(kind__in=["pain", "gaps"]), name="reading_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of}"


class PilotReading(models.Model):
    """What was last read of a pilot: how many are in each arm, and sums of those who have had their time, by day.

    `pilot` is its key (plan/7, scenario/missed_you), `terms` which customers it counted, `newest_event` how far the log
    went. All that a page says of a pilot follows from one of these.
    """

    pilot = models.CharField(max_length=80, unique=True)
    as_of = models.DateField()
    terms = models.CharField(max_length=120, default="", blank=True)
    newest_event = models.BigIntegerField()
    document = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["pilot"]

    def __str__(self) -> str:
        return f"{self.pilot} {self.as_of}"
