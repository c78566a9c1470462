"""Whom a rule would select while it is being edited: how many, who would come and go, ten of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.events.queries import default_as_of
from mijoz.segments import overview, queries, sentences
from mijoz.segments.membership import facts, first_match, source
from mijoz.segments.models import Segment
from mijoz.segments.rules import Rule, compile_rule, field_keys

EXAMPLES = 10

# Inside: customers whom the rule fits; `taken` is the default segment asked earlier that fits them too.
FITTING = """
    SELECT c.id, p.revenue, {taken} AS taken, {facts} AS facts,
           EXISTS (
               SELECT FROM segments_membership m
               WHERE m.customer_id = c.id AND m.segment_id = %(segment)s AND m.left_at IS NULL
           ) AS is_member
    FROM {source} WHERE {rule} AND (p.purchases > 0 OR NOT %(buyers_only)s)
"""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`fitting` customers fit the rule, `size` of them would be here; earlier segments take the others."""

    sentence: str
    fitting: int
    size: int
    entering: int
    leaving: int
    examples: list[Example]


def preview(rule: Rule, *, segment: Segment | None, at: datetime) -> Preview:
    """What the rule would do to `segment`, or to a new one, as of the day of the last refresh."""
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
    with connection.cursor() as cursor:
        parts = {"taken": taken.sql, "source": source(), "rule": condition.sql}
        cursor.execute(COUNTS.format(fitting=FITTING.format(facts="NULL", **parts)), parameters)
        fitting, size, staying, members = cursor.fetchone()
        known = facts(field_keys(rule))
        first = FIRST.format(fitting=FITTING.format(facts=known.sql, **parts))
        cursor.execute(first, parameters | known.parameters)
        found = {pk: json.loads(known) for pk, known in cursor.fetchall()}
    return Preview(
        sentence=queries.sentence(rule, [before.name for before in earlier]),
        fitting=fitting,
        size=size,
        entering=size - staying,
        leaving=members - staying,
        examples=_examples(rule, found),
    )


def _examples(rule: Rule, found: dict[int, dict[str, Any]]) -> list[Example]:
    customers = Customer.objects.in_bulk(found)
    keys = field_keys(rule)
    return [Example(customers[pk], sentences.facts(keys, found[pk])) for pk in found]
