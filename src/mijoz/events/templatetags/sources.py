"""Filters of the pages of sources."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def in_words(reason: str) -> str:
    """A reason as it is kept, in the language of the page where it is one of ours."""
    return gettext(reason) if reason else ""


@register.filter
def of(values: dict[str, str], key: str) -> str:
    """The value of this key, "" if there is none."""
    return values.get(key, "")
