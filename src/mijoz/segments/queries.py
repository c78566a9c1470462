"""Reads of segments, their rules, members and scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, count
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.events.models import Event
from mijoz.events.types import TRADE
from mijoz.segments import bulk, rules, sentences
from mijoz.segments.deciding import asked_by, asks_for
from mijoz.segments.families import names_of
from mijoz.segments.membership import RuledSegment
from mijoz.segments.models import Membership, RefreshRun, Segment, SegmentVersion

YOUNG = timedelta(days=60)
DEFAULT_MEMBERS = """
    SELECT m.customer_id, m.segment_id
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE m.left_at IS NULL AND g.is_default
"""
DEFAULT_MEMBERS_THEN = """
    SELECT m.customer_id, m.segment_id
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE g.is_default AND m.entered_at <= %(end)s AND (m.left_at IS NULL OR m.left_at > %(end)s)
"""


def segments() -> QuerySet[Segment]:
    """The segments in use: the default ones as they are asked, then the others."""
    return Segment.objects.filter(is_active=True)


def rule_in_force(segment: Segment) -> SegmentVersion:
    """The latest version of the segment's rule."""
    return segment.versions.select_related("written_by").order_by("-number")[0]


def rule_of(segment: Segment) -> rules.Rule:
    """The rule in force, checked and ready to use."""
    return rules.parse(rule_in_force(segment).rule)


def ruled_segments() -> list[RuledSegment]:
    """All segments in use, each with the rule in force."""
    latest = SegmentVersion.objects.filter(segment=OuterRef("pk")).order_by("-number")
    found = segments().annotate(rule=Subquery(latest.values("rule")[:1]), version=Subquery(latest.values("number")[:1]))
    return [
        RuledSegment(segment.pk, segment.key, segment.version, rules.parse(segment.rule), segment.is_default)
        for segment in found
    ]


def refuse_circles(rule: rules.Rule, *, segment: Segment | None) -> None:
    """Raise RuleRefused when the rule asks for a segment that is not there, or asks in a circle for its own.

    `segment` is whose rule it is to be, None for a new one. A default segment may ask for no default one: they
    follow from each other already.
    """
    in_use = list(segments())
    names = {found.key: found.name for found in in_use}
    asks = {ruled.key: asks_for(ruled) for ruled in ruled_segments()}
    wanted = asked_by(rule)
    if strange := sorted(wanted - names.keys()):
        sentence = _("There is no segment “%(key)s” in use.") % {"key": strange[0]}
        raise rules.RuleRefused([("", sentence)])
    if segment is None:
        return
    own = {found.key for found in in_use if found.is_default} if segment.is_default else {segment.key}
    for first in sorted(wanted):
        if way := _way(first, own, asks):
            named = [sentences.quoted(names.get(key, key)) for key in (segment.key, *way)]
            sentence = _("A segment cannot depend on itself: %(way)s.") % {"way": " → ".join(named)}
            raise rules.RuleRefused([("", sentence)])


def _way(start: str, ends: set[str], asks: dict[str, set[str]]) -> list[str]:
    """Segments from `start`, each asking for the next, until one of `ends`; empty when there is no such way."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop(0)
        if way[-1] in ends:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, further] for further in sorted(asks.get(way[-1], ()))]
    return []


def who_asks_for(segment: Segment) -> list[str]:
    """The names of the segments in use whose rules ask for this one."""
    asking = {ruled.key for ruled in ruled_segments() if segment.key in asks_for(ruled)}
    return [found.name for found in segments() if found.key in asking and found.key != segment.key]


def takes_the_rest(segment: Segment) -> bool:
    """Whether this is the last default segment, which takes every buyer whom the others left."""
    return segment.is_default and not Segment.objects.filter(is_default=True, order__gt=segment.order).exists()


def before(segment: Segment) -> list[Segment]:
    """The default segments asked before this one; none for a segment that is not a default one."""
    if not segment.is_default:
        return []
    return list(Segment.objects.filter(is_default=True, order__lt=segment.order))


def free_key(wanted: str) -> str:
    """`wanted`, with a number behind it while segments that were set aside have it; one in use keeps it."""
    taken = set(Segment.objects.filter(is_active=False).values_list("key", flat=True))
    numbered = (f"{wanted}_{number}" for number in count(2))
    return next(key for key in chain([wanted], numbered) if key not in taken)


def day_has_begun(at: datetime) -> bool:
    """Whether nobody has refreshed yet since the day began by the business's calendar."""
    last = RefreshRun.objects.filter(status=RefreshRun.Status.DONE).aggregate(last=Max("asked_at"))["last"]
    zone = business().zone
    return last is None or last.astimezone(zone).date() < at.astimezone(zone).date()


