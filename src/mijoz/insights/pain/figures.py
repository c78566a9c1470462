"""The picture of a pain point: where it hurts, beside all the others."""

from __future__ import annotations

from math import exp
from typing import Any

from mijoz.analysis.proof.pain_map import COMPLAINT, FIRST_TIME, RESOLUTION
from mijoz.insights.dimensions import Names
from mijoz.insights.pain.queries import Point


def beside(point: Point, names: Names) -> dict[str, Any]:
    """Each group of the same kind with its interval; the one that hurts is red."""
    rows = []
    for told in point.beside:
        if told["value"] is None:
            continue
        spot = point.spot
        is_here = (told["segment"], told["branch"], told["channel"]) == (spot.segment, spot.branch, spot.channel)
        low, high = (told["value"] if told[end] is None else told[end] for end in ("low", "high"))
        rows.append(
            {
                "name": _name(told, names, in_branch=bool(spot.segment and spot.branch)),
                "value": _shown(spot.measure, told["value"]),
                "low": _shown(spot.measure, low),
                "high": _shown(spot.measure, high),
                "colour": "bad" if is_here else "muted",
            }
        )
    return {
        "kind": "interval",
        "unit": "share" if point.spot.measure in (FIRST_TIME, COMPLAINT) else "number",
        "rows": rows,
    }


def _name(told: dict[str, Any], names: Names, *, in_branch: bool) -> str:
    parts = ("segment",) if in_branch else ("segment", "branch", "channel")
    return next((names.of(part, told[part]) for part in parts if told[part]), "")


def _shown(measure: str, value: float) -> float:
    """Hours for what takes hours."""
    return round(exp(value) / 60, 2) if measure == RESOLUTION else max(0.0, value)
