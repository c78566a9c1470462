"""What a customer allows, for what, by which channel, and how we know."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models.people import LANGUAGES, Customer


class Purpose(models.TextChoices):
    SERVICE = "service", _("Service")
    MARKETING = "marketing", _("Marketing")
    PROFILING = "profiling", _("Profiling")
    SHARING = "sharing", _("Sharing with partners")


@tracked()
class Consent(models.Model):
    """The present answer of a customer for a purpose and a channel ("" means all); the log has its history."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=20, db_default="", default="")
    granted = models.BooleanField()
    answered_at = models.DateTimeField()
    proof = models.TextField(db_default="", default="")  # the words agreed to, or where they stand
    given_through = models.CharField(max_length=40, db_default="", default="")  # import, staff, portal
    recorded_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "purpose", "channel"], name="one_answer_per_purpose_and_channel"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="purpose_is_known"),
        ]
        indexes = [models.Index(fields=["purpose", "granted", "customer"], name="consent_by_answer")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel or '*'}: {'yes' if self.granted else 'no'}"


@tracked()
class ConsentText(models.Model):
    """The sentence to which a customer says yes or no, in one language; a change is a new version, never an edit."""

    purpose = models.CharField(max_length=20, choices=Purpose)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    version = models.PositiveIntegerField()
    text = models.TextField(_("text"), max_length=2000)
    since = models.DateTimeField()
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["purpose", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "language", "version"], name="consent_text_versions_are_numbered"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="texts_never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("purpose", "language", "version", "text", "since"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.language} {self.version}"


class Confirmation(models.Model):
    """A yes that does not count yet: the owner of the address has to press the link that was sent there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="confirmations")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    text = models.TextField()  # the words agreed to
    text_version = models.CharField(max_length=60, default="", db_default="")
    given_through = models.CharField(max_length=40, default="", db_default="")
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-asked_at"], name="confirmation_by_customer")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}"
