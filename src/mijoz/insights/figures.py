"""Charts of the KPI pages, described as docs/ui.md says."""

from __future__ import annotations

from datetime import date
from typing import Any

from mijoz.insights.models import KpiValue
from mijoz.insights.queries import BoardPage, KpiPage
from mijoz.ui import colours, formats


def month_name(month: str) -> str:
    return formats.month(date.fromisoformat(f"{month}-01"))


def unit_of(value: KpiValue | None) -> str:
    return value.unit if value and value.unit in {"share", "money"} else "number"


def revenue_by_month(page: BoardPage, currency: str) -> dict[str, Any] | None:
    months = next((tile.months for tile in page.tiles if tile.definition.name == "revenue"), [])
    return by_month(months, "revenue", currency) if months else None


def by_month(months: list[KpiValue], name: str, currency: str) -> dict[str, Any]:
    """Bars for what adds up over a month, a line for shares and means."""
    unit = unit_of(months[0] if months else None)
    adds_up = months and (months[0].unit == "count" or name == "revenue")
    return {
        "kind": "bar" if adds_up else "line",
        "unit": unit,
        "currency": currency,
        "categories": [month_name(value.month) for value in months],
        "series": [{"name": name, "values": [value.value for value in months]}],
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
        "series": [{"name": page.definition.name, "values": [value.value for _key, _name, value in rows]}],
    }


def effects(page: BoardPage) -> dict[str, Any] | None:
    """Each scenario's difference to its hold-out with its interval; the dashed line is no difference."""
    rows = [
        {"name": effect.name, "value": effect.value.value, "low": effect.value.low, "high": effect.value.high}
        for effect in page.effects
        if effect.value.low is not None
    ]
    return {"kind": "interval", "unit": "points", "reference": 0, "rows": rows} if rows else None
