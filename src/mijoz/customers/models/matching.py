"""How likely records must be one person's to be merged or asked about, and what each search for them did."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked

PERCENT = [MinValueValidator(1), MaxValueValidator(99.99)]


@tracked()
class MatchingRules(models.Model):
    """The one row of the thresholds, in percent."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    merge_from = models.FloatField(_("Merged by Mijoz from"), default=90, validators=PERCENT)
    review_from = models.FloatField(_("Asked about from"), default=10, validators=PERCENT)
    is_nightly = models.BooleanField(_("Search every night"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_matching_rules"),
            models.CheckConstraint(
                condition=Q(review_from__lte=F("merge_from"), review_from__gt=0, merge_from__lt=100),
                name="matching_thresholds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_from} % .. {self.merge_from} %"


class Resolution(models.Model):
    """One search for likely duplicates through all customers: how far it is, and what came of it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    step = models.CharField(max_length=40, db_default="", default="")  # key of what it is doing
    share = models.FloatField(db_default=0.0, default=0.0)  # of the work, 0 to 1
    customers = models.PositiveIntegerField(null=True)
    compared = models.BigIntegerField(null=True)  # pairs looked at
    learned_from = models.PositiveIntegerField(null=True)  # pairs of one person; 0: the starting weights count
    merged = models.PositiveIntegerField(null=True)
    to_review = models.PositiveIntegerField(null=True)
    error = models.TextField(db_default="", default="")
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]), name="resolution_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.created_at}"
