"""The page of gaps by scenario, and choosing which gap a scenario is meant to close."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from mijoz.analysis.psychometrics.gaps import ITEMS_OF
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.insights.figures import height_of_rows
from mijoz.insights.gaps import actions, figures, queries, wording
from mijoz.insights.gaps.forms import AimForm
from mijoz.insights.gaps.meant import dimensions_of
from mijoz.insights.gaps.queries import OfScenario, Page
from mijoz.insights.models import GapAim
from mijoz.scenarios import queries as scenarios
from mijoz.scenarios.models import Scenario
from mijoz.ui.export import csv_response

READERS = ("manager", "marketer", "analyst")
EDITORS = ("manager", "marketer")


@require_GET
@allow(*READERS)
def page(request: StaffRequest) -> HttpResponse:
    """What was expected and what was got, and which scenario closes which gap."""
    found = queries.page()
    context: dict[str, Any] = {"page": found, "may_choose": request.staff.role in ("owner", *EDITORS)}
    if found is not None:
        context |= {
            "dimensions": [wording.dimension(key) for key in ITEMS_OF],
            "figure": figures.whole(found.whole, is_gap=found.is_gap),
            "tables": [table for table in _tables(found) if table[1]],
            "scenarios": [_shown(one) for one in found.scenarios],
            "correlations": [
                (wording.dimension(dimension), wording.correlation(measure, told))
                for dimension, measure, told in found.correlations
            ],
        }
    return render(request, "insights/gaps/page.html", context)


def _tables(found: Page) -> list[tuple[str, list[queries.Row]]]:
    return [(_("By segment"), found.segments), (_("By branch"), found.branches)]


def _shown(one: OfScenario) -> dict[str, Any]:
    """A scenario in words, with its picture."""
    figure = figures.changes(one)
    return {
        "one": one,
        "meant": [
            {
                "change": change,
                "dimension": wording.dimension(change.dimension),
                "gap": gap,
                "verdict": wording.verdict_name(change),
                "tone": wording.verdict_tone(change),
                "sentence": wording.change(change),
                "kpi": wording.kpi_change(change) if change.has_kpi_change else "",
            }
            for change, gap in zip(one.meant, one.gaps, strict=True)
        ],
        "delivery": wording.delivered(one.delivery) if one.delivery else "",
        "figure": figure,
        "height": height_of_rows(figure) if figure else 0,
        "improvement_url": f"{reverse('insights:improvement_new')}?"
        + urlencode({"kind": "gap", "key": one.scenario.key, "title": one.scenario.name}),
    }


@require_GET
@allow(*READERS, does=gettext_lazy("Export the gaps by scenario"))
def export(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """Every gap and every change as rows."""
    found = queries.page()
    rows: list[list[Any]] = [["what", "of", "dimension", "customers", "held_out", "value", "low", "high"]]
    if found is not None:
        for what, told in (("all", [found.whole]), ("segment", found.segments), ("branch", found.branches)):
            rows += [
                [what, row.key, gap.dimension, gap.n, "", gap.value, gap.low, gap.high]
                for row in told
                for gap in row.gaps
            ]
        rows += [
            ["scenario", one.scenario.key, each.dimension, *each.answered, each.value, each.low, each.high]
            for one in found.scenarios
            for each in [*one.meant, *one.others]
        ]
    return csv_response(rows, file_name="gaps.csv")


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS, does=gettext_lazy("Choose which gap a scenario should close"))
def aim(request: StaffRequest, key: str) -> HttpResponse:
    """Which gaps a scenario is meant to close."""
    scenario = get_object_or_404(Scenario, key=key)
    by_steps = dimensions_of(scenarios.definition_in_force(scenario))
    chosen = GapAim.objects.filter(scenario=scenario).first()
    form = AimForm(
        request.POST if request.method == "POST" else None,
        initial={"dimensions": chosen.dimensions if chosen else by_steps},
    )
    if request.method == "POST" and form.is_valid():
        actions.choose(scenario, form.cleaned_data["dimensions"], by=request.staff, at=timezone.now())
        messages.success(request, _("“%(name)s” has its gaps.") % {"name": scenario.name})
        return redirect("insights:gaps")
    context = {"scenario": scenario, "form": form, "by_steps": [wording.dimension(key) for key in by_steps]}
    return render(request, "insights/gaps/aim.html", context, status=400 if request.method == "POST" else 200)
