"""Runs that looked for groups, each with what it found. No run says which customer is in which group."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mijoz.business.models import StaffMember


class ClusterRun(models.Model):
    """One search for groups: by which traits, how far it is, and what came of it (see finding.found)."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    traits = models.JSONField()  # keys of segments.fields
    wanted = models.PositiveSmallIntegerField(null=True)  # how many groups; null leaves it to what is found
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    share_done = models.FloatField(default=0)
    error = models.CharField(max_length=200, default="", blank=True)
    as_of = models.DateField(null=True)
    customers = models.PositiveIntegerField(null=True)
    result = models.JSONField(null=True)
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    seconds = models.FloatField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]), name="cluster_status_is_known"
            ),
            models.CheckConstraint(condition=Q(wanted=None) | Q(wanted__range=(2, 8)), name="two_to_eight_clusters"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"
