from __future__ import annotations

from datetime import datetime

from django.db.models import Count, QuerySet

from mijoz.business.models import Branch, Business, Invitation, StaffMember


def business() -> Business:
    """The company of this installation; an unsaved one with the defaults before it is set up."""
    return Business.objects.filter(pk=1).first() or Business(pk=1)


def has_owner() -> bool:
    return StaffMember.objects.filter(role="owner", is_active=True).exists()


def staff_list() -> QuerySet[StaffMember]:
    return StaffMember.objects.select_related("branch").order_by("-is_active", "name", "email")


def open_invitations(at: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, expires_at__gt=at).exclude(email="").order_by("expires_at")


def branches() -> QuerySet[Branch]:
    return Branch.objects.annotate(staff_count=Count("staff")).order_by("name")
