"""The profile as statements over the log: counted anew for some customers or for all, or following its new rows.

Where two rows of one moment say different things, the order in which they arrived must not decide: then the channel
that comes first in the alphabet counts, and of two answers the lower one.

Whatever FOLLOW adds may be added twice: it moves a first moment back or a last one forward, and what cannot be told
from new rows alone it counts anew. So it does no harm when a row was counted already, by a merge or by a round that saw
more rows than it was told of.
"""

from __future__ import annotations

from collections.abc import Iterable

from mijoz.events.types import ASKED, BY_US, LINES, SATISFACTION

PROJECTION_LOCK = 0x4D696A6F7A01  # one projection at a time, so that no older state overwrites a newer one
MOST_FOLLOWED = 200_000  # rows; of more than these, whoever they belong to is counted anew
NEAR = 5_000  # rows of others between two spans that are read rather than looked for

TAKE_TOUCHED = "DELETE FROM events_touched RETURNING identity_id, first_event, last_event"

Span = tuple[int, int]  # the first and the last event, by their numbers

WHO_TOUCHED = """
    SELECT identity_id, customer_id FROM customers_ownership
    WHERE customer_id IN (SELECT customer_id FROM customers_ownership WHERE identity_id = ANY(%s))
"""
WHO_OF = "SELECT identity_id, customer_id FROM customers_ownership WHERE customer_id = ANY(%s)"
WHO_ALL = "SELECT identity_id, customer_id FROM customers_ownership"


def _listed(types: frozenset[str]) -> str:
    return ", ".join(f"'{type_}'" for type_ in sorted(types))


OF_TRADE = _listed(frozenset(LINES))
SAID = _listed(frozenset({"complaint", "survey_answered"}))
REACHED = f"channel <> '' AND type NOT IN ({_listed(BY_US | ASKED)})"

