"""Who looked at whom, what people asked of us about their own records, and how long anything is kept."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.customers.models.people import Customer


class Look(models.Model):
    """A member of staff opened, searched or exported somebody's record."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="looks", db_index=False)
    member = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=40)  # page, export, list export, API
    saw_contacts = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["customer", "-at"], name="look_by_customer")]

    def __str__(self) -> str:
        return f"{self.member_id} → {self.customer_id}"


class SubjectRequest(models.Model):
    """What a person asked of us about their own record (access, erasure, restriction, objection), and its outcome."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("A copy of everything")
        ERASURE = "erasure", _("Erasure")
        RESTRICTION = "restriction", _("Restriction")
        OBJECTION = "objection", _("Objection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer_number = models.BigIntegerField()  # no foreign key: it outlives the record
    kind = models.CharField(max_length=20, choices=Kind)
    asked_at = models.DateTimeField()
    asked_through = models.CharField(max_length=40, default="")  # staff, portal, command
    taken_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    proof = models.JSONField(default=dict)  # rows changed by table, and what a search for the person found afterwards

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_number}"
