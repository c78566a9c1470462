"""How loyalty's pages name where a grant came from."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def origin(value: str) -> str:
    """What staff call it: the words they wrote, the scenario, the segment."""
    kind, _colon, rest = value.partition(":")
    match kind:
        case "codes":
            return rest
        case "segment":
            return _("Given to the segment “%(name)s”") % {"name": rest.split("/")[0]}
        case "scenario":
            return _("By the scenario “%(name)s”") % {"name": rest.split("/")[0]}
        case "tier":
            return _("On reaching a tier")
        case "stamps":
            return _("For full stamp cards")
        case "referral":
            return _("For bringing a friend")
    return value