BY_REFERENCE = """
    SELECT customer_id, source_id, reference, type, count(*) AS lines, sum(amount) AS amount,
           count(*) FILTER (WHERE discount > 0) AS discounted,
           min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM rows GROUP BY customer_id, source_id, reference, type
"""
# A purchase is dated by its first line, as analysis.rfm has it.
TRADE = """
    min(first_at) FILTER (WHERE type = 'purchase_line') AS first_purchase_at,
    max(first_at) FILTER (WHERE type = 'purchase_line') AS last_purchase_at,
    count(*) FILTER (WHERE type = 'purchase_line') AS purchases,
    coalesce(sum(lines) FILTER (WHERE type = 'purchase_line'), 0) AS purchase_lines,
    coalesce(sum(amount) FILTER (WHERE type = 'purchase_line'), 0) AS revenue,
    count(*) FILTER (WHERE type = 'refund_line') AS refunds,
    coalesce(-sum(amount) FILTER (WHERE type = 'refund_line'), 0) AS refund_value,
    sum(discounted) FILTER (WHERE type = 'purchase_line')::double precision
        / sum(lines) FILTER (WHERE type = 'purchase_line') AS discount_share
"""
FAVOURITES = """
    SELECT customer_id, array_agg(item ORDER BY place) AS items
    FROM (
        SELECT customer_id, item,
               row_number() OVER (
                   PARTITION BY customer_id ORDER BY count(*) DESC, max(occurred_at) DESC, item
               ) AS place
        FROM rows WHERE type = 'purchase_line' AND item <> '' GROUP BY customer_id, item
    ) ranked WHERE place <= 3 GROUP BY customer_id
"""
# What is joined at the end is made once: a planner that believes the tables empty would make it again for each row.
PROJECTION = f"""
    WITH who AS ({{who}}),
    rows AS (
        SELECT who.customer_id, e.source_id, e.reference, e.type, e.item, e.occurred_at, e.amount, e.discount,
               e.channel, CASE WHEN e.type = 'survey_answered' AND e.payload->>'kind' = '{SATISFACTION}'
                                AND e.payload->>'score' ~ '^-?\\d{{{{1,9}}}}([.]\\d{{{{1,9}}}})?$'
                               THEN (e.payload->>'score')::double precision END AS score
        FROM who JOIN events_event e ON e.identity_id = who.identity_id
    ),
    by_reference AS ({BY_REFERENCE}),
    totals AS MATERIALIZED (
        SELECT customer_id,
               min(first_at) FILTER (WHERE type NOT IN ({_listed(BY_US)})) AS first_seen_at,
               max(last_at) FILTER (WHERE type NOT IN ({_listed(BY_US)})) AS last_seen_at,
               {TRADE},
               coalesce(sum(lines) FILTER (WHERE type = 'complaint'), 0) AS complaints,
               max(last_at) FILTER (WHERE type = 'complaint') AS last_complaint_at
        FROM by_reference GROUP BY customer_id
    ),
    channels AS MATERIALIZED (
        SELECT DISTINCT ON (customer_id) customer_id, channel
        FROM rows WHERE {REACHED} ORDER BY customer_id, occurred_at, channel
    ),
    favourites AS MATERIALIZED ({FAVOURITES}),
    satisfaction AS MATERIALIZED (
        SELECT DISTINCT ON (customer_id) customer_id, score
        FROM rows WHERE score IS NOT NULL ORDER BY customer_id, occurred_at DESC, score
    )
    INSERT INTO customers_profile (
        customer_id, first_seen_at, last_seen_at, first_purchase_at, last_purchase_at, purchases, purchase_lines,
        revenue, refunds, refund_value, discount_share, favourite_services, acquisition_channel, complaints,
        last_complaint_at, last_satisfaction, refreshed_at
    )
    SELECT customer_id, t.first_seen_at, t.last_seen_at, t.first_purchase_at, t.last_purchase_at,
           coalesce(t.purchases, 0), coalesce(t.purchase_lines, 0), coalesce(t.revenue, 0), coalesce(t.refunds, 0),
           coalesce(t.refund_value, 0), t.discount_share, coalesce(f.items, '{{{{}}}}'), coalesce(c.channel, ''),
           coalesce(t.complaints, 0), t.last_complaint_at, s.score, now()
    FROM (SELECT DISTINCT customer_id FROM who) theirs LEFT JOIN totals t USING (customer_id)
    LEFT JOIN channels c USING (customer_id) LEFT JOIN favourites f USING (customer_id)
    LEFT JOIN satisfaction s USING (customer_id)
    ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET
        first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
        first_purchase_at = excluded.first_purchase_at, last_purchase_at = excluded.last_purchase_at,
        purchases = excluded.purchases, purchase_lines = excluded.purchase_lines, revenue = excluded.revenue,
        refunds = excluded.refunds, refund_value = excluded.refund_value, discount_share = excluded.discount_share,
        favourite_services = excluded.favourite_services, acquisition_channel = excluded.acquisition_channel,
        complaints = excluded.complaints, last_complaint_at = excluded.last_complaint_at,
        last_satisfaction = excluded.last_satisfaction, refreshed_at = excluded.refreshed_at
"""  # noqa: S608 - built from constants

