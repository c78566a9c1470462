"""Figures beside a theme as pages show them."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from mijoz.insights.triangulation.figures import Figure, label
from mijoz.ui import formats

register = template.Library()


@register.filter
def figure_label(figure: Figure) -> str:
    return label(figure)


@register.filter
def in_unit(value: float | None, figure: Figure) -> str:
    """A value in the unit of its figure."""
    if value is None:
        return formats.NOTHING
    if figure.unit == "share":
        return formats.share(value, 1)
    if figure.unit == "points":
        return formats.signed(formats.number(value, 0))
    return formats.number(value, 1 if figure.unit in {"hours", "minutes"} or figure.target else 2)


@register.filter
def unit_sign(figure: Figure) -> str:
    return {"share": "%", "hours": _("hours"), "minutes": _("minutes"), "points": _("points")}.get(figure.unit, "")
