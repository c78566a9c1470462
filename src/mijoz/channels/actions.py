"""What changes the outbox and the accounts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection, transaction

from mijoz.channels import hooks
from mijoz.channels.outbox import NewMessage

MESSAGES_A_STATEMENT = 5_000
COLUMNS = {
    "customer_id": "bigint",
    "channel": "text",
    "purpose": "text",
    "dedupe_key": "text",
    "language": "text",
    "subject": "text",
    "text": "text",
    "html": "text",
    "address": "text",
    "send_after": "timestamptz",
    "expires_at": "timestamptz",
    "status": "text",
    "scenario": "text",
    "scenario_version": "integer",
    "enrolment": "bigint",
    "step": "text",
}
COLUMN_LIST = ", ".join(COLUMNS)
NEW_MESSAGES = f"""
    INSERT INTO channels_message ({COLUMN_LIST})
    SELECT {COLUMN_LIST}
    FROM jsonb_to_recordset(%s::jsonb) AS given({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
    ORDER BY dedupe_key
    ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608 - built from constants; in order, so that two writers of the same keys wait and never lock each other


def put_in_outbox(messages: Sequence[NewMessage]) -> int:
    """Write messages to the outbox in the transaction of their cause; returns how many were new by their key.

    Raises MessageRefused for the first one that cannot be sent as it is; then none is written.
    """
    for message in messages:
        message.check()
    written = 0
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for begin in range(0, len(messages), MESSAGES_A_STATEMENT):
            rows = [message.row() for message in messages[begin : begin + MESSAGES_A_STATEMENT]]
            cursor.execute(NEW_MESSAGES, [json.dumps(rows)])
            written += cursor.rowcount
        if written:
            hooks.put_in_outbox(written)
    return written
