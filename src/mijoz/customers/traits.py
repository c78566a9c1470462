"""What is told of customers: kept by whom and when it was told, and shown in the customer's own columns.

A trait hangs on an identity, so that a merge brings it along and an undone merge takes it away again. The columns of
Customer follow from the traits and identities of the customer alone: `settle` writes them, `rebuild` writes all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import polars as pl
from django.db import connection, transaction

from mijoz.business.planner import count_what_looks_empty
from mijoz.customers import cleaning
from mijoz.customers.choosing import (
    BY_KEY,
    BY_NUMBER,
    CHOOSE,
    FIND_IDENTITIES,
    MAKE_TOLD,
    TELL,
    TOLD_COLUMNS,
    UPDATE,
    Standing,
    columns_of,
)
from mijoz.customers.models import Ownership
from mijoz.events import hooks
from mijoz.events.models import Source
from mijoz.ui import live

MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"
CUSTOMERS_A_STEP = 10_000
ROWS_WORTH_COUNTING = 2_000
LONGEST_NAME, LONGEST_TROUBLE = 60, 200
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
KNOWN_AS = {  # what programs call the traits that we have a column for
    "name": "full_name",
    "surname": "last_name",
    "family_name": "last_name",
    "given_name": "first_name",
    "middle_name": "patronymic",
    "phone_number": "phone",
    "mobile": "phone",
    "mail": "email",
    "lang": "language",
    "locale": "language",
    "sex": "gender",
    "birth_date": "birth_on",
    "birthdate": "birth_on",
    "date_of_birth": "birth_on",
    "dob": "birth_on",
    "address.city": "city",
    "address.street": "address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value told of an identity, as it was given. `value` is what was read from it, None when nobody cleaned it
    yet; `trouble` says what is wrong with it."""

    identity: tuple[str, str, str]
    name: str
    original: str
    told_at: datetime
    told_by: str = ""  # address of a member of staff, "customer", "" for a system
    value: str | None = None
    trouble: str = ""


def tell(told: pl.DataFrame | Iterable[Told], *, source: Source | None = None, told_by: str = "") -> list[int]:
    """Keep what is told; returns the customers it is told of, for `settle`. Unknown identities are passed over.

    A frame has `identity_id`, or `identity_kind`, `identity_account` and `identity_value`; and `name`, `original`,
    `told_at`. It may have `source_id` (else `source` tells all of it), `told_by`, and `value` with `trouble` when it
    was cleaned before. Of each identity and source the latest value of a name counts. An empty text says nothing,
    unless a person told it: then they took the value away. What cannot be read replaces nothing that could.
    """
    frame = told if isinstance(told, pl.DataFrame) else _frame_of(told)
    if frame.is_empty():
        return []
    given = {"told_by": told_by, "trouble": ""} | ({"source_id": source.pk} if source else {})
    if "value" not in frame.columns:
        frame = _cleaned(frame)
    frame = frame.with_columns(pl.lit(text).alias(name) for name, text in given.items() if name not in frame.columns)
    frame = frame.filter((pl.col("original") != "") | (pl.col("value") != "") | (pl.col("told_by") != ""))
    by = BY_NUMBER if "identity_id" in frame.columns else BY_KEY
    columns = [*by, *TOLD_COLUMNS]
    lines = frame.select(columns).with_columns(
        pl.col("name").str.head(LONGEST_NAME),
        pl.col("trouble").str.head(LONGEST_TROUBLE),
        pl.col("told_at").dt.convert_time_zone("UTC"),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MAKE_TOLD)
        cursor.execute("TRUNCATE told_trait RESTART IDENTITY")
        with cursor.copy(f"COPY told_trait ({', '.join(columns)}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            copy.write(lines.write_csv(include_header=False, null_value="\\N", datetime_format=MOMENT))
        if frame.height > ROWS_WORTH_COUNTING:
            cursor.execute("ANALYZE told_trait")
        if by is BY_KEY:
            cursor.execute(FIND_IDENTITIES)
        cursor.execute(TELL)
        return [row[0] for row in cursor.fetchall()]


def take(told: list[hooks.Told]) -> None:
    """Keep and show what sources told of identities in passing, by the names that programs give to traits."""
    rows = [
        {
            "identity_id": one.identity_id,
            "source_id": one.source_id,
            "name": known_as(name),
            "original": original,
            "told_at": one.told_at.astimezone(UTC),
        }
        for one in told
        for name, original in one.traits.items()
    ]
    if rows:
        settle(tell(pl.DataFrame(rows, infer_schema_length=None)))


def known_as(name: str) -> str:
    """What we call the trait that a program calls `name`.

    >>> known_as("firstName"), known_as("date-of-birth"), known_as("shoeSize")
    ('first_name', 'birth_on', 'shoe_size')
    """
    plain = CAPITAL.sub("_", name.strip()).lower().replace("-", "_").replace(" ", "_")
    return KNOWN_AS.get(plain, plain)


def settle(customer_ids: Collection[int]) -> int:
    """Write what counts into the columns of these customers; returns how many changed.

    Staff come before the customer, the customer before systems, then the latest. Who owns no identity is left alone:
    whoever was absorbed keeps how they stood.
    """
    changed = 0
    wanted = sorted(set(customer_ids))
    if wanted:
        count_what_looks_empty("customers_customer", "customers_ownership", "customers_trait", "events_identity")
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
                live.notify("customers", ids=[row["id"] for row in rows])
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
    """The rows with their cleaned values; a whole name becomes its parts, a date without a year a birthday."""
    pairs = frame.select("name", "original").unique()
    found = []
    for name, original in pairs.iter_rows():
        nothing = {name: cleaning.Cleaned("", original)}
        for part, cleaned in (cleaning.told(name, original, family_first=False) or nothing).items():
            found.append((name, original, part, cleaned.value, cleaned.trouble))
    told = pl.DataFrame(found, schema=["name", "original", "part", "value", "trouble"], orient="row")
    return frame.join(told, on=["name", "original"], maintain_order="left").drop("name").rename({"part": "name"})
