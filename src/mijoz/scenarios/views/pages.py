"""Pages that show scenarios, and the buttons that start, pause and stop them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.scenarios import actions, checking, overview, queries
from mijoz.scenarios.models import Enrolment, Scenario
from mijoz.ui.export import csv_response

EDITORS = ("manager", "marketer")
READERS = (*EDITORS, "analyst")
ROWS_A_PAGE = 50


def may_edit(request: StaffRequest) -> bool:
    return request.staff.role in {"owner", *EDITORS}


@allow(*READERS)
@require_safe
def overview_page(request: StaffRequest) -> HttpResponse:
    """All scenarios as cards."""
    return render(request, "scenarios/list.html", {"cards": overview.cards(), "may_edit": may_edit(request)})


@allow(*EDITORS)
@require_POST
def install_pilots(request: StaffRequest) -> HttpResponse:
    """Set up the five pilots as drafts."""
    actions.install_pilots(at=timezone.now())
    return redirect("scenarios:list")


@allow(*READERS)
@require_safe
def detail(request: StaffRequest, key: str) -> HttpResponse:
    """What one scenario does and has done."""
    scenario = get_object_or_404(Scenario.objects.select_related("state_by"), key=key)
    card = overview.card(scenario, queries.version_in_force(scenario))
    context = {
        "card": card,
        "flow": overview.flow(scenario, card.definition),
        "versions": queries.versions(scenario),
        "last_enrolled_at": overview.last_enrolled_at(scenario),
        "may_edit": may_edit(request),
    }
    return render(request, "scenarios/detail.html", context)


@allow(*READERS)
@require_safe
def version(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """What an earlier version did."""
    scenario = get_object_or_404(Scenario, key=key)
    found = get_object_or_404(scenario.versions.select_related("written_by"), number=number)
    return render(request, "scenarios/version.html", {"card": overview.card(scenario, found)})


@allow(*READERS)
@require_safe
def customers(request: StaffRequest, key: str) -> HttpResponse:
    """Who is enrolled."""
    scenario = get_object_or_404(Scenario, key=key)
    page = Paginator(_wanted(request, scenario), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "scenario": scenario,
        "page": page,
        "arms": Enrolment.Arm.choices,
        "states": [*Enrolment.State.choices[:2], *Enrolment.Ending.choices],
    }
    return render(request, "scenarios/customers.html", context)


@allow(*READERS, does=gettext_lazy("Export who is enrolled"))
@require_safe
def export(request: StaffRequest, key: str) -> HttpResponseBase:
    scenario = get_object_or_404(Scenario, key=key)
    return csv_response(_rows(_wanted(request, scenario)), file_name=f"{key}.csv")


@allow(*EDITORS)
@require_safe
def dry_run(request: StaffRequest, key: str) -> HttpResponse:
    """Who would be enrolled now, for the dialog before the start."""
    scenario = get_object_or_404(Scenario, key=key)
    run = queries.dry_run(scenario, at=timezone.now())
    return render(request, "scenarios/_dry_run.html", {"run": run, "scenario": scenario})


@allow(*EDITORS, does=gettext_lazy("Start, pause and stop"))
@require_POST
def start(request: StaffRequest, key: str) -> HttpResponse:
    return _change(request, key, actions.start, _("“%(name)s” has started: customers are being enrolled."))


@allow(*EDITORS)
@require_POST
def pause(request: StaffRequest, key: str) -> HttpResponse:
    return _change(request, key, actions.pause, _("“%(name)s” is paused: nothing is sent until you go on."))


@allow(*EDITORS)
@require_POST
def resume(request: StaffRequest, key: str) -> HttpResponse:
    return _change(request, key, actions.resume, _("“%(name)s” goes on where it was paused."))


@allow(*EDITORS)
@require_POST
def stop(request: StaffRequest, key: str) -> HttpResponse:
    return _change(request, key, actions.stop, _("“%(name)s” is stopped."))


def _change(request: StaffRequest, key: str, change: Callable[..., Any], said: str) -> HttpResponse:
    scenario = get_object_or_404(Scenario, key=key)
    try:
        change(scenario, by=request.staff, at=timezone.now())
    except (actions.StateRefused, checking.DefinitionRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said % {"name": scenario.name})
    return redirect("scenarios:detail", key=key)


def _wanted(request: StaffRequest, scenario: Scenario) -> Any:
    query = request.GET
    return overview.enrolments(
        scenario,
        text=query.get("q", ""),
        arm=query.get("arm", ""),
        state=query.get("state", ""),
        sort=query.get("sort", "-enrolled"),
    )


def _rows(found: Any) -> Iterator[list[Any]]:
    yield [
        _("Customer"), _("Number"), _("Arm"), _("State"), _("Reason"), _("Version"), _("Steps taken"), _("Enrolled"),
        _("Next step"), _("Goal reached"), _("Segment"),
    ]  # fmt: skip
    for one in found.iterator(chunk_size=2_000):
        yield [
            one.customer.name, one.customer_id, one.get_arm_display(), one.get_state_display(),
            one.get_ending_display(), one.version.number if one.version else "", one.next_step, one.enrolled_at,
            one.due_at, one.goal_reached_at, one.segment,
        ]  # fmt: skip
