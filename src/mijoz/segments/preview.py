"""Whom a rule would select while it is being edited: how many, who would come and go, ten of them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from mijoz.analysis.intervals import share
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.events.queries import default_as_of
from mijoz.segments import overview, queries, sentences
from mijoz.segments.membership import facts, first_match, source
from mijoz.segments.models import Segment
from mijoz.segments.rules import Rule, compile_rule, field_keys

EXAMPLES = 10
EXACT_WITHIN_SECONDS = 1.5  # somebody waits; what takes longer is estimated
SAMPLES = ((8_000, 2.5), (1_000, 8.0))  # customers asked, and for how many seconds at most

# Inside: customers whom the rule fits; `taken` is the default segment asked earlier that fits them too.
FITTING = """
    SELECT c.id, p.revenue, {taken} AS taken, {facts} AS facts,
           EXISTS (
               SELECT FROM segments_membership m
               WHERE m.customer_id = c.id AND m.segment_id = %(segment)s AND m.left_at IS NULL
           ) AS is_member
    FROM {source} WHERE {whom} AND {rule} AND (p.purchases > 0 OR NOT %(buyers_only)s)
"""
EVERYBODY = "true"
SAMPLED = "p.customer_id = ANY(%(sample)s)"
WIDEST = "SELECT coalesce(max(customer_id), 0), count(*) FROM customers_profile"
THERE = "SELECT count(*) FROM customers_profile WHERE customer_id = ANY(%s)"
COUNTS = """
    SELECT count(*),
           count(*) FILTER (WHERE taken IS NULL),
           count(*) FILTER (WHERE taken IS NULL AND is_member),
           (SELECT count(*) FROM segments_membership WHERE segment_id = %(segment)s AND left_at IS NULL)
    FROM ({fitting}) fitting
"""
FIRST = """
    SELECT id, facts FROM ({fitting}) fitting WHERE taken IS NULL ORDER BY revenue DESC, id LIMIT %(examples)s
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One customer whom the rule selects, with the facts it asks for in words."""

    customer: Customer
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """From how many customers the size was estimated, and between which numbers it lies (95 of 100 times)."""

    customers: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database said: fitting, size, staying, members; and facts of some by id."""

    counts: tuple[int, int, int, int]
    facts: dict[int, dict[str, Any]]


class TooSlow(Exception):
    """Not even a sample could be asked in time; the rule itself is sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`fitting` customers fit the rule, `size` of them would be here; earlier segments take the others.

    With an `estimate` all of them is what a sample says, and nobody knows who would come and go.
    """

    sentence: str
    others: list[tuple[str, str, str]]  # the sentence in the other languages: code, language, sentence
    fitting: int
    size: int
    entering: int
    leaving: int
    examples: list[Example]
    estimate: Estimate | None = None


def preview(rule: Rule, *, segment: Segment | None, at: datetime) -> Preview:
    """What the rule would do to `segment`, or to a new one, as of the day of the last refresh.

    Raises rules.RuleRefused when it asks for a segment that it may not ask for, TooSlow.
    """
    queries.refuse_circles(rule, segment=segment)
    earlier = queries.before(segment) if segment else []
    keys = {found.pk for found in earlier}
    taken = first_match([ruled for ruled in queries.ruled_segments() if ruled.id in keys])
    condition = compile_rule(rule)
    last = overview.last_run()
    parameters: dict[str, Any] = {
        **taken.parameters,
        **condition.parameters,
        "as_of": last.as_of if last else default_as_of(at),
        "zone": business().time_zone,
        "segment": segment.pk if segment else 0,
        "buyers_only": bool(segment and segment.is_default),
        "examples": EXAMPLES,
    }
    parts = {"taken": taken.sql, "source": source(), "rule": condition.sql}
    found = _ask(rule, parts, parameters, within_seconds=EXACT_WITHIN_SECONDS)
    estimate = None
    if found is None:
        found, estimate = _sampled(rule, parts, parameters)
    fitting, size, staying, members = found.counts
    return Preview(
        sentence=queries.sentence(rule, [before.name for before in earlier]),
        others=queries.in_other_languages(rule, earlier),
        fitting=fitting,
        size=size,
        entering=size - staying,
        leaving=members - staying,
        examples=_examples(rule, found.facts),
        estimate=estimate,
    )


def _ask(
    rule: Rule, parts: Mapping[str, str], parameters: Mapping[str, Any], *, within_seconds: float
) -> _Found | None:
    """What the rule selects, or None when that takes too long."""
    whom = SAMPLED if "sample" in parameters else EVERYBODY
    known = facts(field_keys(rule))
    counts = COUNTS.format(fitting=FITTING.format(facts="NULL", whom=whom, **parts))
    first = FIRST.format(fitting=FITTING.format(facts=known.sql, whom=whom, **parts))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{within_seconds * 1000:.0f}ms"])
            cursor.execute(counts, parameters)
            counted = cursor.fetchone()
            cursor.execute(first, {**parameters, **known.parameters})
            examples = {pk: json.loads(told) for pk, told in cursor.fetchall()}
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
    return _Found(counted, examples)


def _sampled(rule: Rule, parts: Mapping[str, str], parameters: Mapping[str, Any]) -> tuple[_Found, Estimate]:
    """What a sample of the customers says of all. Always the same customers, so that a change of the rule shows."""
    with connection.cursor() as cursor:
        cursor.execute(WIDEST)
        widest, customers = cursor.fetchone()
        for wanted, seconds in SAMPLES:
            drawn = random.Random(1).sample(range(1, widest + 1), min(wanted, widest))  # noqa: S311
            cursor.execute(THERE, [drawn])
            asked = cursor.fetchone()[0]
            found = _ask(rule, parts, {**parameters, "sample": drawn}, within_seconds=seconds)
            if found is None or not asked:
                continue
            fitting, size, staying, members = found.counts
            part = share(size, asked)
            low, high = part.low or 0.0, part.high or 0.0
            of_all = customers / asked
            scaled = (round(fitting * of_all), round(size * of_all), round(staying * of_all), members)
            return _Found(scaled, found.facts), Estimate(asked, round(low * customers), round(high * customers))
    raise TooSlow(_("Too slow to try while you write. Save it, and the refresh will count."))


def _examples(rule: Rule, found: dict[int, dict[str, Any]]) -> list[Example]:
    customers = Customer.objects.in_bulk(found)
    keys = field_keys(rule)
    return [Example(customers[pk], sentences.facts(keys, found[pk])) for pk in found]
