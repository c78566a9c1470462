"""Pages that show scenarios, and the buttons that start, pause and stop them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
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
from mijoz.customers.models import Customer
from mijoz.scenarios import actions, checking, comparing, fidelity, funnel, overview, queries, reading_back, sentences
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
        "fidelity": fidelity.fidelity(scenario, card.definition),
        "told": reading_back.in_all_languages(card.definition),
        "last_enrolled_at": overview.last_enrolled_at(scenario),
        "may_edit": may_edit(request),
    }
    return render(request, "scenarios/detail.html", context)


@allow(*READERS)
@require_safe
def version(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """What an earlier version did, and what changed since another one: by default from the one before it."""
    scenario = get_object_or_404(Scenario, key=key)
    found = get_object_or_404(scenario.versions.select_related("written_by"), number=number)
    asked = request.GET.get("from", "")
    other = scenario.versions.filter(number=int(asked) if asked.isdigit() and len(asked) < 9 else number - 1).first()
    card = overview.card(scenario, found)
    context = {
        "card": card,
        "flow": overview.flow(scenario, card.definition),
        "versions": queries.versions(scenario),
        "other": other,
        "comparison": comparing.compare(checking.parse(other.definition), card.definition) if other else None,
    }
    return render(request, "scenarios/version.html", context)


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
    at = timezone.now()
    found = queries.definition_in_force(scenario)
    run = queries.dry_run(scenario, at=at)
    told = funnel.funnel(found, scenario=scenario, at=at)
    context = {"run": run, "scenario": scenario, "funnel": told, "goal": sentences.goal(found.goal)}
    return render(request, "scenarios/_dry_run.html", context)


@allow(*EDITORS, does=gettext_lazy("Start, pause and stop"))
@require_POST
def start(request: StaffRequest, key: str) -> HttpResponse:
    """Start it, for a share of those who fit when one is given."""
    percent = _percent(request)
    said = _("“%(name)s” has started: customers are being enrolled.")
    if percent is not None:
        said = _("“%(name)s” is a pilot now: a share of those who fit is enrolled.")
    return _change(request, key, partial(actions.start, pilot_percent=percent), said)


@allow(*EDITORS)
@require_POST
def widen(request: StaffRequest, key: str) -> HttpResponse:
    """Change the share of a pilot, or let it be for all."""
    percent = _percent(request)
    said = _("“%(name)s” is for everybody who fits now.")
    if percent is not None:
        said = _("The share of “%(name)s” is changed; who is in it goes on.")

    def change(scenario: Scenario, *, by: Any, at: Any) -> None:
        actions.widen(scenario, pilot_percent=percent, at=at)

    return _change(request, key, change, said)


@allow(*EDITORS, does=gettext_lazy("Test a scenario on one person"))
@require_POST
def try_on(request: StaffRequest, key: str) -> HttpResponse:
    """Let one chosen customer go through it; the page that says why shows each step as it happens."""
    scenario = get_object_or_404(Scenario, key=key)
    chosen = request.POST.get("reader", "")
    customer = Customer.objects.filter(pk=int(chosen)).first() if chosen.isdigit() and len(chosen) < 19 else None
    if customer is None:
        messages.error(request, _("Choose a customer first."))
        return redirect("scenarios:detail", key=key)
    try:
        enrolment = actions.try_on(scenario, customer, at=timezone.now())
    except (actions.StateRefused, checking.DefinitionRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("scenarios:detail", key=key)
    messages.success(request, _("%(name)s goes through it as a test: reload to see each step.") % {"name": customer})
    return redirect("scenarios:why", enrolment.pk)


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


def _percent(request: StaffRequest) -> int | None:
    """The share of a pilot as typed; None for everybody."""
    typed = request.POST.get("percent", "").strip()
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    return number if 1 <= number <= 99 else None


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
