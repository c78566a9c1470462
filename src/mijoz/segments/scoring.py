"""RFM scores of all customers of a day."""

from __future__ import annotations

from datetime import date

import polars as pl


def scored(purchases: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    def q(e): return (e.rank("average")/pl.len()*5).ceil().clip(1,5).cast(pl.Int16)
    return purchases.with_columns(r_score=(6-q((pl.lit(as_of)-pl.col("last_purchase_on")).dt.total_days())).cast(pl.Int16), f_score=q(pl.col("purchases")), m_score=q(pl.col("revenue").cast(float)))
