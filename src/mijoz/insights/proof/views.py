"""The planner, the list of proofs, the page of a pilot, and comparisons without a hold-out."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.insights.dimensions import Names
from mijoz.insights.models import Comparison, PilotPlan
from mijoz.insights.proof import actions, comparing, figures, ground, keeping, queries, wording
from mijoz.insights.proof.forms import ComparisonForm, EndForm, PlanForm
from mijoz.insights.proof.ground import Outlook
from mijoz.insights.proof.reading import Reading
from mijoz.scenarios.actions import StateRefused
from mijoz.scenarios.checking import DefinitionRefused
from mijoz.scenarios.models import Scenario
from mijoz.ui.export import csv_response

EDITORS = ("manager", "marketer")
READERS = (*EDITORS, "analyst")
ROWS_A_PAGE = 50
USUAL = {"goal": PilotPlan.Goal.REACHED.value, "smallest": "5", "holdout": "50"}
Refused = (actions.PlanRefused, StateRefused, DefinitionRefused)


def _may_edit(request: StaffRequest) -> bool:
    return request.staff.role in {"owner", *EDITORS}


@allow(*READERS)
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """All proofs with their states, and what all scenarios did together."""
    query = request.GET
    rows, readings = queries.listing(
        at=timezone.now(), state=query.get("state", ""), kind=query.get("kind", ""), text=query.get("q", "").strip()
    )
    pooled, pilots = queries.together(readings)
    context = {
        "page": Paginator(rows, ROWS_A_PAGE).get_page(query.get("page")),
        "states": wording.STATES.items(),
        "kinds": wording.KINDS.items(),
        "pooled": pooled,
        "pilots": pilots,
        "oldest": queries.oldest(readings),
        "may_edit": _may_edit(request),
    }
    return render(request, "insights/proof/list.html", context)


@allow(*READERS)
@require_POST
def read(request: StaffRequest) -> HttpResponse:
    """Read all pilots from the log again, and go back to where that was asked."""
    keeping.read_again(at=timezone.now())
    messages.success(request, _("The proofs are read from the log as it is now."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "insights:proof")


@allow(*READERS, does=gettext_lazy("Export the proofs"))
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    query = request.GET
    rows, _readings = queries.listing(
        at=timezone.now(), state=query.get("state", ""), kind=query.get("kind", ""), text=query.get("q", "").strip()
    )
    return csv_response(_exported(rows, request.business.currency), file_name="proof.csv")


def _exported(rows: list[queries.ListRow], currency: str) -> Iterator[list[Any]]:
    yield [_("Name"), _("Kind"), _("State"), _("Verdict"), _("Answer"), _("As of")]
    for row in rows:
        reading, comparison = row.reading, row.comparison
        if reading is not None:
            answer, as_of = wording.sentence(reading, currency), reading.as_of
        else:
            assert comparison is not None
            answer, as_of = wording.comparison_sentence(comparison, currency), comparison.as_of
        kind, state = str(wording.KINDS[row.kind]), wording.state_name(row.state)
        yield [row.title, kind, state, wording.verdict_name(row.verdict), answer, as_of]


@allow(*READERS)
@require_safe
def planner(request: StaffRequest) -> HttpResponse:
    """How many customers and weeks a pilot takes, before it starts."""
    form = PlanForm(_prefilled(request.GET))
    outlook, refusal = None, ""
    status = 200
    if "about" not in form.data:
        form = PlanForm(initial={**USUAL, "about": ""})
    elif form.is_valid():
        outlook, refusal = _outlook(form, request)
    else:
        status = 400
    return _planner(request, form, outlook, refusal, status=status)


def _planner(
    request: StaffRequest, form: PlanForm, outlook: Outlook | None, refusal: str, *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "outlook": outlook,
        "refusal": refusal,
        "may_edit": _may_edit(request),
        "best_url": _again(form, smallest=_best(outlook)) if outlook else "",
        "for_segment": [
            {"name": one.name, "url": _again(form, about=f"scenario:{one.key}")}
            for one in (ground.scenarios_for(outlook.ground.segment) if outlook and outlook.ground.segment else ())
        ],
    }
    return render(request, "insights/proof/planner.html", context, status=status)


def _best(outlook: Outlook) -> str:
    """The smallest difference that half a year would show, rounded up, as it is typed."""
    best = outlook.plan.smallest
    if best is None:
        return ""
    return str(ceil(best) if outlook.asked.of_money else ceil(best * 1_000) / 10)


def _again(form: PlanForm, **other: str) -> str:
    """The planner with what was asked, but for this."""
    given = {name: str(form.data[name]) for name in form.fields if form.data.get(name)}
    return f"{reverse('insights:proof_plan')}?{urlencode(given | other)}"


def _prefilled(given: QueryDict) -> dict[str, Any]:
    """The planner's fields from the address; `scenario` and `segment` name one, what is missing is as usual."""
    typed: dict[str, Any] = {name: given.get(name) for name in PlanForm.base_fields if given.get(name) is not None}
    for kind in ("scenario", "segment"):
        if given.get(kind) and "about" not in typed:
            typed["about"] = f"{kind}:{given[kind]}"
    return {**USUAL, **typed} if "about" in typed else typed


def _outlook(form: PlanForm, request: StaffRequest) -> tuple[Outlook | None, str]:
    now = timezone.now()
    scenario, segment = form.scenario, form.segment
    try:
        if scenario is not None:
            known = ground.of_scenario(scenario, at=now)
        elif segment is not None:
            known = ground.of_segment(segment, at=now)
        else:
            raise Http404
        found = ground.outlook(known, form.asked)
    except ValueError:
        return None, _(
            "So large a difference cannot be: with it more than all would reach the goal. Choose a smaller one."
        )
    if found is None:
        return None, _(
            "The log holds nothing to calculate with yet: "
            "nobody who could be in this pilot has had the time of a goal window."
        )
    return found, ""


