"""From a figure to the customers and cases behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mijoz.analysis.kpis import Asked
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers import contacts
from mijoz.customers.privacy.actions import note_looks
from mijoz.events.queries import default_as_of
from mijoz.insights import queries, rows
from mijoz.insights.behind import queries as behind
from mijoz.insights.behind import wording as words
from mijoz.insights.dimensions import Names
from mijoz.insights.register import definition
from mijoz.ui import formats
from mijoz.ui.export import csv_response

ASKED = ("dimension", "member", "month", "as_of")
READERS = LEADS | {"marketer", "analyst"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What an address asks for, and everybody found."""

    asked: Asked
    as_of: date
    every: pl.DataFrame
    found: pl.DataFrame


@require_safe
@allow(*READERS)
def page(request: StaffRequest, name: str) -> HttpResponse:
    """The customers and cases behind one value, with search, sorting and export."""
    try:
        looked = _looked(request, name)
    except behind.NotAsked as refusal:
        return _refused(request, str(refusal))
    except queries.DayRefused as refusal:
        return _refused(request, str(refusal))
    asked, currency = looked.asked, request.business.currency
    known, value = definition(asked.name), behind.kept(asked, looked.as_of)
    shown = {
        "definition": known,
        "asked": asked,
        "as_of": looked.as_of,
        "value": value,
        "where": words.where(asked, Names()),
        "sum_up": words.sum_up(asked, looked.every, currency),
        "has_grown": value is not None and words.differs(value, looked.every),
        "is_flag": asked.kpi.kind in {"share", "part"},
        "is_single": asked.kpi.family != "trade",
        "page": behind.page_of(looked.found, request.GET.get("page"), role=request.staff.role),
        "kept_parameters": {
            key: request.GET[key] for key in ("dimension", "member", "month", "as_of") if key in request.GET
        },
    }
    return render(request, "insights/behind/page.html", shown)


@require_safe
@allow(*READERS, does=gettext_lazy("Export who stands behind a KPI"))
def export(request: StaffRequest, name: str) -> HttpResponseBase:
    """Everybody found as a file; phones only for roles that may see them. Who took it out is noted."""
    try:
        looked = _looked(request, name)
    except (behind.NotAsked, queries.DayRefused) as refusal:
        return _refused(request, str(refusal))
    hidden = contacts.hidden_from(request.staff.role)
    note_looks(rows.people(looked.found), request.staff, what="KPI export", saw_contacts=not hidden, at=timezone.now())
    return csv_response(_lines(looked, request), file_name=f"kpi-{name}.csv")


def _looked(request: StaffRequest, name: str) -> Looked:
    at = timezone.now()
    asked = behind.parse(name, *(request.GET.get(key, "") for key in ("dimension", "member", "month")))
    day = request.GET.get("as_of")
    as_of = queries.parse_day(day, at=at) if day else queries.shown_day(default_as_of(at))
    if as_of is None:
        raise Http404(_("There is no such KPI, or none was computed yet."))
    every = behind.rows_behind(asked, as_of=as_of, at=at)
    part, query = request.GET.get("part", ""), request.GET.get("q", "")
    found = behind.narrowed(every, part=part, query=query, role=request.staff.role, as_of=as_of)
    return Looked(asked, as_of, every, behind.in_order(found, request.GET.get("sort", "-value")))


def _lines(looked: Looked, request: StaffRequest) -> Iterator[list[Any]]:
    yield [
        _("Customer"),
        _("Name"),
        _("Phone"),
        _("Reference"),
        _("When"),
        str(definition(looked.asked.name).label),
        _("Divided by"),
    ]
    for row in behind.every_row(looked.found, role=request.staff.role):
        at = "" if row.at is None else formats.moment(timezone.localtime(row.at, request.business.zone))
        yield [row.customer.pk, row.customer.name, row.phone, row.reference, at, row.numerator, row.denominator]


def _refused(request: StaffRequest, refusal: str) -> HttpResponse:
    return render(request, "insights/refused.html", {"refusal": refusal}, status=400)
