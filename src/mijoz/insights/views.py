from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mijoz.business.queries import business
from mijoz.business.rights import allow
from mijoz.insights import figures, jobs, queries
from mijoz.ui.export import csv_response

READERS = ("manager", "marketer", "analyst")


def _chosen_day(request: HttpRequest) -> date | None:
    """The day in the address, else the one computed last; None when there is neither."""
    try:
        return date.fromisoformat(request.GET["as_of"])
    except (KeyError, ValueError):
        return queries.latest_day()


@require_GET
@allow(*READERS)
def board(request: HttpRequest) -> HttpResponse:
    as_of = _chosen_day(request)
    page = queries.board(as_of) if as_of else None
    shown: dict[str, Any] = {
        "page": page,
        "as_of": as_of,
        "days": queries.days(),
        "computing": queries.is_computing(),
    }
    if page:
        shown["revenue_figure"] = figures.revenue_by_month(page, business().currency)
        shown["effects_figure"] = figures.effects(page)
    return render(request, "insights/board.html", shown)


@require_GET
@allow(*READERS)
def kpi(request: HttpRequest, name: str) -> HttpResponse:
    as_of = _chosen_day(request)
    page = queries.kpi(name, as_of) if as_of else None
    if page is None:
        raise Http404(_("There is no such KPI, or none was computed yet."))
    currency = business().currency
    shown = {
        "page": page,
        "months_figure": figures.by_month(page.months, str(page.definition.label), currency) if page.months else None,
        "segments_figure": figures.by_segment(page, currency) if page.segments else None,
    }
    return render(request, "insights/kpi.html", shown)


@require_POST
@allow(*READERS)
def refresh(request: HttpRequest) -> HttpResponse:
    day = request.POST.get("as_of", "")
    if day:
        try:
            jobs.ask_to_compute(date.fromisoformat(day))
        except ValueError:
            return render(request, "insights/refused.html", {"day": day}, status=400)
        return redirect(f"/kpi/?as_of={day}")
    jobs.ask_for_refresh()
    return redirect("insights:board")


@require_GET
@allow(*READERS)
def progress(request: HttpRequest) -> HttpResponse:
    """Asked every second while a computation runs; says when the page is worth loading again."""
    if queries.is_computing():
        return render(request, "insights/computing.html")
    return HttpResponse(status=200, headers={"HX-Refresh": "true"})


@require_GET
@allow(*READERS)
def export(request: HttpRequest) -> StreamingHttpResponse:
    as_of = _chosen_day(request)
    if as_of is None:
        raise Http404(_("There is no such KPI, or none was computed yet."))
    return csv_response(queries.export_rows(as_of), file_name=f"kpi-{as_of}.csv")
