"""Names, phones and e-mails that a file of purchases tells beside its purchases, written in sets."""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl
from django.db import connection, transaction

from mijoz.customers import traits
from mijoz.customers.importing import marks
from mijoz.customers.models import Imported, ImportRun, Purpose
from mijoz.events.actions import UNTRADED, record

WHO = ["identity_kind", "identity_account", "identity_value"]
UTC_MOMENT = pl.Datetime("us", "UTC")

TOLD = """
    CREATE TEMP TABLE IF NOT EXISTS told_contacts (
        identity_kind text, identity_account text, identity_value text,
        phone text, email text
    ) ON COMMIT DELETE ROWS
"""
OWNERS = """
    SELECT DISTINCT ON (o.customer_id) o.customer_id, o.home_id, t.*
    FROM told_contacts t
    JOIN events_identity i ON (i.value, i.kind, i.account) = (t.identity_value, t.identity_kind, t.identity_account)
    JOIN customers_ownership o ON o.identity_id = i.id
    ORDER BY o.customer_id
"""
CLAIM = f"""
    WITH told AS ({OWNERS}),
    ways AS (
        SELECT customer_id, home_id, 'phone' AS kind, phone AS value FROM told WHERE phone <> ''
        UNION ALL SELECT customer_id, home_id, 'email', email FROM told WHERE email <> ''
    ),
    made AS (
        INSERT INTO events_identity (kind, account, value) SELECT DISTINCT kind, '', value FROM ways
        ON CONFLICT DO NOTHING RETURNING id, kind, value
    )
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT DISTINCT ON (made.id) made.id, ways.customer_id, ways.home_id
    FROM made JOIN ways ON (ways.kind, ways.value) = (made.kind, made.value) ORDER BY made.id, ways.customer_id
    ON CONFLICT DO NOTHING RETURNING identity_id
"""  # noqa: S608 - built from constants
AGREE = """
    INSERT INTO customers_consent (customer_id, purpose, channel, granted, answered_at, proof, given_through)
    SELECT DISTINCT o.customer_id, %(purpose)s, '', true, %(at)s::timestamptz, %(proof)s, 'import'
    FROM unnest(%(kinds)s::text[], %(accounts)s::text[], %(values)s::text[]) AS t (kind, account, value)
    JOIN events_identity i USING (value, kind, account)
    JOIN customers_ownership o ON o.identity_id = i.id
    WHERE NOT EXISTS (SELECT FROM customers_metagain m WHERE m.customer_id = o.customer_id)  -- erased before: ask anew
    ON CONFLICT (customer_id, purpose, channel) DO NOTHING
    RETURNING customer_id, id
"""


def split_name(name: str) -> tuple[str, str, str]:
    """Family name, given name, patronymic from a name written in one cell, in the order in which it is written."""
    words = name.split()
    if len(words) < 2:
        return "", " ".join(words), ""
    return words[0], words[1], " ".join(words[2:])


def tell(contacts: pl.DataFrame, run: ImportRun, *, at: datetime) -> None:
    """Keep what the file tells of these customers' names and contacts.

    A phone or e-mail that leads to somebody else stays theirs.
    """
    if contacts.is_empty():
        return
    named = contacts.with_columns(
        pl.DataFrame(
            [split_name(name) for name in contacts["name"]],
            schema=dict.fromkeys(("last_name", "first_name", "patronymic"), pl.String),
            orient="row",
        )
    )
    parts = ["last_name", "first_name", "patronymic", "phone", "email"]
    told = named.drop("name").unpivot(index=WHO, on=parts, variable_name="name", value_name="original")
    told = told.filter(pl.col("original") != "").with_columns(value="original", told_at=pl.lit(at, UTC_MOMENT))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TOLD)
        cursor.execute("TRUNCATE told_contacts")
        with cursor.copy("COPY told_contacts FROM STDIN") as copy:
            for row in contacts.select(*WHO, "phone", "email").iter_rows():
                copy.write_row(row)
        cursor.execute(CLAIM)
        marks.note_made([row[0] for row in cursor.fetchall()])
        marks.keep_before(run, told)
        traits.settle(traits.tell(told, source=run.source))


def agree(events: pl.DataFrame, run: ImportRun, *, at: datetime) -> int:
    """Note that the customers of these rows agreed to marketing, as the file's owner says; returns how many were new.

    An answer that a customer gave before, a refusal above all, stands.
    """
    who = events.filter(pl.col("identity_value") != "").select(WHO).unique()
    kinds, accounts, values = (who[name].to_list() for name in WHO)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            AGREE,
            {
                "purpose": Purpose.MARKETING.value,
                "at": at,
                "proof": run.consent_proof,
                "kinds": kinds,
                "accounts": accounts,
                "values": values,
            },
        )
        agreed = cursor.fetchall()
        if agreed:
            marks.note(run, Imported.What.CONSENT, [number for _customer, number in agreed])
            record(_consents([customer for customer, _number in agreed], proof=run.consent_proof, at=at))
    return len(agreed)


def _consents(customer_ids: list[int], *, proof: str, at: datetime) -> pl.DataFrame:
    """The consents given through the import as rows of the log."""
    payload = json.dumps(
        {"purpose": "marketing", "channel": "", "proof": proof, "through": "import"}, ensure_ascii=False
    )
    return pl.DataFrame({"customer": [str(number) for number in customer_ids]}).select(
        message_id=pl.format("consent/import/{}", "customer"),
        type=pl.lit("consent_given"),
        identity_kind=pl.lit("customer"),
        identity_account=pl.lit(""),
        identity_value="customer",
        occurred_at=pl.lit(at).dt.convert_time_zone("UTC"),
        **UNTRADED,
        payload=pl.lit(payload),
    )
