"""The small pictures of the results report, for the page and for print."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from mijoz.insights.results import drawing
from mijoz.insights.results.figures import NOT_MEASURED, Figures
from mijoz.insights.results.shown import Report, Row

register = template.Library()
PALETTES = {"page": drawing.ON_PAGE, "print": drawing.IN_PRINT}


@register.simple_tag
def result_figure(row: Row, figures: Figures, where: str = "page") -> SafeString:
    """The interval, the month before and the aim of one figure."""
    before = figures.before.get(row.entry.key, NOT_MEASURED).value
    return drawing.figure(row, before, PALETTES[where])


@register.simple_tag
def result_segments(report: Report, where: str = "page") -> SafeString:
    return drawing.segments(report, PALETTES[where])


@register.simple_tag
def result_swatch(key: str, where: str = "page") -> SafeString:
    return drawing.swatch(key, PALETTES[where])


@register.filter
def month_words(month: str) -> str:
    """March 2026 for 2026-03."""
    from mijoz.insights.wording import month_in_full

    return month_in_full(month)
