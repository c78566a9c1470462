"""Pictures of gaps: each dimension as a whole, and what a scenario changed."""

from __future__ import annotations

from typing import Any

from mijoz.insights.gaps.queries import OfScenario, Row
from mijoz.surveys.wording import part as dimension


def whole(row: Row, *, is_gap: bool) -> dict[str, Any]:
    """The gap of each dimension with its interval; the dashed line is where what was expected is met."""
    rows = [
        {"name": dimension(gap.dimension), "value": gap.value, "low": gap.low, "high": gap.high}
        for gap in row.gaps
        if gap.value is not None and gap.low is not None
    ]
    return {"kind": "interval", "unit": "number", "rows": rows} | ({"reference": 0} if is_gap else {})


def changes(one: OfScenario) -> dict[str, Any] | None:
    """What the scenario changed in every dimension, those it is meant to close first and in colour."""
    rows = []
    for change in [*one.meant, *one.others]:
        if change.low is None or change.verdict == "too_few":
            continue
        row = {"name": dimension(change.dimension), "value": change.value, "low": change.low, "high": change.high}
        rows.append(row if change in one.meant else row | {"colour": "muted"})
    return {"kind": "interval", "unit": "number", "reference": 0, "rows": rows} if rows else None
