"""Charts of survey pages, as docs/ui.md describes a figure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mijoz.analysis.intervals import Estimate
from mijoz.surveys import wording
from mijoz.surveys.results import Distribution, Results


def gaps(results: Results) -> dict[str, Any] | None:
    """The gap of each dimension with its interval; of perceptions alone their means."""
    if results.gaps is None:
        return None
    rows = [
        _row(wording.part(each.key), each.gap if each.expectation is not None else Estimate(each.perception))
        for each in results.gaps.dimensions
    ]
    has_gaps = results.gaps.plain.expectation is not None
    if not has_gaps:
        return {
            "kind": "bar",
            "horizontal": True,
            "categories": [row["name"] for row in rows],
            "series": [{"name": _("Mean"), "values": [row["value"] for row in rows]}],
        }
    return {"kind": "interval", "reference": 0, "rows": rows}


def drivers(results: Results) -> dict[str, Any] | None:
    """How strongly each indicator goes with the outcome, all others held."""
    if results.drivers is None:
        return None
    rows = [_row(wording.part(each.key), each.effect) for each in results.drivers.drivers]
    return {"kind": "interval", "reference": 1 if results.drivers.is_binary else 0, "rows": rows}


def distribution(of: Distribution) -> dict[str, Any]:
    """How many gave each answer."""
    return {
        "kind": "bar",
        "categories": list(of.labels),
        "series": [{"name": _("Answers"), "values": list(of.counts)}],
    }


def _row(name: str, estimate: Estimate) -> dict[str, Any]:
    return {"name": name, "value": estimate.value, "low": estimate.low, "high": estimate.high}
