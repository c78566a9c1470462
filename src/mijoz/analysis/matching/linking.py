"""How likely any two records are one person's: Splink on DuckDB, with our comparisons.

Splink comes with the extra `matching`. Without it `is_installed` is False, and nothing else of Mijoz needs it.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from mijoz.analysis.matching.candidates import fill_pairs
from mijoz.analysis.matching.features import features
from mijoz.analysis.matching.model import Comparison
from mijoz.analysis.matching.relatives import Household, against_relatives, household
from mijoz.analysis.matching.training import Trained, settings_of, train

if TYPE_CHECKING:
    import duckdb

SEED = 7
WANTED = 'pip install "mijoz[matching]"'
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Scored:
    """The pairs whose weight is high enough, the likeliest first, and the model that weighed them.

    `pairs` has left < right (Int64), probability, weight (log2 of the odds of one person), and for each comparison
    level_NAME (a level's key or "unknown") and weight_NAME. These weights, weight_prior and weight_relatives add up to
    `weight`. `known` are the features of the records, `compared` counts the pairs that were looked at.
    """

    pairs: pl.DataFrame
    known: pl.DataFrame
    model: Trained
    home: Household
    compared: int


def is_installed() -> bool:
    return all(importlib.util.find_spec(package) is not None for package in ("splink", "duckdb"))


def score(
    people: pl.DataFrame,
    *,
    least_probability: float,
    seed: int = SEED,
    memory_limit: str = "4GB",
    threads: int = 2,
    progress: Progress = lambda share, step: None,
) -> Scored:
    """Compare the records of `people` (see features); returns the pairs that are at least that likely one person.

    Where `people` has a column `root`, a record with another root than itself was found to be that one before: it is
    learned from and counted, and no pair of it comes back.
    """
    import duckdb

    logging.getLogger("splink").setLevel(logging.ERROR)
    least_weight = math.log2(least_probability / (1 - least_probability))
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(str(Path(folder, "matching.duckdb")))
        try:
            connection.execute(f"SET memory_limit = '{memory_limit}'; SET threads = {threads}")
            progress(0.0, "reading")
            known = features(people).sort("record")
            connection.register("given", known)
            connection.execute("CREATE TABLE features AS SELECT * FROM given")
            connection.unregister("given")
            progress(0.1, "finding pairs")
            compared = fill_pairs(connection)
            progress(0.3, "learning")
            model, scored = _weigh(connection, people.height, least_weight, seed, progress)
        finally:
            connection.close()
    home = household(scored, model=model, records=people.height)
    likely = against_relatives(scored, model=model, home=home).filter(pl.col("weight") >= least_weight)
    if "root" in people.columns:
        found = people.filter(pl.col("root") != pl.col("record"))["record"].implode()
        likely = likely.filter(~pl.col("left").is_in(found) & ~pl.col("right").is_in(found))
    ordered = likely.sort("weight", "left", "right", descending=[True, False, False])
    progress(1.0, "weighed")
    return Scored(pairs=ordered, known=known, model=model, home=home, compared=compared)


def _weigh(
    connection: duckdb.DuckDBPyConnection, records: int, least_weight: float, seed: int, progress: Progress
) -> tuple[Trained, pl.DataFrame]:
    """The model for the table `features`, and what it says of the table `pairs`, but for relatives."""
    from splink import DuckDBAPI, Linker

    backend = DuckDBAPI(connection)
    table = backend.register("features")
    model = train(backend, table, records=records, seed=seed)
    progress(0.5, "weighing")
    linker = Linker(table, settings_of(model), log_level=None, validate_settings=False)
    linker.table_management.register_blocked_pairs_for_predict(backend.register("pairs"))
    found = linker.inference.predict(threshold_match_weight=least_weight, warning_mode="never")
    levels = ", ".join(f"{_level(comparison)} AS level_{comparison.key}" for comparison in model.comparisons)
    weights = ", ".join(f"{_weight(comparison)} AS weight_{comparison.key}" for comparison in model.comparisons)
    columns = ", ".join(
        f"{side}.{name} AS {name}_{side}"
        for side in ("l", "r")
        for name in sorted({name for comparison in model.comparisons for name in comparison.columns})
    )
    scored = connection.sql(
        f"""
        SELECT record_l AS "left", record_r AS "right", match_weight AS weight, {levels}, {weights}
        FROM (SELECT p.*, {columns} FROM {found.physical_name} p
              JOIN features l ON l.record = p.record_l JOIN features r ON r.record = p.record_r)
        ORDER BY "left", "right"
        """  # noqa: S608 - built from constants
    ).pl()
    prior = math.log2(model.prior / (1 - model.prior))
    return model, scored.with_columns(weight_prior=pl.lit(prior))


def _level(comparison: Comparison) -> str:
    cases = " ".join(
        f"WHEN {level.condition} THEN '{level.key}'" for level in comparison.levels if level.condition != "ELSE"
    )
    return f"CASE WHEN {comparison.unknown} THEN 'unknown' {cases} ELSE '{comparison.levels[-1].key}' END"


def _weight(comparison: Comparison) -> str:
    adjusted = any(level.frequency for level in comparison.levels)
    return f"mw_{comparison.key}" + (f" + mw_tf_adj_{comparison.key}" if adjusted else "")
