"""How good what we know of customers is: of each, and of all by day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from mijoz.customers.models.people import Customer


class AuditScore(models.Model):
    """What is missing or doubtful of one customer, see analysis.audit; written anew as a whole by every audit."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="audit", db_constraint=False
    )
    score = models.PositiveSmallIntegerField()
    findings = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__range=(0, 100)), name="audit_score_of_100")]
        indexes = [
            GinIndex(fields=["findings"], name="audited_by_finding"),
            models.Index(fields=["score", "customer"], name="audited_by_score"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.score}"


class AuditDay(models.Model):
    """What the audit of a day found in all; the last one of a day counts."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    customers = models.PositiveIntegerField()
    score = models.FloatField()  # the mean, of 100
    found = models.JSONField(default=dict)  # customers by finding
    fields = models.JSONField(default=dict)  # by trait: filled, unreadable, conflicts, days since it was told (middle)
    sources = models.JSONField(default=list)  # by source: identities, filled by trait, unreadable, days since the last
    bands = models.JSONField(default=dict)  # customers by good, fair, poor

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.score}"
