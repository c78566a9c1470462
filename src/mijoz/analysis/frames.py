"""Tables come as Narwhals or native frames and are worked on lazily, so that Polars and PySpark both do."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrame

PACKED = "packed keys"
MOST_PACKED = 2**62
Frame = IntoFrame | nw.DataFrame[Any] | nw.LazyFrame[Any]


def lazy(frame: Frame) -> nw.LazyFrame[Any]:
    """The table as a lazy Narwhals frame, whatever it came as."""
    return nw.from_native(frame).lazy()


def collected(frame: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
    """The table in memory, rows in no certain order; Polars works through it piece by piece."""
    if frame.implementation.is_polars():
        return frame.collect(engine="streaming")
    return frame.collect()


def kept(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The same table, computed only once though several queries read it: in memory, on Spark among its executors.

    On Spark its history is cut too: every further step would have to be checked against all that came before.
    """
    if frame.implementation.is_polars():
        return collected(frame).lazy()
    if frame.implementation.is_spark_like():
        return nw.from_native(frame.to_native().localCheckpoint()).lazy()
    return frame


def numbered(frame: nw.LazyFrame[Any], *names: str) -> nw.LazyFrame[Any]:
    """The same table; on Polars with these texts, few of which differ, numbered: so it groups them twice as quickly."""
    if frame.implementation.is_polars():
        return frame.with_columns(*(nw.col(name).cast(nw.Categorical) for name in names))
    return frame


def grouped(
    frame: nw.LazyFrame[Any],
    *keys: str,
    sums: Sequence[str],
    least: Sequence[str] = (),
    most: Sequence[str] = (),
) -> nw.LazyFrame[Any]:
    """Sums, least and largest values by keys that are whole numbers or `numbered` texts.

    On Polars, which groups by one number much quicker than by several, all keys are one number of 62 bits if they fit.
    """

    def parts(namespace: Any) -> list[Any]:
        column = namespace.col
        return [
            *(column(name).sum() for name in sums),
            *(column(name).min() for name in least),
            *(column(name).max() for name in most),
        ]

    widths = _widths(frame, keys)
    if widths is None:
        return frame.group_by(*keys).agg(*parts(nw))
    polars, schema = frame.implementation.to_native_namespace(), frame.collect_schema()
    packed, places, shift = polars.lit(0, dtype=polars.Int64), {}, 1
    for key in keys:
        packed = packed + polars.col(key).to_physical().cast(polars.Int64) * shift
        places[key] = polars.col(PACKED) // shift % widths[key]
        shift *= widths[key]
    unpacked = [
        place.cast(polars.UInt32).cat.to(polars.Categorical).alias(key)
        if schema[key] == nw.Categorical
        else place.alias(key)
        for key, place in places.items()
    ]
    found = frame.to_native().group_by(packed.alias(PACKED)).agg(*parts(polars))
    return nw.from_native(found.with_columns(*unpacked).drop(PACKED)).lazy()


def _widths(frame: nw.LazyFrame[Any], keys: Sequence[str]) -> dict[str, int] | None:
    """Of each key one more than the largest; None where they are no numbers, or too large together for one."""
    schema = frame.collect_schema()
    if not frame.implementation.is_polars() or any(schema[key] not in (nw.Int64, nw.Categorical) for key in keys):
        return None
    polars = frame.implementation.to_native_namespace()
    columns = [polars.col(key).to_physical().cast(polars.Int64) for key in keys]
    asked = [one.max().name.suffix(" most") for one in columns] + [one.min().name.suffix(" least") for one in columns]
    found = frame.to_native().select(*asked, *(one.null_count().name.suffix(" none") for one in columns)).collect()
    [row] = found.iter_rows(named=True)
    if any(row[f"{key} none"] or row[f"{key} least"] is None or row[f"{key} least"] < 0 for key in keys):
        return None
    widths = {key: row[f"{key} most"] + 1 for key in keys}
    return widths if prod(widths.values()) < MOST_PACKED else None


def is_empty(frame: nw.LazyFrame[Any]) -> bool:
    """Whether a table that is kept has no rows."""
    return collected(frame.head(1).select(nw.len().alias("rows")))["rows"].item() == 0


def flag(condition: nw.Expr) -> nw.Expr:
    """1 where the condition is true, else 0 (also where it is unknown), so that a sum counts."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
