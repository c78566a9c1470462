"""The statements by which a refresh changes scores and memberships: each one for all customers at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mijoz.segments import fields
from mijoz.segments.rules import Condition, Rule, compile_rule, field_keys

REFRESH_LOCK = 0x4D696A6F7A03  # one refresh at a time
PROFILE = "customers_profile"
PAST_PROFILE = "profile_on_day"

MAKE_PAST_PROFILE = f"""
    CREATE TEMP TABLE {PAST_PROFILE} (LIKE {PROFILE} INCLUDING GENERATED INCLUDING DEFAULTS) ON COMMIT DROP
"""
MAKE_FRESH_SCORES = """
    CREATE TEMP TABLE fresh_score (
        customer_id bigint, last_purchase_on date, purchases integer, revenue numeric(18,4),
        r_score smallint, f_score smallint, m_score smallint, rfm_score double precision
    ) ON COMMIT DROP
"""
SCORE_COLUMNS = (
    "customer_id",
    "last_purchase_on",
    "purchases",
    "revenue",
    "r_score",
    "f_score",
    "m_score",
    "rfm_score",
)
WRITE_SCORES = """
    INSERT INTO segments_score (
        customer_id, last_purchase_on, purchases, revenue, r_score, f_score, m_score, rfm_score
    )
    SELECT f.* FROM fresh_score f LEFT JOIN segments_score s USING (customer_id)
    WHERE s.customer_id IS NULL
       OR (s.last_purchase_on, s.purchases, s.revenue, s.r_score, s.f_score, s.m_score, s.rfm_score)
          IS DISTINCT FROM
          (f.last_purchase_on, f.purchases, f.revenue, f.r_score, f.f_score, f.m_score, f.rfm_score)
    ORDER BY f.customer_id
    ON CONFLICT (customer_id) DO UPDATE SET
        last_purchase_on = excluded.last_purchase_on, purchases = excluded.purchases,
        revenue = excluded.revenue, r_score = excluded.r_score, f_score = excluded.f_score,
        m_score = excluded.m_score, rfm_score = excluded.rfm_score
"""
DROP_SCORES = """
    DELETE FROM segments_score s
    WHERE NOT EXISTS (SELECT FROM fresh_score f WHERE f.customer_id = s.customer_id)
"""

# What stands in braces is put together below, from identifiers of ours only; values are parameters.
CHANGE_MEMBERSHIPS = """
    WITH chosen AS MATERIALIZED (
        SELECT c.id AS customer_id, {first_match} AS segment_id FROM {source} WHERE p.purchases > 0
    ),
    wanted (customer_id, segment_id) AS MATERIALIZED (
        SELECT customer_id, segment_id FROM chosen WHERE segment_id IS NOT NULL {others}
    ),
    leaving AS (
        SELECT m.id AS membership_id, m.customer_id, m.segment_id
        FROM segments_membership m LEFT JOIN wanted USING (customer_id, segment_id)
        WHERE m.left_at IS NULL AND wanted.customer_id IS NULL
    ),
    closed AS (
        UPDATE segments_membership m
        SET left_at = greatest(%(moment)s, m.entered_at), left_reason = why.reason
        FROM (
            SELECT leaving.membership_id,
                   jsonb_build_object(
                       'version', {version_left}, 'as_of', %(as_of)s::date, 'facts', {facts_leaving}
                   ) || CASE
                       WHEN leaving.segment_id = ANY(%(defaults)s) AND chosen.segment_id IS NOT NULL
                       THEN jsonb_build_object('moved_to', {moved_to}) ELSE '{{}}'
                   END AS reason
            FROM {source_leaving} LEFT JOIN chosen ON chosen.customer_id = leaving.customer_id
        ) why
        WHERE m.id = why.membership_id
        RETURNING m.segment_id
    ),
    entering AS (
        SELECT wanted.customer_id, wanted.segment_id
        FROM wanted LEFT JOIN segments_membership m
          ON m.customer_id = wanted.customer_id AND m.segment_id = wanted.segment_id AND m.left_at IS NULL
        WHERE m.customer_id IS NULL
    ),
    opened AS (
        INSERT INTO segments_membership (segment_id, customer_id, entered_at, reason)
        SELECT entering.segment_id, entering.customer_id, %(moment)s,
               jsonb_build_object(
                   'version', {version_entered}, 'as_of', %(as_of)s::date, 'facts', {facts_entering}
               )
        FROM {source_entering}
        RETURNING segment_id
    )
    SELECT segment_id, sum(entered), sum("left") FROM (
        SELECT segment_id, count(*) AS entered, 0 AS "left" FROM opened GROUP BY segment_id
        UNION ALL SELECT segment_id, 0, count(*) FROM closed GROUP BY segment_id
    ) changes GROUP BY segment_id
