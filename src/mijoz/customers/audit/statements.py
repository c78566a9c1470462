"""The audit's statements: each goes once over its tables, for everybody at once."""

from __future__ import annotations

PEOPLE = """
    WITH told AS (
        SELECT o.customer_id, t.name,
               bool_or(t.value <> '') AS is_known,
               bool_or(t.value = '' AND t.trouble <> '') AS is_unreadable,
               bool_or(t.name = 'email' AND t.trouble LIKE 'email_typo%%' AND t.value <> '') AS slips,
               count(DISTINCT lower(t.value)) FILTER (WHERE t.value <> '' AND t.trouble <> 'inferred') AS told_values,
               count(DISTINCT t.source_id) FILTER (WHERE t.value <> '' AND t.trouble <> 'inferred') AS sources,
               bool_or(t.told_by LIKE '%%@%%') AS by_staff,
               max(t.told_at) AS told_at
        FROM customers_trait t JOIN customers_ownership o USING (identity_id)
        GROUP BY o.customer_id, t.name
    ), traits AS (
        SELECT customer_id,
               string_agg(name, ' ' ORDER BY name) FILTER (WHERE is_unreadable AND NOT is_known) AS unreadable,
               string_agg(name, ' ' ORDER BY name) FILTER (
                   WHERE told_values > 1 AND sources > 1 AND NOT by_staff AND name = ANY(%(compared)s)
               ) AS conflicts,
               bool_or(slips) AS slip,
               max(told_at) AS told_at
        FROM told GROUP BY customer_id
    ), twins AS (
        SELECT unnest(array_agg(id)) AS customer_id
        FROM customers_customer
        WHERE merged_into_id IS NULL AND birth_on IS NOT NULL AND first_name <> '' AND last_name <> ''
        GROUP BY lower(last_name), lower(first_name), birth_on HAVING count(*) > 1
        UNION SELECT left_id FROM customers_pair WHERE state = 'waiting'
        UNION SELECT right_id FROM customers_pair WHERE state = 'waiting'
    )
    SELECT c.id, c.first_name || c.last_name <> '', c.phone <> '', c.email <> '',
           c.birth_on IS NOT NULL OR c.birthday <> '', c.gender <> '', c.language <> '', c.city || c.address <> '',
           coalesce(t.unreadable, ''), coalesce(t.conflicts, ''), coalesce(t.slip, false), w.customer_id IS NOT NULL,
           extract(day FROM %(at)s::timestamptz - greatest(p.last_seen_at, t.told_at, c.created_at))::int
    FROM customers_customer c
    LEFT JOIN traits t ON t.customer_id = c.id
    LEFT JOIN customers_profile p ON p.customer_id = c.id
    LEFT JOIN twins w ON w.customer_id = c.id
    WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL
"""
BY_FIELD = """
    SELECT t.name, count(*) FILTER (WHERE t.value = '' AND t.trouble <> ''),
           extract(day FROM %(at)s::timestamptz
                   - to_timestamp(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.told_at))))::int
    FROM customers_trait t GROUP BY t.name
"""
BY_SOURCE = """
    SELECT s.name, t.name, count(DISTINCT t.identity_id) FILTER (WHERE t.value <> ''),
           count(*) FILTER (WHERE t.value = '' AND t.trouble <> ''), count(DISTINCT t.identity_id),
           extract(day FROM %(at)s::timestamptz - max(t.told_at))::int
    FROM customers_trait t JOIN events_source s ON s.id = t.source_id GROUP BY s.name, t.name
"""
RECORDS = """
    SELECT s.name, count(DISTINCT t.identity_id) FROM customers_trait t JOIN events_source s ON s.id = t.source_id
    GROUP BY s.name
"""
FILL = "COPY customers_auditscore (customer_id, score, findings) FROM STDIN"
WRONG = """
    SELECT o.customer_id, t.name, t.value, t.original, t.trouble, s.name
    FROM customers_ownership o JOIN customers_trait t USING (identity_id) JOIN events_source s ON s.id = t.source_id
    WHERE o.customer_id = ANY(%s) AND (t.trouble NOT IN ('', 'inferred') OR t.name = ANY(%s))
    ORDER BY o.customer_id, t.name, s.name
"""
