"""The KPI board, the page of one KPI, and asking for figures that are not there yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from mijoz.analysis.proof.pain_map import COMPLAINT, FIRST_TIME, RESOLUTION, SATISFACTION, WAITING
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.events.queries import default_as_of
from mijoz.insights import actions, figures, notices, queries
from mijoz.insights.aims import queries as aims
from mijoz.insights.aims import wording as aims_wording
from mijoz.insights.models import Computation
from mijoz.ui.export import csv_response

READERS = ("manager", "marketer", "analyst")
PAIN_MEASURES = {  # of the KPIs whose pain points are looked for
    "waiting_time": WAITING,
    "satisfaction": SATISFACTION,
    "satisfied_share": SATISFACTION,
    "first_time_right_share": FIRST_TIME,
    "resolution_time": RESOLUTION,
    "complaint_share": COMPLAINT,
}


def _chosen_day(request: StaffRequest, at: datetime, *, default: date) -> date | None:
    """The day in the address, else the one that the board shows by itself; None when nothing is kept.

    Raises DayRefused when the address names what is no day.
    """
    asked = request.GET.get("as_of")
    return queries.parse_day(asked, at=at) if asked else queries.shown_day(default)


def _refused(request: StaffRequest, refusal: queries.DayRefused) -> HttpResponse:
    return render(request, "insights/refused.html", {"refusal": str(refusal)}, status=400)


@require_GET
@allow(*READERS)
def board(request: StaffRequest) -> HttpResponse:
    """What the KPIs say as of a day, what to look at, and what each scenario changed."""
    now = timezone.now()
    default = default_as_of(now)
    try:
        as_of = _chosen_day(request, now, default=default)
    except queries.DayRefused as refusal:
        return _refused(request, refusal)
    page = queries.board(as_of) if as_of else None
    shown: dict[str, Any] = {
        "page": page,
        "as_of": as_of,
        "is_chosen": "as_of" in request.GET,
        "is_last_day": as_of == default,
        "today": timezone.localdate(now),
        "computation": queries.open_computation(now),
        "failed": queries.failed_computation(),
        "alerts": [aims_wording.sentence(alert, request.business.currency) for alert in aims.alerts_of(request.staff)],
    }
    if page and not page.is_empty:
        shown |= _board_parts(page, request.business.currency)
    return render(request, "insights/board.html", shown)


def _board_parts(page: queries.BoardPage, currency: str) -> dict[str, Any]:
    revenue, effects = page.line("revenue"), figures.effects(page)
    return {
        "notices": notices.notices(page, currency),
        "revenue_figure": figures.by_month(revenue, currency) if revenue and revenue.months else None,
        "who_figure": figures.who_came(page),
        "effects_figure": effects,
        "effects_height": 56 + 40 * len(effects["rows"]) if effects else 0,
    }


@require_GET
@allow(*READERS)
def kpi(request: StaffRequest, name: str) -> HttpResponse:
    """One KPI as of a day: its meaning, by month and by segment."""
    now = timezone.now()
    try:
        as_of = _chosen_day(request, now, default=default_as_of(now))
    except queries.DayRefused as refusal:
        return _refused(request, refusal)
    page = queries.kpi(name, as_of) if as_of else None
    if page is None:
        raise Http404(_("There is no such KPI, or none was computed yet."))
    currency = request.business.currency
    shown = {
        "page": page,
        "months_figure": figures.by_month(page.line, currency) if page.line.months else None,
        "segments_figure": figures.by_segment(page, currency) if page.segments else None,
        "pain_measure": PAIN_MEASURES.get(name, ""),
    }
    return render(request, "insights/kpi.html", shown)


@require_POST
@allow(*READERS, does=gettext_lazy("Have the figures of a day computed"))
def refresh(request: StaffRequest) -> HttpResponse:
    """Show the day that was chosen, computing it when it is not kept; without one, bring everything up to date."""
    now, day = timezone.now(), None
    try:
        if "as_of" in request.POST:
            day = queries.parse_day(request.POST["as_of"], at=now)
        if day is None or "again" in request.POST or not queries.is_kept(day):
            actions.ask(as_of=day, by=request.staff, at=now)
    except queries.DayRefused as refusal:
        return _refused(request, refusal)
    return redirect(reverse("insights:board") + (f"?as_of={day}" if day else ""))


@require_GET
@allow(*READERS)
def progress(request: StaffRequest, computation: int) -> HttpResponse:
    """How far a computation is; when it has ended, the page is told to show the new figures."""
    asked = Computation.objects.filter(pk=computation).first()
    if asked is None or not asked.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "insights/progress.html", {"computation": asked})


@require_GET
@allow(*READERS)
def export(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """All kept values of a day as CSV."""
    now = timezone.now()
    try:
        as_of = _chosen_day(request, now, default=default_as_of(now))
    except queries.DayRefused as refusal:
        return _refused(request, refusal)
    if as_of is None:
        raise Http404(_("There is no such KPI, or none was computed yet."))
    return csv_response(queries.export_rows(as_of), file_name=f"kpi-{as_of}.csv")
