"""Pilots read from the log: who was enrolled in which arm, and what those did who have had their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from mijoz.analysis import experiments, rfm
from mijoz.analysis.proof import held_out
from mijoz.business.queries import business
from mijoz.insights import goals
from mijoz.insights.proof.reading import RECENT_WEEKS, Pilot, Reading
from mijoz.scenarios.models import ScenarioVersion
from mijoz.segments.models import Membership

LOG: dict[str, pl.DataType | type[pl.DataType]] = {
    "scenario": pl.String,
    "customer_id": pl.Int64,
    "enrolled_at": pl.Datetime("us", "UTC"),
    "arm": pl.String,
    "segment": pl.String,
    "goal": pl.String,
    "window_days": pl.Int64,
    "version": pl.Int64,
}


def read(
    found: Sequence[Pilot], events: pl.LazyFrame, ownership: pl.DataFrame, *, as_of: date, at: datetime
) -> list[Reading]:
    """These pilots as of the end of a day; one pass over the log for all of them."""
    company = business()
    keys = {pilot.scenario.key for pilot in found}
    known = _enrolments(events, ownership, keys) if keys else pl.DataFrame(schema=LOG)
    parts = [part for pilot in found if not (part := _of_pilot(pilot, known)).is_empty()]
    taken = pl.concat(parts) if parts else pl.DataFrame(schema=LOG)
    taken = _with_segments(taken)
    measured, reached = goals.measurable(taken)
    theirs = ownership.join(taken.select("customer_id").unique(), on="customer_id", how="semi")
    of_enrolled = rfm.purchases(events, theirs)
    rows: dict[str, list[held_out.Row]] = {}
    counts: dict[str, dict[str, int]] = {}
    if not taken.is_empty():
        for row in held_out.sums(measured, of_enrolled, reached=reached, as_of=as_of, zone=company.time_zone):
            rows.setdefault(row.pilot, []).append(row)
        counts = held_out.enrolled(taken)
    recent = _recent(taken, as_of)
    shares = _expected_shares(taken, found)
    return [
        Reading(
            pilot=pilot,
            as_of=as_of,
            enrolled=counts.get(pilot.key, {}),
            rows=rows.get(pilot.key, []),
            expected_share=pilot.plan.holdout_share if pilot.plan else shares.get(pilot.key),
            recent=recent.get(pilot.key, 0),
            read_at=at,
        )
        for pilot in found
    ]


def _enrolments(events: pl.LazyFrame, ownership: pl.DataFrame, keys: Iterable[str]) -> pl.DataFrame:
    of_scenarios = events.filter(pl.col("type") == "scenario_enrolled", pl.col("reference").is_in(sorted(keys)))
    found: pl.DataFrame = experiments.enrolments(of_scenarios, ownership).to_native().collect()
    typed = found.select(pl.col(name).cast(kind) for name, kind in LOG.items())
    return typed.filter(pl.col("window_days") > 0, pl.col("arm").is_not_null())


def _of_pilot(pilot: Pilot, known: pl.DataFrame) -> pl.DataFrame:
    """Whom the pilot counts: of a plan those who were enrolled on its version while it ran."""
    mine = known.filter(pl.col("scenario") == pilot.scenario.key)
    plan = pilot.plan
    if plan is not None:
        if plan.started_at is None or plan.version is None:
            return mine.clear()
        mine = mine.filter(
            pl.col("enrolled_at") >= plan.started_at,
            pl.col("version").fill_null(plan.version.number) == plan.version.number,
        )
        if plan.ended_at is not None:
            mine = mine.filter(pl.col("enrolled_at") <= plan.ended_at)
    return mine.with_columns(scenario=pl.lit(pilot.key))


def _with_segments(taken: pl.DataFrame) -> pl.DataFrame:
    """Where the log names no segment, the default one in which the customer was when enrolled."""
    nameless = taken.filter(pl.col("segment") == "")
    if nameless.is_empty():
        return taken
    stays = Membership.objects.filter(
        customer__in=nameless["customer_id"].unique().to_list(), segment__is_default=True
    ).values_list("customer_id", "entered_at", "segment__key")
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "customer_id": pl.Int64,
        "entered_at": pl.Datetime("us", "UTC"),
        "stay": pl.String,
    }
    then = pl.DataFrame(list(stays), schema=schema, orient="row").sort("entered_at")
    found = taken.sort("enrolled_at").join_asof(
        then, left_on="enrolled_at", right_on="entered_at", by="customer_id", check_sortedness=False
    )
    segment = pl.when(pl.col("segment") == "").then(pl.col("stay").fill_null("")).otherwise(pl.col("segment"))
    return found.with_columns(segment.alias("segment")).select(list(LOG))


def _recent(taken: pl.DataFrame, as_of: date) -> dict[str, int]:
    since = as_of - timedelta(weeks=RECENT_WEEKS)
    counted = taken.filter(pl.col("enrolled_at").dt.date() > since).group_by("scenario").len()
    return dict(counted.iter_rows())


def _expected_shares(taken: pl.DataFrame, found: Sequence[Pilot]) -> dict[str, float]:
    """The share that should have been held out, over the versions on which customers were enrolled."""
    scenarios = {pilot.key: pilot for pilot in found if pilot.plan is None}
    if not scenarios:
        return {}
    written = ScenarioVersion.objects.filter(scenario__in=[pilot.scenario.pk for pilot in scenarios.values()])
    shares: dict[tuple[int, Any], float] = {
        (scenario, number): float(definition.get("holdout_share") or 0)
        for scenario, number, definition in written.values_list("scenario", "number", "definition")
    }
    sums: dict[str, tuple[float, int]] = {}
    for key, version, n in taken.group_by("scenario", "version").len().iter_rows():
        pilot = scenarios.get(key)
        if pilot is None:
            continue
        share = shares.get((pilot.scenario.pk, version), pilot.definition.holdout_share)
        due, customers = sums.get(key, (0.0, 0))
        sums[key] = (due + share * n, customers + n)
    return {key: due / customers for key, (due, customers) in sums.items()}