@allow(*READERS, does=gettext_lazy("Keep a plan for a pilot"))
@require_POST
def keep(request: StaffRequest) -> HttpResponse:
    """Keep the plan for later."""
    plan = _kept(request)
    if isinstance(plan, HttpResponse):
        return plan
    messages.success(request, _("The plan is kept: it is fixed when the pilot starts."))
    return redirect("insights:proof_pilot", plan.pk)


@allow(*EDITORS, does=gettext_lazy("Start a pilot with its plan"))
@require_POST
def start(request: StaffRequest) -> HttpResponse:
    """Keep the plan and start the pilot at once."""
    plan = _kept(request)
    return plan if isinstance(plan, HttpResponse) else _begin(request, plan, undo=True)


@allow(*EDITORS)
@require_POST
def begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Start a pilot whose plan was kept."""
    return _begin(request, get_object_or_404(PilotPlan, pk=pk))


def _kept(request: StaffRequest) -> PilotPlan | HttpResponse:
    form = PlanForm(request.POST)
    outlook, refusal = _outlook(form, request) if form.is_valid() else (None, "")
    if outlook is not None:
        try:
            pooled = request.POST.get("method") == PilotPlan.Method.POOLED
            return actions.keep_plan(outlook, pooled=pooled, by=request.staff, at=timezone.now())
        except actions.PlanRefused as error:
            refusal = str(error)
    return _planner(request, form, outlook, refusal, status=400)


def _begin(request: StaffRequest, plan: PilotPlan, *, undo: bool = False) -> HttpResponse:
    try:
        actions.start_pilot(plan, by=request.staff, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        if undo:
            actions.withdraw(plan)
            return redirect(f"{reverse('insights:proof_plan')}?{request.POST.urlencode()}")
    else:
        messages.success(
            request, _("The pilot of “%(name)s” has started; its plan is fixed.") % {"name": plan.scenario.name}
        )
    return redirect("insights:proof_pilot", plan.pk)


@allow(*READERS)
@require_safe
def pilot(request: StaffRequest, pk: int) -> HttpResponse:
    """What came of a planned pilot."""
    reading = queries.reading_of_plan(pk, at=timezone.now())
    if reading is None:
        raise Http404
    return _proof(request, reading)


@allow(*READERS)
@require_safe
def scenario(request: StaffRequest, key: str) -> HttpResponse:
    """What came of a scenario, with everybody who was ever in it."""
    get_object_or_404(Scenario, key=key)
    reading = queries.reading_of_scenario(key, at=timezone.now())
    assert reading is not None
    return _proof(request, reading)


def _proof(request: StaffRequest, reading: Reading) -> HttpResponse:
    page, currency = queries.page(reading), request.business.currency
    context = {
        "page": page,
        "reading": reading,
        "plan": reading.pilot.plan,
        "difference_figure": figures.difference(page, currency),
        "looks_figure": figures.looks(page, currency),
        "segments_figure": figures.segments(page, currency),
        "current": queries.current_plan(reading.pilot.scenario),
        "end_form": EndForm(),
        "may_edit": _may_edit(request),
    }
    return render(request, "insights/proof/pilot.html", context)


@allow(*EDITORS)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Throw away a plan that was never started."""
    plan = get_object_or_404(PilotPlan, pk=pk)
    try:
        actions.withdraw(plan)
    except actions.PlanRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("insights:proof_pilot", pk)
    messages.success(request, _("The plan is gone."))
    return redirect("insights:proof")


@allow(*EDITORS)
@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """End the comparison of a pilot."""
    plan, form = get_object_or_404(PilotPlan, pk=pk), EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("insights:proof_pilot", pk)
    try:
        actions.end_pilot(plan, note=form.cleaned_data["note"], by=request.staff, at=timezone.now())
    except actions.PlanRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The pilot has ended: nobody comes to its comparison any more."))
    return redirect("insights:proof_pilot", pk)


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: StaffRequest) -> HttpResponse:
    """Ask for before and after, or for a difference in differences."""
    now = timezone.now()
    today, refusal = timezone.localdate(now), ""
    given = {name: request.GET[name] for name in ("title", "kind", "metric", "changed_on") if name in request.GET}
    usual = {"kind": Comparison.Kind.BEFORE_AFTER.value}
    form = ComparisonForm(request.POST or None, initial=usual | given, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.ask_comparison(form.asked, by=request.staff, at=now)
        except comparing.CannotCompare as error:
            refusal = str(error)
        else:
            return redirect("insights:proof_comparison", found.pk)
    context = {"form": form, "refusal": refusal}
    return render(request, "insights/proof/compare.html", context, status=400 if request.method == "POST" else 200)


@allow(*READERS)
@require_safe
def comparison(request: StaffRequest, pk: int) -> HttpResponse:
    """A comparison as it was answered."""
    found = get_object_or_404(Comparison.objects.select_related("asked_by"), pk=pk)
    names, result = Names(), found.result
    context = {
        "comparison": found,
        "figure": figures.comparison(found, request.business.currency),
        "got_it": [names.of(found.unit, key) for key in found.groups],
        "others": [names.of(found.unit, key) for key in result.get("others", [])],
        "left_out": ", ".join(names.of(found.unit, key) for key in result.get("left_out", [])),
    }
    return render(request, "insights/proof/comparison.html", context)
