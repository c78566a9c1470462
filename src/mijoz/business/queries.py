"""Reads of the company, its branches and its staff that are more than one line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.dates import WEEKDAYS_ABBR

from mijoz.business.models import Branch, Business, Invitation, Role, StaffMember, WorkingHours

STAFF_ORDERS = {
    "name": [F("name").asc(), F("email").asc()],
    "role": [F("role").asc(), F("name").asc()],
    "branch": [F("branch__name").asc(nulls_first=True), F("name").asc()],
    "last_login": [F("last_login").asc(nulls_first=True), F("name").asc()],
}
STAFF_STATES = {
    "active": Q(is_active=True),
    "never": Q(is_active=True, last_login=None),
    "closed": Q(is_active=False),
}


def business() -> Business:
    """The company of this installation; an unsaved one with the defaults before it is set up."""
    return Business.objects.filter(pk=1).first() or Business(pk=1)


def has_owner() -> bool:
    return StaffMember.objects.filter(role=Role.OWNER, is_active=True).exists()


def staff_list(wanted: Mapping[str, str] | None = None) -> QuerySet[StaffMember]:
    """The staff, narrowed by q, role, branch (code) and state, ordered by sort; what is unknown is ignored."""
    wanted = wanted or {}
    found = StaffMember.objects.select_related("branch")
    for word in wanted.get("q", "").split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if wanted.get("role") in Role.values:
        found = found.filter(role=wanted["role"])
    if wanted.get("branch"):
        found = found.filter(branch__code=wanted["branch"])
    if wanted.get("state") in STAFF_STATES:
        found = found.filter(STAFF_STATES[wanted["state"]])
    sort = wanted.get("sort", "")
    ordered = found.order_by(*STAFF_ORDERS.get(sort.removeprefix("-"), STAFF_ORDERS["name"]), "pk")
    return ordered.reverse() if sort.startswith("-") else ordered


def open_invitations(at: datetime) -> QuerySet[Invitation]:
    """Links made for somebody and not used yet; the first owner's link is for nobody in particular."""
    waiting = Invitation.objects.select_related("branch", "member", "invited_by").filter(
        used_at=None, expires_at__gt=at
    )
    return waiting.exclude(email="", member=None).order_by("expires_at")


def branches() -> QuerySet[Branch]:
    """The branches with `staff_count` and the working hours of each."""
    hours = Prefetch("working_hours", WorkingHours.objects.order_by("weekday", "opens"))
    return Branch.objects.annotate(staff_count=Count("staff")).prefetch_related(hours).order_by("name")


def week_in_words(branch: Branch) -> list[tuple[str, str]]:
    """The working hours of a branch, equal neighbouring days together: ("Mon–Fri", "09:00–18:00")."""
    spans = {day: [hours for hours in branch.working_hours.all() if hours.weekday == day] for day in range(7)}
    times = {day: ", ".join(f"{span.opens:%H:%M}–{span.closes:%H:%M}" for span in spans[day]) for day in spans}
    lines = []
    for hours, group in groupby(times, key=lambda day: times[day]):
        days = list(group)
        first, last = (str(WEEKDAYS_ABBR[day]) for day in (days[0], days[-1]))
        if hours:
            lines.append((first if len(days) == 1 else f"{first}–{last}", hours))
    return lines
