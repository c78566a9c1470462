"""Why somebody has an offer: where the grant came from, as staff call it and as one tells the customer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from mijoz.channels import hooks
from mijoz.loyalty.models import Grant, Programme
from mijoz.segments.models import Segment


def names_of(origins: Iterable[str]) -> dict[str, str]:
    """What staff call each origin: the words they wrote, the scenario, the segment, the programme; a few statements."""
    parts = {origin: _parts(origin) for origin in origins}
    keys = {kind: {key for one, key in parts.values() if one == kind} for kind in ("scenario", "segment")}
    programmes = {key for kind, key in parts.values() if kind in ("tier", "stamps", "referral")}
    scenarios = hooks.origin_names(keys["scenario"])
    segments = {one.key: one.name for one in Segment.objects.filter(key__in=keys["segment"])}
    called = {one.key: one.name for one in Programme.objects.filter(key__in=programmes)} if programmes else {}
    return {
        origin: _called(kind, key, origin, {"scenario": scenarios, "segment": segments}.get(kind, called))
        for origin, (kind, key) in parts.items()
    }


def for_customer(grant: Grant) -> str:
    """Why they have it, in plain words; "" where nothing more is to be said than that we give it."""
    kind, _key = _parts(grant.origin)
    match kind:
        case "scenario":
            return _("We chose it for you: see “Why you got what you got”.")
        case "segment":
            return _("We gave it to customers who come to us as you do.")
        case "tier":
            return _("You have it because you reached your tier.")
        case "stamps":
            return _("You have it because your card was full.")
        case "referral" if grant.origin.endswith("/friend"):
            return _("You have it because a friend sent you to us.")
        case "referral":
            return _("You have it because you brought a friend.")
    return ""


def _parts(origin: str) -> tuple[str, str]:
    """The kind of an origin and the key of what it came from."""
    kind, _colon, rest = origin.partition(":")
    return kind, rest.split("/")[0]


def _called(kind: str, key: str, origin: str, names: dict[str, str]) -> str:
    name = {"name": names.get(key, key)}
    match kind:
        case "codes":
            return origin.partition(":")[2]
        case "segment":
            return _("Given to the segment “%(name)s”") % name
        case "scenario":
            return _("By the scenario “%(name)s”") % name
        case "tier":
            return _("On reaching a tier of “%(name)s”") % name
        case "stamps":
            return _("For a full card of “%(name)s”") % name
        case "referral":
            return _("For bringing a friend: “%(name)s”") % name
    return origin
