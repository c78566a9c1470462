"""Whole tables between PostgreSQL and Polars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db import connection

# The driver hands over rows one by one, which for a million of them costs more than all the rest: so the
# server puts them together as lines first.
LINES = """
    SELECT string_agg(concat_ws(',', {columns}), E'\\n')
    FROM (SELECT {columns}, row_number() OVER () / 10000 AS piece FROM ({rows}) numbered) lines
    GROUP BY piece
"""


def read(rows: str, *, schema: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of the SELECT `rows`; its columns are those of `schema`, none null, none in need of quotes."""
    with connection.cursor() as cursor:
        cursor.execute(LINES.format(columns=", ".join(schema), rows=rows), parameters)
        lines = "\n".join(piece for (piece,) in cursor.fetchall())
    if not lines:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(lines.encode(), has_header=False, schema=schema)


def write(cursor: Any, table: str, frame: pl.DataFrame) -> None:
    """Append the frame to a table that has its columns; lists become arrays."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    moments = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    flat = frame.with_columns(
        *(_array_literal(pl.col(name)).alias(name) for name in lists),
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
