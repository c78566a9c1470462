"""Messages by the thousand into the outbox: one COPY and one statement, with a first look of the gate.

What can be seen now that it will never go out (no consent, no address, in the control group) is written as stopped with
its reason at once; all else is asked at the gate when it is about to be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from mijoz.channels import control, hooks, registry
from mijoz.channels.models import USEFUL_FOR, Channel
from mijoz.customers.models import Purpose
from mijoz.customers.privacy import own_yes

SCHEMA = {
    "enrolment": pl.Int64,
    "customer_id": pl.Int64,
    "channel": pl.String,
    "language": pl.String,
    "subject": pl.String,
    "text": pl.String,
    "reveals": pl.Int16,
}
MAKE_OUTGOING = """
    CREATE TEMP TABLE IF NOT EXISTS outgoing_messages (
        enrolment bigint, customer_id bigint, channel text, language text, subject text, text text, reveals smallint
    ) ON COMMIT DELETE ROWS
"""
COPY_OUTGOING = "COPY outgoing_messages FROM STDIN (FORMAT csv)"
# The latest answer that speaks of this channel counts, of two at one moment the no. Whoever was merged is asked at the
# moment of sending, as the one person they are.
WRITE = r"""
    INSERT INTO channels_message (
        customer_id, channel, purpose, dedupe_key, language, subject, text, send_after, expires_at, status, reason,
        settled_at, priority, reveals, is_test, scenario, scenario_version, enrolment, step
    )
    SELECT
        customer_id, channel, %(purpose)s, 'enrolment/' || enrolment || '/' || %(step)s, language,
        CASE subject WHEN '' THEN left(regexp_replace(text, '\s+', ' ', 'g'), 80) ELSE left(subject, 300) END, text,
        %(send_after)s, %(expires_at)s, CASE stop WHEN '' THEN 'waiting' ELSE 'stopped' END, stop,
        CASE WHEN stop <> '' THEN %(send_after)s::timestamptz END, %(priority)s, reveals, %(is_test)s, %(scenario)s,
        %(scenario_version)s, enrolment, %(step)s
    FROM (
        SELECT o.*, CASE
            WHEN c.merged_into_id IS NOT NULL THEN ''
            WHEN c.restricted_at IS NOT NULL OR c.erased_at IS NOT NULL THEN 'restricted'
            WHEN NOT answer.granted THEN 'consent_withdrawn'
            WHEN NOT {has_address} THEN 'address_missing'
            WHEN o.reveals > %(most_revealed)s::integer THEN 'too_personal'
            WHEN %(is_marketing)s AND answer.granted IS NULL THEN 'consent_missing'
            WHEN %(is_marketing)s AND NOT %(is_test)s AND {in_control} THEN 'control_group'
            ELSE ''
        END AS stop
        FROM outgoing_messages o JOIN customers_customer c ON c.id = o.customer_id
        LEFT JOIN LATERAL (
            SELECT k.granted FROM customers_consent k
            WHERE k.customer_id = o.customer_id AND k.purpose = %(purpose)s AND {speaks_of_it}
            ORDER BY k.answered_at DESC, k.granted LIMIT 1
        ) answer ON true
    ) judged
    ORDER BY enrolment
    ON CONFLICT (dedupe_key) DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all messages of one statement share. `most_revealed` is how personal they may be, None without a limit."""

    purpose: str
    scenario: str
    scenario_version: int
    step: str
    priority: int
    is_test: bool
    send_after: datetime
    most_revealed: int | None


def put_many_in_outbox(messages: pl.DataFrame, origin: Origin) -> int:
    """Write the messages of one step for many enrolments (columns of SCHEMA); returns how many were new.

    Call it in the transaction of their cause. Whoever makes the texts sees to it that none is empty.
    """
    if messages.is_empty():
        return 0
    lines = messages.select(list(SCHEMA)).write_csv(include_header=False, quote_style="non_numeric")
    statement = WRITE.format(
        in_control=control.IN_CONTROL.format(customer="o.customer_id"),
        speaks_of_it=own_yes.sql("k", "o.channel"),
        has_address=_has_address(messages["channel"].unique().to_list()),
    )
    parameters: dict[str, Any] = asdict(origin) | {
        "expires_at": origin.send_after + USEFUL_FOR,
        "is_marketing": origin.purpose == Purpose.MARKETING,
        **control.parameters(origin.send_after),
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(MAKE_OUTGOING)
        cursor.execute("TRUNCATE outgoing_messages")
        with cursor.copy(COPY_OUTGOING) as copy:
            copy.write(lines)
        cursor.execute(statement, parameters)
        written = cursor.rowcount
        if written:
            hooks.put_in_outbox(written)
    return written


def _has_address(channels: Sequence[str]) -> str:
    """SQL of whether the customer `c` has an address of the channel of the message `o`."""
    cases = " ".join(f"WHEN '{Channel(channel)}' THEN {registry.has_address(channel)}" for channel in sorted(channels))
    return f"(CASE o.channel {cases} END)"
