"""Files brought in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.events.models import Source


class ImportRun(models.Model):
    """One import of a file: what it is, how far it is, and what came of it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")  # file received, mapping not confirmed yet
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=1000)
    mapping = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    error = models.TextField(default="", blank=True)
    counts = models.JSONField(default=dict)  # keys as `mijoz import purchases --json` prints them
    lines_expected = models.BigIntegerField(null=True)
    rejects_path = models.CharField(max_length=1000, default="", blank=True)
    consent_proof = models.TextField(default="", blank=True)  # set when the file's customers agreed to marketing
    started_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "waiting", "running", "done", "failed", "cancelled"]),
                name="import_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
