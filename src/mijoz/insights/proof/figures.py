"""Pictures of proofs, described as docs/ui.md says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from mijoz.analysis.proof.series import METRICS
from mijoz.insights.models import Comparison
from mijoz.insights.proof.queries import ProofPage
from mijoz.ui import colours, formats


def difference(page: ProofPage, currency: str) -> dict[str, Any] | None:
    """The answer beside the same difference read in other ways."""
    measured, of_money = page.reading.measured, page.reading.pilot.of_money
    rows = [
        (_("Answer"), measured.answer),
        (_("If looked at once"), measured.adjusted),
        (_("As on the KPI board"), measured.plain),
    ]
    shown = [
        {"name": name, "value": found.value, "low": found.low, "high": found.high}
        for name, found in rows
        if found.low is not None
    ]
    return _interval(shown, of_money, currency) if shown else None


def looks(page: ProofPage, currency: str) -> dict[str, Any] | None:
    """What would have been read on each day, with the ends of its interval."""
    found = [look for look in page.looks if look.difference.low is not None]
    if len(found) < 2:
        return None
    return {
        "kind": "line",
        "unit": "money" if page.reading.pilot.of_money else "points",
        "currency": currency,
        "categories": [formats.day(look.on) for look in found],
        "series": [
            {"name": _("Upper end"), "values": [look.difference.high for look in found], "dashed": True},
            {"name": _("Difference"), "values": [look.difference.value for look in found]},
            {"name": _("Lower end"), "values": [look.difference.low for look in found], "dashed": True},
            {"name": _("No difference"), "values": [0.0] * len(found), "dashed": True},
        ],
    }


def segments(page: ProofPage, currency: str) -> dict[str, Any] | None:
    """The effect in each segment; those with too few are left to the table."""
    of_money = page.reading.pilot.of_money
    rows = []
    for row in page.segments.rows:
        answer = (row.compared.money if of_money else row.compared.goal).answer
        if answer.low is not None:
            name = page.segment_names.get(row.segment, row.segment) or _("No segment")
            rows.append({"name": name, "value": answer.value, "low": answer.low, "high": answer.high,
                         "colour": colours.segment_colour(row.segment)})  # fmt: skip
    return _interval(rows, of_money, currency) if len(rows) > 1 else None


def comparison(one: Comparison, currency: str) -> dict[str, Any]:
    """The series by week with what was to be expected, or both groups side by side."""
    result = one.result
    begins = one.changed_on + timedelta(weeks=result["first"])
    weeks = result["weeks_before"] + result["weeks_after"]
    unit = METRICS[one.metric].unit
    shown: dict[str, Any] = {
        "kind": "line",
        "unit": unit if unit in ("money", "share") else "number",
        "currency": currency,
        "categories": [formats.day(begins + timedelta(weeks=week)) for week in range(weeks)],
    }
    if one.kind == Comparison.Kind.BEFORE_AFTER:
        before = result["weeks_before"]
        expected = [None] * before + result["expected"][before:]
        return shown | {
            "series": [
                {"name": _("What was"), "values": result["values"]},
                {"name": _("What trend and season foretold"), "values": expected, "dashed": True},
            ]
        }
    if result["is_relative"]:
        shown["unit"] = "share"
    return shown | {
        "series": [
            {"name": _("Got it"), "values": result["values"]["treated"]},
            {"name": _("Did not get it"), "values": result["values"]["others"], "dashed": True},
        ]
    }


def _interval(rows: list[dict[str, Any]], of_money: bool, currency: str) -> dict[str, Any]:
    unit = "money" if of_money else "points"
    return {"kind": "interval", "unit": unit, "currency": currency, "reference": 0, "rows": rows}
