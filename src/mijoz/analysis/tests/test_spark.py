"""All KPIs by all dimensions, and who stands behind them, on a local Spark: the same numbers as on Polars.

Runs where pyspark and Java are installed (`pip install pyspark pyarrow pandas`); Mijoz itself needs neither.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mijoz.analysis.kpis import Asked, KpiValue, behind, kpis
from mijoz.analysis.tests.test_kpi_dimensions import A_WEEK, OWNERS, SEGMENTS, log

pytestmark = pytest.mark.slow
UNTIL, ZONE = date(2026, 3, 31), "Asia/Tashkent"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.sql.session.timeZone", ZONE).config("spark.sql.shuffle.partitions", "2")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def by_key(found: list[KpiValue]) -> dict[tuple[str, str], list[Any]]:
    return {
        (row.name, str(sorted(row.by.items()))): [row.value, row.low, row.high, row.n, row.numerator, row.denominator]
        for row in found
    }


def test_spark_and_polars_say_the_same(spark: Any, tmp_path: Path) -> None:
    tables = {"events": log(A_WEEK), "owners": OWNERS, "segments": SEGMENTS}
    for name, table in tables.items():
        table.write_parquet(tmp_path / f"{name}.parquet")
    there = {name: spark.read.parquet(str(tmp_path / f"{name}.parquet")) for name in tables}
    here = by_key(kpis(tables["events"], OWNERS, as_of=UNTIL, zone=ZONE, segments=SEGMENTS))
    found = by_key(kpis(there["events"], there["owners"], as_of=UNTIL, zone=ZONE, segments=there["segments"]))
    assert found.keys() == here.keys()
    for key, values in here.items():
        assert found[key] == [None if value is None else pytest.approx(value) for value in values], key
    asked = Asked("resolution_time", "touchpoint", "order")
    rows = behind(there["events"], there["owners"], asked, as_of=UNTIL, zone=ZONE).to_native()
    on_polars = behind(tables["events"], OWNERS, asked, as_of=UNTIL, zone=ZONE).to_native()
    assert sorted(pl.DataFrame(rows)["reference"].to_list()) == sorted(on_polars["reference"].to_list())
