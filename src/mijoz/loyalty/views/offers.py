"""Pages of offers: all of them, one of them with what it cost and brought, writing one, its codes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.loyalty import actions, effects, origins, queries, wording
from mijoz.loyalty.actions.granting import CodeTaken
from mijoz.loyalty.forms.offers import CodesForm, GiveForm, OfferForm, SharedCodeForm
from mijoz.loyalty.models import Grant, Offer
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.roles import EDITORS, READERS
from mijoz.loyalty.terms import offer_terms
from mijoz.ui.export import csv_response

USED_SHOWN = 12
MOVES = {
    "start": (State.LIVE, gettext_lazy("“%(name)s” is running.")),
    "pause": (State.PAUSED, gettext_lazy("“%(name)s” is paused: its codes do nothing until it goes on.")),
    "end": (State.ENDED, gettext_lazy("“%(name)s” has ended.")),
}


@allow(*READERS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """All offers with their figures."""
    found = queries.offers(q=request.GET.get("q", ""), state=request.GET.get("state", ""))
    figures = queries.offer_figures([offer.pk for offer in found])
    currency = request.business.currency
    rows = [(offer, wording.benefit(offer_terms(offer.terms), currency), figures[offer.pk]) for offer in found]
    context = {
        "rows": rows,
        "states": State.choices,
        "state": request.GET.get("state", ""),
        "is_narrowed": bool(request.GET.get("q") or request.GET.get("state")),
        "may_edit": request.staff.role in EDITORS,
    }
    return render(request, "loyalty/offers.html", context)


@allow(*READERS)
@require_safe
def offer(request: StaffRequest, key: str) -> HttpResponse:
    """One offer: terms, what it cost and brought, codes, the latest redemptions."""
    found = get_object_or_404(Offer, key=key)
    return render(request, "loyalty/offer.html", _context(request, found))


@allow(*EDITORS, does=gettext_lazy("Write offers, make codes, give them"))
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """A new offer, as a draft."""
    form = OfferForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, None)
    made = actions.write_offer(form.key(), is_new=True, by=request.staff, at=timezone.now(), **form.told())
    messages.success(request, _("The offer is a draft: start it when it is right."))
    return redirect("loyalty:offer", key=made.key)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, key: str) -> HttpResponse:
    """Other terms for an offer: what was redeemed before stays as it was."""
    found = get_object_or_404(Offer.objects.exclude(state=State.ENDED), key=key)
    form = OfferForm(request.POST or None, offer=found)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, found)
    try:
        actions.write_offer(key, is_new=False, by=request.staff, at=timezone.now(), **form.told())
    except actions.OfferRefused:
        form.add_error("budget_uses", _("More than this is used already."))
        return _form(request, form, found)
    messages.success(request, _("Saved."))
    return redirect("loyalty:offer", key=key)


@allow(*EDITORS)
@require_POST
def move(request: StaffRequest, key: str, to: str) -> HttpResponse:
    """Start, pause or end an offer."""
    found = get_object_or_404(Offer, key=key)
    if to in MOVES:
        state, told = MOVES[to]
        actions.set_state(found, state)
        messages.success(request, told % {"name": found.name})
    return redirect("loyalty:offer", key=key)


@allow(*EDITORS)
@require_POST
def make_codes(request: StaffRequest, key: str) -> HttpResponse:
    """Codes for whoever has them, each good once."""
    found, form = get_object_or_404(Offer, key=key), CodesForm(request.POST)
    if not form.is_valid():
        return _again(request, found, codes_form=form)
    now, told = timezone.now(), form.cleaned_data
    origin = f"codes:{told['origin']} {timezone.localtime(now):%d.%m.%Y %H:%M}"
    made = actions.make_codes(found, told["count"], origin=origin, valid_until=_end_of(told["until"]), at=now)
    messages.success(request, _("%(count)s codes are ready: export them below.") % {"count": made})
    return redirect("loyalty:offer", key=key)


@allow(*EDITORS)
@require_POST
def share_code(request: StaffRequest, key: str) -> HttpResponse:
    """A word that many may use."""
    found, form = get_object_or_404(Offer, key=key), SharedCodeForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.make_shared_code(
                found,
                told["word"],
                uses_allowed=told["uses_allowed"],
                valid_until=_end_of(told["shared_until"]),
                at=timezone.now(),
            )
        except CodeTaken:
            form.add_error("word", _("This code is taken, also when it is only written otherwise."))
        else:
            messages.success(request, _("The code is ready."))
            return redirect("loyalty:offer", key=key)
    return _again(request, found, shared_form=form)


@allow(*EDITORS)
@require_POST
def give(request: StaffRequest, key: str) -> HttpResponse:
    """The offer for everybody in a segment."""
    found, form = get_object_or_404(Offer, key=key), GiveForm(request.POST)
    if not form.is_valid():
        return _again(request, found, give_form=form)
    told, now = form.cleaned_data, timezone.now()
    given = actions.give_to_segment(
        found, told["segment"], valid_until=_end_of(told["give_until"]), by=request.staff, at=now
    )
    messages.success(request, _("%(count)s customers have it now.") % {"count": given})
    return redirect("loyalty:offer", key=key)


@allow(*EDITORS)
@require_safe
def export_codes(request: StaffRequest, key: str) -> HttpResponseBase:
    """The codes of one batch."""
    found = get_object_or_404(Offer, key=key)
    rows = queries.code_rows(found, request.GET.get("origin", ""))
    heading: list[object] = [_("Code"), _("Used"), _("Good until")]
    return csv_response(_with(heading, rows), file_name=f"codes-{found.key}.csv")


@allow(*EDITORS)
@require_POST
def withdraw(request: StaffRequest, key: str, grant: int) -> HttpResponse:
    """Take a shared code back."""
    actions.withdraw(get_object_or_404(Grant, pk=grant, offer__key=key), at=timezone.now())
    messages.success(request, _("The code does nothing any more."))
    return redirect("loyalty:offer", key=key)


def _with(heading: list[object], rows: Any) -> Any:
    yield heading
    yield from rows


def _form(request: StaffRequest, form: OfferForm, offer: Offer | None) -> HttpResponse:
    status = 400 if form.is_bound else 200
    return render(request, "loyalty/offer_form.html", {"form": form, "offer": offer}, status=status)


def _again(request: StaffRequest, offer: Offer, **forms: Any) -> HttpResponse:
    return render(request, "loyalty/offer.html", {**_context(request, offer), **forms}, status=400)


def _context(request: StaffRequest, offer: Offer) -> dict[str, Any]:
    currency = request.business.currency
    batches = queries.batches(offer)
    called = origins.names_of(batch.origin for batch in batches)
    return {
        "offer": offer,
        "benefit": wording.benefit(offer_terms(offer.terms), currency),
        "facts": wording.facts(offer, currency),
        "figures": queries.offer_figures([offer.pk])[offer.pk],
        "effects": effects.of_offer(offer),
        "used": queries.redemptions(offer=offer)[:USED_SHOWN],
        "batches": [(batch, called[batch.origin]) for batch in batches],
        "shared": queries.shared_codes(offer),
        "versions": offer.versions.select_related("written_by")[:8],
        "codes_form": CodesForm(),
        "shared_form": SharedCodeForm(),
        "give_form": GiveForm(),
        "may_edit": request.staff.role in EDITORS,
    }


def _end_of(day: Any) -> datetime | None:
    """The end of the day in the business's zone."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
