"""What is told of customers: kept by whom and when it was told, and shown in the customer's own columns.

A trait hangs on an identity, so that a merge brings it along and an undone merge takes it away again. The columns of
Customer follow from the traits and identities of the customer alone: `settle` writes them, `rebuild` writes all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import polars as pl
from django.db import connection, transaction

from mijoz.customers.choosing import CHOOSE, TELL, TELL_COLUMNS, UPDATE, Standing, columns_of
from mijoz.customers.models import Ownership
from mijoz.events.models import Source

CUSTOMERS_A_STEP = 10_000
FRAME = ["identity_kind", "identity_account", "identity_value", "name", "original", "told_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value told of an identity, as it was given. `value` is what was read from it, None when nobody cleaned it
    yet; `trouble` says why it could not be read."""

    identity: tuple[str, str, str]
    name: str
    original: str
    told_at: datetime
    told_by: str = ""  # address of a member of staff, "customer", "" for a system
    value: str | None = None
    trouble: str = ""


def tell(told: pl.DataFrame | Iterable[Told], *, source: Source, told_by: str = "") -> list[int]:
    """Keep what `source` tells; returns the customers it is told of, for `settle`. Unknown identities are passed over.

    A frame has the columns of FRAME, and may have told_by, and value with trouble when it was cleaned before.
    Of each identity the latest value of a name counts. An empty text says nothing, unless a person told it: then they
    took the value away. What cannot be read is kept with its trouble and replaces nothing that could.
    """
    frame = told if isinstance(told, pl.DataFrame) else _frame_of(told)
    if frame.is_empty():
        return []
    if "told_by" not in frame.columns:
        frame = frame.with_columns(told_by=pl.lit(told_by))
    if "value" not in frame.columns:
        frame = _cleaned(frame)
    if "trouble" not in frame.columns:
        frame = frame.with_columns(trouble=pl.lit(""))
    says_something = (pl.col("original") != "") | (pl.col("value") != "") | (pl.col("told_by") != "")
    frame = frame.filter(says_something).select(list(TELL_COLUMNS))
    lines = frame.with_columns(pl.col("told_at").dt.convert_time_zone("UTC")).write_csv(
        include_header=False, null_value="\\N", quote_style="necessary", datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ"
    )
    columns = ", ".join(f"{name} {kind}" for name, kind in TELL_COLUMNS.items())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS told_trait ({columns}, place int GENERATED ALWAYS AS IDENTITY)"
            " ON COMMIT DELETE ROWS"
        )
        cursor.execute("TRUNCATE told_trait RESTART IDENTITY")
        with cursor.copy(f"COPY told_trait ({', '.join(TELL_COLUMNS)}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            copy.write(lines)
        if frame.height > CUSTOMERS_A_STEP:
            cursor.execute("ANALYZE told_trait")
        cursor.execute(TELL, {"source": source.pk})
        return [row[0] for row in cursor.fetchall()]


def settle(customer_ids: Collection[int]) -> int:
    """Write what counts into the columns of these customers; returns how many changed.

    Staff come before the customer, the customer before systems, then the latest. Who owns no identity is left alone:
    whoever was absorbed keeps how they stood.
    """
    changed = 0
    wanted = sorted(set(customer_ids))
    for start in range(0, len(wanted), CUSTOMERS_A_STEP):
        step = wanted[start : start + CUSTOMERS_A_STEP]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [step])
            cursor.execute(CHOOSE, {"customers": step})
            now = (Standing(*row) for row in cursor.fetchall())
            rows = [new for standing in now if (new := columns_of(standing)) is not None]
            if rows:
                cursor.execute(UPDATE, [json.dumps(rows)])
                changed += cursor.rowcount
    return changed


def rebuild() -> int:
    """Write the columns of everybody anew from what was told; returns how many changed."""
    last, changed = 0, 0
    while True:
        owners = Ownership.objects.filter(customer_id__gt=last).order_by("customer_id")
        step = list(owners.values_list("customer_id", flat=True).distinct()[:CUSTOMERS_A_STEP])
        if not step:
            return changed
        changed += settle(step)
        last = step[-1]


def _frame_of(told: Iterable[Told]) -> pl.DataFrame:
    rows = []
    for one in told:
        kind, account, value = one.identity
        named = {"identity_kind": kind, "identity_account": account, "identity_value": value}
        rows.append(asdict(one) | named | {"told_at": one.told_at.astimezone(UTC)})
    if not rows:
        return pl.DataFrame()
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.String}, infer_schema_length=None).drop("identity")
    return frame.drop("value", "trouble") if frame["value"].null_count() == frame.height else frame.fill_null("")


def _cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """The values as they were given, without space around them."""
    return frame.with_columns(value=pl.col("original").str.strip_chars(), trouble=pl.lit(""))
