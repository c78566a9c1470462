"""The pages of pain points: the list, and the customers behind one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers.privacy.actions import note_looks
from mijoz.insights import rows
from mijoz.insights.dimensions import Names
from mijoz.insights.figures import height_of_rows
from mijoz.insights.models import Reading
from mijoz.insights.pain import figures, queries, wording
from mijoz.insights.pain.queries import Behind, Point
from mijoz.ui.export import csv_response

READERS = ("manager", "marketer", "analyst")


@require_GET
@allow(*READERS)
def page(request: StaffRequest) -> HttpResponse:
    """Where service is worse than elsewhere, the most money first."""
    wanted = {name: request.GET.get(name, "") for name in ("measure", "segment")}
    found = queries.page(wanted)
    names = Names()
    context: dict[str, Any] = {"page": found}
    if found is not None:
        context |= {
            "shown": [_shown(request, point, names, found.comparisons) for point in found.points],
            "measures": [(key, wording.measure(key)) for key in found.measures],
            "segments": [(key, names.of("segment", key)) for key in found.segments],
        }
    return render(request, "insights/pain/page.html", context)


@require_GET
@allow(*READERS)
def customers(request: StaffRequest) -> HttpResponse:
    """Who is behind a pain point, who fared badly first."""
    reading, point = _point(request)
    names = Names()
    behind = queries.behind_point(point.spot, as_of=reading.as_of)
    page = queries.page_of(behind, request.GET.get("page"))
    context = {
        "one": _shown(request, point, names, reading.document["comparisons"]),
        "page": page,
        "rows": [(one, wording.lived(point.spot.measure, one)) for one in page],
        "badly": int(behind["is_bad"].sum()),
        "value_label": wording.measure(point.spot.measure),
    }
    return render(request, "insights/pain/customers.html", context)


@require_GET
@allow(*READERS, does=gettext_lazy("Export the customers behind a pain point"))
def export(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """Everybody behind a pain point as a file. Who took it out is noted."""
    reading, point = _point(request)
    behind = queries.behind_point(point.spot, as_of=reading.as_of)
    note_looks(rows.people(behind), request.staff, what="pain point export", saw_contacts=False, at=timezone.now())
    return csv_response(_rows(queries.every_row(behind)), file_name=f"pain-{reading.as_of}.csv")


def _rows(behind: Iterable[Behind]) -> Iterable[list[Any]]:
    yield ["customer", "name", "value", "times", "fared_badly", "revenue_12_months"]
    for one in behind:
        yield [one.customer.pk, one.customer.name, one.value, one.times, int(one.is_bad), one.revenue]


def _point(request: StaffRequest) -> tuple[Reading, Point]:
    found = queries.point(request.GET.get("key", ""))
    if found is None:
        raise Http404(_("This pain point is not there any more: the last look did not find it."))
    return found


def _shown(request: StaffRequest, point: Point, names: Names, comparisons: int) -> dict[str, Any]:
    """A pain point in words, with its picture and where its buttons lead."""
    figure = figures.beside(point, names)
    asked = urlencode({"key": point.key})
    who, measure = wording.who(point, names), wording.measure(point.spot.measure)
    touchpoint = names.of("touchpoint", point.spot.touchpoint)
    title = " · ".join((who, touchpoint, measure))
    return {
        "point": point,
        "who": who,
        "measure": measure,
        "touchpoint": touchpoint,
        "sentence": wording.sentence(point),
        "customers": wording.customers(point),
        "stake": wording.stake(point, request.business.currency),
        "badly": wording.badly(point.spot.measure),
        "sureness": wording.sureness(point, comparisons),
        "figure": figure,
        "unit": wording.unit(point.spot.measure),
        "height": height_of_rows(figure),
        "customers_url": f"{reverse('insights:pain_customers')}?{asked}",
        "export_url": f"{reverse('insights:pain_export')}?{asked}",
        "improvement_url": _further(
            "insights:improvement_new",
            {"kind": "pain", "key": point.key, "title": title, "gap": wording.sentence(point)},
        ),
        "pilot_url": _pilot(point),
    }


def _pilot(point: Point) -> str:
    """Where a scenario for these customers begins: the planner, with the segment filled in."""
    return _further("insights:proof_plan", {"segment": point.spot.segment, "kind": "pain", "key": point.key})


def _further(name: str, asked: dict[str, str]) -> str:
    """The address of a page with what it is asked for."""
    return f"{reverse(name)}?{urlencode({key: value for key, value in asked.items() if value})}"
