"""The statements by which a refresh changes scores and memberships: each one for all customers at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mijoz.segments import fields
from mijoz.segments.rules import Condition, Rule, compile_rule, field_keys

REFRESH_LOCK = 0x4D696A6F7A03  # one refresh at a time
PROFILE = "customers_profile"
PAST_PROFILE = "profile_on_day"

MAKE_PAST_PROFILE = f"""
    DROP TABLE IF EXISTS {PAST_PROFILE};
    CREATE TEMP TABLE {PAST_PROFILE} (LIKE {PROFILE} INCLUDING GENERATED INCLUDING DEFAULTS) ON COMMIT DROP
"""
# Money is read in ten-thousandths, so that it stays exact as a whole number.
READ_CUSTOMERS = """
    SELECT p.customer_id, p.purchases, (p.revenue * 10000)::bigint AS revenue,
           coalesce((p.last_purchase_at AT TIME ZONE %(zone)s)::date, 'epoch') AS last_purchase_on {columns}
    FROM {source}
    WHERE p.customer_id <> ALL(%(unprofiled)s) AND {whom}
"""
READ_SCORES = """
    SELECT customer_id, last_purchase_on, purchases, (revenue * 10000)::bigint AS revenue,
           r_score * 100 + f_score * 10 + m_score AS number, rfm_score
    FROM segments_score s WHERE {whom}
"""
READ_MEMBERS = "SELECT customer_id, segment_id FROM segments_membership m WHERE left_at IS NULL AND {whom}"
READ_SINCE = """
    SELECT m.customer_id, greatest(%(as_of)s::date - (m.entered_at AT TIME ZONE %(zone)s)::date, 0) AS days
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE g.key = %(key)s AND m.left_at IS NULL AND {whom}
"""
EVERYBODY = "true"
THESE_PROFILES, THESE_MEMBERS, THESE_SCORES = (f"{table}.customer_id = ANY(%(only)s)" for table in "pms")

MAKE_FRESH = """
    CREATE TEMP TABLE IF NOT EXISTS fresh_score (LIKE segments_score) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS membership_change (
        customer_id bigint, segment_id bigint, leaves boolean, counted double precision[]
    ) ON COMMIT DELETE ROWS;
    TRUNCATE fresh_score, membership_change
"""
SCORES = ("customer_id", "last_purchase_on", "purchases", "revenue", "r_score", "f_score", "m_score", "rfm_score")
WRITE_SCORES = f"""
    INSERT INTO segments_score ({", ".join(SCORES)}) SELECT {", ".join(SCORES)} FROM fresh_score ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in SCORES[1:])}
"""  # noqa: S608 - built from constants
DROP_SCORES = "DELETE FROM segments_score WHERE customer_id = ANY(%s)"

# What stands in braces is put together below, from identifiers of ours only; values are parameters.
CLOSE = """
    UPDATE segments_membership m
    SET left_at = greatest(%(moment)s, m.entered_at), left_reason = why.reason
    FROM (
        SELECT leaving.customer_id, leaving.segment_id,
               jsonb_build_object('version', {version}, 'as_of', %(as_of)s::date, 'facts', {facts})
               || CASE WHEN entering.segment_id IS NULL THEN '{{}}'
                       ELSE jsonb_build_object('moved_to', {moved_to}) END AS reason
        FROM {source} LEFT JOIN membership_change entering
          ON entering.customer_id = leaving.customer_id AND NOT entering.leaves
         AND entering.segment_id = ANY(%(defaults)s) AND leaving.segment_id = ANY(%(defaults)s)
    ) why
    WHERE m.customer_id = why.customer_id AND m.segment_id = why.segment_id AND m.left_at IS NULL
"""
OPEN = """
    INSERT INTO segments_membership (segment_id, customer_id, entered_at, reason)
    SELECT entering.segment_id, entering.customer_id, %(moment)s,
           jsonb_build_object('version', {version}, 'as_of', %(as_of)s::date, 'facts', {facts})
    FROM {source}
"""
WRITE_DAY = """
    INSERT INTO segments_segmentday AS d (segment_id, day, customers, revenue, entered, "left")
    SELECT segment_id, %(day)s, customers, revenue, entered, "left"
    FROM unnest(%(segment_id)s::bigint[], %(customers)s::bigint[], %(revenue)s::numeric[], %(entered)s::bigint[],
                %(left)s::bigint[]) AS size (segment_id, customers, revenue, entered, "left")
    ON CONFLICT (segment_id, day) DO UPDATE SET
        customers = excluded.customers, revenue = excluded.revenue,
        entered = d.entered + excluded.entered, "left" = d."left" + excluded."left"
"""
BEGIN_DAY = """
    INSERT INTO segments_segmentday (segment_id, day, customers, revenue, entered, "left")
    SELECT id, %(day)s, coalesce(last.customers, 0), coalesce(last.revenue, 0), 0, 0
    FROM unnest(%(ids)s::bigint[]) AS segment(id) LEFT JOIN LATERAL (
        SELECT customers, revenue FROM segments_segmentday d
        WHERE d.segment_id = segment.id AND d.day < %(day)s ORDER BY d.day DESC LIMIT 1
    ) last ON true
    ON CONFLICT (segment_id, day) DO NOTHING
"""
ADD_TO_DAY = """
    UPDATE segments_segmentday d
    SET customers = greatest(d.customers + size.customers, 0), revenue = greatest(d.revenue + size.revenue, 0),
        entered = d.entered + size.entered, "left" = d."left" + size."left"
    FROM unnest(%(segment_id)s::bigint[], %(customers)s::bigint[], %(revenue)s::numeric[], %(entered)s::bigint[],
                %(left)s::bigint[]) AS size (segment_id, customers, revenue, entered, "left")
    WHERE (d.segment_id, d.day) = (size.segment_id, %(day)s)
