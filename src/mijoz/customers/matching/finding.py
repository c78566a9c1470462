"""The search for customers who are likely one person: merged, asked about, or left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

import polars as pl
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from mijoz.analysis.matching import linking
from mijoz.analysis.matching.deciding import Decided, Sides, decide
from mijoz.analysis.matching.evidence import Row, evidence
from mijoz.business.locks import held, is_held
from mijoz.customers.identity import merging
from mijoz.customers.identity.grouping import Alike
from mijoz.customers.matching import reading
from mijoz.customers.models import MatchingRules, Pair, Resolution
from mijoz.customers.queries import root_of

LOCK = 0x4D696A6F7A12  # one search at a time
MERGES_A_STEP = 2_000
PAIRS_A_STEP = 10_000
FEWEST_CUSTOMERS = 2
LEFT_OFF = "the worker ended before the search did"
REASON = gettext_noop("likely one person")
Status = Resolution.Status
Report = Callable[[float, str], None]

# What was asked before and is not likely any more is forgotten; what a bar keeps from a machine's hands is not ours.
FORGET = """
    DELETE FROM customers_pair WHERE state = 'waiting' AND found_at < %(at)s
        AND NOT evidence @> '[{"name": "bar"}]' AND (held_until IS NULL OR held_until < %(now)s)
"""
KEEP = """
    INSERT INTO customers_pair AS known (left_id, right_id, probability, weight, evidence, state, found_at, decided_at)
    SELECT given.one, given.other, given.probability, given.weight, given.evidence, %(state)s, %(at)s,
           CASE WHEN %(state)s = 'merged' THEN %(at)s::timestamptz END
    FROM jsonb_to_recordset(%(pairs)s::jsonb)
         AS given(one bigint, other bigint, probability float8, weight float8, evidence jsonb)
    JOIN customers_customer l ON l.id = given.one JOIN customers_customer r ON r.id = given.other
    ORDER BY 1, 2
    ON CONFLICT (left_id, right_id) DO UPDATE SET
        probability = excluded.probability, weight = excluded.weight, found_at = excluded.found_at,
        evidence = excluded.evidence, state = excluded.state, decided_at = excluded.decided_at, decided_by_id = NULL
    WHERE known.state <> 'apart'
