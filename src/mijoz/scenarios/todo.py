"""Who sees which tasks, and in which order."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from mijoz.business.models import Role, StaffMember
from mijoz.customers.names import query_words
from mijoz.scenarios.models import Task

STATES: dict[str, str | Promise] = {
    "open": gettext_lazy("Open"),
    "overdue": gettext_lazy("Overdue"),
    "done": gettext_lazy("Done tasks"),
    "all": gettext_lazy("All tasks"),
}
ORDERS = {
    "due": [F("due_at").asc(), F("id").asc()],
    "customer": [F("customer__sort_name").asc(), F("id").asc()],
    "done": [F("done_at").asc(nulls_first=True), F("id").asc()],
}


def sees_all(staff: StaffMember) -> bool:
    return staff.role in {Role.OWNER, Role.MANAGER}


def state_of(asked: str) -> str:
    return asked if asked in STATES else "open"


def mine(staff: StaffMember) -> Q:
    """Tasks of the member's role that are for their branch or for all; without a branch, of every branch."""
    own = Q(role=staff.role)
    return own & (Q(branch=None) | Q(branch=staff.branch_id)) if staff.branch_id else own


def may_do(staff: StaffMember, task: Task) -> bool:
    in_branch = task.branch_id is None or staff.branch_id in {None, task.branch_id}
    return sees_all(staff) or (task.role == staff.role and in_branch)


def tasks(
    staff: StaffMember,
    *,
    at: datetime | None = None,
    text: str = "",
    state: str = "all",
    scenario: str = "",
    role: str = "",
    sort: str = "due",
) -> QuerySet[Task]:
    """The tasks that this member of staff may see, narrowed and in order; what is unknown is ignored."""
    found = Task.objects.select_related("customer", "scenario", "branch", "done_by")
    if not sees_all(staff):
        found = found.filter(mine(staff))
    elif role in Role.values:
        found = found.filter(role=role)
    for word in query_words(text):
        found = found.filter(customer__search_key__contains=word)
    if scenario:
        found = found.filter(scenario__key=scenario)
    if state == "overdue" and at is not None:
        found = found.filter(done_at=None, due_at__lt=at)
    elif state in {"open", "done"}:
        found = found.filter(done_at__isnull=state == "open")
    ordered = found.order_by(*ORDERS.get(sort.removeprefix("-"), ORDERS["due"]))
    return ordered.reverse() if sort.startswith("-") else ordered


def counts(staff: StaffMember, *, at: datetime) -> dict[str, int]:
    """How many tasks are `open` and `overdue` for this member of staff."""
    found = Task.objects.filter(done_at=None)
    if not sees_all(staff):
        found = found.filter(mine(staff))
    return found.aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=at)))