"""
WRITE_MOVES = """
    INSERT INTO segments_segmentmove AS m (day, origin_id, destination_id, customers)
    SELECT %(day)s, origin, destination, customers
    FROM unnest(%(origin)s::bigint[], %(destination)s::bigint[], %(customers)s::bigint[])
         AS move (origin, destination, customers)
    ON CONFLICT (day, origin_id, destination_id) DO UPDATE SET customers = m.customers + excluded.customers
"""
LEAVING = "(SELECT * FROM membership_change WHERE leaves) leaving"
ENTERING = "(SELECT * FROM membership_change WHERE NOT leaves) entering"


@dataclass(frozen=True, slots=True)
class RuledSegment:
    """A segment with the rule that is in force."""

    id: int
    key: str
    version: int
    rule: Rule
    is_default: bool


def source(profile: str = PROFILE, *, of: str = "") -> str:
    """What a rule's SQL reads: all customers with a profile, or those of relation `of`, profile or not.

    `of` is a name, or a query with its name behind it. A table that no rule asks for costs nothing: the planner leaves
    out what is joined by its key and not used.
    """
    start = f"{profile} p"
    customer = "p.customer_id"
    if of:
        customer = f"{of.split()[-1]}.customer_id"
        start = f"{of} LEFT JOIN {profile} p ON p.customer_id = {customer}"
    return (
        f"{start} LEFT JOIN segments_score s ON s.customer_id = {customer}"
        f" LEFT JOIN customers_customer c ON c.id = {customer}"
    )


def facts(keys: Iterable[str], *, counted: Mapping[str, str] | None = None) -> Condition:
    """SQL of a JSON object with these facts of a customer; `counted` has the SQL of those that are at hand already."""
    pairs, parameters = [], {}
    for place, key in enumerate(keys):
        field = fields.known(key)
        if field is None:
            continue
        name = key
        if ":" in key:  # what is said of it may be anybody's text
            named = f"fact_{sha256(key.encode()).hexdigest()[:12]}_{place}"
            parameters[named] = key
            name = f"%({named})s::text"
        else:
            name = f"'{key}'"
        at_hand = (counted or {}).get(key)
        parameters |= {} if at_hand else field.parameters
        pairs.append(f"{name}, {at_hand or field.sql}")
    return Condition(f"jsonb_build_object({', '.join(pairs)})", parameters)


def first_match(segments: Sequence[RuledSegment]) -> Condition:
    """SQL of the id of the first segment whose rule fits a customer; null when none does."""
    parameters: dict[str, Any] = {}
    cases = []
    for segment in segments:
        condition = compile_rule(segment.rule, prefix=f"s{segment.id}_")
        parameters |= condition.parameters
        cases.append(f"WHEN {condition.sql} THEN {segment.id}")
    return Condition(f"CASE {' '.join(cases)} END" if cases else "NULL::bigint", parameters)


def change_memberships(
    segments: Sequence[RuledSegment], *, profile: str = PROFILE, counted: Sequence[str] = ()
) -> list[Condition]:
    """The statements that close and open the stays of the table membership_change.

    Each stay keeps the reason: the version of the rule, and the facts it asked for; `counted` are the keys of those
    that the table has in its column of this name. Parameters still to be set: as_of, zone, moment.
    """
    defaults = [segment for segment in segments if segment.is_default]
    others = [segment for segment in segments if not segment.is_default]
    parameters: dict[str, Any] = {
        "ids": [segment.id for segment in segments],
        "keys": [segment.key for segment in segments],
        "versions": [segment.version for segment in segments],
        "defaults": [segment.id for segment in defaults],
    }
    statements = []
    for template, of in ((CLOSE, "leaving"), (OPEN, "entering")):
        told = _deciding_facts(defaults, others, of=of, counted=counted)
        sql = template.format(
            source=source(profile, of=LEAVING if of == "leaving" else ENTERING),
            version=_of_segment("versions", "integer", f"{of}.segment_id"),
            moved_to=_of_segment("keys", "text", "entering.segment_id"),
            facts=told.sql,
        )
        statements.append(Condition(sql, parameters | told.parameters))
    return statements


def _of_segment(listed: str, kind: str, segment: str) -> str:
    """SQL of the element of a parameter that belongs to a segment; a join would mislead the planner."""
    return f"(%({listed})s::{kind}[])[array_position(%(ids)s::bigint[], {segment}::bigint)]"


def _deciding_facts(
    defaults: Sequence[RuledSegment], others: Sequence[RuledSegment], *, of: str, counted: Sequence[str]
) -> Condition:
    """SQL of the facts that decide about a row of `of`: for a default segment those of all default rules."""
    at_hand = {key: f"{of}.counted[{place}]" for place, key in enumerate(counted, start=1)}
    shared = facts(dict.fromkeys(key for segment in defaults for key in field_keys(segment.rule)), counted=at_hand)
    if not others:
        return shared
    cases, parameters = [], dict(shared.parameters)
    for segment in others:
        own = facts(field_keys(segment.rule), counted=at_hand)
        parameters |= own.parameters
        cases.append(f"WHEN {segment.id} THEN {own.sql}")
    return Condition(f"CASE {of}.segment_id {' '.join(cases)} ELSE {shared.sql} END", parameters)
