"""KPIs as the pages show them: each in its unit, with its interval and its change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mijoz.insights.models import KpiValue
from mijoz.insights.queries import Effect, KpiPage, Tile
from mijoz.ui import formats
from mijoz.ui.templatetags.mijoz import kpi as kpi_card

register = template.Library()


def shown(value: float | None, unit: str, currency: str, *, short: bool = False) -> str:
    """A KPI's figure in its unit."""
    if unit == "share":
        return formats.share(value)
    if unit == "money":
        return formats.money(value, currency, short=short)
    if unit == "score":
        return formats.number(value, 2)
    return formats.number(value, 0 if unit == "count" else None)


@register.filter
def beside(values: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pairs of the other's and this list's entries, in order."""
    return list(zip(others, values, strict=True))


@register.simple_tag
def kpi_value(value: KpiValue | None, currency: str) -> str:
    return formats.NOTHING if value is None else shown(value.value, value.unit, currency, short=True)


@register.simple_tag
def kpi_tile(tile: Tile, currency: str) -> SafeString:
    """A card of the board that leads to the KPI's own page."""
    value = tile.value
    if value is None:
        return kpi_card(label=str(tile.definition.label), value=formats.NOTHING)
    change = ""
    if tile.change is not None:
        change = formats.points(tile.change) if value.unit == "share" else formats.signed(formats.share(tile.change))
    return kpi_card(
        label=str(tile.definition.label),
        value=shown(value.value, value.unit, currency, short=True),
        low=shown(value.low, value.unit, currency, short=True) if value.low is not None else "",
        high=shown(value.high, value.unit, currency, short=True) if value.high is not None else "",
        change=change,
        good=tile.is_good,
        note=_("last whole month to the one before") if change else "",
        spark=[month.value for month in tile.months],
        url=reverse("insights:kpi", args=[tile.definition.name]),
    )


@register.simple_tag
def kpi_single(page: KpiPage, currency: str) -> SafeString:
    """The KPI's own card, in full."""
    value = page.value
    if value is None:
        return SafeString("")
    return kpi_card(
        label=_("As of %(day)s") % {"day": formats.day(page.as_of)},
        value=shown(value.value, value.unit, currency),
        low=shown(value.low, value.unit, currency) if value.low is not None else "",
        high=shown(value.high, value.unit, currency) if value.high is not None else "",
    )


@register.simple_tag
def verdict(effect: Effect) -> str:
    """One sentence: what came of it and how sure that is."""
    figures = {
        "difference": formats.points(effect.value.value),
        "low": formats.points(effect.value.low),
        "high": formats.points(effect.value.high),
        "treated": formats.number(effect.treated),
        "held_out": formats.number(effect.held_out),
        "treated_rate": formats.share(effect.treated_rate),
        "held_out_rate": formats.share(effect.held_out_rate),
    }
    sentences = {
        "works": _(
            "It works: %(treated_rate)s came back with it, %(held_out_rate)s without; "
            "the difference is %(difference)s, most likely between %(low)s and %(high)s."
        ),
        "harms": _(
            "It harms: %(treated_rate)s came back with it, %(held_out_rate)s without; "
            "the difference is %(difference)s, most likely between %(low)s and %(high)s. Stop it or change it."
        ),
        "no_difference_seen": _(
            "No difference seen yet: %(difference)s, and the truth may lie anywhere between %(low)s and %(high)s."
        ),
        "too_few": _(
            "Too few to tell: %(treated)s customers with it and %(held_out)s without have had their time so far."
        ),
    }
    return sentences.get(effect.verdict, sentences["too_few"]) % figures
