"""The profile as one statement over the log: for the customers just touched, or for all of them.

Where two rows of one moment say different things, the order in which they arrived must not decide: then the channel
that comes first in the alphabet counts, and of two answers the lower one.
"""

from __future__ import annotations

from mijoz.events.types import ASKED, OURS, SATISFACTION

PROJECTION_LOCK = 0x4D696A6F7A01  # one projection at a time, so that no older state overwrites a newer one

TAKE_TOUCHED = "WITH taken AS (DELETE FROM events_touched RETURNING identity_id) SELECT DISTINCT identity_id FROM taken"

WHO_TOUCHED = """
    SELECT identity_id, customer_id FROM customers_ownership
    WHERE customer_id IN (SELECT customer_id FROM customers_ownership WHERE identity_id = ANY(%s))
"""
WHO_ALL = "SELECT identity_id, customer_id FROM customers_ownership"


def _listed(types: frozenset[str]) -> str:
    return ", ".join(f"'{type_}'" for type_ in sorted(types))


# A purchase is dated by its first line, as analysis.rfm has it.
PROJECTION = f"""
    WITH who AS ({{who}}),
    rows AS (
        SELECT who.customer_id, e.source_id, e.reference, e.type, e.item, e.occurred_at, e.amount, e.discount,
               e.channel, CASE WHEN e.type = 'survey_answered' AND e.payload->>'kind' = '{SATISFACTION}'
                                AND e.payload->>'score' ~ '^-?\\d{{{{1,9}}}}([.]\\d{{{{1,9}}}})?$'
                               THEN (e.payload->>'score')::double precision END AS score
        FROM who JOIN events_event e ON e.identity_id = who.identity_id
    ),
    by_reference AS (
        SELECT customer_id, source_id, reference, type, count(*) AS lines, sum(amount) AS amount,
               count(*) FILTER (WHERE discount > 0) AS discounted,
               min(occurred_at) AS first_at, max(occurred_at) AS last_at
        FROM rows GROUP BY customer_id, source_id, reference, type
    ),
    totals AS (
        SELECT customer_id,
               min(first_at) FILTER (WHERE type NOT IN ({_listed(OURS)})) AS first_seen_at,
               max(last_at) FILTER (WHERE type NOT IN ({_listed(OURS)})) AS last_seen_at,
               min(first_at) FILTER (WHERE type = 'purchase_line') AS first_purchase_at,
               max(first_at) FILTER (WHERE type = 'purchase_line') AS last_purchase_at,
               count(*) FILTER (WHERE type = 'purchase_line') AS purchases,
               coalesce(sum(lines) FILTER (WHERE type = 'purchase_line'), 0) AS purchase_lines,
               coalesce(sum(amount) FILTER (WHERE type = 'purchase_line'), 0) AS revenue,
               count(*) FILTER (WHERE type = 'refund_line') AS refunds,
               coalesce(-sum(amount) FILTER (WHERE type = 'refund_line'), 0) AS refund_value,
               sum(discounted) FILTER (WHERE type = 'purchase_line')::double precision
                   / sum(lines) FILTER (WHERE type = 'purchase_line') AS discount_share,
               coalesce(sum(lines) FILTER (WHERE type = 'complaint'), 0) AS complaints,
               max(last_at) FILTER (WHERE type = 'complaint') AS last_complaint_at
        FROM by_reference GROUP BY customer_id
    ),
    channels AS (
        SELECT DISTINCT ON (customer_id) customer_id, channel
        FROM rows WHERE channel <> '' AND type NOT IN ({_listed(OURS | ASKED)})
        ORDER BY customer_id, occurred_at, channel
    ),
    favourites AS (
        SELECT customer_id, array_agg(item ORDER BY place) AS items
        FROM (
            SELECT customer_id, item,
                   row_number() OVER (
                       PARTITION BY customer_id ORDER BY count(*) DESC, max(occurred_at) DESC, item
                   ) AS place
            FROM rows WHERE type = 'purchase_line' AND item <> '' GROUP BY customer_id, item
        ) ranked WHERE place <= 3 GROUP BY customer_id
    ),
    satisfaction AS (
        SELECT DISTINCT ON (customer_id) customer_id, score
        FROM rows WHERE score IS NOT NULL ORDER BY customer_id, occurred_at DESC, score
    )
    INSERT INTO customers_profile (
        customer_id, first_seen_at, last_seen_at, first_purchase_at, last_purchase_at, purchases, purchase_lines,
        revenue, refunds, refund_value, discount_share, favourite_services, acquisition_channel, complaints,
        last_complaint_at, last_satisfaction, refreshed_at
    )
    SELECT t.customer_id, t.first_seen_at, t.last_seen_at, t.first_purchase_at, t.last_purchase_at, t.purchases,
           t.purchase_lines, t.revenue, t.refunds, t.refund_value, t.discount_share, coalesce(f.items, '{{{{}}}}'),
           coalesce(c.channel, ''), t.complaints, t.last_complaint_at, s.score, now()
    FROM totals t LEFT JOIN channels c USING (customer_id) LEFT JOIN favourites f USING (customer_id)
    LEFT JOIN satisfaction s USING (customer_id)
    ORDER BY t.customer_id
    ON CONFLICT (customer_id) DO UPDATE SET
        first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
        first_purchase_at = excluded.first_purchase_at, last_purchase_at = excluded.last_purchase_at,
        purchases = excluded.purchases, purchase_lines = excluded.purchase_lines, revenue = excluded.revenue,
        refunds = excluded.refunds, refund_value = excluded.refund_value, discount_share = excluded.discount_share,
        favourite_services = excluded.favourite_services, acquisition_channel = excluded.acquisition_channel,
        complaints = excluded.complaints, last_complaint_at = excluded.last_complaint_at,
        last_satisfaction = excluded.last_satisfaction, refreshed_at = excluded.refreshed_at
"""  # noqa: S608 - built from constants
