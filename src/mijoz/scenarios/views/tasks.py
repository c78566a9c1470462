"""The tasks that scenarios give to staff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.scenarios import actions, queries, todo
from mijoz.ui.export import csv_response
from mijoz.ui.toasts import toast

WHO = ("manager", "front_office", "operator", "service_master")
ROWS_A_PAGE = 25


@allow(*WHO)
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Tasks of the role and branch of whoever asks; owners and managers see all."""
    at = timezone.now()
    page = Paginator(_wanted(request), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "at": at,
        "counts": todo.counts(request.staff, at=at),
        "state": todo.state_of(request.GET.get("state", "")),
        "states": todo.STATES.items(),
        "scenarios": queries.names().items(),
        "roles": Role.choices if todo.sees_all(request.staff) else [],
    }
    return render(request, "scenarios/tasks.html", context)


@allow(*WHO)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    return csv_response(_rows(_wanted(request)), file_name="tasks.csv")


@allow(*WHO, does=gettext_lazy("Note a task as done"))
@require_POST
def done(request: StaffRequest, task: int) -> HttpResponse:
    """Note that a task is done; its row is drawn anew."""
    found = get_object_or_404(todo.tasks(request.staff), pk=task)
    if not todo.may_do(request.staff, found):
        raise PermissionDenied
    try:
        confirmed = {one["key"]: f"confirm-{one['key']}" in request.POST for one in found.asked}
        note = request.POST.get("note", "")[:1000]
        found = actions.do_task(found, by=request.staff, note=note, confirmed=confirmed, at=timezone.now())
        said, tone = _("Done: thank you."), "success"
    except actions.TaskDone as refusal:
        said, tone = str(refusal), "warning"
    if not request.htmx:
        (messages.success if tone == "success" else messages.warning)(request, said)
        return redirect("scenarios:tasks")
    shown = get_object_or_404(todo.tasks(request.staff), pk=task)
    response = render(request, "scenarios/_task.html", {"task": shown, "at": timezone.now()})
    toast(response, said, tone="success" if tone == "success" else "warning")
    return response


def _wanted(request: StaffRequest) -> Any:
    query = request.GET
    return todo.tasks(
        request.staff,
        at=timezone.now(),
        text=query.get("q", ""),
        state=todo.state_of(query.get("state", "")),
        scenario=query.get("scenario", ""),
        role=query.get("role", ""),
        sort=query.get("sort", "due"),
    )


def _rows(found: Any) -> Iterator[list[Any]]:
    yield [
        _("Task"), _("Customer"), _("Number"), _("Phone"), _("Scenario"), _("For"), _("Branch"), _("Due"),
        _("Done"), _("By"), _("Note"),
    ]  # fmt: skip
    for task in found.iterator(chunk_size=2_000):
        yield [
            task.text, task.customer.name, task.customer_id, task.customer.phone, task.scenario.name,
            task.get_role_display(), task.branch or "", task.due_at, task.done_at, task.done_by or "", task.note,
        ]  # fmt: skip
