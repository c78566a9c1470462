"""Small pictures of the report as SVG, the same on the page and in print: made here, without a script."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mijoz.insights.results.shown import Report, Row

WIDTH, HEIGHT = 160, 26


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours: custom properties on the page, plain ones in print, where a shape knows attributes only."""

    is_print: bool
    line: str
    band: str
    mark: str
    aim: str
    before: str
    segments: dict[str, str]

    def paint(self, **colours: str) -> SafeString:
        """How a shape is filled and stroked, as attributes of it."""
        if self.is_print:
            return format_html_join(
                " ", '{}="{}"', ((name.replace("_", "-"), value) for name, value in colours.items())
            )
        return format_html(
            'style="{}"', ";".join(f"{name.replace('_', '-')}:{value}" for name, value in colours.items())
        )


SEGMENT_KEYS = ("new", "regular", "high_value", "price_sensitive", "at_risk")
ON_PAGE = Palette(
    is_print=False,
    line="var(--mj-line-strong)",
    band="color-mix(in srgb, var(--mj-brand) 30%, transparent)",
    mark="var(--mj-brand)",
    aim="var(--mj-accent)",
    before="var(--mj-muted)",
    segments={key: f"var(--mj-colour-{key.replace('_', '-')})" for key in SEGMENT_KEYS},
)
IN_PRINT = Palette(
    is_print=True,
    line="#c7d3d3",
    band="#a9d3d6",
    mark="#0b7480",
    aim="#e2843a",
    before="#566a6e",
    segments={
        "new": "#2f7dd1",
        "regular": "#10938a",
        "high_value": "#c58a10",
        "price_sensitive": "#8b62c9",
        "at_risk": "#d2553f",
    },
)


def figure(row: Row, before: float | None, palette: Palette) -> SafeString:
    """The interval as a band, the value as a dot, the month before as a ring, the aim as a line; words say the same."""
    shown = row.figure
    if shown.value is None:
        return SafeString("")
    low = shown.value if shown.low is None else shown.low
    high = shown.value if shown.high is None else shown.high
    least, most = _scale(row, low, high, before)

    def x(value: float) -> str:
        return f"{4 + (WIDTH - 8) * (min(max(value, least), most) - least) / (most - least):.1f}"

    middle = HEIGHT / 2
    parts = [
        format_html(
            '<line x1="4" x2="{}" y1="{}" y2="{}" {}/>',
            WIDTH - 4, middle, middle, palette.paint(stroke=palette.line, stroke_width="1.5"),
        ),
        format_html(
            '<rect x="{}" y="{}" width="{}" height="10" rx="5" {}/>',
            x(low), middle - 5, f"{max(2.0, float(x(high)) - float(x(low))):.1f}", palette.paint(fill=palette.band),
        ),
    ]  # fmt: skip
    if row.entry.unit != "share":
        parts.append(_tick(x(0), palette.paint(stroke=palette.line, stroke_width="2"), 8))
    if row.aim_value is not None:
        parts.append(_tick(x(row.aim_value), palette.paint(stroke=palette.aim, stroke_width="2"), 11))
    if before is not None:
        parts.append(
            format_html(
                '<circle cx="{}" cy="{}" r="3" {}/>',
                x(before), middle, palette.paint(fill="none", stroke=palette.before, stroke_width="1.3"),
            )
        )  # fmt: skip
    dot = palette.paint(fill=palette.mark)
    parts.append(format_html('<circle cx="{}" cy="{}" r="4" {}/>', x(shown.value), middle, dot))
    return _svg(parts, WIDTH, HEIGHT)


def segments(report: Report, palette: Palette) -> SafeString:
    """All customers as one bar, a part for each segment."""
    width, height, at = 640.0, 18.0, 0.0
    parts = []
    for row in report.segments:
        wide = row.share * width
        colour = palette.segments.get(row.key, palette.mark)
        parts.append(
            format_html(
                '<rect x="{}" y="0" width="{}" height="{}" {}/>',
                f"{at:.1f}", f"{max(0.0, wide - 1.5):.1f}", height, palette.paint(fill=colour),
            )
        )  # fmt: skip
        at += wide
    return _svg(parts, int(width), int(height), stretches=True)


def swatch(key: str, palette: Palette) -> SafeString:
    """The colour of a segment beside its name."""
    colour = palette.segments.get(key, palette.mark)
    return _svg([format_html('<circle cx="5" cy="5" r="4.5" {}/>', palette.paint(fill=colour))], 10, 10)


def _scale(row: Row, low: float, high: float, before: float | None) -> tuple[float, float]:
    """A share from 0 to 1; a change around nothing, wide enough for all that is drawn."""
    if row.entry.unit == "share":
        return 0.0, 1.0
    seen = [abs(low), abs(high), *(abs(value) for value in (before, row.aim_value) if value is not None), 0.05]
    widest = 1.1 * max(seen)
    return -widest, widest


def _tick(x: str, paint: SafeString, half: float) -> SafeString:
    middle = HEIGHT / 2
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" {}/>',
        x, x, middle - half, middle + half, paint,
    )  # fmt: skip


def _svg(parts: list[SafeString], width: int, height: int, *, stretches: bool = False) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true" '
        'preserveAspectRatio="{}">{}</svg>',
        width, height, width, height, "none" if stretches else "xMidYMid",
        format_html_join(SafeString(""), "{}", ((part,) for part in parts)),
    )  # fmt: skip
