"""Pages of staff: all surveys, one with its results, its questions, where it is answered, bad answers to follow up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Branch, Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers.contacts import contacts_of, hidden_from
from mijoz.segments.models import Segment
from mijoz.surveys import actions, editing, exporting, figures, links, queries, wording
from mijoz.surveys.definition import DefinitionRefused
from mijoz.surveys.forms import CloseForm, NewSurveyForm, PlaceForm, SettingsForm
from mijoz.surveys.models import FollowUp, Place, Survey
from mijoz.surveys.results import results
from mijoz.ui import qr

EDITORS = LEADS | {Role.MARKETER}
READERS = EDITORS | {Role.ANALYST}
CALLERS = LEADS | {Role.FRONT_OFFICE, Role.OPERATOR, Role.SERVICE_MASTER}
PAGE = 50


@allow(*READERS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """All surveys with how many answered."""
    shown = {"surveys": queries.listed(), "may_edit": request.staff.role in EDITORS}
    return render(request, "surveys/list.html", shown)


@allow(*EDITORS, does=_("Make and change surveys"))
def add(request: StaffRequest) -> HttpResponse:
    """A new survey with the ready questions of its kind."""
    form = NewSurveyForm(request.POST or None, initial={"kind": Survey.Kind.CSAT})
    if request.method == "POST" and form.is_valid():
        survey = actions.create(
            key=queries.free_key(form.key()),
            kind=form.cleaned_data["kind"],
            names=form.names(),
            is_anonymous=form.cleaned_data["is_anonymous"],
            touchpoint=form.cleaned_data["touchpoint"],
            by=request.staff,
            at=timezone.now(),
        )
        messages.success(request, _("The questions are ready. Read them, then open the survey."))
        return redirect("surveys:questions", key=survey.key)
    return render(request, "surveys/add.html", {"form": form}, status=422 if form.errors else 200)


@allow(*READERS)
@require_safe
def detail(request: StaffRequest, key: str) -> HttpResponse:
    """What the answers say, with intervals; who answers and who does not."""
    survey = get_object_or_404(Survey, key=key)
    found = results(survey, request.GET.dict())
    shown = {
        "survey": survey,
        "results": found,
        "measures": [(wording.measure(each.key), wording.measure_hint(each.key), each) for each in found.measures],
        "gaps": figures.gaps(found),
        "drivers": figures.drivers(found),
        "distributions": [(each, figures.distribution(each)) for each in found.distributions],
        "reliability": [(wording.part(part), each) for part, each in found.reliability.items()],
        "names": {segment.key: segment.name for segment in Segment.objects.all()},
        "branches": Branch.objects.all(),
        "may_edit": request.staff.role in EDITORS,
        **_states(survey),
    }
    return render(request, "surveys/detail.html", shown)


def _states(survey: Survey) -> dict[str, Any]:
    """The states to which its buttons lead."""
    return {"may_become": {state.value for state, origins in actions.STATES.items() if survey.state in origins}}


@allow(*EDITORS)
@require_POST
def move(request: StaffRequest, key: str) -> HttpResponse:
    """Begin the pilot, open or close."""
    survey = get_object_or_404(Survey, key=key)
    state = request.POST.get("state", "")
    try:
        if state not in {each.value for each in actions.STATES}:
            raise actions.NotPossible(state)
        actions.move(survey, state, at=timezone.now())
    except actions.NotPossible:
        messages.error(request, _("The survey is not in a state in which this can be done."))
    else:
        messages.success(
            request, _("%(name)s: %(state)s.") % {"name": survey.name, "state": survey.get_state_display()}
        )
    return redirect("surveys:detail", key=key)


@allow(*EDITORS)
def questions(request: StaffRequest, key: str) -> HttpResponse:
    """The questions, as customers see them and as fields to change."""
    survey = get_object_or_404(Survey, key=key)
    if request.method != "POST":
        draft = editing.from_document(queries.version_in_force(survey).definition)
        return _editor(request, survey, draft)
    draft = editing.posted(request.POST)
    if request.POST.get("do"):
        return _editor(request, survey, draft)
    try:
        version = actions.write(survey, editing.document(draft), by=request.staff, at=timezone.now())
    except DefinitionRefused as refusal:
        return _editor(request, survey, draft, refusal=str(refusal), status=422)
    messages.success(request, _("Version %(n)s of the questions is asked from now on.") % {"n": version.number})
    return redirect("surveys:questions", key=key)


def _editor(
    request: StaffRequest, survey: Survey, draft: dict[str, Any], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    shown = {"survey": survey, "draft": draft, "refusal": refusal, "highs": editing.HIGHS}
    shown["tall"] = sum(question["kind"] == "scale" for question in draft["questions"]) > 10
    return render(request, "surveys/questions.html", shown, status=status)


@allow(*EDITORS)
def collect(request: StaffRequest, key: str) -> HttpResponse:
    """Where it is answered: QR codes, tablets, the link for everybody; the name and the days of rest."""
    survey = get_object_or_404(Survey, key=key)
    form, settings_form = PlaceForm(), SettingsForm(survey=survey)
    if request.method == "POST" and request.POST.get("what") == "settings":
        settings_form = SettingsForm(request.POST, survey=survey)
        if settings_form.is_valid():
            actions.rename(survey, names=settings_form.names(), rest_days=settings_form.cleaned_data["rest_days"])
            messages.success(request, _("Saved."))
            return redirect("surveys:collect", key=key)
    elif request.method == "POST":
        form = PlaceForm(request.POST)
        if form.is_valid():
            actions.add_place(survey, **form.cleaned_data)
            return redirect("surveys:collect", key=key)
    places = [_drawn(place) for place in survey.places.filter(is_open=True)]
    everybody = links.of_everybody(survey) if survey.is_anonymous else ""
    shown = {"survey": survey, "form": form, "settings_form": settings_form, "places": places, "everybody": everybody}
    status = 422 if form.errors or settings_form.errors else 200
    return render(request, "surveys/collect.html", shown, status=status)


def _drawn(place: Place) -> tuple[Place, str, SafeString]:
    """The place, its address, and the address as a QR code."""
    address = links.of_place(place)
    return place, address, qr.svg(address, f"{_('QR code')}: {place.name}")


@allow(*EDITORS)
@require_POST
def place(request: StaffRequest, key: str, pk: int) -> HttpResponse:
    """Close a QR code or a tablet."""
    actions.close_place(get_object_or_404(Place, pk=pk, survey__key=key))
    messages.success(request, _("Closed. Who opens it is told so."))
    return redirect("surveys:collect", key=key)


@allow(*READERS, does=_("Export the answers to surveys"))
@require_safe
def export(request: StaffRequest, key: str) -> StreamingHttpResponse:
    """The answers as a table, without names."""
    survey = get_object_or_404(Survey, key=key)
    return exporting.csv(survey, request.GET.dict())


@allow(*CALLERS)
@require_safe
def follow_ups(request: StaffRequest) -> HttpResponse:
    """Bad answers to put right, the most urgent first."""
    found = Paginator(queries.follow_ups(request.GET.dict()), PAGE).get_page(request.GET.get("page"))
    shown = {"page": found, "closed": request.GET.get("state") == FollowUp.State.CLOSED, "at": timezone.now()}
    return render(request, "surveys/follow_ups.html", shown)


@allow(*CALLERS, does=_("Follow up bad answers"))
def follow_up(request: StaffRequest, pk: int) -> HttpResponse:
    """One bad answer: what was said, by whom, and what came of the call."""
    one = get_object_or_404(queries.follow_ups() | queries.follow_ups({"state": "closed"}).order_by(), pk=pk)
    form = CloseForm(request.POST if request.POST.get("do") == "close" else None)
    try:
        if request.method == "POST" and request.POST.get("do") == "take":
            actions.take(one, by=request.staff)
            return redirect("surveys:follow_up", pk=pk)
        if form.is_valid():
            actions.close(one, **form.cleaned_data, by=request.staff, at=timezone.now())
            messages.success(request, _("Written down."))
            return redirect("surveys:follow_ups")
    except actions.NotPossible:
        messages.error(request, _("Somebody else has done it meanwhile."))
        return redirect("surveys:follow_up", pk=pk)
    contacts = contacts_of(one.customer, hidden=hidden_from(request.staff.role))
    shown = {"one": one, "form": form, "said": wording.said(one.response), "contacts": contacts}
    return render(request, "surveys/follow_up.html", shown, status=422 if form.errors else 200)
