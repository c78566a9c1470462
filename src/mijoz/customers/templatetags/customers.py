"""The panels that higher apps put on the page of a customer."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, name: str, shown: dict[str, Any]) -> SafeString:
    """The template `name` with what it shows and what the page has."""
    with context.push(**shown):
        return SafeString(get_template(name).template.render(context))  # type: ignore[attr-defined]
