"""What a customer allows, for what, by which channel, and how we know."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.customers.models.people import Customer


class Purpose(models.TextChoices):
    SERVICE = "service", _("Service")
    MARKETING = "marketing", _("Marketing")
    PROFILING = "profiling", _("Profiling")
    SHARING = "sharing", _("Sharing with partners")


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
