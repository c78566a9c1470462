"""Charts of the segment pages, as docs/ui.md describes a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from mijoz.segments.models import Segment, SegmentDay
from mijoz.segments.overview import Card, Flow, Moves
from mijoz.ui import formats
from mijoz.ui.colours import other_colour, segment_colour


def shares(cards: Sequence[Card]) -> dict[str, Any]:
    """The default segments by number of customers."""
    return {
        "kind": "donut",
        "categories": [card.segment.name for card in cards],
        "colours": [segment_colour(card.segment.key) for card in cards],
        "series": [{"name": _("Customers"), "values": [card.figures.customers for card in cards]}],
    }


def sizes(days: Sequence[SegmentDay]) -> dict[str, Any] | None:
    """Lines of size over time, one for each segment; None while there is one day only."""
    dates = sorted({day.day for day in days})
    if len(dates) < 2:
        return None
    by_segment: dict[int, dict[Any, int]] = {}
    segments = {day.segment_id: day.segment for day in days}
    for day in days:
        by_segment.setdefault(day.segment_id, {})[day.day] = day.customers
    in_order = sorted(segments.values(), key=lambda segment: (not segment.is_default, segment.order, segment.key))
    return {
        "kind": "line",
        "categories": [formats.day(day) for day in dates],
        "series": [
            {
                "name": segment.name,
                "colour": segment_colour(segment.key),
                "values": [by_segment[segment.pk].get(day) for day in dates],
            }
            for segment in in_order
        ],
    }


def flows(between: Sequence[Flow]) -> dict[str, Any] | None:
    """From where to where customers went; None when nobody did."""
    if not between:
        return None
    sides = {"origin": [flow.origin for flow in between], "destination": [flow.destination for flow in between]}
    return {
        "kind": "sankey",
        "nodes": [
            {
                "key": _place(side, segment),
                "name": segment.name if segment else _nowhere(side),
                "colour": segment_colour(segment.key) if segment else other_colour("none"),
                "column": column,
                "side": ("right", "left")[column],
            }
            for column, (side, listed) in enumerate(sides.items())
            for segment in _in_order(listed)
        ],
        "links": [
            {
                "source": _place("origin", flow.origin),
                "target": _place("destination", flow.destination),
                "value": flow.customers,
            }
            for flow in between
        ],
    }


def _in_order(segments: Sequence[Segment | None]) -> list[Segment | None]:
    """Each segment once, as they are asked, what is none of them at the end."""
    return sorted(dict.fromkeys(segments), key=lambda segment: segment.order if segment else 100)


def _place(side: str, segment: Segment | None) -> str:
    return f"{side}-{segment.key if segment else 'none'}"


def _nowhere(side: str) -> str:
    return _("First purchase") if side == "origin" else _("No segment")


def moves(months: Sequence[Moves]) -> dict[str, Any] | None:
    """Bars of who came and who went by month; None before anybody did."""
    if not any(month.entered or month.left for month in months):
        return None
    return {
        "kind": "bar",
        "categories": [formats.month(month.month) for month in months],
        "series": [
            {"name": _("Entered"), "colour": "regular", "values": [month.entered for month in months]},
            {"name": _("Left"), "colour": "at-risk", "values": [month.left for month in months]},
        ],
    }
