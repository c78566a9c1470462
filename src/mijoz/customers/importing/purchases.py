"""A file of purchases as event frames, with what cannot be used set aside with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing import amounts, dates, identities
from mijoz.customers.importing.amounts import MONEY
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.pieces import pieces
from mijoz.customers.importing.rows import CELLS, CODE, LINE
from mijoz.customers.importing.shape import REJECT_COLUMNS, FileShape

CHUNK_BYTES = 2 * 1024 * 1024
FIRST_YEAR = 1970
MYSQL_NULL = r"\N"  # an empty cell in tables that MySQL wrote
SHOWN = 200  # characters of the cell that was wrong
LONGEST = {
    "key": 180,
    "item": 400,
    "identity_value": 400,
    "name": 200,
    "email": 254,
    "branch": 40,
    "channel": 40,
}  # characters that are kept
REJECT_SCHEMA: dict[str, type[pl.DataType] | pl.DataType] = {
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "code": pl.String,
    "place": pl.String,
    "cells": pl.List(pl.String),
}
REASONS = {
    "cells": _("the row has more or fewer cells than the heading"),
    "quote": _("a quotation mark is opened and not closed"),
    "nul": _("the row holds a NUL character"),
    "encoding": _("the row is not in the encoding of the file"),
    "empty": _("the cell is empty"),
    "no_date": _("not a date"),
    "future": _("the date lies in the future"),
    "too_old": _("the date lies before 1970"),
    "no_amount": _("not an amount"),
    "no_quantity": _("not a quantity"),
    "no_price": _("not a price"),
    "no_discount": _("not a discount in money"),
    "no_currency": _("not a currency"),
    "no_phone": _("not a phone, and nothing else says who bought"),
    "no_email": _("not an e-mail, and nothing else says who bought"),
    "card": _("the card has no end"),
    "nobody": _("nothing says who it is: no name, no phone, no e-mail, no number"),
    "twice": _("an earlier row tells of the same customer, and otherwise"),
    "too_long": _("the cell is longer than the log can keep"),
}


NEEDED = ("no_date", "no_amount", "no_price", "no_quantity")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of the file: `events` (an event frame), `rejects` (REJECT_SCHEMA), what contacts the rows told."""

    events: pl.DataFrame
    rejects: pl.DataFrame
    contacts: pl.DataFrame  # identity_kind, identity_account, identity_value, name, phone, email; of rows that tell one
    lines: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What does not change from piece to piece."""

    shape: FileShape
    mapping: Mapping
    source: str
    now: datetime
    zone: str
    currency: str

    def cell(self, field: str) -> pl.Expr:
        """The text of a field's column, "" where the file has none; what a file of rejects neutralised is as it was."""
        heading = self.mapping.columns.get(field)
        if heading is None:
            return pl.lit("")
        text = pl.col(heading).str.strip_chars()
        text = pl.when(text == MYSQL_NULL).then(pl.lit("")).otherwise(text)
        return text.str.replace(r"^'([=+\-@\t\r\n])", "$1") if self.shape.holds_rejects else text


class Places:
    """How many lines of each purchase were seen: a line's place is counted over the whole file."""

    def __init__(self) -> None:
        self.seen = pl.DataFrame(schema={"key": pl.String, "seen": pl.UInt32})

    def number(self, keys: pl.Series) -> pl.Series:
        """The place of each row in its purchase, from 1."""
        rows = keys.to_frame("key")
        numbered = rows.with_columns(within=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("key"))
        numbered = numbered.join(self.seen, on="key", how="left", maintain_order="left")
        here = rows.group_by("key").agg(seen=pl.len().cast(pl.UInt32))
        self.seen = pl.concat([self.seen, here]).group_by("key").agg(pl.col("seen").sum().cast(pl.UInt32))
        return numbered["within"] + numbered["seen"].fill_null(0)


def read(
    shape: FileShape,
    mapping: Mapping,
    *,
    source: str,
    now: datetime,
    zone: str,
    currency: str,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Chunk]:
    """The file's rows as event frames, piece by piece; the same file gives the same message ids however it is cut.

    `zone` and `currency` are those of the business, for files that do not say. Raises ImportRefused.
    """
    mapping.check(shape)
    reading = Reading(
        shape, mapping, source, now.astimezone(UTC), mapping.time_zone or zone, mapping.currency or currency
    )
    places = Places()
    for piece in pieces(shape, size=chunk_bytes):
        yield _chunk(piece, reading, places)


def _chunk(piece: pl.DataFrame, reading: Reading, places: Places) -> Chunk:
    lines = _lines(piece, reading)
    lines = lines.with_columns(place=_places(piece, lines, reading, places))
    wrong = lines.select(_wrong(reading)).to_series()
    good = lines.filter(wrong == "")
    return Chunk(
        events=_events(good, reading),
        rejects=_rejects(piece, lines, wrong, reading),
        contacts=_contacts(good),
        lines=piece.height,
    )


