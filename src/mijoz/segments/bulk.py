"""Whole tables between PostgreSQL and Polars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from django.db import connection
from psycopg import Cursor
from psycopg.adapt import Loader
from psycopg.pq import Format

PIECE = 2_000_000  # customers read at once; an array has room for 80 million numbers
DAYS_TO_2000 = 10_957  # PostgreSQL counts days from there

# The driver hands over rows one by one, which for a million of them costs more than all the rest. A column as one array
# is a block of numbers of one width.
COLUMNS = """
    SELECT {arrays} FROM ({rows}) AS asked WHERE customer_id >= %(piece_from)s AND customer_id < %(piece_until)s
"""
WIDEST = "SELECT coalesce(max(id), 0) FROM customers_customer"


class _AsItCame(Loader):
    """Leaves an array as PostgreSQL sends it."""

    format = Format.BINARY

    def load(self, data: Any) -> bytes:
        return bytes(data)


KINDS: dict[Any, tuple[str, str]] = {  # as numpy reads the elements, and the type that PostgreSQL casts to
    pl.Boolean: ("u1", "boolean"),
    pl.Int16: (">i2", "smallint"),
    pl.Int64: (">i8", "bigint"),
    pl.Float64: (">f8", "double precision"),
    pl.Date: (">i4", "date"),
}
ELEMENTS = ("bool", "int2", "int8", "float8", "date")


def read(rows: str, *, schema: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of the SELECT `rows` in no certain order, in the columns of `schema`.

    One of them is customer_id; their types are those of KINDS, and none is null.
    """
    arrays = ", ".join(f"array_agg({name}::{KINDS[kind][1]})" for name, kind in schema.items())
    query = COLUMNS.format(arrays=arrays, rows=rows)
    pieces = []
    with connection.cursor() as plain, Cursor(connection.connection) as cursor:
        plain.execute(WIDEST)
        widest = plain.fetchone()[0]
        for name in ELEMENTS:
            cursor.adapters.register_loader(cursor.adapters.types[name].array_oid, _AsItCame)
        for start in range(0, widest + 1, PIECE):
            given = dict(parameters or {}, piece_from=start, piece_until=start + PIECE)
            columns = cursor.execute(plain.mogrify(query, given).encode(), binary=True).fetchone()
            if columns is not None and columns[0] is not None:
                pieces.append(_frame(columns, schema))
    return pl.concat(pieces, rechunk=False) if pieces else pl.DataFrame(schema=dict(schema))


def _frame(columns: tuple[bytes, ...], schema: Mapping[str, Any]) -> pl.DataFrame:
    named = zip(schema.items(), columns, strict=True)
    return pl.DataFrame([_series(name, kind, column) for (name, kind), column in named])


def _series(name: str, kind: Any, column: bytes) -> pl.Series:
    """The elements of an array: behind a head of 20 bytes each has its length in four bytes, then its value."""
    if int.from_bytes(column[4:8]):  # the head's mark of nulls, which have no value and so another width
        raise ValueError(f"{name} has a null")
    width = KINDS[kind][0]
    elements = np.frombuffer(column, dtype=[("length", ">i4"), ("value", width)], offset=20)
    values = np.ascontiguousarray(elements["value"], dtype=np.dtype(width).newbyteorder("="))
    if kind is pl.Date:
        return pl.Series(name, values + DAYS_TO_2000, dtype=pl.Int32).cast(pl.Date)
    return pl.Series(name, values).cast(kind)


def write(cursor: Any, table: str, frame: pl.DataFrame) -> None:
    """Append the frame to a table that has its columns; lists become arrays."""
    lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    numbers = [name for name, kind in frame.schema.items() if kind == pl.List(pl.Float64)]
    moments = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    flat = frame.with_columns(
        *(_array_literal(pl.col(name)).alias(name) for name in lists),
        *(_numbers_literal(pl.col(name)).alias(name) for name in numbers),
        *(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ") for name in moments),
    )
    columns = ", ".join(frame.columns)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
        copy.write(flat.write_csv(include_header=False, null_value="\\N", quote_style="necessary"))


def _array_literal(texts: pl.Expr) -> pl.Expr:
    """A list of texts as PostgreSQL reads an array."""
    escaped = pl.element().str.replace_all("\\", "\\\\", literal=True)
    quoted = pl.format('"{}"', escaped.str.replace_all('"', '\\"', literal=True))
    return pl.concat_str(pl.lit("{"), texts.list.eval(quoted).list.join(","), pl.lit("}"))


def _numbers_literal(numbers: pl.Expr) -> pl.Expr:
    """A list of numbers, nulls among them, as PostgreSQL reads an array."""
    written = numbers.list.eval(pl.element().cast(pl.String).fill_null("NULL"))
    return pl.concat_str(pl.lit("{"), written.list.join(","), pl.lit("}"))
