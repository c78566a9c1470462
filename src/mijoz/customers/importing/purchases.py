"""A file of purchases as event frames, with what cannot be used set aside with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import phonenumbers
import polars as pl

from mijoz.customers.importing import columns as convert
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.pieces import LINE, Piece, pieces
from mijoz.customers.importing.sniff import FileShape, inspect

CHUNK_BYTES = 8 * 1024 * 1024
EARLIEST = datetime(1970, 1, 2)  # noqa: DTZ001 - compared after both are in UTC
MONEY = pl.Decimal(18, 4)
REJECT_SCHEMA = {"row": pl.Int64, "column": pl.String, "value": pl.String, "code": pl.String, "cells": pl.List(pl.String)}

REASONS = {
    "cells": "the row has more or fewer cells than the heading",
    "quote": "a quotation mark is opened and not closed",
    "nul": "the row holds a NUL character",
    "encoding": "the row is not in the encoding of the file",
    "no_date": "not a date",
    "future": "the date lies in the future",
    "too_old": "the date lies before 1970",
    "no_amount": "not an amount",
    "no_quantity": "not a quantity",
    "no_price": "not a price",
    "too_long": "the cell is longer than the log can keep",
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of the file: `events` (an event frame), `rejects` (REJECT_SCHEMA), what contacts the rows told."""

    events: pl.DataFrame
    rejects: pl.DataFrame
    contacts: pl.DataFrame  # identity_kind, identity_value, name, phone, email; only rows that tell one
    lines: int


class Places:
    """How many lines of each purchase were seen: a line's place is counted over the whole file."""

    def __init__(self) -> None:
        self.seen = pl.DataFrame(schema={"reference": pl.String, "seen": pl.UInt32})

    def number(self, keys: pl.DataFrame) -> pl.Series:
        """The place of each row in its purchase, from 1; `keys` has one column, `reference`."""
        numbered = keys.with_columns(within=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("reference"))
        numbered = numbered.join(self.seen, on="reference", how="left", maintain_order="left")
        here = keys.group_by("reference").agg(seen=pl.len().cast(pl.UInt32))
        self.seen = pl.concat([self.seen, here]).group_by("reference").agg(pl.col("seen").sum().cast(pl.UInt32))
        return numbered["within"] + numbered["seen"].fill_null(0)