def segment_frame(*, as_of: date | None = None) -> pl.DataFrame:
    """Which default segment each customer is in now, or was in at the end of a day: customer_id Int64, segment String.

    Who was in none, such as on a day before the history of segments begins, has no row.
    """
    schema = {"customer_id": pl.Int64, "segment_id": pl.Int64}
    if as_of is None:
        found = bulk.read(DEFAULT_MEMBERS, schema=schema)
    else:
        end = end_of_day(as_of)
        found = bulk.read(DEFAULT_MEMBERS_THEN, schema=schema, parameters={"end": end})
    keys = dict(Segment.objects.filter(is_default=True).values_list("pk", "key"))
    return found.select(
        "customer_id", segment=pl.col("segment_id").replace_strict(keys, return_dtype=pl.String, default="")
    )


def end_of_day(day: date) -> datetime:
    """The last moment of the day by the business's calendar."""
    return datetime.combine(day, time.max, tzinfo=business().zone)


def members(key: str) -> QuerySet[Customer]:
    """The customers who are in the segment now."""
    return Customer.objects.filter(
        pk__in=Membership.objects.filter(segment__key=key, left_at=None).values("customer_id")
    )


def counts() -> dict[str, int]:
    """How many customers are in each segment in use now, by its key."""
    sizes = segments().annotate(size=Count("memberships", filter=Q(memberships__left_at=None)))
    return dict(sizes.values_list("key", "size"))


@dataclass(frozen=True, slots=True)
class Described:
    """A segment with the rule in force, and that rule in words."""

    segment: Segment
    ruled: RuledSegment
    sentence: str


def described() -> list[Described]:
    """All segments in use with their rules."""
    ruled = {found.key: found for found in ruled_segments()}
    in_use = list(segments())
    earlier: list[str] = []
    rows = []
    with names_of(in_use):
        for segment in in_use:
            rule = ruled[segment.key]
            rows.append(Described(segment, rule, sentence(rule.rule, earlier if segment.is_default else [])))
            earlier.append(segment.name)
    return rows


def listing() -> list[dict[str, Any]]:
    """Every segment in use with its rule, the rule in words, and how many customers are in it now."""
    sizes = counts()
    return [
        {
            "key": found.segment.key,
            "name": found.segment.name,
            "default": found.segment.is_default,
            "version": found.ruled.version,
            "rule": found.ruled.rule.document(),
            "sentence": found.sentence,
            "count": sizes[found.segment.key],
        }
        for found in described()
    ]


def table(listing: list[dict[str, Any]]) -> list[str]:
    """The listing as lines for a terminal: how many, which share of the buyers, key, name, rule."""
    if not listing:
        return [_("No segments yet: the first refresh makes them.")]
    buyers = sum(found["count"] for found in listing if found["default"])
    widths = [max(len(found[name]) for found in listing) for name in ("key", "name")]
    return [
        f"{found['count']:>9,} {found['count'] / buyers if buyers else 0:>7.1%}  "
        f"{found['key']:<{widths[0]}}  {found['name']:<{widths[1]}}  {found['sentence']}"
        for found in listing
    ]


def sentence(rule: rules.Rule, earlier: list[str]) -> str:
    """The rule in words, with the names of the segments that come first."""
    words = sentences.of_rule(rule)
    if not earlier:
        return words
    quoted = [sentences.quoted(name) for name in earlier]
    first = _("Whoever also fits %(names)s is counted there.") % {"names": sentences.names(quoted, _("or"))}
    return f"{words} {first}"


def in_other_languages(rule: rules.Rule, earlier: Sequence[Segment] = ()) -> list[tuple[str, str, str]]:
    """(code, language, sentence) of the rule in every language but that of the page."""
    page, told = (get_language() or "uz").split("-")[0], []
    with names_of(segments()):
        for code, language in settings.LANGUAGES:
            if code != page:
                with translation.override(code):
                    told.append((code, language, sentence(rule, [one.name for one in earlier])))
    return told


def month_ends_before(last: date, *, months: int) -> list[date]:
    """The ends of up to `months` months before the day `last`, from YOUNG after the first trade on.

    Before that everybody would be new, since the log knows nobody from earlier.
    """
    first = Event.objects.filter(type__in=TRADE).aggregate(first=Min("occurred_at"))["first"]
    if first is None:
        return []
    first_day = first.astimezone(business().zone).date()
    days: list[date] = []
    end = last.replace(day=1) - timedelta(days=1)
    while end > first_day + YOUNG and len(days) < months:
        days.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    return days[::-1]
