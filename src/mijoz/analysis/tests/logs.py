"""Small logs for tests: rows as plain objects, and as the frames that the analysis takes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl

SCHEMA: dict[str, Any] = {
    "source": pl.String,
    "type": pl.String,
    "identity_id": pl.Int64,
    "occurred_at": pl.Datetime("us", "UTC"),
    "reference": pl.String,
    "amount": pl.Decimal(18, 4),
    "payload": pl.String,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One event; `identity` of None is a sale without a customer."""

    type: str
    identity: int | None
    at: datetime
    amount: str | None = None
    reference: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    source: str = "till"


def at(text: str) -> datetime:
    """2026-03-01, or 2026-03-01 23:30, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def bought(identity: int | None, when: str, amount: str, *, reference: str = "", source: str = "till") -> Row:
    """A purchase of one line, with a reference of its own unless told otherwise."""
    return Row("purchase_line", identity, at(when), amount, reference or f"{identity}/{when}", source=source)


def events(rows: Iterable[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "source": row.source,
                "type": row.type,
                "identity_id": row.identity,
                "occurred_at": row.at.astimezone(UTC),
                "reference": row.reference,
                "amount": None if row.amount is None else Decimal(row.amount),
                "payload": json.dumps(row.payload, ensure_ascii=False) if row.payload else None,
            }
            for row in rows
        ],
        schema=SCHEMA,
    )


def ownership(owners: dict[int, int]) -> pl.DataFrame:
    """Which customer each identity belongs to."""
    return pl.DataFrame(list(owners.items()), schema={"identity_id": pl.Int64, "customer_id": pl.Int64}, orient="row")