def read(
    path: Path, mapping: Mapping, *, source: str, now: datetime, zone: str, currency: str, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """The file's rows as event frames, piece by piece; the same file gives the same message ids however it is cut.

    `zone` and `currency` are those of the business, for files that do not say. Raises ImportRefused.
    """
    shape = inspect(path)
    mapping.check(shape)
    places = Places()
    for piece in pieces(shape, size=chunk_bytes):
        yield _chunk(piece, shape, mapping, places, source=source, now=now, zone=mapping.time_zone or zone,
                     currency=mapping.currency or currency)  # fmt: skip


def _cell(mapping: Mapping, name: str) -> pl.Expr:
    heading = mapping.columns.get(name)
    return pl.lit("") if heading is None else pl.col(heading).str.strip_chars()


def _chunk(
    piece: Piece, shape: FileShape, mapping: Mapping, places: Places, *, source: str, now: datetime, zone: str, currency: str
) -> Chunk:
    rows = piece.rows.with_columns(
        _reference=_cell(mapping, "reference"),
        _customer=_cell(mapping, "customer").str.replace(r"^(\d+)\.0+$", "$1"),
        _item=_cell(mapping, "item"),
        _moment=_moment(piece.rows, mapping, zone),
        **{f"_{name}": _amount(piece.rows, mapping, name) for name in ("quantity", "unit_price", "amount", "discount")},
    )
    rows = _phones(rows, mapping)
    rows = rows.with_columns(_email=_cell(mapping, "email").str.to_lowercase(), _name=_cell(mapping, "name"))
    rows = rows.with_columns(_total=_total(mapping))
    kind, account, value = _identity(source)
    rows = rows.with_columns(kind.alias("_kind"), account.alias("_account"), value.alias("_value"))
    rows = rows.with_columns(_key=_key(mapping))
    rows = rows.with_columns(_place=places.number(rows.select(reference="_key")))
    rows = rows.with_columns(_code=_wrong(mapping, now))
    good = rows.filter(pl.col("_code") == "")
    contacts = good.filter((pl.col("_value") != "") & ((pl.col("_name") != "") | (pl.col("_phone") != "") | (pl.col("_email") != "")))
    return Chunk(
        events=_events(good, mapping, currency),
        rejects=pl.concat([_odd(piece), _rejects(rows.filter(pl.col("_code") != ""), shape, mapping)]).sort("row"),
        contacts=contacts.select(
            identity_kind="_kind", identity_account="_account", identity_value="_value", name="_name", phone="_phone", email="_email"
        ).unique(["identity_kind", "identity_account", "identity_value"], keep="last"),
        lines=rows.height + len(piece.set_aside),
    )


def _moment(rows: pl.DataFrame, mapping: Mapping, zone: str) -> pl.Series:
    """The moments in UTC: by the mapping's format, and only where that fails by every other we know."""
    text = _cell(mapping, "date")
    if "time" in mapping.columns:
        text = pl.concat_str([text, _cell(mapping, "time")], separator=" ").str.strip_chars()
    cells = rows.select(text.alias("text"))
    pattern = "" if "time" in mapping.columns else mapping.date_format
    found = cells.select(convert.moments(pl.col("text"), pattern=pattern, day_first=mapping.day_first, time_zone=zone)).to_series()
    if found.null_count():
        left = cells.filter(found.is_null()).select(
            pl.coalesce(
                convert.moments(pl.col("text"), pattern="", day_first=mapping.day_first, time_zone=zone),
                convert.zoned_moments(pl.col("text")),
                convert.excel_moments(pl.col("text"), zone),
            )
        )
        found = found.scatter(found.is_null().arg_true(), left.to_series())
    return found


def _amount(rows: pl.DataFrame, mapping: Mapping, name: str) -> pl.Series:
    """A column of amounts; plain numbers take the short way."""
    if name not in mapping.columns:
        return pl.Series([None], dtype=MONEY).new_from_index(0, rows.height)
    text = rows.select(_cell(mapping, name).alias("text"))
    plain = text.select(convert.simple_amounts(pl.col("text"))).to_series()
    exact = text.select(pl.col("text").str.contains(r"^-?\d+(\.\d{1,2})?$").all()).item()
    if exact or (mapping.decimal == "." and plain.null_count() == 0 and not text["text"].str.contains(r"^\d{1,3},\d{3}$").any()):
        return plain
    return text.select(convert.amounts(pl.col("text"), decimal=mapping.decimal)).to_series()


def _total(mapping: Mapping) -> pl.Expr:
    """The line's amount: as told, else price times quantity, exact to four places."""
    if "amount" in mapping.columns:
        told = pl.col("_amount")
        if "quantity" in mapping.columns:  # a refund told by its quantity alone
            return pl.when((pl.col("_quantity") < 0) & (told > 0)).then(-told).otherwise(told)
        return told
    quantity = pl.col("_quantity") if "quantity" in mapping.columns else pl.lit(1)
    units = (pl.col("_unit_price").cast(pl.Float64) * quantity.cast(pl.Float64)).round(4)
    return units.cast(MONEY, strict=False)


def _phones(rows: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Phones in E.164 where they are phones; each spelling is read once."""
    if "phone" not in mapping.columns:
        return rows.with_columns(_phone=pl.lit(""))
    told = rows.select(_cell(mapping, "phone")).to_series()
    spellings = told.unique().to_list()
    known = {spelling: e164(spelling) for spelling in spellings}
    return rows.with_columns(told.replace_strict(known, return_dtype=pl.String).alias("_phone"))


def e164(text: str) -> str:
    """The phone in E.164 with Uzbekistan's code when it has none; "" for what is no phone."""
    try:
        number = phonenumbers.parse(text, "UZ")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _identity(source: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Kind, account and value: the number in the file's own system, else the phone, else the e-mail, else nobody."""
    number, phone, email = pl.col("_customer"), pl.col("_phone"), pl.col("_email")
    kind = (
        pl.when(number != "").then(pl.lit("customer_number"))
        .when(phone != "").then(pl.lit("phone"))
        .when(email != "").then(pl.lit("email"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    account = pl.when(number != "").then(pl.lit(source)).otherwise(pl.lit(""))
    value = pl.when(number != "").then(number).when(phone != "").then(phone).otherwise(email)
    return kind, account, value


def _key(mapping: Mapping) -> pl.Expr:
    """What a line's place is counted in: its purchase; without numbers, the customer's purchases of that moment."""
    moment = pl.col("_moment").dt.strftime("%Y%m%dT%H%M%S").fill_null("")
    without = pl.concat_str([pl.col("_value"), moment], separator="@")
    if "reference" not in mapping.columns:
        return without
    return pl.when(pl.col("_reference") != "").then(pl.col("_reference")).otherwise(without)


def _wrong(mapping: Mapping, now: datetime) -> pl.Expr:
    """The code of the first thing wrong with a row; "" for none."""
    naive_now = (now + timedelta(days=1)).replace(tzinfo=None)
    moment = pl.col("_moment").dt.replace_time_zone(None)
    checks = [
        (pl.col("_moment").is_null(), "no_date"),
        (moment > naive_now, "future"),
        (moment < EARLIEST, "too_old"),
        (pl.col("_total").is_null(), "no_amount" if "amount" in mapping.columns else "no_price"),
    ]
    if "quantity" in mapping.columns:
        empty = _cell(mapping, "quantity") == ""
        checks.insert(3, (pl.col("_quantity").is_null() & ~empty, "no_quantity"))
    for name, limit in (("_key", 180), ("_item", 400), ("_value", 400)):
        checks.append((pl.col(name).str.len_chars() > limit, "too_long"))
    wrong = pl.lit("")
    for condition, code in reversed(checks):
        wrong = pl.when(condition).then(pl.lit(code)).otherwise(wrong)
    return wrong


def _events(good: pl.DataFrame, mapping: Mapping, currency: str) -> pl.DataFrame:
    is_purchase_of_its_own = "reference" not in mapping.columns
    is_alone = pl.lit(is_purchase_of_its_own) | (pl.col("_reference") == "")
    number = pl.concat_str([pl.col("_key"), pl.col("_place")], separator="/")
    total = pl.col("_total")
    gift = (total == 0) if mapping.tells_gifts else pl.lit(False)
    refunded = (total < 0) | pl.col("_reference").str.contains("^[Cc]")
    if "quantity" in mapping.columns:
        refunded = refunded | (pl.col("_quantity") < 0)
    kind = pl.when(refunded).then(pl.lit("refund_line")).when(gift).then(pl.lit("gift_line")).otherwise(pl.lit("purchase_line"))
    own_currency = _cell(mapping, "currency").str.to_uppercase()
    return good.select(
        message_id=number,
        type=kind,
        identity_kind="_kind",
        identity_account="_account",
        identity_value="_value",
        occurred_at="_moment",
        reference=pl.when(is_alone).then(number).otherwise(pl.col("_reference")),
        item="_item",
        quantity=pl.col("_quantity").cast(pl.Float64),
        amount=pl.when(refunded & (total > 0)).then(-total).otherwise(total).cast(MONEY),
        discount="_discount",
        currency=pl.when(own_currency.str.contains("^[A-Z]{3}$")).then(own_currency).otherwise(pl.lit(currency)),
        branch=_cell(mapping, "branch").str.slice(0, 40),
        channel=_cell(mapping, "channel").str.slice(0, 40),
        payload=_payload(mapping),
    )


def _payload(mapping: Mapping) -> pl.Expr:
    if not mapping.payload:
        return pl.lit("{}")
    kept = pl.struct([pl.col(heading) for heading in mapping.payload])
    return kept.struct.json_encode()


def _odd(piece: Piece) -> pl.DataFrame:
    rows = [(each.line, "", "", each.code, each.cells) for each in piece.set_aside]
    return pl.DataFrame(rows, schema=REJECT_SCHEMA, orient="row")


COLUMN_OF_CODE = {
    "no_date": "date", "future": "date", "too_old": "date", "no_amount": "amount", "no_price": "unit_price",
    "no_quantity": "quantity", "too_long": "item",
}  # fmt: skip


def _rejects(bad: pl.DataFrame, shape: FileShape, mapping: Mapping) -> pl.DataFrame:
    if bad.is_empty():
        return pl.DataFrame(schema=REJECT_SCHEMA)
    heading = {code: mapping.columns.get(name, "") for code, name in COLUMN_OF_CODE.items()}
    value = pl.lit("")
    for code, column in heading.items():
        if column:
            value = pl.when(pl.col("_code") == code).then(pl.col(column).str.slice(0, 200)).otherwise(value)
    return bad.select(
        row=pl.col(LINE),
        column=pl.col("_code").replace_strict(heading, default="", return_dtype=pl.String),
        value=value,
        code="_code",
        cells=pl.concat_list(shape.columns),
    )
