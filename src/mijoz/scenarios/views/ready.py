"""The gallery of ready scenarios: read them, and take one as a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Sector
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.scenarios import actions, checking, reading_back, sentences
from mijoz.scenarios.models import Scenario
from mijoz.scenarios.ready import Ready, ready_for, the_ready
from mijoz.scenarios.ready.gallery import SECTORS
from mijoz.scenarios.ready.taking import take
from mijoz.scenarios.views.pages import EDITORS, may_edit
from mijoz.segments.models import Segment, in_language

THEMES: dict[str, str | Promise] = {
    "care": pgettext_lazy("theme of scenarios", "Care"),
    "thanks": pgettext_lazy("theme of scenarios", "Welcome and thanks"),
    "return": pgettext_lazy("theme of scenarios", "Coming back"),
    "growth": pgettext_lazy("theme of scenarios", "Growth"),
}


@allow(*EDITORS, "analyst")
@require_safe
def gallery(request: StaffRequest) -> HttpResponse:
    """Ready scenarios for the business's sector, or for another one; those of a segment, where it has any."""
    sector, theme = _sector(request), request.GET.get("theme", "")
    segment, every = Segment.objects.filter(key=request.GET.get("segment", "")).first(), ready_for(sector)
    of_segment = [ready for ready in every if segment and _begins_with(ready.definition(sector), segment)]
    there = set(Scenario.objects.values_list("key", flat=True))
    cards = [
        (ready, in_language(ready.names), in_language(ready.descriptions), THEMES[ready.theme],
         sentences.steps(checking.parse(ready.definition(sector))), ready.key in there)
        for ready in (of_segment or every)
        if theme not in THEMES or ready.theme == theme
    ]  # fmt: skip
    context = {
        "cards": cards,
        "segment": segment,
        "has_own": bool(of_segment),
        "sector": sector,
        "sectors": [(value, label) for value, label in Sector.choices if value in SECTORS],
        "themes": THEMES.items(),
        "may_edit": may_edit(request),
    }
    return render(request, "scenarios/gallery.html", context)


@allow(*EDITORS, "analyst")
@require_safe
def read(request: StaffRequest, key: str) -> HttpResponse:
    """One of them in full, before it is taken."""
    ready, sector = _asked(key), _sector(request)
    found = checking.parse(ready.definition(sector))
    context = {
        "ready": ready,
        "name": in_language(ready.names),
        "description": in_language(ready.descriptions),
        "sector": sector,
        "steps": sentences.steps(found, sentences.names_of_branches()),
        "told": reading_back.in_all_languages(found),
        "may_edit": may_edit(request),
    }
    return render(request, "scenarios/ready.html", context)


@allow(*EDITORS, does=gettext_lazy("Take a ready scenario"))
@require_POST
def take_one(request: StaffRequest, key: str) -> HttpResponse:
    """Make a draft of it."""
    ready = _asked(key)
    try:
        scenario = take(ready, sector=_sector(request), by=request.staff, at=timezone.now())
    except (actions.KeyTaken, checking.DefinitionRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("scenarios:gallery")
    messages.success(request, _("“%(name)s” is a draft: read it, change it, start it.") % {"name": scenario.name})
    return redirect("scenarios:detail", key=scenario.key)


def _begins_with(definition: dict[str, Any], segment: Segment) -> bool:
    return definition["trigger"].get("segment") == segment.key


def _asked(key: str) -> Ready:
    ready = the_ready(key)
    if ready is None:
        raise Http404(key)
    return ready


def _sector(request: StaffRequest) -> str:
    asked = request.POST.get("sector") or request.GET.get("sector") or request.business.sector
    return asked if asked in SECTORS else "salon"
