"""KPIs as the pages show them: each in its unit, with its interval and its change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mijoz.analysis.kpis.targets import State
from mijoz.insights import months, wording
from mijoz.insights.aims import wording as aims_wording
from mijoz.insights.behind.queries import Row
from mijoz.insights.models import KpiValue
from mijoz.insights.queries import Effect, KpiPage, Line
from mijoz.insights.register import Definition
from mijoz.ui import formats
from mijoz.ui.sparkline import polyline
from mijoz.ui.templatetags.mijoz import badge
from mijoz.ui.templatetags.mijoz import kpi as kpi_card

register = template.Library()


@register.filter
def beside(values: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pairs of the other's and this list's entries, in order."""
    return list(zip(others, values, strict=True))


@register.filter
def month_name(month: str) -> str:
    return wording.month_name(month)


@register.simple_tag
def kpi_value(value: KpiValue | None, currency: str) -> str:
    return wording.value_text(value, currency)


@register.simple_tag
def kpi_interval(value: KpiValue | None, currency: str) -> str:
    """Both ends of the 95 % interval, or a dash."""
    low, high = wording.interval(value, currency) if value is not None else ("", "")
    return f"{low} – {high}" if low else formats.NOTHING


@register.simple_tag
def kpi_tile(line: Line, currency: str) -> SafeString:
    """A card of the board that leads to the KPI's own page."""
    low, high = wording.interval(line.value, currency)
    return kpi_card(
        label=str(line.definition.label),
        value=wording.value_text(line.value, currency),
        low=low,
        high=high,
        change=wording.change_text(line.change) if line.change else "",
        good=line.change.is_good if line.change else None,
        note=_note(line, currency),
        spark=line.trend,
        url=f"{reverse('insights:kpi', args=[line.definition.name])}?as_of={line.value.as_of:%Y-%m-%d}",
    )


def _note(line: Line, currency: str) -> str:
    """To what the change belongs; without a change the last whole month."""
    if line.change and line.definition.is_state:
        return _("since the end of %(month)s") % {"month": wording.month_name(line.change.before.month)}
    if line.last_month is None or line.definition.is_state:
        return ""
    return _("%(month)s: %(value)s") % {
        "month": wording.month_name(line.last_month.month),
        "value": wording.value_text(line.last_month, currency),
    }


@register.simple_tag
def kpi_single(page: KpiPage, currency: str) -> SafeString:
    """The KPI's own card, in full."""
    line = page.line
    low, high = wording.interval(line.value, currency, short=False)
    return kpi_card(
        label=_("As of %(day)s") % {"day": formats.day(page.as_of)},
        value=wording.value_text(line.value, currency, short=False),
        low=low,
        high=high,
        change=wording.change_text(line.change) if line.change else "",
        good=line.change.is_good if line.change else None,
        note=_note(line, currency),
        spark=line.trend,
    )


@register.simple_tag
def kpi_change(line: Line) -> SafeString | str:
    """The change of the last whole month, in the colour of its direction when it is more than chance."""
    if line.change is None:
        return formats.NOTHING
    tone = {True: "good", False: "bad", None: "neutral"}[line.change.is_good]
    return SafeString(f'<span class="mj-change mj-tone-{tone}">{wording.change_text(line.change)}</span>')


@register.simple_tag
def kpi_figure(value: float | None, unit: str, currency: str) -> str:
    """A figure in the KPI's unit, such as a target."""
    return wording.figure(value, unit, currency, short=True)


@register.simple_tag
def behind_figure(row: Row, known: Definition, currency: str) -> str:
    """What one row adds to the value."""
    unit = {"score": "count", "points": "count", "share": "money"}.get(known.unit, known.unit)
    return wording.figure(row.numerator, unit, currency)


@register.simple_tag
def behind_base(row: Row, known: Definition, currency: str) -> str:
    """By what it is divided."""
    return wording.figure(row.denominator, "money" if known.unit == "share" else "count", currency)


@register.simple_tag
def kpi_state(state: State) -> SafeString:
    """How a value stands to its target: a word and an icon beside the colour."""
    return badge(aims_wording.state_name(state), aims_wording.state_tone(state), aims_wording.state_icon(state))


@register.simple_tag
def kpi_trend(values: Sequence[float | None]) -> SafeString:
    """The months as a small line."""
    points = polyline(values, width=96, height=32)
    if not points:
        return SafeString("")
    return format_html(
        '<svg class="mj-spark" viewBox="0 0 96 32" aria-hidden="true" preserveAspectRatio="none">'
        '<polyline points="{}"/></svg>',
        points,
    )


@register.filter
def is_unfinished(month: KpiValue, page: KpiPage) -> bool:
    """Whether the month was not over on the day of the page."""
    return not months.is_whole(month.month, page.as_of)


@register.filter
def verdict(effect: Effect) -> str:
    return wording.verdict(effect)


@register.filter
def verdict_name(effect: Effect) -> str:
    return wording.verdict_name(effect)


@register.filter
def verdict_tone(effect: Effect) -> str:
    return wording.verdict_tone(effect)


@register.filter
def outlook(effect: Effect) -> str:
    return wording.outlook(effect)


@register.filter
def worth(effect: Effect, currency: str) -> str:
    return wording.worth(effect, currency)
