"""What reads the log through Narwhals, on a local Spark: the same numbers as on Polars.

`make test` installs pyspark; it needs Java 17 or newer. Where one of them is missing the tests are skipped, in CI they
fail: there they must run.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from mijoz.analysis import experience, experiments, kpis, monthly, returning, rfm, scenario_gaps
from mijoz.analysis.kpis import Asked, KpiValue, fair
from mijoz.analysis.proof import held_out, series
from mijoz.analysis.proof.pain_map import Spot
from mijoz.analysis.simulator import simulate
from mijoz.analysis.tests.test_kpi_dimensions import A_WEEK, OWNERS, SEGMENTS, log

pytestmark = pytest.mark.slow
UNTIL, ZONE = date(2026, 3, 31), "Asia/Tashkent"
ENDS = datetime(2026, 4, 1, tzinfo=UTC)
HALF_A_YEAR = {"since": ENDS - timedelta(days=180), "until": ENDS}
CHANGE = {"change_on": date(2026, 1, 15), "as_of": UNTIL, "zone": ZONE}
MARCH, FEBRUARY = monthly.month(date(2026, 3, 1), zone=ZONE), monthly.month(date(2026, 2, 1), zone=ZONE)
Tables = dict[str, Any]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        cannot("pyspark is not installed: run `make spark`")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        cannot("Spark needs Java 17 or newer, and there is no `java` on the PATH")
    # So little is read here that Spark would spend its time on compiling each query.
    quick = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": ZONE,
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.autoBroadcastJoinThreshold": "-1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in quick.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def cannot(why: str) -> None:
    """Skip, but not in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


@pytest.fixture(scope="module")
def here() -> Tables:
    """A simulated restaurant: its log, whose identities are whose, and who is in which segment."""
    drawn = simulate(sector="restaurant", customers=150, months=9, seed=3, until=UNTIL)
    number = pl.col("customer_number")
    return {
        "events": drawn.events.rename({"identity_value": "identity_id"}).with_columns(source=pl.lit("demo")),
        "owners": drawn.customers.select(identity_id=number, customer_id=number),
        "segments": drawn.customers.select(customer_id=number, segment="kind"),
    }


