"""Learning from the business's own records how much each comparison says.

`u` is counted in random pairs, nearly all of which are of two people; those that are not are taken out again. `m`
comes from expectation maximisation over pairs that agree on the birth date, and over pairs that agree on the name,
each for the other comparisons. Both are means with our starting values, which count as if we had observed them in
STARTING_PAIRS: with few records we keep to what we started from, with many the business's own values decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mijoz.analysis.matching.model import COMPARISONS, Comparison

if TYPE_CHECKING:
    from splink import DuckDBAPI
    from splink.internals.splink_dataframe import SplinkDataFrame

STARTING_PAIRS_OF_ONE = 200.0
STARTING_PAIRS_OF_TWO = 20_000.0
LEAST = 1e-9
DIGITS = 9  # kept of a probability: sums over threads end a little differently each time
FEWEST_TO_LEARN_FROM = 50  # pairs of one person; with fewer, expectation maximisation finds whatever it likes
RANDOM_PAIRS = 2e6
PAIRS_IN_A_SESSION = 1e6
SESSIONS = {  # pairs that agree on these teach the comparisons that do not read them
    "birth": "l.birth = r.birth",
    "name": "l.first = r.first AND l.last = r.last",
}
SURE_SIGNS = (  # what two records of two people practically never share
    "l.first = r.first AND l.last = r.last AND l.birth = r.birth",
    "l.first = r.first AND l.phone = r.phone",
)
SHARE_WITH_SURE_SIGNS = 0.6  # of the pairs of one person; the others have a slip in one of these


@dataclass(frozen=True, slots=True)
class Trained:
    """Comparisons with the weights in force, how likely two records taken at random are one person's, and what of it
    was learned: the pairs of one person that it was learned from, 0 when all is as we started."""

    comparisons: tuple[Comparison, ...]
    prior: float
    learned_from: int


def settings_of(model: Trained) -> dict[str, Any]:
    """The model in Splink's words."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": model.prior,
        "comparisons": [_comparison(comparison) for comparison in model.comparisons],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "max_iterations": 25,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in comparison.levels:
        told: dict[str, Any] = {
            "sql_condition": level.condition,
            "label_for_charts": level.key,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        if level.frequency:
            told |= {
                "tf_adjustment_column": level.frequency,
                "tf_adjustment_weight": 1.0,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(told)
    return {"output_column_name": comparison.key, "comparison_levels": levels}


def train(backend: DuckDBAPI, table: SplinkDataFrame, *, records: int, seed: int) -> Trained:
    """The model for these records. Equal records and seeds give equal models."""
    from splink import Linker

    pairs = records * (records - 1) / 2
    found = _found_by_sure_signs(backend, table)
    ones = found / SHARE_WITH_SURE_SIGNS
    prior = min(max(ones, records / 200, 1) / max(pairs, 1), 0.5)  # at least one record in a hundred is there twice
    start = Trained(comparisons=COMPARISONS, prior=prior, learned_from=0)
    if pairs < 1:
        return start
    linker = Linker(table, settings_of(start), log_level=None, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=seed, min_count_per_level=None)
    learns = found >= FEWEST_TO_LEARN_FROM
    if learns:
        for rule in SESSIONS.values():
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, max_pairs=PAIRS_IN_A_SESSION, record_sample_proportion=0.1
            )
    learned = linker.misc.save_model_to_json()["comparisons"]
    return Trained(
        comparisons=tuple(
            _between(comparison, told["comparison_levels"], ones=ones if learns else 0.0, pairs=pairs)
            for comparison, told in zip(COMPARISONS, learned, strict=True)
        ),
        prior=prior,
        learned_from=round(ones) if learns else 0,
    )


def _found_by_sure_signs(backend: DuckDBAPI, table: SplinkDataFrame) -> int:
    """How many pairs have one of the signs; blocks of more than a few records are no sign."""
    connection = backend.duckdb_con
    name = table.physical_name
    sides = " UNION ".join(
        f"SELECT l.record AS one, r.record AS other FROM {name} l JOIN {name} r ON {sign} WHERE l.record < r.record"  # noqa: S608
        for sign in SURE_SIGNS
    )
    return connection.sql(f"SELECT count(*) FROM ({sides})").fetchall()[0][0]  # noqa: S608 - built from constants


def _between(comparison: Comparison, levels: list[Mapping[str, Any]], *, ones: float, pairs: float) -> Comparison:
    """The comparison with weights between ours and what was observed, by how much was observed."""
    observed = [level for level in levels if not level.get("is_null_level")]
    random_pairs = min(pairs, RANDOM_PAIRS)
    share_of_one = ones / pairs
    mixed = []
    for level, told in zip(comparison.levels, observed, strict=True):
        m = _mean(level.m, STARTING_PAIRS_OF_ONE, _number(told.get("m_probability"), level.m), ones)
        seen = _number(told.get("u_probability"), 0.0)
        clean = max(seen - share_of_one * m, 0.0)  # the random pairs hold a few of one person
        u = _mean(level.u, STARTING_PAIRS_OF_TWO, clean, random_pairs)
        mixed.append(replace(level, m=_rounded(max(m, LEAST)), u=_rounded(max(u, LEAST))))
    return replace(comparison, levels=tuple(mixed))


def _mean(start: float, start_counts: float, observed: float, counts: float) -> float:
    return (start * start_counts + observed * counts) / (start_counts + counts)


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise


def _rounded(probability: float) -> float:
    return float(f"{probability:.{DIGITS}g}")
