"""Sets whose truth is known, searched with default settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from mijoz.analysis.matching import linking
from mijoz.analysis.matching.evidence import evidence
from mijoz.analysis.simulator.duplicates import people_with_duplicates

BENCHMARK = Path(__file__).resolve().parents[5] / "benchmarks" / "matching.py"


@pytest.fixture(scope="module")
def quick() -> dict[str, dict[str, float]]:
    done = subprocess.run([sys.executable, str(BENCHMARK), "--quick", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {run["name"]: run for run in json.loads(done.stdout)}


@pytest.mark.slow
def test_febrl_and_planted_people_are_found_again(quick: dict[str, dict[str, float]]) -> None:
    assert quick["FEBRL set 1"]["f1"] >= 0.99
    planted = quick["planted, seed 1"]
    assert planted["precision"] >= 0.98  # some 20 families' namesakes in a set as small as this; 0.99 at full size
    assert planted["recall"] >= 0.8


def test_weights_add_up_and_equal_seeds_find_the_same() -> None:
    people = people_with_duplicates(400, seed=2)
    first = linking.score(people, least_probability=0.1)
    again = linking.score(people, least_probability=0.1)
    assert first.pairs.drop("weight", "probability").equals(again.pairs.drop("weight", "probability"))
    assert first.pairs.height > 20
    rows = evidence(first.pairs, people)
    totals = [sum(row["weight"] for row in told) for told in rows]
    assert totals == pytest.approx(first.pairs["weight"].to_list(), abs=0.02)
    assert first.pairs.filter(pl.col("left") >= pl.col("right")).height == 0


def test_relatives_on_one_phone_are_weighed_against_one_person() -> None:
    home = {"last_name": "Karimov", "phones": ["+998901234567"], "address": "Navoiy 12", "city": "Buxoro"}
    people = pl.DataFrame(
        [
            {"record": 1, "first_name": "Anvar", "birth": "1988-04-09", **home},
            {"record": 2, "first_name": "Shahnoza", "birth": "1990-11-30", **home},
            {"record": 3, "first_name": "Анвар", "birth": "1988-04-09", **home},
        ]
    )
    found = linking.score(people, least_probability=0.001).pairs
    likely = {(left, right): share for left, right, share in found.select("left", "right", "probability").iter_rows()}
    assert likely[(1, 3)] > 0.9
    assert likely.get((1, 2), 0.0) < 0.2
    assert likely.get((2, 3), 0.0) < 0.2
