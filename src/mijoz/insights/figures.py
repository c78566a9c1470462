"""Charts of the KPI pages, described as docs/ui.md says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from mijoz.insights import months, wording
from mijoz.insights.models import KpiValue
from mijoz.insights.queries import BoardPage, KpiPage, Line
from mijoz.ui import colours


def height_of_rows(figure: dict[str, Any]) -> int:
    """How high a picture of intervals is, one below the other."""
    return 48 + 34 * len(figure["rows"])


def unit_of(value: KpiValue | None) -> str:
    """The chart's unit for the KPI's."""
    return value.unit if value and value.unit in {"share", "money"} else "number"


def by_month(line: Line, currency: str) -> dict[str, Any]:
    """Bars for what adds up over a month, a line for shares and means; a month that is not over says so."""
    shown = line.months
    adds_up = bool(shown) and (shown[0].unit == "count" or line.definition.name == "revenue")
    return {
        "kind": "bar" if adds_up else "line",
        "unit": unit_of(shown[0] if shown else None),
        "currency": currency,
        "categories": _month_names(shown),
        "series": [{"name": str(line.definition.label), "values": [value.value for value in shown]}],
    }


def who_came(page: BoardPage) -> dict[str, Any] | None:
    """New and returning customers by month, as one bar each; None without months."""
    new, all_of_them = page.line("new_customers"), page.line("purchasers")
    if new is None or all_of_them is None or not all_of_them.months:
        return None
    pairs = list(zip(new.months, all_of_them.months, strict=True))
    return {
        "kind": "bar",
        "unit": "number",
        "stacked": True,
        "categories": _month_names(all_of_them.months),
        "series": [
            {"name": _("Came again"), "values": [(every.value or 0) - (first.value or 0) for first, every in pairs]},
            {"name": _("For the first time"), "values": [first.value for first, _every in pairs]},
        ],
    }


def by_segment(page: KpiPage, currency: str) -> dict[str, Any]:
    """The segments side by side, with intervals where there are any."""
    rows = [(key, name, value) for key, name, value in page.segments if value.value is not None]
    unit = unit_of(rows[0][2] if rows else None)
    if rows and all(value.low is not None for _key, _name, value in rows):
        return {
            "kind": "interval",
            "unit": unit,
            "currency": currency,
            "rows": [
                {
                    "name": name,
                    "value": value.value,
                    "low": value.low,
                    "high": value.high,
                    "colour": colours.segment_colour(key),
                }
                for key, name, value in rows
            ],
        }
    return {
        "kind": "bar",
        "horizontal": True,
        "unit": unit,
        "currency": currency,
        "categories": [name for _key, name, _value in rows],
        "colours": [colours.segment_colour(key) for key, _name, _value in rows],
        "series": [{"name": str(page.definition.label), "values": [value.value for _key, _name, value in rows]}],
    }


def effects(page: BoardPage) -> dict[str, Any] | None:
    """Each scenario's difference to its hold-out with its interval; the dashed line is no difference."""
    rows = [
        {"name": effect.name, "value": effect.value.value, "low": effect.value.low, "high": effect.value.high}
        for effect in page.effects
        if effect.value.low is not None and effect.verdict != "too_few"
    ]
    return {"kind": "interval", "unit": "points", "reference": 0, "rows": rows} if rows else None


def _month_names(shown: Sequence[KpiValue]) -> list[str]:
    """A star marks the month that is not over on the day."""
    return [
        wording.month_name(value.month) + ("" if months.is_whole(value.month, value.as_of) else " *") for value in shown
    ]
