"""A file of customers as what is told of each, with the rows that say nobody set aside."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from mijoz.customers import cleaning
from mijoz.customers.cleaning import Cleaned, names
from mijoz.customers.importing import identities
from mijoz.customers.importing.people_fields import ADDRESS
from mijoz.customers.importing.people_mapping import PeopleMapping
from mijoz.customers.importing.pieces import pieces
from mijoz.customers.importing.purchases import CHUNK_BYTES, LONGEST, MYSQL_NULL, REJECT_SCHEMA, SHOWN
from mijoz.customers.importing.rows import CELLS, CODE, LINE
from mijoz.customers.importing.shape import REJECT_COLUMNS, FileShape
from mijoz.customers.names import fold
from mijoz.events.types import OUR_OWN

KIND = "customer_number"
TRAITS = (*cleaning.TRAITS, "phone_2")
CLEANED = (
    "full_name",
    *("last_name", "first_name", "patronymic", "gender", "birth_on", "birthday"),
    *("phone", "phone_2", "email", "language", "address", "city"),
)
TAG_SEPARATOR = re.compile(r"[,;|\n]+")
LONGEST_NOTE, LONGEST_TAG, LONGEST_NAME, LONGEST_KEPT = 4000, 60, 60, 2000
TRAIT_SCHEMA = {
    "key": pl.String,
    "name": pl.String,
    "value": pl.String,
    "original": pl.String,
    "trouble": pl.String,
}
WAY_SCHEMA = {"key": pl.String, "kind": pl.String, "value": pl.String}
RECORD_SCHEMA = {
    "line": pl.Int64,
    "key": pl.String,
    "name": pl.String,
    "birth_on": pl.String,
    "note": pl.String,
    "tags": pl.String,
    "consent": pl.String,
    "consent_proof": pl.String,
    "told": pl.UInt64,  # a digest of all cells
}


@dataclass(frozen=True, slots=True)
class PeopleChunk:
    """Some rows of the file.

    `records` has a row for each customer told of, known by its `key` (the number in the file's own system); `traits`
    what is told of them, cleaned and as given; `ways` the phones and e-mails that lead to them; `rejects` as elsewhere.
    """

    records: pl.DataFrame  # RECORD_SCHEMA
    traits: pl.DataFrame  # TRAIT_SCHEMA
    ways: pl.DataFrame  # WAY_SCHEMA
    rejects: pl.DataFrame
    lines: int


@dataclass(frozen=True, slots=True)
class Reading:
    shape: FileShape
    mapping: PeopleMapping
    today: date

    def cell(self, heading: str) -> pl.Expr:
        """The text of a column; what a file of rejects neutralised is as it was."""
        text = pl.col(heading).str.strip_chars()
        text = pl.when(text == MYSQL_NULL).then(pl.lit("")).otherwise(text)
        return text.str.replace(r"^'([=+\-@\t\r\n])", "$1") if self.shape.holds_rejects else text

    def field(self, name: str) -> pl.Expr:
        heading = self.mapping.columns.get(name)
        return self.cell(heading) if heading else pl.lit("")


def read(
    shape: FileShape, mapping: PeopleMapping, *, today: date, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[PeopleChunk]:
    """The file's customers, piece by piece. Raises ImportRefused.

    A row that tells of a customer of an earlier row once more is passed over when it says the same, else set aside.
    """
    mapping.check(shape)
    reading = Reading(shape, mapping, today)
    seen = pl.DataFrame(schema={"key": pl.String, "told": pl.UInt64})
    for piece in pieces(shape, size=chunk_bytes):
        chunk, seen = _chunk(piece, reading, seen)
        yield chunk


def _chunk(piece: pl.DataFrame, reading: Reading, seen: pl.DataFrame) -> tuple[PeopleChunk, pl.DataFrame]:
    traits = _traits(piece, reading)
    records = _records(piece, reading, traits)
    again = records.select("key", "told").with_columns(place=pl.int_range(pl.len()))
    first_here = again.group_by("key", maintain_order=True).agg(pl.col("told").first().alias("first"))
    compared = again.join(first_here, on="key", how="left", maintain_order="left").join(
        seen.rename({"told": "before"}), on="key", how="left", maintain_order="left"
    )
    is_first = (again["key"].is_first_distinct()) & compared["before"].is_null()
    differs = compared["told"] != compared.select(pl.coalesce("before", "first")).to_series()
    is_twice = ~is_first & differs & (records["key"] != "")
    wrong = piece.select(_wrong(records, reading, is_twice)).to_series()
    good = (wrong == "") & is_first
    kept = records.filter(good)
    lines = kept.select("line")
    chunk = PeopleChunk(
        records=kept,
        traits=_told_of(traits.traits, lines, records),
        ways=_told_of(traits.ways, lines, records).unique(maintain_order=True),
        rejects=_rejects(piece, wrong, reading),
        lines=piece.height,
    )
    return chunk, pl.concat([seen, kept.select("key", "told")])


@dataclass(frozen=True, slots=True)
class _Told:
    """What the cells of a piece tell, by line."""

    traits: pl.DataFrame  # line and TRAIT_SCHEMA without the key
    ways: pl.DataFrame  # line, kind, value
    wide: dict[str, pl.Series]  # values of the traits that a key may be made of, a row for each of the piece


def _told_of(rows: pl.DataFrame, lines: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    keyed = rows.join(lines, on="line", how="semi").join(records.select("line", "key"), on="line", how="left")
    return keyed.select("key", pl.exclude("key", "line"))


def _traits(piece: pl.DataFrame, reading: Reading) -> _Told:
    """Every mapped cell cleaned, a distinct text once, then the columns that are kept as they are."""
    found: dict[str, list[pl.DataFrame]] = {}
    ways: list[pl.DataFrame] = []
    columns = reading.mapping.columns
    for name in CLEANED:
        if name == "address":
            cells = _address(piece, reading)
        elif name in columns:
            cells = piece.select(LINE, reading.field(name).alias("cell"))["cell"]
        else:
            continue
        cleaned = _cleaned(cells, name, reading)
        for trait, rows in _by_trait(piece[LINE], cells, cleaned).items():
            found.setdefault(trait, []).append(rows)
        if name in {"phone", "phone_2", "email"}:
            ways.append(_ways(piece[LINE], cells, cleaned, "email" if name == "email" else "phone"))
    told = {name: pl.concat(frames).unique("line", keep="first", maintain_order=True) for name, frames in found.items()}
    wide = {name: _wide(piece[LINE], rows) for name, rows in told.items()}
    if inferred := _inferred_gender(piece[LINE], wide):
        told["gender"] = pl.concat([told["gender"], *inferred]) if "gender" in told else inferred[0]
    frames = [rows.with_columns(name=pl.lit(name)) for name, rows in told.items()]
    frames += [_kept(piece, heading, reading) for heading in reading.mapping.kept]
    schema = {"line": pl.Int64, **{name: kind for name, kind in TRAIT_SCHEMA.items() if name != "key"}}
    traits = [frame.select(schema.keys()).cast(schema) for frame in frames]  # type: ignore[arg-type]
    empty = pl.DataFrame(schema={"line": pl.Int64, "kind": pl.String, "value": pl.String})
    return _Told(pl.concat(traits) if traits else pl.DataFrame(schema=schema), pl.concat([empty, *ways]), wide)


def _cleaned(cells: pl.Series, name: str, reading: Reading) -> dict[str, dict[str, Cleaned]]:
    """What each distinct text of a column tells."""
    mapping = reading.mapping
    asked = "phone" if name == "phone_2" else name
    how = {"family_first": mapping.family_first, "day_first": mapping.day_first}
    texts = (text for text in cells.unique() if text)
    return {text: cleaning.told(asked, text, region=mapping.region, today=reading.today, **how) for text in texts}


def _by_trait(lines: pl.Series, cells: pl.Series, cleaned: dict[str, dict[str, Cleaned]]) -> dict[str, pl.DataFrame]:
    """line, value, original, trouble of each trait that a column tells."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for text, told in cleaned.items():
        for trait, one in told.items():
            if one.value or one.trouble:
                found.setdefault(trait, []).append((text, one.value, one.trouble))
    schema = {"original": pl.String, "value": pl.String, "trouble": pl.String}
    rows = pl.DataFrame({"line": lines, "original": cells})
    return {
        trait: rows.join(pl.DataFrame(told, schema=schema, orient="row"), on="original").select(
            "line", "value", "original", "trouble"
        )
        for trait, told in found.items()
    }


def _ways(lines: pl.Series, cells: pl.Series, cleaned: dict[str, dict[str, Cleaned]], kind: str) -> pl.DataFrame:
    """line, kind, value of every phone or e-mail that stands in a column."""
    told = [
        (text, value.lower() if kind == "email" else value)
        for text, found in cleaned.items()
        for one in found.values()
        for value in (one.value, *one.more)
        if value
    ]
    ways = pl.DataFrame(told, schema={"original": pl.String, "value": pl.String}, orient="row")
    rows = pl.DataFrame({"line": lines, "original": cells}).join(ways, on="original")
    return rows.select("line", pl.lit(kind).alias("kind"), "value")


def _address(piece: pl.DataFrame, reading: Reading) -> pl.Series:
    """The columns of an address put together in their order in the file."""
    place = {heading: number for number, heading in enumerate(reading.shape.columns)}
    headings = sorted(
        (reading.mapping.columns[name] for name in ADDRESS if name in reading.mapping.columns), key=place.__getitem__
    )
    if not headings:
        return pl.Series("cell", [""], dtype=pl.String).new_from_index(0, piece.height)
    parts = pl.concat_str([reading.cell(heading) for heading in headings], separator=" ")
    return piece.select(parts.str.strip_chars().str.replace_all(r"\s+", " ").alias("cell")).to_series()


def _inferred_gender(lines: pl.Series, wide: dict[str, pl.Series]) -> list[pl.DataFrame]:
    """What patronymic or family name suggest where no gender is told, marked as such."""
    if "patronymic" not in wide and "last_name" not in wide:
        return []
    nothing = pl.Series([""], dtype=pl.String).new_from_index(0, len(lines))
    rows = pl.DataFrame(
        {
            "line": lines,
            "gender": wide.get("gender", nothing),
            "last_name": wide.get("last_name", nothing),
            "patronymic": wide.get("patronymic", nothing),
        }
    ).filter(pl.col("gender") == "")
    distinct = rows.select("last_name", "patronymic").unique()
    said = [names.gender_of(names.FullName(last, "", patronymic)) for last, patronymic in distinct.iter_rows()]
    genders = distinct.with_columns(value=pl.Series(said, dtype=pl.String)).filter(pl.col("value") != "")
    inferred = rows.join(genders, on=["last_name", "patronymic"])
    return [inferred.select("line", "value", original=pl.lit(""), trouble=pl.lit("inferred"))]


def _kept(piece: pl.DataFrame, heading: str, reading: Reading) -> pl.DataFrame:
    """The cells of a column as they are, under its heading."""
    name = heading[:LONGEST_NAME]
    name = f"{name[: LONGEST_NAME - 2]} *" if name in TRAITS else name
    text = reading.cell(heading).str.slice(0, LONGEST_KEPT)
    told = piece.select(line=LINE, value=text, original=text, trouble=pl.lit(""), name=pl.lit(name))
    return told.filter(pl.col("value") != "")


def _wide(lines: pl.Series, rows: pl.DataFrame) -> pl.Series:
    """The values of a trait, one for each line of the piece."""
    joined = lines.to_frame("line").join(rows.select("line", "value"), on="line", how="left", maintain_order="left")
    return joined["value"].fill_null("")


def _records(piece: pl.DataFrame, reading: Reading, told: _Told) -> pl.DataFrame:
    wide = told.wide
    nothing = pl.Series([""], dtype=pl.String).new_from_index(0, piece.height)
    parts = [wide.get(name, nothing) for name in ("last_name", "first_name", "patronymic")]
    columns = reading.shape.columns[len(REJECT_COLUMNS) :] if reading.shape.holds_rejects else reading.shape.columns
    frame = piece.select(
        pl.col(LINE).alias("line"),
        pl.concat_str(parts, separator=" ").str.strip_chars().str.replace_all(r"\s+", " ").alias("name"),
        wide.get("birth_on", nothing).alias("birth_on"),
        identities.numbers(reading.field("number")).alias("number"),
        reading.field("note").str.slice(0, LONGEST_NOTE).alias("note"),
        reading.field("tags").alias("tags"),
        _mapped(piece, reading.field("consent"), lambda text: cleaning.clean("consent", text).value).alias("consent"),
        reading.field("consent_proof").alias("consent_proof"),
        pl.struct(pl.col(columns).str.strip_chars()).hash(seed=0).alias("told"),
    )
    contacts = [wide.get(name, nothing).alias(name) for name in ("phone", "email", "phone_2")]
    who = frame.select("name", "birth_on").with_columns(contacts)
    made = pl.Series([_made_key(*row) for row in who.iter_rows()], dtype=pl.String)
    key = pl.when(pl.col("number") != "").then(pl.col("number")).otherwise(made)
    return frame.with_columns(key=key).select(RECORD_SCHEMA.keys())


def _made_key(name: str, birth_on: str, *contacts: str) -> str:
    """The number of a row without one: the same for the same name, birth date and contacts; "" without any."""
    if not name and not any(contacts):
        return ""
    told = "\x1f".join((fold(name), birth_on, *(contact.lower() for contact in contacts)))
    return OUR_OWN + hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def _mapped(piece: pl.DataFrame, cells: pl.Expr, meaning: Callable[[str], str]) -> pl.Series:
    texts = piece.select(LINE, cells.alias("cell"))["cell"]
    return texts.replace_strict({text: meaning(text) for text in texts.unique()}, return_dtype=pl.String)


def _wrong(records: pl.DataFrame, reading: Reading, is_twice: pl.Series) -> pl.Expr:
    """What is wrong with a row as a whole, as `code` or `code field`; "" for nothing."""
    wrong = pl.when(is_twice).then(pl.lit("twice")).otherwise(pl.lit(""))
    wrong = pl.when(records["key"].str.len_chars() > LONGEST["key"]).then(pl.lit("too_long number")).otherwise(wrong)
    wrong = pl.when(records["key"] == "").then(pl.lit("nobody")).otherwise(wrong)
    return pl.when(pl.col(CODE) != "").then(pl.col(CODE)).otherwise(wrong)


def _rejects(piece: pl.DataFrame, wrong: pl.Series, reading: Reading) -> pl.DataFrame:
    bad = wrong != ""
    if not bad.any():
        return pl.DataFrame(schema=REJECT_SCHEMA)
    code, field = (wrong.filter(bad).str.split_exact(" ", 1).struct.field(f"field_{place}") for place in (0, 1))
    ours = len(REJECT_COLUMNS) if reading.shape.holds_rejects else 0
    number = reading.field("number").str.slice(0, SHOWN)
    return piece.filter(bad).select(
        row=LINE,
        column=field.replace_strict(reading.mapping.columns, default="", return_dtype=pl.String).fill_null(""),
        value=pl.when(field.is_not_null()).then(number).otherwise(pl.lit("")),
        code=code,
        place=pl.lit(""),
        cells=pl.coalesce(pl.col(CELLS), pl.concat_list(reading.shape.columns)).list.slice(ours),
    )