def _lines(piece: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Every row of the piece in our own columns, null where a cell is not what it should be."""
    texts = piece.select(
        LINE,
        CODE,
        *(reading.cell(field).alias(field) for field in ("reference", "item", "name", "branch", "channel")),
        *(reading.cell(field).alias(f"{field}_cell") for field in ("quantity", "amount", "discount", "phone", "email")),
        identities.numbers(reading.cell(reading.mapping.number_field)).alias("number"),
        identities.emails(reading.cell("email")).alias("email"),
        _payload(reading.mapping),
    )
    return (
        texts.with_columns(
            identities.phones(texts["phone_cell"]).alias("phone"),
            _moments(piece, reading).alias("occurred_at"),
            *(_amounts(piece, reading, field) for field in ("quantity", "unit_price", "amount", "discount")),
            _currency(piece, reading),
        )
        .with_columns(*identities.identities(reading.source), total=_total(reading.mapping))
        .with_columns(key=_key(reading))
    )


def _cells(piece: pl.DataFrame, reading: Reading, field: str) -> pl.Series:
    if field not in reading.mapping.columns:
        return pl.Series(field, [""], dtype=pl.String).new_from_index(0, piece.height)
    return piece.select(reading.cell(field).alias(field)).to_series()


def _moments(piece: pl.DataFrame, reading: Reading) -> pl.Series:
    text, pattern = reading.cell("date"), reading.mapping.date_format
    if "time" in reading.mapping.columns:
        text, pattern = dates.with_time(text, reading.cell("time")), ""
    cells = piece.select(text).to_series()
    return dates.moments(cells, pattern=pattern, day_first=reading.mapping.day_first, zone=reading.zone)


def _amounts(piece: pl.DataFrame, reading: Reading, field: str) -> pl.Series:
    if field not in reading.mapping.columns:
        return pl.Series(field, [None], dtype=MONEY).new_from_index(0, piece.height)
    return amounts.amounts(_cells(piece, reading, field), decimal=reading.mapping.decimal).alias(field)


def _currency(piece: pl.DataFrame, reading: Reading) -> pl.Series:
    """As the column of currencies says, else the sign beside the amount, else the mapping; null for what is none."""
    column = amounts.currencies(_cells(piece, reading, "currency"))
    beside = [
        amounts.currencies_told(_cells(piece, reading, field))
        for field in ("amount", "unit_price")
        if field in reading.mapping.columns
    ]
    told = pl.select(pl.coalesce(*beside, pl.lit(reading.currency))).to_series()
    return told.zip_with((column == "").fill_null(False), column).alias("currency")


def _payload(mapping: Mapping) -> pl.Expr:
    if not mapping.payload:
        return pl.lit("{}").alias("payload")
    return pl.struct(pl.col(heading) for heading in mapping.payload).struct.json_encode().alias("payload")


def _total(mapping: Mapping) -> pl.Expr:
    """The line's amount: as told, else price times quantity, exact to four places.

    A refund may be told by its quantity alone.
    """
    quantity = pl.col("quantity") if "quantity" in mapping.columns else pl.lit(1).cast(MONEY)
    product = (pl.col("unit_price") * quantity).cast(MONEY, strict=False)
    if "amount" not in mapping.columns:
        return product
    told = (
        pl.when((pl.col("quantity") < 0) & (pl.col("amount") > 0)).then(-pl.col("amount")).otherwise(pl.col("amount"))
    )
    return pl.when(pl.col("amount_cell") == "").then(product).otherwise(told)


def _key(reading: Reading) -> pl.Expr:
    """What a line's place is counted in: its purchase; without numbers, the customer's purchases of that moment."""
    moment = pl.col("occurred_at").dt.convert_time_zone(reading.zone).dt.strftime("%Y%m%dT%H%M%S").fill_null("")
    moment_of_customer = pl.concat_str([pl.col("identity_value"), moment], separator="@")
    return pl.when(pl.col("reference") != "").then(pl.col("reference")).otherwise(moment_of_customer)


def _places(piece: pl.DataFrame, lines: pl.DataFrame, reading: Reading, places: Places) -> pl.Series:
    """Places as text. Rejected rows are counted too, so that nothing moves when they are mended in the file itself."""
    counted = places.number(lines["key"]).cast(pl.String)
    if not reading.shape.holds_rejects:
        return counted
    told = piece[reading.shape.reject_column("place")].str.strip_chars()
    return told.zip_with(told != "", counted)


def _wrong(reading: Reading) -> pl.Expr:
    """The first thing wrong with a row and the field it is in, as `code` or `code field`; "" for nothing."""
    columns = reading.mapping.columns
    year = pl.col("occurred_at").dt.convert_time_zone(reading.zone).dt.year()
    checks = [
        (pl.col("occurred_at").is_null(), "no_date date"),
        (pl.col("occurred_at") > reading.now + timedelta(days=1), "future date"),
        (year < FIRST_YEAR, "too_old date"),
    ]
    if "quantity" in columns:
        checks.append((pl.col("quantity").is_null() & (pl.col("quantity_cell") != ""), "no_quantity quantity"))
        if "unit_price" in columns and "amount" not in columns:
            checks.append((pl.col("quantity").is_null(), "no_quantity quantity"))
    if "amount" in columns:
        checks.append((pl.col("total").is_null(), "no_amount amount"))
    else:
        checks.append((pl.col("total").is_null(), "no_price unit_price"))
    if "discount" in columns:
        checks.append((pl.col("discount").is_null() & (pl.col("discount_cell") != ""), "no_discount discount"))
    checks.append((pl.col("currency").is_null(), "no_currency currency"))
    nobody = pl.col("identity_value") == ""
    if "phone" in columns:
        checks.append((nobody & pl.col("phone_cell").str.contains(identities.MEANT_AS_PHONE), "no_phone phone"))
    if "email" in columns:
        checks.append((nobody & pl.col("email_cell").str.contains("@", literal=True), "no_email email"))
    fields = {"key": "reference", "identity_value": reading.mapping.number_field}
    checks += [
        (pl.col(name).str.len_chars() > longest, f"too_long {fields.get(name, name)}")
        for name, longest in LONGEST.items()
    ]
    wrong = pl.lit("")
    for condition, code in reversed(checks):
        wrong = pl.when(condition).then(pl.lit(code)).otherwise(wrong)
    return pl.when(pl.col(CODE) != "").then(pl.col(CODE)).otherwise(wrong).alias("wrong")


def _events(good: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    total = pl.col("total")
    refunded = total < 0
    if reading.mapping.tells_refunds_by_letter(reading.shape):
        refunded = refunded | pl.col("reference").str.contains("^[Cc]")
    if "quantity" in reading.mapping.columns:
        refunded = refunded | (pl.col("quantity") < 0).fill_null(False)
    is_gift = (total == 0) & reading.mapping.tells_gifts
    number = pl.concat_str([pl.col("key"), pl.col("place")], separator="/")
    return good.select(
        message_id=number,
        type=pl.when(refunded)
        .then(pl.lit("refund_line"))
        .when(is_gift)
        .then(pl.lit("gift_line"))
        .otherwise(pl.lit("purchase_line")),
        identity_kind="identity_kind",
        identity_account="identity_account",
        identity_value="identity_value",
        occurred_at="occurred_at",
        reference=pl.when(pl.col("reference") != "").then(pl.col("reference")).otherwise(number),
        item="item",
        quantity=pl.col("quantity").cast(pl.Float64),
        amount=pl.when(refunded & (total > 0)).then(-total).otherwise(total).cast(MONEY),
        discount=pl.col("discount").abs().cast(MONEY),
        currency="currency",
        branch="branch",
        channel="channel",
        payload="payload",
    )


def _rejects(piece: pl.DataFrame, lines: pl.DataFrame, wrong: pl.Series, reading: Reading) -> pl.DataFrame:
    bad = wrong != ""
    if not bad.any():
        return pl.DataFrame(schema=REJECT_SCHEMA)
    rows, told = piece.filter(bad), lines.filter(bad)
    code, field = (wrong.filter(bad).str.split_exact(" ", 1).struct.field(f"field_{place}") for place in (0, 1))
    headings = reading.mapping.columns
    ours = len(REJECT_COLUMNS) if reading.shape.holds_rejects else 0
    value = pl.lit("")
    for name in field.drop_nulls().unique():
        value = pl.when(field == name).then(reading.cell(name)).otherwise(value)
    return rows.select(
        row=_row_in_first_file(reading),
        column=field.replace_strict(headings, default="", return_dtype=pl.String).fill_null(""),
        value=value.str.slice(0, SHOWN),
        code=pl.when((value == "") & code.is_in(NEEDED)).then(pl.lit("empty")).otherwise(code),
        place=told.select(_place_when_mended(reading)).to_series(),
        cells=pl.coalesce(pl.col(CELLS), pl.concat_list(reading.shape.columns)).list.slice(ours),
    )


def _row_in_first_file(reading: Reading) -> pl.Expr:
    """The row's line; of a row that was set aside before, the line in the file that it is from."""
    if not reading.shape.holds_rejects:
        return pl.col(LINE)
    told = pl.col(reading.shape.reject_column("row")).str.strip_chars().cast(pl.Int64, strict=False)
    return pl.coalesce(told, pl.col(LINE)).alias(LINE)


def _place_when_mended(reading: Reading) -> pl.Expr:
    """The place that a rejected row has in its purchase once it is mended.

    It is the one that was counted for it, but a row whose purchase is not told, or not for sure, gets one by its line.
    """
    if reading.shape.holds_rejects:
        return pl.col("place")
    unsure = (pl.col(CODE) != "") | (pl.col("reference") == "")
    return pl.when(unsure).then(pl.format("r{}", LINE)).otherwise(pl.col("place"))


def _contacts(good: pl.DataFrame) -> pl.DataFrame:
    """The first name, phone and e-mail that the rows tell of each customer."""
    who = ["identity_kind", "identity_account", "identity_value"]
    contacts = ["name", "phone", "email"]
    tells_one = pl.any_horizontal(pl.col(contacts) != "") & (pl.col("identity_value") != "")
    first = [pl.col(name).filter(pl.col(name) != "").first().fill_null("") for name in contacts]
    return good.filter(tells_one).group_by(who, maintain_order=True).agg(first)
