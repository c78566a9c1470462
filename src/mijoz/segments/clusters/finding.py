"""Looking for groups: read the traits of all customers, find groups on a sample, assign all, describe each group."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

import numpy as np
import polars as pl
from django.db import transaction
from procrastinate.contrib.django import app

from mijoz.analysis.learning import clusters
from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.customers.privacy import stops
from mijoz.events.queries import default_as_of
from mijoz.segments import bulk, fields, membership
from mijoz.segments.clusters.models import ClusterRun
from mijoz.segments.fields import NUMBERS, Field, Kind

MOST_TRAITS = 8
DRAWN = 500  # customers in the picture
DESCRIBED_ON = 50_000  # customers that the trees of the rules are grown on
PLACES = {Kind.SHARE: 2, Kind.MEAN: 1}
Status = ClusterRun.Status


class LearningMissing(RuntimeError):
    """The packages that find groups are not installed."""


class TraitsRefused(ValueError):
    """These are not two to MOST_TRAITS traits that groups can be found by."""


def traits() -> list[Field]:
    """The facts by which groups can be found: numbers that one look at the customers gives."""
    return [
        one
        for one in fields.every()
        if one.kind in NUMBERS and one.sql and not one.relation and one.counted is None and not one.in_segment
    ]


def ask(chosen: Sequence[str], *, wanted: int | None, by: StaffMember | None, at: datetime) -> ClusterRun:
    """Ask a worker to look for groups. Raises TraitsRefused."""
    known = {one.key for one in traits()}
    if not 2 <= len(set(chosen)) <= MOST_TRAITS or not set(chosen) <= known:
        raise TraitsRefused(chosen)
    with transaction.atomic():
        run = ClusterRun.objects.create(traits=list(dict.fromkeys(chosen)), wanted=wanted, asked_by=by, asked_at=at)
        app.configure_task("clusters.find", lock="clusters").defer(run=run.pk)
    return run


def carry_out(run: ClusterRun, *, at: datetime) -> None:
    """Look for the groups of this run, and note how far it is and how it ended."""
    started = time.perf_counter()

    def report(share: float) -> None:
        ClusterRun.objects.filter(pk=run.pk).update(status=Status.RUNNING, share_done=share)

    report(0.02)
    try:
        check_packages()
        with _one_thread():
            result, customers = found(run, at=at, report=report)
    except clusters.TooFew:
        _end(run, status=Status.FAILED, error="too_few", seconds=time.perf_counter() - started)
    except LearningMissing:
        _end(run, status=Status.FAILED, error="learning_missing", seconds=time.perf_counter() - started)
    except Exception:
        _end(run, status=Status.FAILED, error="broken", seconds=time.perf_counter() - started)
        raise
    else:
        _end(
            run, status=Status.DONE, share_done=1.0, result=result, customers=customers, as_of=default_as_of(at),
            seconds=time.perf_counter() - started,
        )  # fmt: skip


def _one_thread() -> AbstractContextManager[Any]:
    """While it holds, the numbers are worked on by one thread: the pieces are small, and others need the cores."""
    from threadpoolctl import threadpool_limits

    return cast(AbstractContextManager[Any], threadpool_limits(limits=1))


def check_packages() -> None:
    """Raises LearningMissing when `mijoz[learning]` is not installed."""
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise LearningMissing from error


def found(run: ClusterRun, *, at: datetime, report: Any = lambda share: None) -> tuple[dict[str, Any], int]:
    """What is kept of a run, and how many customers were looked at. Raises clusters.TooFew.

    {"trials": [{"k", "silhouette", "cloud", "stability", "passes"}], "proposed": 3 or None, "k": 3 or None,
     "clusters": [{"customers", "revenue_share", "marks": [...], "ways": [[{"field", "op", "value"}]], "precision",
     "recall"}], "points": [[x, y, group]], "variance": [0.5, 0.3]}
    """
    chosen = [one for key in run.traits if (one := fields.known(key)) is not None]
    values, revenue = _read(chosen, at=at)
    report(0.1)
    drawn = clusters.sample(len(values))
    scaling = clusters.scaling(values[drawn])
    points = scaling.apply(values[drawn])
    trials = clusters.trials(points, report=lambda share: report(0.1 + 0.7 * share))
    proposed = clusters.proposed(trials)
    k = run.wanted or proposed
    plane, variance, _axes = clusters.picture(points)
    result: dict[str, Any] = {
        "trials": [asdict(trial) | {"passes": bool(trial.passes)} for trial in trials],
        "proposed": proposed,
        "k": k,
        "clusters": [],
        "points": [],
        "variance": list(variance),
    }
    if k is None:
        return result, len(values)
    centres = clusters.centres_of(points, k)
    labels = _assigned(values, scaling, centres)
    report(0.85)
    few = clusters.sample(len(values), most=DESCRIBED_ON)
    few_points = scaling.apply(values[few])
    for group in range(k):
        result["clusters"].append(_cluster(chosen, values, labels, revenue, few, few_points, group))
        report(0.85 + 0.14 * (group + 1) / k)
    shown = clusters.sample(len(points), most=DRAWN, seed=2)
    groups = clusters.assign(points, centres)
    result["points"] = [
        [round(float(x), 3), round(float(y), 3), int(group)]
        for (x, y), group in zip(plane[shown], groups[shown], strict=True)
    ]
    return result, len(values)


def _assigned(values: np.ndarray, scaling: clusters.Scaling, centres: np.ndarray) -> np.ndarray:
    pieces = [
        clusters.assign(scaling.apply(values[start : start + clusters.CHUNK]), centres)
        for start in range(0, len(values), clusters.CHUNK)
    ]
    return np.concatenate(pieces)


def _cluster(
    chosen: Sequence[Field], values: np.ndarray, labels: np.ndarray, revenue: np.ndarray, few: np.ndarray,
    few_points: np.ndarray, group: int,
) -> dict[str, Any]:  # fmt: skip
    inside = labels == group
    rule = clusters.describe(values[few], labels[few], group, places=[_places(one) for one in chosen])
    precision, recall = clusters.judged(values, inside, rule.ways)
    return {
        "customers": int(inside.sum()),
        "revenue_share": float(revenue[inside].sum() / max(revenue.sum(), 1e-9)),
        "marks": [
            {
                "field": chosen[mark.trait].key,
                "inside": _known(mark.inside),
                "outside": _known(mark.outside),
                "effect": mark.effect,
            }
            for mark in clusters.marks(values[few], few_points, labels[few], group)
        ],
        "ways": [[_comparison(chosen[cut.trait], cut) for cut in way] for way in rule.ways],
        "precision": precision,
        "recall": recall,
    }


def _known(value: float) -> float | None:
    """The value as people say it, None for what is not known, which JSON has no number for."""
    if np.isnan(value):
        return None
    return round(value) if abs(value) >= 100 else round(value, 2)


def _comparison(trait: Field, cut: clusters.Cut) -> dict[str, Any]:
    whole = cut.value == int(cut.value)
    return {"field": trait.key, "op": cut.op, "value": int(cut.value) if whole else cut.value}


def _places(trait: Field) -> int:
    return 2 if trait.key == "last_satisfaction" else PLACES.get(trait.kind, 0)


def rule_of(cluster: dict[str, Any]) -> dict[str, Any] | None:
    """The rule that finds a group again, as segments.rules has it; None when there is none."""
    ways = [{"all": way} if len(way) > 1 else way[0] for way in cluster["ways"]]
    if not ways:
        return None
    return ways[0] if len(ways) == 1 else {"any": ways}


def _read(chosen: Sequence[Field], *, at: datetime) -> tuple[np.ndarray, np.ndarray]:
    """The traits of all who bought and may be profiled, NaN where not known, and the revenue of each."""
    columns = "".join(f", coalesce(({one.sql})::float8, 'NaN') AS t{place}" for place, one in enumerate(chosen))
    rows = f"""
        SELECT p.customer_id, p.revenue::float8 AS revenue {columns} FROM {membership.source()}
        WHERE p.purchases > 0 AND c.merged_into_id IS NULL AND p.customer_id <> ALL(%(unprofiled)s)
    """  # noqa: S608 - SQL of our own fields
    given: dict[str, Any] = {
        "as_of": default_as_of(at), "zone": business().time_zone, "unprofiled": stops.unprofiled()
    }  # fmt: skip
    for one in chosen:
        given |= one.parameters
    names = [f"t{place}" for place in range(len(chosen))]
    schema = {"customer_id": pl.Int64, "revenue": pl.Float64} | dict.fromkeys(names, pl.Float64)
    frame = bulk.read(rows, schema=schema, parameters=given).sort("customer_id")
    return frame.select(names).to_numpy().astype(np.float64), frame["revenue"].to_numpy()


def _end(run: ClusterRun, **what: Any) -> None:
    ClusterRun.objects.filter(pk=run.pk).update(**what)