"""


class SearchRefused(ValueError):
    """The search cannot begin; the message says why and what to do."""


class NotInstalled(SearchRefused):
    """What compares records is not installed."""


class SearchRuns(SearchRefused):
    """Another search is at it."""


def _say_nothing(share: float, step: str) -> None:
    pass


def rules() -> MatchingRules:
    """The thresholds in force."""
    return MatchingRules.objects.first() or MatchingRules()


def going_on() -> Resolution | None:
    """The search that waits or runs; one that was left by a dead worker is closed as failed."""
    for search in Resolution.objects.filter(status__in=[Status.WAITING, Status.RUNNING]):
        if search.status == Status.WAITING or is_held(LOCK):
            return search
        Resolution.objects.filter(pk=search.pk).update(status=Status.FAILED, error=LEFT_OFF)
    return None


def resolve(search: Resolution, *, at: datetime, report: Report = _say_nothing) -> Resolution:
    """Search all customers, merge whoever is likely one person, and keep who is to be asked about.

    Raises NotInstalled, or SearchRuns when another search is at it; the search then is as it was.
    """
    if not linking.is_installed():
        raise NotInstalled(linking.WANTED)
    with held(LOCK) as is_alone:
        if not is_alone:
            raise SearchRuns
        Resolution.objects.filter(pk=search.pk).update(status=Status.RUNNING, started_at=at, error="")

        def tell(share: float, step: str) -> None:
            Resolution.objects.filter(pk=search.pk).update(share=share, step=step)
            report(share, step)

        try:
            told = _resolve(at=at, tell=tell)
        except Exception as error:
            failed = {"status": Status.FAILED, "error": f"{type(error).__name__}: {error}"[:2_000]}
            Resolution.objects.filter(pk=search.pk).update(**failed)
            raise
        Resolution.objects.filter(pk=search.pk).update(
            status=Status.DONE, share=1.0, step="", finished_at=timezone.now(), **told
        )
    search.refresh_from_db()
    return search


def resolve_now(*, at: datetime, report: Report | None = None) -> Resolution:
    """Search at once, as the command does. Raises NotInstalled or SearchRuns, and then nothing was begun."""
    search = Resolution.objects.create()
    try:
        return resolve(search, at=at, report=report or _say_nothing)
    except SearchRefused:
        search.delete()
        raise


def _resolve(*, at: datetime, tell: Report) -> dict[str, int]:
    force = rules()
    tell(0.0, "reading")
    people = reading.people(at=at)
    customers = people.filter(pl.col("root") == pl.col("record")).height
    if customers < FEWEST_CUSTOMERS:
        return {"customers": customers, "compared": 0, "learned_from": 0, "merged": 0, "to_review": 0}
    lowest = min(force.review_from, force.merge_from) / 100
    scored = linking.score(
        people, least_probability=lowest, progress=lambda share, step: tell(0.05 + 0.75 * share, step)
    )
    decided = decide(
        scored.pairs,
        scored.known,
        sides=Sides(apart=_apart_now(), proved=reading.proved()),
        merge_from=force.merge_from / 100,
        review_from=force.review_from / 100,
    )
    tell(0.8, "merging")
    merged = _merge(decided.merged, people, at=at, tell=tell)
    tell(0.95, "keeping")
    to_review = _keep(decided, people, at=at)
    return {
        "customers": customers,
        "compared": scored.compared,
        "learned_from": scored.model.learned_from,
        "merged": merged,
        "to_review": to_review,
    }


def _apart_now() -> set[tuple[int, int]]:
    """Who is known to be two people, by those to whom the numbers lead now."""
    pairs = reading.apart()
    roots = root_of({number for pair in pairs for number in pair})
    led = {(roots.get(one, one), roots.get(other, other)) for one, other in pairs}
    return {(one, other) for one, other in led if one != other}


def _merge(pairs: pl.DataFrame, people: pl.DataFrame, *, at: datetime, tell: Report) -> int:
    """Merge in steps, the surest first; returns how many customers were taken into another."""
    merged = 0
    for start in range(0, pairs.height, MERGES_A_STEP):
        step = pairs.slice(start, MERGES_A_STEP)
        alike = [
            Alike(left, right, REASON, {"probability": round(probability, 6), "rows": rows})
            for (left, right, probability), rows in zip(
                step.select("left", "right", "probability").iter_rows(), evidence(step, people), strict=True
            )
        ]
        merged += len(merging.merge_many(alike, at=at, weighing_facts=False).merges)
        tell(0.8 + 0.15 * (start + step.height) / pairs.height, "merging")
    return merged


def _keep(decided: Decided, people: pl.DataFrame, *, at: datetime) -> int:
    """Keep the pairs that were merged with their evidence, and those that people are to be asked about.

    A pair asked about is one of whom the merges left two; of several pairs of the same two the likeliest stands.
    """
    ids = pl.concat([frame[side] for frame in (decided.merged, decided.review) for side in ("left", "right")])
    roots = root_of(ids.unique().to_list())
    apart = pl.DataFrame(sorted(_apart_now()), schema={"one": pl.Int64, "other": pl.Int64}, orient="row")
    is_one = pl.col("left_root") == pl.col("right_root")
    merged = _rooted(decided.merged, roots)
    asked = (
        pl.concat([merged.filter(~is_one), _rooted(decided.review, roots).filter(~is_one)])
        .sort("probability", "left", "right", descending=[True, False, False])
        .with_columns(
            one=pl.min_horizontal("left_root", "right_root"), other=pl.max_horizontal("left_root", "right_root")
        )
        .unique(["one", "other"], keep="first", maintain_order=True)
        .join(_both_ways(apart), on=["one", "other"], how="anti", maintain_order="left")
    )
    done = merged.filter(is_one).with_columns(one="left", other="right")
    with transaction.atomic():
        for frame, state in ((done, Pair.State.MERGED), (asked, Pair.State.WAITING)):
            for start in range(0, frame.height, PAIRS_A_STEP):
                _write(frame.slice(start, PAIRS_A_STEP), people, state=state, at=at)
        with connection.cursor() as cursor:
            cursor.execute(FORGET, {"at": at, "now": at})
    return asked.height


def _rooted(pairs: pl.DataFrame, roots: dict[int, int]) -> pl.DataFrame:
    led = pl.DataFrame(
        {"number": list(roots), "root": list(roots.values())}, schema={"number": pl.Int64, "root": pl.Int64}
    )
    for side in ("left", "right"):
        there = led.rename({"number": side, "root": f"{side}_root"})
        pairs = pairs.join(there, on=side, how="inner", maintain_order="left")
    return pairs


def _both_ways(pairs: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([pairs, pairs.select(one="other", other="one")])


def _write(pairs: pl.DataFrame, people: pl.DataFrame, *, state: str, at: datetime) -> None:
    rows: list[dict[str, int | float | list[Row]]] = [
        {"one": one, "other": other, "probability": probability, "weight": weight, "evidence": told}
        for (one, other, probability, weight), told in zip(
            pairs.select("one", "other", "probability", "weight").iter_rows(), _turned(pairs, people), strict=True
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"pairs": json.dumps(rows), "state": state, "at": at})


def _turned(pairs: pl.DataFrame, people: pl.DataFrame) -> Iterator[list[Row]]:
    """The evidence of each pair with its sides as `one` and `other`, where the merges turned them round."""
    is_turned = pairs.select((pl.col("left_root") == pl.col("other")) & (pl.col("one") != pl.col("left"))).to_series()
    for rows, turned in zip(evidence(pairs, people), is_turned, strict=True):
        yield (
            [
                row
                | Row(name=row["name"], level=row["level"], left=row["right"], right=row["left"], weight=row["weight"])
                for row in rows
            ]
            if turned
            else rows
        )
