"""What scenarios do, as rows of the log: one row for each enrolment, however many they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from mijoz.events.actions import record

Done = tuple[int, int]  # enrolment, customer


def log(
    type_: str,
    done: Sequence[Done],
    *,
    scenario: str,
    at: datetime,
    payload: dict[str, Any] | Sequence[dict[str, Any]],
    step: str = "",
) -> None:
    """Write one event of this type for each of `done`; a second time for the same ones changes nothing.

    `payload` is one for all, or one for each.
    """
    if not done:
        return
    payloads = [payload] * len(done) if isinstance(payload, dict) else payload
    spelled = {id(one): json.dumps(one, ensure_ascii=False) for one in payloads}
    cause = f"/{step}/{type_}" if step else f"/{type_}"
    frame = pl.DataFrame(
        {
            "message_id": [f"enrolment/{enrolment}{cause}" for enrolment, _customer in done],
            "identity_value": [str(customer) for _enrolment, customer in done],
            "payload": [spelled[id(one)] for one in payloads],
        },
        schema={"message_id": pl.String, "identity_value": pl.String, "payload": pl.String},
    )
    record(
        frame.with_columns(
            type=pl.lit(type_),
            identity_kind=pl.lit("customer"),
            identity_account=pl.lit(""),
            occurred_at=pl.lit(at.astimezone(UTC)).cast(pl.Datetime("us", "UTC")),
            reference=pl.lit(scenario),
            item=pl.lit(""),
            quantity=pl.lit(None, dtype=pl.Float64),
            amount=pl.lit(None, dtype=pl.Decimal(18, 4)),
            discount=pl.lit(None, dtype=pl.Decimal(18, 4)),
            currency=pl.lit(""),
            branch=pl.lit(""),
            channel=pl.lit(""),
        )
    )