@pytest.fixture(scope="module")
def there(spark: Any, here: Tables, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return on_spark(spark, here, tmp_path_factory.mktemp("simulated"))


def on_spark(spark: Any, tables: Tables, folder: Path) -> Tables:
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    return {name: spark.read.parquet(str(folder / f"{name}.parquet")).cache() for name in tables}


def bought(tables: Tables) -> Any:
    return rfm.purchases(tables["events"], tables["owners"])


def revenue(tables: Tables) -> Any:
    return bought(tables).group_by("customer_id").agg(nw.col("amount").sum().alias("revenue")).to_native()


def scores(tables: Tables) -> Any:
    return rfm.score(rfm.rfm(bought(tables), as_of=UNTIL, zone=ZONE))


def effects(tables: Tables) -> Any:
    enrolled = experiments.enrolments(tables["events"], tables["owners"])
    return experiments.scenario_effects(enrolled, bought(tables), as_of=UNTIL, zone=ZONE, by_segment=True)


def pilots(tables: Tables) -> Any:
    enrolled = experiments.enrolments(tables["events"], tables["owners"])
    return held_out.enrolled(enrolled), held_out.sums(enrolled, bought(tables), as_of=UNTIL, zone=ZONE)


def lived(tables: Tables) -> Any:
    names = ("events", "owners", "segments")
    return experience.sums(*(tables[name] for name in names), revenue(tables), **HALF_A_YEAR)


def behind_waiting(tables: Tables) -> Any:
    names = ("events", "owners", "segments")
    spot = Spot("waiting", "queue", "regular")
    return experience.behind(*(tables[name] for name in names), revenue(tables), spot, **HALF_A_YEAR)


def gaps(tables: Tables) -> Any:
    return scenario_gaps.scenario_gaps(tables["events"], tables["owners"], tables["segments"], **HALF_A_YEAR)


def weeks(name: str, **told: Any) -> Callable[[Tables], Any]:
    def found(tables: Tables) -> Any:
        groups = tables["segments"] if told.get("by_segment") else None
        return series.weekly(tables["events"], tables["owners"], metric=series.METRICS[name], groups=groups, **CHANGE)

    return found


def month_report(tables: Tables) -> Any:
    seen = monthly.happened(
        tables["events"], bought(tables), tables["owners"], since=ENDS - timedelta(days=120), until=ENDS
    )
    return [
        monthly.served_personally(seen, MARCH),
        monthly.came_again(seen, FEBRUARY, MARCH),
        monthly.offers_used(seen, MARCH),
        monthly.scores(seen, MARCH, kind="csat"),
        monthly.answered_by_machine(seen, MARCH),
        monthly.resolved_by_itself(seen, MARCH),
        monthly.buyers_by_segment(seen, MARCH, tables["segments"]),
        monthly.favourites(tables["events"], tables["owners"], MARCH, tables["segments"]),
    ]


def histories(tables: Tables) -> Any:
    return returning.histories(bought(tables), before=date(2026, 3, 1), until=UNTIL, zone=ZONE)


def fair_to_branches(tables: Tables) -> Any:
    names = ("events", "owners", "segments")
    return [
        fair.strata(*(tables[name] for name in names), name=name, as_of=UNTIL, zone=ZONE)
        for name in ("average_check", "waiting_time")
    ]


COMPARED: dict[str, Callable[[Tables], Any]] = {
    "RFM scores": scores,
    "effects of scenarios": effects,
    "sums of pilots": pilots,
    "pain map": lived,
    "who is behind a pain point": behind_waiting,
    "gaps by scenario": gaps,
    "weeks of revenue by segment": weeks("revenue", by_segment=True),
    "weeks of satisfaction": weeks("satisfaction"),
    "counts of the report": month_report,
    "histories of who comes back": histories,
    "branches by segment": fair_to_branches,
}


def plain(found: Any) -> Any:
    """As dictionaries, lists, numbers and texts; rows of tables by their customer."""
    if isinstance(found, nw.LazyFrame):
        found = found.collect()
    if isinstance(found, nw.DataFrame):
        return sorted((plain(row) for row in found.iter_rows(named=True)), key=lambda row: row["customer_id"])
    if is_dataclass(found) and not isinstance(found, type):
        return {field.name: plain(getattr(found, field.name)) for field in fields(found)}
    if isinstance(found, Mapping):
        return {str(key): plain(value) for key, value in found.items()}
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [plain(value) for value in found]
    if isinstance(found, datetime):
        return found.timestamp()
    return float(found) if hasattr(found, "as_tuple") else found.value if isinstance(found, Enum) else found


def different(mine: Any, theirs: Any, at: str = "") -> list[str]:
    """Where two results differ by more than the rounding of sums in another order."""
    if isinstance(mine, dict) and isinstance(theirs, dict) and mine.keys() == theirs.keys():
        return [where for key in mine for where in different(mine[key], theirs[key], f"{at}/{key}")]
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return [
            where for i, pair in enumerate(zip(mine, theirs, strict=True)) for where in different(*pair, f"{at}/{i}")
        ]
    numbers = (int, float)
    if isinstance(mine, numbers) and isinstance(theirs, numbers):
        both_unknown = math.isnan(mine) and math.isnan(theirs)
        return (
            [] if both_unknown or math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9) else [f"{at}: {mine} {theirs}"]
        )
    return [] if mine == theirs else [f"{at}: {mine!r} {theirs!r}"]


@pytest.mark.parametrize("what", COMPARED)
def test_spark_and_polars_say_the_same(what: str, here: Tables, there: Tables) -> None:
    on_polars = plain(COMPARED[what](here))
    assert on_polars
    assert different(on_polars, plain(COMPARED[what](there))) == []


def by_key(found: list[KpiValue]) -> dict[tuple[str, str], list[Any]]:
    return {
        (row.name, str(sorted(row.by.items()))): [row.value, row.low, row.high, row.n, row.numerator, row.denominator]
        for row in found
    }


def test_all_kpis_by_all_dimensions_are_the_same(spark: Any, tmp_path: Path) -> None:
    tables = {"events": log(A_WEEK), "owners": OWNERS, "segments": SEGMENTS}
    there = on_spark(spark, tables, tmp_path)
    here = by_key(kpis.kpis(tables["events"], OWNERS, as_of=UNTIL, zone=ZONE, segments=SEGMENTS))
    found = by_key(kpis.kpis(there["events"], there["owners"], as_of=UNTIL, zone=ZONE, segments=there["segments"]))
    assert plain(here).keys() == plain(found).keys()
    assert different(plain(here), plain(found)) == []
    asked = Asked("resolution_time", "touchpoint", "order")
    rows = kpis.behind(there["events"], there["owners"], asked, as_of=UNTIL, zone=ZONE).to_native()
    on_polars = kpis.behind(tables["events"], OWNERS, asked, as_of=UNTIL, zone=ZONE).to_native()
    assert sorted(pl.DataFrame(rows)["reference"].to_list()) == sorted(on_polars["reference"].to_list())
