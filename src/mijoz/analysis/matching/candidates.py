"""Which pairs are worth comparing: those that have one of several keys in common.

A key that too many records share (a common name, the phone of a company) says little and would make the work grow
with the square of the records: it is left out, so that the pairs grow with the records alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

LARGEST_BLOCK = 30  # records that share a key, so at most 29 pairs for each of them by one key
NUMBERS = "array_to_string(numbers, ' ')"
STREETS = "array_to_string(streets, ' ')"
KEYS: dict[str, tuple[str, ...]] = {  # each key of one rule meets all others of it: names that change places do so here
    "phone": ("unnest(phones)",),
    "email": ("unnest(emails)",),
    "visit": ("unnest(moments)",),
    "birth": ("birth",),
    "name and birth": ("birth || first[:2]", "birth || last[:2]"),
    "name and birthday": ("month_day || first || '/' || last[:1]", "month_day || last || '/' || first[:1]"),
    "swapped day and month": ("birth || first", "left(birth, 4) || right(birth, 2) || substr(birth, 5, 2) || first"),
    "full name": ("first || '/' || last || '/' || father", "last || '/' || first || '/' || father"),
    "name": ("first || '/' || last", "last || '/' || first"),
    "name and year": ("first[:3] || '/' || last[:3] || year", "last[:3] || '/' || first[:3] || year"),
    "name and city": ("first || '/' || last || '/' || place", "last || '/' || first || '/' || place"),
    "first name and father": ("first || '/' || father || year",),
    "name and house": (f"first || '/' || {NUMBERS}", f"last || '/' || {NUMBERS}"),
    "address": (f"{STREETS} || {NUMBERS}",),
    "city and house": (f"place || {NUMBERS}",),
    "surname and city": ("last || '/' || place",),
    "surname and street": ("unnest(list_transform(streets, lambda street: street || '/' || last))",),
    "name and street": ("unnest(list_transform(streets, lambda street: street || '/' || first[:4]))",),
    "house and street": (
        "unnest(flatten(list_transform(streets, lambda s: list_transform(numbers, lambda n: s || '/' || n))))",
    ),
}


def fill_pairs(connection: duckdb.DuckDBPyConnection, *, largest_block: int = LARGEST_BLOCK) -> int:
    """Fill the table `pairs` (join_key_l, join_key_r, match_key) from the table `features`; returns how many there
    are."""
    keys = " UNION ALL ".join(
        f"SELECT record, hash('{rule}', key) AS block FROM (SELECT record, {key} AS key FROM features) "  # noqa: S608
        "WHERE key IS NOT NULL"
        for rule, each in KEYS.items()
        for key in each
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE blocks AS SELECT DISTINCT block, record FROM ({keys})")  # noqa: S608
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE pairs AS
        WITH small AS (
            SELECT block, list(record) AS records FROM blocks
            GROUP BY block HAVING count(*) BETWEEN 2 AND {largest_block}
        ), sides AS (SELECT unnest(records) AS record, records FROM small),
        combined AS (SELECT record AS join_key_l, unnest(records) AS join_key_r FROM sides)
        SELECT DISTINCT join_key_l, join_key_r, '0' AS match_key FROM combined WHERE join_key_l < join_key_r
        """  # noqa: S608 - built from constants
    )
    connection.execute("DROP TABLE blocks")
    return connection.sql("SELECT count(*) FROM pairs").fetchall()[0][0]
