"""The demo business of this installation, and whether its first steps are still shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import Sector, StaffMember


class DemoLoad(models.Model):
    """The one demo business: what was asked for, how far it is, and what came of it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Step(models.TextChoices):
        WAITING = "waiting", _("Waiting for a free worker")
        PEOPLE = "people", _("Inventing the business and its customers")
        LOG = "log", _("Writing down what happened")
        PROFILES = "profiles", _("Getting to know the customers")
        SEGMENTS = "segments", _("Sorting them into segments, month by month")
        SCENARIOS = "scenarios", _("Starting the scenarios")
        KPIS = "kpis", _("Measuring")
        DONE = "done", _("Ready")

    sector = models.CharField(max_length=20, choices=Sector)
    name = models.CharField(max_length=200, blank=True, default="")  # "" takes the sector's own
    customers = models.PositiveIntegerField()
    months = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    effect = models.FloatField()
    until = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    step = models.CharField(max_length=10, choices=Step, default=Step.WAITING)
    share_done = models.FloatField(default=0)
    error = models.TextField(blank=True, default="")
    figures = models.JSONField(default=dict)  # as `mijoz demo --json` prints them
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_demo"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]), name="demo_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.sector


class FirstSteps(models.Model):
    """Somebody had enough of the list of first steps; without a row it is shown until everything is done."""

    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_list_of_first_steps")]

    def __str__(self) -> str:
        return f"{self.closed_at:%Y-%m-%d}"