TRADED = (
    "first_purchase_at", "last_purchase_at", "purchases", "purchase_lines", "revenue", "refunds", "refund_value",
    "discount_share",
)  # fmt: skip
NOTHING = ", ".join("NULL" for _name in TRADED)
SEEN = """
    first_seen_at = least(p.first_seen_at, {f}.first_at), last_seen_at = greatest(p.last_seen_at, {f}.last_at),
    acquisition_channel = coalesce(nullif(p.acquisition_channel, ''), {f}.channel, ''), refreshed_at = now()
"""
# New rows say all that is new, but for what a customer said, and how they first came where an earlier row comes late:
# then they are counted anew, as is who has no profile yet. Of those who traded all lines are read, and nothing else.
# Nothing that is found on the way is joined with another such thing: the planner cannot know how much they are, and
# might join them row by row.
FOLLOW = f"""
    WITH new AS MATERIALIZED (
        SELECT e.identity_id, e.type, e.occurred_at, e.channel FROM events_event e WHERE {{spans}}
    ),
    by_identity AS (
        SELECT identity_id,
               min(occurred_at) FILTER (WHERE type NOT IN ({_listed(BY_US)})) AS first_at,
               max(occurred_at) FILTER (WHERE type NOT IN ({_listed(BY_US)})) AS last_at,
               min(occurred_at) FILTER (WHERE {REACHED}) AS reached_at,
               bool_or(type IN ({OF_TRADE})) AS has_lines,
               bool_or(type IN ({SAID})) AS has_said
        FROM new GROUP BY identity_id
    ),
    channels AS (
        SELECT DISTINCT ON (o.customer_id) o.customer_id, channel
        FROM new JOIN customers_ownership o USING (identity_id) WHERE {REACHED}
        ORDER BY o.customer_id, occurred_at, channel
    ),
    told AS (
        SELECT customer_id, min(first_at) AS first_at, max(last_at) AS last_at, min(reached_at) AS reached_at,
               max(channel) AS channel, bool_or(has_lines) AS has_lines, bool_or(has_said) AS has_said
        FROM (
            SELECT o.customer_id, first_at, last_at, reached_at, NULL::varchar AS channel, has_lines, has_said
            FROM by_identity JOIN customers_ownership o USING (identity_id)
            UNION ALL SELECT customer_id, NULL, NULL, NULL, channel, NULL, NULL FROM channels
        ) theirs GROUP BY customer_id
    ),
    followed AS MATERIALIZED (
        SELECT told.customer_id, told.first_at, told.last_at, told.channel, told.has_lines,
               p.customer_id IS NULL OR has_said OR NOT (
                   reached_at IS NULL OR p.acquisition_channel = '' OR coalesce(reached_at > p.last_seen_at, false)
               ) AS is_anew
        FROM told LEFT JOIN customers_profile p USING (customer_id)
    ),
    seen AS (
        UPDATE customers_profile p SET {SEEN.format(f="f")}
        FROM followed f WHERE p.customer_id = f.customer_id AND NOT f.is_anew AND NOT f.has_lines AND (
            f.first_at < p.first_seen_at OR f.last_at > p.last_seen_at
            OR p.first_seen_at IS NULL AND f.first_at IS NOT NULL
            OR p.acquisition_channel = '' AND f.channel IS NOT NULL
        )
    ),
    rows AS MATERIALIZED (
        SELECT f.customer_id, e.source_id, e.reference, e.type, e.item, e.occurred_at, e.amount, e.discount
        FROM followed f JOIN customers_ownership o ON o.customer_id = f.customer_id
        JOIN events_event e ON e.identity_id = o.identity_id AND e.type IN ({OF_TRADE})
        WHERE f.has_lines AND NOT f.is_anew
    ),
    by_reference AS ({BY_REFERENCE}),
    found AS (
        SELECT customer_id, {TRADE}, NULL::varchar[] AS items, NULL::varchar AS channel,
               NULL::timestamptz AS first_at, NULL::timestamptz AS last_at
        FROM by_reference GROUP BY customer_id
        UNION ALL SELECT customer_id, {NOTHING}, items, NULL, NULL, NULL FROM ({FAVOURITES}) favourites
        UNION ALL SELECT customer_id, {NOTHING}, NULL, channel, first_at, last_at
        FROM followed WHERE has_lines AND NOT is_anew
    ),
    traded AS (
        UPDATE customers_profile p SET {SEEN.format(f="t")}, favourite_services = coalesce(t.items, '{{{{}}}}'),
               {", ".join(f"{name} = t.{name}" for name in TRADED)}
        FROM (
            SELECT customer_id, max(first_at) AS first_at, max(last_at) AS last_at, max(channel) AS channel,
                   max(items) AS items, {", ".join(f"max({name}) AS {name}" for name in TRADED)}
            FROM found GROUP BY customer_id
        ) t
        WHERE p.customer_id = t.customer_id
    )
    SELECT customer_id, is_anew FROM followed
"""  # noqa: S608 - built from constants
WHO_IN = "SELECT DISTINCT e.identity_id FROM events_event e WHERE {spans}"


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same events, and some between them, in as few spans as may be, none of which meets another."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + NEAR:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def within(spans: Iterable[Span]) -> str:
    """The condition for events `e` of these spans. Their numbers stand in it, so that the planner knows how few."""
    return "(" + " OR ".join(f"e.id BETWEEN {first:d} AND {last:d}" for first, last in spans) + ")"


def follow(spans: Iterable[Span]) -> str:
    """The statement that brings profiles up to date with the events of these spans, and gives (customer, whether they
    are still to be counted anew)."""
    return FOLLOW.format(spans=within(spans))
