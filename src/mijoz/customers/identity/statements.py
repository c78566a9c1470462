"""The statements by which customers become one and two again: each for any number of them at once."""

from __future__ import annotations

MERGE_LOCK = 0x4D696A6F7A11  # one writer of merges at a time, so that none works on a tree that another one changes

# Whoever adds an identity to a customer holds the row FOR SHARE meanwhile: a merge waits for it, and it for a merge.
HOLD = "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
HOLD_SHARED = "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR SHARE"

PEOPLE = """
    SELECT c.id, c.birth_on, c.birthday, c.gender, c.first_name, c.last_name, c.patronymic,
           coalesce(array_agg(o.identity_id) FILTER (WHERE o.proved_at IS NOT NULL AND NOT o.is_shared), '{}'),
           c.restricted_at IS NOT NULL OR c.erased_at IS NOT NULL,
           coalesce(bool_or(i.kind NOT IN ('anonymous_id', 'cookie', 'device', 'customer')), false)
    FROM customers_customer c
    LEFT JOIN customers_ownership o ON o.customer_id = c.id LEFT JOIN events_identity i ON i.id = o.identity_id
    WHERE c.id = ANY(%s) GROUP BY c.id
"""
# A decision that two are not one person holds for whoever either was merged into since.
APART = """
    WITH RECURSIVE up(start, id, next) AS (
        SELECT c.id, c.id, c.merged_into_id FROM customers_customer c
        WHERE c.id IN (SELECT left_id FROM customers_pair WHERE state = 'apart'
                       UNION SELECT right_id FROM customers_pair WHERE state = 'apart')
        UNION ALL SELECT up.start, c.id, c.merged_into_id FROM up JOIN customers_customer c ON c.id = up.next
    ), root AS (SELECT start, id FROM up WHERE next IS NULL)
    SELECT l.id, r.id FROM customers_pair p JOIN root l ON l.start = p.left_id JOIN root r ON r.start = p.right_id
    WHERE p.state = 'apart' AND l.id <> r.id AND l.id = ANY(%(roots)s) AND r.id = ANY(%(roots)s)
"""

STOOD = """
    (SELECT jsonb_build_object(
        'columns', to_jsonb(c) - ARRAY['search_key', 'sort_name'],
        'identities', (SELECT coalesce(jsonb_agg(o.identity_id ORDER BY o.identity_id), '[]')
                       FROM customers_ownership o WHERE o.customer_id = c.id),
        'consents', (SELECT coalesce(jsonb_agg(to_jsonb(n) - ARRAY['id', 'customer_id'] ORDER BY n.purpose, n.channel),
                                     '[]') FROM customers_consent n WHERE n.customer_id = c.id),
        'protocol', (SELECT to_jsonb(p) - 'customer_id' FROM customers_protocol p WHERE p.customer_id = c.id),
        'profile', (SELECT to_jsonb(f) - 'customer_id' FROM customers_profile f WHERE f.customer_id = c.id)
    ) FROM customers_customer c WHERE c.id = w.{who})
"""
WRITE_LEDGER = f"""
    INSERT INTO customers_merge (
        id, kept_id, absorbed_id, merged_at, merged_by_id, reason, evidence, snapshot
    )
    SELECT gen_random_uuid(), w.kept, w.absorbed, %(at)s, %(by)s, w.reason, w.evidence,
           jsonb_build_object('kept', {STOOD.format(who="kept")}, 'absorbed', {STOOD.format(who="absorbed")})
    FROM jsonb_to_recordset(%(wanted)s::jsonb) AS w(kept bigint, absorbed bigint, reason text, evidence jsonb)
    ORDER BY w.kept, w.absorbed
    RETURNING id, kept_id, absorbed_id
"""  # noqa: S608 - built from constants
LEAD_TO = """
    UPDATE customers_customer c SET merged_into_id = given.kept
    FROM unnest(%(kept)s::bigint[], %(absorbed)s::bigint[]) AS given(kept, absorbed) WHERE c.id = given.absorbed
"""
BRING = """
    UPDATE customers_ownership o SET customer_id = given.kept
    FROM unnest(%(kept)s::bigint[], %(absorbed)s::bigint[]) AS given(kept, absorbed)
    WHERE o.customer_id = given.absorbed
"""
GIVE_BACK = "UPDATE customers_ownership SET customer_id = %(absorbed)s WHERE home_id = ANY(%(whole)s)"

DROP_PROFILES = "DELETE FROM customers_profile WHERE customer_id = ANY(%s)"
EMPTY_PROFILES = "INSERT INTO customers_profile (customer_id, favourite_services) SELECT unnest(%s::bigint[]), '{}'"
WHO = "SELECT identity_id, customer_id FROM customers_ownership WHERE customer_id = ANY(%s)"

DROP_TAKEN_PROTOCOLS = "DELETE FROM customers_protocol WHERE customer_id = ANY(%s) AND taken_from_id IS NOT NULL"
# Their own if they have one, else that of whoever was absorbed first.
TAKE_PROTOCOLS = """
    WITH RECURSIVE tree(root, id, way) AS (
        SELECT m.kept_id, m.absorbed_id, ARRAY[m.merged_at] FROM customers_merge m
        WHERE m.undone_at IS NULL AND m.kept_id = ANY(%s)
          AND NOT EXISTS (SELECT FROM customers_protocol own WHERE own.customer_id = m.kept_id)
        UNION ALL
        SELECT tree.root, m.absorbed_id, tree.way || m.merged_at
        FROM customers_merge m JOIN tree ON m.kept_id = tree.id WHERE m.undone_at IS NULL
    )
    INSERT INTO customers_protocol (
        customer_id, priority, script, package, preferred_channel, preferred_hours, set_by, set_at, taken_from_id
    )
    SELECT DISTINCT ON (tree.root) tree.root, p.priority, p.script, p.package, p.preferred_channel, p.preferred_hours,
           p.set_by, p.set_at, p.customer_id
    FROM tree JOIN customers_protocol p ON p.customer_id = tree.id
    ORDER BY tree.root, tree.way, tree.id
"""
NOTE_PAIRS = """
    INSERT INTO customers_pair AS known (
        left_id, right_id, probability, weight, evidence, state, found_at, decided_at, decided_by_id
    )
    SELECT least(given.one, given.other), greatest(given.one, given.other), 0.5, 0, given.evidence, %(state)s,
           %(at)s, %(decided_at)s, %(by)s
    FROM jsonb_to_recordset(%(pairs)s::jsonb) AS given(one bigint, other bigint, evidence jsonb)
    ORDER BY 1, 2
    ON CONFLICT (left_id, right_id)
"""
SUGGEST = f"{NOTE_PAIRS} DO NOTHING RETURNING id"
SETTLE = f"""
    {NOTE_PAIRS} DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at,
        decided_by_id = excluded.decided_by_id
"""
SETTLE_MERGED = """
    UPDATE customers_pair p SET state = 'merged', decided_at = %(at)s, decided_by_id = %(by)s
    FROM unnest(%(kept)s::bigint[], %(absorbed)s::bigint[]) AS given(kept, absorbed)
    WHERE (p.left_id, p.right_id) = (least(given.kept, given.absorbed), greatest(given.kept, given.absorbed))
      AND p.state <> 'merged'
"""
