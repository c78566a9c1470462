"""The editor: a form for the whole scenario, of which htmx redraws the steps and reads the messages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.channels import lengths
from mijoz.channels.actions import TrialFailed
from mijoz.channels.ways import WAYS
from mijoz.customers.models import Customer
from mijoz.scenarios import actions, checking, editing, queries, reading_back, rehearsal, trials, variables
from mijoz.scenarios.definition import kind_label
from mijoz.scenarios.editing import Editor
from mijoz.scenarios.event_names import EVENTS
from mijoz.scenarios.forms.steps import STEP_FORMS
from mijoz.scenarios.models import Scenario
from mijoz.scenarios.sentences import ICONS
from mijoz.scenarios.views.pages import EDITORS
from mijoz.ui.toasts import toast


@allow(*EDITORS, does=gettext_lazy("Write scenarios"))
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, key: str) -> HttpResponse:
    """The editor of a scenario; saving puts a new version in force."""
    scenario = get_object_or_404(Scenario, key=key)
    found = queries.definition_in_force(scenario)
    if request.method != "POST":
        return _page(request, editing.of_scenario(scenario, found), scenario=scenario)
    editor = _posted(request, scenario, checked=True)
    checked = editor.checked()
    if checked is None:
        return _page(request, editor, scenario=scenario, status=422)
    actions.describe(scenario, names=editor.names.texts("names"), descriptions=editor.names.texts("descriptions"))
    version = actions.write_version(scenario, checked.document(), by=request.staff, at=timezone.now())
    messages.success(
        request, _("Version %(n)s is in force for whoever is enrolled from now on.") % {"n": version.number}
    )
    return redirect("scenarios:detail", key=key)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """A new scenario, as a draft."""
    if request.method != "POST":
        return _page(request, editing.empty(request.GET.get("segment", "")), scenario=None)
    editor = _posted(request, None, checked=True)
    checked = editor.checked()
    if checked is None:
        return _page(request, editor, scenario=None, status=422)
    try:
        scenario = actions.add_scenario(
            key=editor.names.key(),
            names=editor.names.texts("names"),
            descriptions=editor.names.texts("descriptions"),
            document=checked.document(),
            by=request.staff,
            at=timezone.now(),
        )
    except actions.KeyTaken as refusal:
        messages.error(request, str(refusal))
        return _page(request, editor, scenario=None, status=422)
    messages.success(request, _("“%(name)s” is a draft: start it when it is ready.") % {"name": scenario.name})
    return redirect("scenarios:detail", key=scenario.key)


@allow(*EDITORS)
@require_POST
def draft(request: StaffRequest) -> HttpResponse:
    """The steps after a press of a button; nothing is kept."""
    scenario = _scenario_of(request)
    editor = _posted(request, scenario)
    return render(request, "scenarios/_editor.html", _context(editor, scenario))


@allow(*EDITORS)
@require_POST
def reading(request: StaffRequest) -> HttpResponse:
    """The scenario as it is typed, read back as sentences in every language."""
    editor = _posted(request, _scenario_of(request))
    checked = editor.checked()
    told = reading_back.in_all_languages(checked) if checked else []
    return render(request, "scenarios/_reading.html", {"told": told, "mistakes": editor.mistakes})


@allow(*EDITORS)
@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    """The message of one step as a chosen customer would read it."""
    letter, problems = _letter(request)
    context: dict[str, Any] = {"letter": letter, "problems": problems, "place": request.GET.get("step", "")}
    if letter is not None:
        length = lengths.length(letter.sms or letter.text)
        context |= {"length": length, "most_telegram": lengths.LONGEST_TELEGRAM, "currency": request.business.currency}
    return render(request, "scenarios/_preview.html", context)


@allow(*EDITORS)
@require_safe
def readers(request: StaffRequest) -> HttpResponse:
    """Customers to read a message as, by a part of their name, phone or number; without one those offered at first."""
    text, scenario = request.GET.get("reader_query", ""), _scenario_of(request)
    found = queries.definition_in_force(scenario) if scenario else None
    offered = rehearsal.found_readers(text) if text.strip() else rehearsal.readers(found, scenario, at=timezone.now())
    response = render(request, "scenarios/_readers.html", {"readers": offered})
    return trigger_client_event(response, "reader-found", after="settle")


@allow(*EDITORS, does=gettext_lazy("Send a message to oneself for a trial"))
@require_POST
def send_trial(request: StaffRequest) -> HttpResponse:
    """Send the message of one step, as it is typed, to whoever presses the button."""
    letter, problems = _letter(request)
    response = HttpResponse(status=204)
    if letter is None:
        toast(response, " ".join(problems) or _("Write the message first."), tone="error")
        return response
    try:
        to = WAYS[letter.channel].trial_to(request)
        trials.send(letter, to=to, at=timezone.now())
    except TrialFailed as failure:
        toast(response, str(failure), tone="error")
    else:
        toast(response, _("Sent to %(address)s.") % {"address": to})
    return response


def _letter(request: StaffRequest) -> tuple[rehearsal.MessagePreview | None, list[str]]:
    """The letter that was asked for, or what is wrong with it."""
    editor = _posted(request, _scenario_of(request))
    place = request.GET.get("step", "")
    try:
        found, position = editing.message_alone(editor, int(place) if place.isdigit() and len(place) < 4 else -1)
    except LookupError as absent:
        raise Http404 from absent
    except checking.DefinitionRefused as refusal:
        return None, [sentence for _place, sentence in refusal.problems]
    reader = _reader(request.POST.get("reader", ""))
    return rehearsal.preview(found, position, customer=reader, at=timezone.now()), []


def _reader(chosen: str) -> Customer:
    """The customer as whom a message is read; an imagined one when none was chosen."""
    known = Customer.objects.filter(pk=int(chosen)).first() if chosen.isdigit() and len(chosen) < 19 else None
    imagined = {customer.language: customer for customer in rehearsal.imagined_readers()}
    return known or imagined.get(chosen) or imagined["uz"]


def _posted(request: StaffRequest, scenario: Scenario | None, *, checked: bool = False) -> Editor:
    kept = editing.kept_rule(queries.definition_in_force(scenario)) if scenario else None
    taken = editing.keys_of_steps(scenario)
    return editing.posted_editor(request.POST, checked=checked, taken=taken, kept=kept)


def _scenario_of(request: StaffRequest) -> Scenario | None:
    return Scenario.objects.filter(key=request.GET.get("scenario", "")).first()


def _page(request: StaffRequest, editor: Editor, *, scenario: Scenario | None, status: int = 200) -> HttpResponse:
    return render(request, "scenarios/edit.html", _context(editor, scenario), status=status)


def _context(editor: Editor, scenario: Scenario | None) -> dict[str, Any]:
    query = f"?scenario={scenario.key}" if scenario else "?"
    found = queries.definition_in_force(scenario) if scenario else None
    return {
        "editor": editor,
        "form": editor.rule,
        "scenario": scenario,
        "kinds": [(kind, kind_label(kind), ICONS[kind]) for kind in STEP_FORMS],
        "events": EVENTS.items(),
        "readers": rehearsal.readers(found, scenario, at=timezone.now()),
        "variables": variables.grouped(),
        "readers_url": reverse("scenarios:readers") + query,
        "draft_url": reverse("segments:draft"),
        "steps_url": reverse("scenarios:draft") + query,
        "preview_url": reverse("scenarios:preview") + query,
        "reading_url": reverse("scenarios:reading") + query,
        "trial_url": reverse("scenarios:send_trial") + query,
    }
