"""How loyalty's pages write codes and points."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from mijoz.loyalty import codes
from mijoz.ui import formats

register = template.Library()


@register.filter
def code(value: str) -> str:
    """A code as it is printed."""
    return codes.shown(value)


@register.filter
def signed(value: int) -> str:
    """Points with their sign."""
    return formats.signed(formats.number(value))


@register.filter
def posting(kind: str) -> str:
    """Why points came or went."""
    return {
        "earned": _("earned"),
        "taken_back": _("taken back for a refund"),
        "redeemed": _("used"),
        "cancelled": _("given back"),
        "expired": _("expired"),
        "adjusted": _("by staff"),
    }.get(kind, kind)
