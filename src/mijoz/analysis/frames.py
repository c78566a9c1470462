"""Tables come as Narwhals or native frames and are worked on lazily, so that Polars and PySpark both do."""

from __future__ import annotations

from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrame

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


def is_empty(frame: nw.LazyFrame[Any]) -> bool:
    """Whether a table that is kept has no rows."""
    return collected(frame.head(1).select(nw.len().alias("rows")))["rows"].item() == 0


def flag(condition: nw.Expr) -> nw.Expr:
    """1 where the condition is true, else 0 (also where it is unknown), so that a sum counts."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
