"""A small line without axes, drawn at the server."""

from __future__ import annotations

from collections.abc import Sequence


def polyline(values: Sequence[float | None], *, width: int, height: int, margin: float = 2) -> str:
    """The `points` of an SVG polyline through `values`; gaps are skipped, one value is a level line.

    >>> polyline([0, 1], width=10, height=10)
    '2.0,8.0 8.0,2.0'
    """
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if not known:
        return ""
    if len(known) == 1:
        known = [(0, known[0][1]), (len(values) or 1, known[0][1])]
    lowest, highest = min(value for _, value in known), max(value for _, value in known)
    last = max(known[-1][0], 1)
    drawn_width, drawn_height = width - 2 * margin, height - 2 * margin

    def point(place: int, value: float) -> str:
        level = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
        return f"{margin + drawn_width * place / last:.1f},{margin + drawn_height * (1 - level):.1f}"

    return " ".join(point(place, value) for place, value in known)
