"""Pages of programmes: all of them, ready ones, one with what it owes and what came of it, writing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.loyalty import actions, figures, queries, ready, wording
from mijoz.loyalty.forms.programmes import FORMS, ProgrammeForm
from mijoz.loyalty.models import Programme
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.roles import EDITORS, READERS
from mijoz.segments.models import in_language

MOVES = {
    "start": (State.LIVE, gettext_lazy("“%(name)s” is running: what is bought from now on counts.")),
    "pause": (State.PAUSED, gettext_lazy("“%(name)s” is paused.")),
    "end": (State.ENDED, gettext_lazy("“%(name)s” has ended.")),
}


@allow(*READERS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Every programme in a sentence."""
    names, currency = queries.all_names(), request.business.currency
    rows = [(one, wording.programme(one.terms, currency, names)) for one in queries.programmes()]
    context = {"rows": rows, "kinds": Programme.Kind.choices, "may_edit": request.staff.role in EDITORS}
    return render(request, "loyalty/programmes.html", context)


@allow(*EDITORS, does=gettext_lazy("Set programmes up, start and end them"))
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: StaffRequest) -> HttpResponse:
    """Ready programmes for the sector; the chosen ones become drafts."""
    found = ready.programmes(request.business.sector, request.business.currency)
    if request.method == "POST":
        chosen = [one for one in found if one.key in request.POST.getlist("chosen")]
        made = actions.take_ready(chosen, by=request.staff, at=timezone.now())
        if made:
            messages.success(request, _("They are drafts: look at each and start it."))
        return redirect("loyalty:programmes")
    here = set(Programme.objects.values_list("key", flat=True))
    names = {offer.key: in_language(offer.names) for one in found for offer in one.offers}
    shown = [
        {
            "ready": one,
            "name": in_language(one.names),
            "why": in_language(one.why),
            "kind": Programme.Kind(one.kind).label,
            "sentence": wording.programme(one.terms, request.business.currency, names),
            "is_here": one.key in here,
        }
        for one in found
    ]
    return render(request, "loyalty/set_up.html", {"shown": shown, "any_left": not here >= {one.key for one in found}})


@allow(*READERS)
@require_safe
def programme(request: StaffRequest, key: str) -> HttpResponse:
    """One programme: what it does, gave, owes and brought."""
    found = get_object_or_404(Programme, key=key)
    currency = request.business.currency
    context: dict[str, Any] = {
        "programme": found,
        "sentence": wording.programme(found.terms, currency, queries.all_names()),
        "versions": found.versions.select_related("written_by")[:8],
        "may_edit": request.staff.role in EDITORS,
    }
    if found.kind in (Programme.Kind.POINTS, Programme.Kind.STAMPS):
        expiring = queries.expiring(found)
        context |= {"points": queries.points_figures(found), "expiring": figures.expiring(expiring)}
    elif found.kind == Programme.Kind.TIERS:
        context["tiers"] = queries.tier_counts(found)
    else:
        counts = queries.referral_counts(found)
        context["referrals"] = {state: counts.get(state, 0) for state in ("waiting", "rewarded", "refused")}
    return render(request, "loyalty/programme.html", context)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, kind: str) -> HttpResponse:
    """A new programme of this kind, as a draft."""
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, None)
    made = actions.write_programme(form.key(), is_new=True, by=request.staff, at=timezone.now(), **form.told())
    messages.success(request, _("It is a draft: start it when it is right."))
    return redirect("loyalty:programme", key=made.key)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, key: str) -> HttpResponse:
    """Other terms from now on: what was counted before stays as it was."""
    found = get_object_or_404(Programme.objects.exclude(state=State.ENDED), key=key)
    form = FORMS[found.kind](request.POST or None, programme=found)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, found)
    actions.write_programme(key, is_new=False, by=request.staff, at=timezone.now(), **form.told())
    messages.success(request, _("Saved."))
    return redirect("loyalty:programme", key=key)


@allow(*EDITORS)
@require_POST
def move(request: StaffRequest, key: str, to: str) -> HttpResponse:
    """Start, pause or end a programme."""
    found = get_object_or_404(Programme, key=key)
    if to in MOVES:
        state, told = MOVES[to]
        try:
            actions.set_programme_state(found, state, at=timezone.now())
        except actions.ProgrammeRefused as refused:
            messages.error(request, _refusals().get(refused.reason, refused.reason))
        else:
            messages.success(request, told % {"name": found.name})
    return redirect("loyalty:programme", key=key)


def _refusals() -> dict[str, str]:
    return {
        "another_is_live": _("Another programme of this kind is running: end it or pause it first."),
        "ended": _("It has ended: make a new one."),
    }


def _form(request: StaffRequest, form: ProgrammeForm, found: Programme | None) -> HttpResponse:
    context = {"form": form, "programme": found, "kind": Programme.Kind(form.kind).label}
    return render(request, "loyalty/programme_form.html", context, status=400 if form.is_bound else 200)
