"""What is told about many customers at once, as statements over a table of what was told."""

from __future__ import annotations

import polars as pl

from mijoz.events.actions import UNTRADED

# Columns of the frame that `actions.declare_many` takes, besides the three of the identity.
TRAITS = {
    "last_name": "text",
    "first_name": "text",
    "patronymic": "text",
    "phone": "text",
    "email": "text",
    "language": "text",
    "gender": "text",
    "birth_on": "date",
}
COLUMNS = {"kind": "text", "account": "text", "value": "text", "phone": "text", "email": "text"}

COLUMN_TYPES = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
MAKE_DECLARED = f"CREATE TEMP TABLE IF NOT EXISTS declared_customer ({COLUMN_TYPES}) ON COMMIT DELETE ROWS"
FILL_DECLARED = "COPY declared_customer FROM STDIN (FORMAT csv, NULL '\\N')"

OWNED = """
    SELECT DISTINCT ON (o.customer_id) o.customer_id, o.home_id, d.*
    FROM declared_customer d
    JOIN events_identity i USING (value, kind, account)
    JOIN customers_ownership o ON o.identity_id = i.id
    ORDER BY o.customer_id
"""
CLAIM = f"""
    WITH told AS ({OWNED}),
    ways AS (
        SELECT customer_id, home_id, 'phone' AS kind, phone AS value FROM told WHERE phone <> ''
        UNION ALL SELECT customer_id, home_id, 'email', lower(email) FROM told WHERE email <> ''
    ),
    made AS (
        INSERT INTO events_identity (kind, account, value) SELECT DISTINCT kind, '', value FROM ways
        ON CONFLICT DO NOTHING RETURNING id, kind, value
    )
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT DISTINCT ON (made.id) made.id, ways.customer_id, ways.home_id
    FROM made JOIN ways USING (kind, value) ORDER BY made.id, ways.customer_id
"""  # noqa: S608 - built from constants

CONSENTS_OF_SOURCE = """
    WITH answers AS (
        SELECT o.customer_id, e.payload->>'purpose' AS purpose, coalesce(e.payload->>'channel', '') AS channel,
               e.type = 'consent_given' AS granted, e.occurred_at AS answered_at,
               coalesce(e.payload->>'proof', '') AS proof, coalesce(e.payload->>'through', '') AS given_through, e.id
        FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
        WHERE e.type IN ('consent_given', 'consent_withdrawn') AND e.source_id = %s
    )
    INSERT INTO customers_consent (customer_id, purpose, channel, granted, answered_at, proof, given_through)
    SELECT DISTINCT ON (customer_id, purpose, channel)
           customer_id, purpose, channel, granted, answered_at, proof, given_through
    FROM answers WHERE purpose IN ('service', 'marketing', 'profiling', 'sharing') AND NOT EXISTS (
        SELECT FROM customers_metagain m  -- erased since: what was agreed to before does not count
        WHERE answers.granted AND m.customer_id = answers.customer_id AND answers.answered_at <= m.erased_at
    )
    ORDER BY customer_id, purpose, channel, answered_at DESC, id DESC
    ON CONFLICT (customer_id, purpose, channel) DO UPDATE SET
        granted = excluded.granted, answered_at = excluded.answered_at, proof = excluded.proof,
        given_through = excluded.given_through
    WHERE customers_consent.answered_at < excluded.answered_at
"""

MERGED_WHO_ANSWERED = """
    SELECT DISTINCT o.customer_id FROM customers_merge m JOIN customers_ownership o ON o.customer_id = m.kept_id
    JOIN events_event e ON e.identity_id = o.identity_id
    WHERE m.undone_at IS NULL AND e.type IN ('consent_given', 'consent_withdrawn') AND e.source_id = %s
"""
PROTOCOLS_OF_SOURCE = """
    WITH latest AS (
        SELECT DISTINCT ON (o.customer_id) o.customer_id, o.home_id, e.payload, e.reference, e.occurred_at
        FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
        WHERE e.type = 'protocol_set' AND e.source_id = %s
        ORDER BY o.customer_id, e.occurred_at DESC, e.id DESC
    )
    INSERT INTO customers_protocol (
        customer_id, priority, script, package, preferred_channel, preferred_hours, set_by, set_at
    )
    SELECT customer_id, coalesce((payload->>'priority')::smallint, 0), coalesce(payload->>'script', ''),
           coalesce(payload->>'package', ''), coalesce(payload->>'preferred_channel', ''),
           coalesce(payload->>'preferred_hours', ''),
           coalesce(nullif(payload->>'by', ''), nullif(payload->>'scenario', ''), reference), occurred_at
    FROM latest
    ON CONFLICT (customer_id) DO UPDATE SET
        priority = excluded.priority, script = excluded.script, package = excluded.package,
        preferred_channel = excluded.preferred_channel, preferred_hours = excluded.preferred_hours,
        set_by = excluded.set_by, set_at = excluded.set_at, taken_from_id = NULL
    WHERE customers_protocol.set_at < excluded.set_at
"""


def events_of(told: pl.DataFrame) -> pl.DataFrame:
    """One profile_declared row of an event frame for each row of `told`, which has `declared_at` too."""
    traits = pl.struct(pl.col(name).cast(pl.String).replace("", None) for name in TRAITS)
    return told.select(
        message_id=pl.format("declared/{}/{}/{}", "kind", "value", pl.col("declared_at").dt.epoch("s")),
        type=pl.lit("profile_declared"),
        identity_kind="kind",
        identity_account="account",
        identity_value="value",
        occurred_at="declared_at",
        **UNTRADED,
        payload=pl.format('{{"traits":{}}}', traits.struct.json_encode()),
    )


def traits_of(told: pl.DataFrame) -> pl.DataFrame:
    """What `told` says as traits.tell takes it: a row for each value that is known."""
    who = {"identity_kind": "kind", "identity_account": "account", "identity_value": "value", "told_at": "declared_at"}
    rows = told.select(
        *(pl.col(column).alias(name) for name, column in who.items()),
        *(pl.col(name).cast(pl.String) for name in TRAITS),
    ).unpivot(index=list(who), on=list(TRAITS), variable_name="name", value_name="original")
    return rows.filter(pl.col("original").fill_null("") != "").with_columns(value="original")