"""
OTHER = "UNION ALL SELECT c.id, {id} FROM {source} WHERE {rule}"
WRITE_DAY = """
    WITH size AS (
        SELECT m.segment_id, count(*) AS customers, coalesce(sum(p.revenue), 0) AS revenue
        FROM segments_membership m LEFT JOIN {profile} p USING (customer_id)
        WHERE m.left_at IS NULL GROUP BY m.segment_id
    ), change AS (
        SELECT * FROM unnest(%(segments)s::bigint[], %(entered)s::bigint[], %(left)s::bigint[])
                      AS change(segment_id, entered, "left")
    )
    INSERT INTO segments_segmentday AS d (segment_id, day, customers, revenue, entered, "left")
    SELECT change.segment_id, %(day)s, coalesce(size.customers, 0), coalesce(size.revenue, 0),
           change.entered, change."left"
    FROM change LEFT JOIN size USING (segment_id)
    ON CONFLICT (segment_id, day) DO UPDATE SET
        customers = excluded.customers, revenue = excluded.revenue,
        entered = d.entered + excluded.entered, "left" = d."left" + excluded."left"
    RETURNING d.segment_id, d.customers
"""


@dataclass(frozen=True, slots=True)
class RuledSegment:
    """A segment with the rule that is in force."""

    id: int
    key: str
    version: int
    rule: Rule
    is_default: bool


def source(profile: str = PROFILE, *, of: str = "") -> str:
    """What a rule's SQL reads: all customers with a profile, or those of relation `of`, profile or not."""
    start = f"{of} JOIN customers_customer c ON c.id = {of}.customer_id" if of else "customers_customer c"
    profiles = f"{'LEFT ' if of else ''}JOIN {profile} p ON p.customer_id = c.id"
    return f"{start} {profiles} LEFT JOIN segments_score s ON s.customer_id = c.id"


def facts(keys: Iterable[str]) -> str:
    """SQL of a JSON object with these facts of a customer."""
    known = [field for field in map(fields.known, keys) if field is not None]
    pairs = ", ".join(f"'{field.key}', {field.sql}" for field in known)
    return f"jsonb_build_object({pairs})"


def first_match(segments: Sequence[RuledSegment]) -> Condition:
    """SQL of the id of the first segment whose rule fits a customer; null when none does."""
    parameters: dict[str, Any] = {}
    cases = []
    for segment in segments:
        condition = compile_rule(segment.rule, prefix=f"s{segment.id}_")
        parameters |= condition.parameters
        cases.append(f"WHEN {condition.sql} THEN {segment.id}")
    return Condition(f"CASE {' '.join(cases)} END" if cases else "NULL::bigint", parameters)


def change_memberships(segments: Sequence[RuledSegment], *, profile: str = PROFILE) -> Condition:
    """One statement that closes what no longer fits and opens what newly does, each with its reason.

    It gives (segment_id, entered, left). Parameters still to be set: as_of, zone, moment.
    """
    defaults = [segment for segment in segments if segment.is_default]
    others = [segment for segment in segments if not segment.is_default]
    chosen = first_match(defaults)
    parameters = chosen.parameters | {
        "ids": [segment.id for segment in segments],
        "keys": [segment.key for segment in segments],
        "versions": [segment.version for segment in segments],
        "defaults": [segment.id for segment in defaults],
    }
    wanted = []
    for segment in others:
        condition = compile_rule(segment.rule, prefix=f"s{segment.id}_")
        parameters |= condition.parameters
        wanted.append(OTHER.format(id=segment.id, source=source(profile), rule=condition.sql))
    sql = CHANGE_MEMBERSHIPS.format(
        first_match=chosen.sql,
        source=source(profile),
        others=" ".join(wanted),
        source_leaving=source(profile, of="leaving"),
        version_left=_of_segment("versions", "integer", "leaving.segment_id"),
        moved_to=_of_segment("keys", "text", "chosen.segment_id"),
        facts_leaving=_deciding_facts(defaults, others, of="leaving"),
        source_entering=source(profile, of="entering"),
        version_entered=_of_segment("versions", "integer", "entering.segment_id"),
        facts_entering=_deciding_facts(defaults, others, of="entering"),
    )
    return Condition(sql, parameters)


def _of_segment(listed: str, kind: str, segment: str) -> str:
    """SQL of the element of a parameter that belongs to a segment; a join would mislead the planner."""
    return f"(%({listed})s::{kind}[])[array_position(%(ids)s::bigint[], {segment}::bigint)]"


def _deciding_facts(defaults: Sequence[RuledSegment], others: Sequence[RuledSegment], *, of: str) -> str:
    """SQL of the facts that decide about a row of `of`: for a default segment those of all default rules."""
    shared = facts(dict.fromkeys(key for segment in defaults for key in field_keys(segment.rule)))
    if not others:
        return shared
    own = " ".join(f"WHEN {segment.id} THEN {facts(field_keys(segment.rule))}" for segment in others)
    return f"CASE {of}.segment_id {own} ELSE {shared} END"
