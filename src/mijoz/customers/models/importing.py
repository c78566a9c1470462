"""Files brought in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.events.models import Identity, Source


class ImportRun(models.Model):
    """One import of a file: what it is, how far it is, and what came of it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")  # file received, mapping not confirmed yet
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    class Holds(models.TextChoices):
        PURCHASES = "purchases", _("Purchases")
        CUSTOMERS = "customers", _("Customers")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=1000)
    holds = models.CharField(max_length=10, choices=Holds, default=Holds.PURCHASES, db_default="purchases")
    mapping = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    error = models.TextField(default="", blank=True)
    counts = models.JSONField(default=dict)  # keys as `mijoz import purchases --json` prints them
    trial = models.JSONField(default=dict)  # what a dry run of the whole file found
    transactions = models.JSONField(default=list)  # numbers of those that wrote its rows, see Event.written_by
    undone = models.JSONField(default=dict)  # what undoing took away and what it had to keep
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
                condition=Q(
                    status__in=[
                        "draft",
                        "waiting",
                        "running",
                        "done",
                        "failed",
                        "cancelled",
                        "undoing",
                        "undone",
                    ]
                ),
                name="import_status_is_known",
            ),
            models.CheckConstraint(condition=Q(holds__in=["purchases", "customers"]), name="import_holds_is_known"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Imported(models.Model):
    """A row that an import made, or an identity that it found here: what undoing it may take away again."""

    class What(models.TextChoices):
        IDENTITY = "identity"  # made by the import
        MET = "met"  # an identity that was here before, and that its file tells of too
        NOTE = "note"
        TAGGING = "tagging"
        CONSENT = "consent"
        PAIR = "pair"  # a pair of customers whom it made to be asked about
        SHARED = "shared"  # an identity that it made known as shared

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    what = models.CharField(max_length=10, choices=What)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "what", "row"], name="imported_once")]
        indexes = [models.Index(fields=["row", "what"], name="imported_by_row")]

    def __str__(self) -> str:
        return f"{self.what} {self.row}"


class ImportedTrait(models.Model):
    """How a trait stood before an import told another value; `before` is null when nothing was told."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="traits", db_index=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    before = models.JSONField(null=True)  # value, original, trouble, told_at, told_by

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "identity", "name"], name="trait_imported_once")]

    def __str__(self) -> str:
        return self.name
