from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.analysis.matching import linking
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers.identity.merging import MergeRefused
from mijoz.customers.matching import finding, jobs, queries, reviewing
from mijoz.customers.matching.explaining import explained, side_by_side
from mijoz.customers.matching.forms import RulesForm
from mijoz.customers.matching.reviewing import DecidedAlready, NothingToUndo
from mijoz.customers.models import Pair, Resolution
from mijoz.customers.roles import DESCRIBERS
from mijoz.ui.toasts import Tone, toast

PAGE_ROWS = 50
RUNNING = (Resolution.Status.WAITING, Resolution.Status.RUNNING)
STEPS = {
    "": gettext_lazy("Waiting for its turn"),
    "reading": gettext_lazy("Reading the customers"),
    "finding pairs": gettext_lazy("Finding pairs worth comparing"),
    "learning": gettext_lazy("Learning from your own records"),
    "weighing": gettext_lazy("Weighing the pairs"),
    "weighed": gettext_lazy("Weighing the pairs"),
    "merging": gettext_lazy("Merging who is one person"),
    "keeping": gettext_lazy("Keeping what you are to look at"),
}


@allow(*DESCRIBERS)
@require_safe
def duplicates(request: StaffRequest) -> HttpResponse:
    wanted = request.GET.dict()
    page = Paginator(queries.pairs(wanted), PAGE_ROWS).get_page(request.GET.get("page"))
    state = wanted.get("state") or queries.WAITING
    shown = {
        "page": page,
        "state": state,
        "states": Pair.State.choices,
        "counts": queries.counts(),
        "is_narrowed": queries.is_narrowed(wanted),
        **_search_shown(request),
    }
    return render(request, "customers/review/list.html", shown)


def _search_shown(request: StaffRequest) -> dict[str, Any]:
    search = queries.last_search()
    return {
        "found": search,
        "is_running": bool(search and search.status in RUNNING),
        "step": STEPS.get(search.step, "") if search else "",
        "is_installed": linking.is_installed(),
        "wanted_package": linking.WANTED,
        "may_search": request.staff.role in LEADS,
        "rules": finding.rules(),
    }


@allow(*LEADS, does=gettext_lazy("Search for duplicates"))
@require_POST
def search(request: StaffRequest) -> HttpResponse:
    if linking.is_installed():
        jobs.ask_for_search(by=request.staff)
    else:
        messages.error(request, _("The search for duplicates is not installed. Install it with: %s") % linking.WANTED)
    return redirect("customers:duplicates")


@allow(*DESCRIBERS)
@require_safe
def search_progress(request: StaffRequest) -> HttpResponse:
    return render(request, "customers/review/_search.html", _search_shown(request))


@allow(*LEADS, does=gettext_lazy("Choose what is merged without asking"))
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    form = RulesForm(request.POST or None, instance=finding.rules())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The next search goes by it."))
        return redirect("customers:duplicates")
    return render(request, "customers/review/rules.html", {"form": form}, status=400 if form.errors else 200)


@allow(*DESCRIBERS, does=gettext_lazy("Decide whether two records are one person"))
@require_safe
def review(request: StaffRequest) -> HttpResponse:
    """The next pair for whoever asks; with `beside` the one after it, fetched ahead."""
    beside = [int(number) for number in request.GET.getlist("beside") if number.isascii() and number.isdigit()][:5]
    pair = reviewing.take(by=request.staff, at=timezone.now(), beside=beside)
    return _card(request, pair, whole=not request.htmx)


@allow(*DESCRIBERS)
@require_safe
def one_pair(request: StaffRequest, pair_id: int) -> HttpResponse:
    """One pair out of the list, also a decided one."""
    pair = get_object_or_404(Pair, pk=pair_id)
    if pair.state == Pair.State.WAITING:
        reviewing.hold(pair, by=request.staff, at=timezone.now())
    return _card(request, pair, whole=not request.htmx)


@allow(*DESCRIBERS)
@require_POST
def same(request: StaffRequest, pair_id: int) -> HttpResponse:
    at = timezone.now()
    return _answered(request, pair_id, lambda pair: reviewing.same(pair, by=request.staff, at=at))


@allow(*DESCRIBERS)
@require_POST
def two(request: StaffRequest, pair_id: int) -> HttpResponse:
    at = timezone.now()
    return _answered(request, pair_id, lambda pair: reviewing.two(pair, by=request.staff, at=at))


@allow(*DESCRIBERS)
@require_POST
def later(request: StaffRequest, pair_id: int) -> HttpResponse:
    return _answered(request, pair_id, lambda pair: reviewing.later(pair, at=timezone.now()))


@allow(*DESCRIBERS)
@require_POST
def undo(request: StaffRequest) -> HttpResponse:
    try:
        pair: Pair | None = reviewing.undo(by=request.staff, at=timezone.now())
        said: tuple[str, Tone] = (_("Taken back: this pair is open again."), "success")
    except NothingToUndo:
        pair, said = reviewing.take(by=request.staff, at=timezone.now()), (_("There is nothing to take back."), "info")
    except MergeRefused:
        pair, said = reviewing.take(by=request.staff, at=timezone.now()), (_("This merge was undone already."), "info")
    return _next(request, pair, said)


def _answered(request: StaffRequest, pair_id: int, answer: Callable[[Pair], Pair]) -> HttpResponse:
    """Do what was answered and show the next pair; somebody who was quicker is named."""
    pair = get_object_or_404(Pair, pk=pair_id)
    said: tuple[str, Tone] | None = None
    try:
        answer(pair)
    except DecidedAlready as decided:
        said = (_already(decided.pair), "warning")
    except MergeRefused:
        said = (_("These two cannot be merged: one of them was erased meanwhile."), "warning")
    return _next(request, reviewing.take(by=request.staff, at=timezone.now()), said)


def _already(pair: Pair) -> str:
    who = str(pair.decided_by) if pair.decided_by else "Mijoz"
    if pair.state == Pair.State.APART:
        return _("%(who)s decided this pair before you: two people. Nothing was changed.") % {"who": who}
    return _("%(who)s decided this pair before you: one person. Nothing was changed.") % {"who": who}


def _next(request: StaffRequest, pair: Pair | None, said: tuple[str, Tone] | None) -> HttpResponse:
    if not request.htmx:
        if said:
            messages.info(request, said[0])
        return redirect("customers:pair", pair.pk) if pair else redirect("customers:review")
    response = _card(request, pair, whole=False)
    if said:
        toast(response, said[0], tone=said[1])
    return response


def _card(request: StaffRequest, pair: Pair | None, *, whole: bool) -> HttpResponse:
    shown: dict[str, Any] = {"pair": None, "remaining": queries.remaining(), "last": reviewing.last_of(request.staff)}
    if pair is not None:
        told = queries.pair_shown().get(pk=pair.pk)
        shown |= {"pair": told, "why": explained(told), "lines": side_by_side(told, role=request.staff.role)}
        shown["held_by_other"] = told.held_by if told.held_by_id not in {None, request.staff.pk} else None
    return render(request, "customers/review/page.html" if whole else "customers/review/_card.html", shown)
