"""Reading the gaps out of the lake, and choosing which gap a scenario is meant to close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from mijoz.analysis.days import end_of_day
from mijoz.analysis.psychometrics.gaps import ITEMS_OF
from mijoz.analysis.scenario_gaps import scenario_gaps
from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.insights.models import GapAim, Reading
from mijoz.insights.seen import Seen, see
from mijoz.scenarios.models import Scenario

LOOKED_BACK = timedelta(days=365)


class UnknownDimension(ValueError):
    """There is no such dimension."""


def read(*, as_of: date, at: datetime, seen: Seen | None = None) -> Reading:
    """The gaps of a year that ends with the day, from what the lake has, unless it was `seen` already; kept."""
    until = end_of_day(as_of, zone=business().time_zone)
    seen = seen or see(as_of=as_of, at=at)
    found = scenario_gaps(
        seen.events,
        seen.ownership,
        seen.segments,
        since=until - LOOKED_BACK,
        until=until,
    )
    document = asdict(found) | {"tasks": _tasks(seen.events, since=until - LOOKED_BACK, until=until)}
    reading, _is_new = Reading.objects.update_or_create(
        kind=Reading.Kind.GAPS, as_of=as_of, defaults={"document": document, "computed_at": at}
    )
    return reading


def _tasks(events: pl.LazyFrame, *, since: datetime, until: datetime) -> dict[str, dict[str, Any]]:
    """Of each scenario how many tasks for staff the log has and how many were done: what is known of its delivery where
    nothing had to be confirmed."""
    rows = events.filter(pl.col("occurred_at") >= since, pl.col("occurred_at") < until)
    counted = (
        rows.filter(pl.col("type").is_in(["task_created", "task_done"]))
        .with_columns(key=pl.col("payload").str.json_path_match("$.scenario").fill_null(pl.col("reference")))
        .group_by("key")
        .agg(asked=(pl.col("type") == "task_created").sum(), done=(pl.col("type") == "task_done").sum())
        .collect()
    )
    return {row["key"]: {"asked": row["asked"], "done": row["done"]} for row in counted.iter_rows(named=True)}


def choose(scenario: Scenario, dimensions: Iterable[str], *, by: StaffMember, at: datetime) -> None:
    """From now on the scenario is meant to close the gaps of these dimensions; with none, what follows from its steps.

    Raises UnknownDimension.
    """
    wanted = set(dimensions)
    if strange := wanted - set(ITEMS_OF):
        raise UnknownDimension(", ".join(sorted(strange)))
    if not wanted:
        for aim in GapAim.objects.filter(scenario=scenario):
            aim.delete()
        return
    ordered = [dimension for dimension in ITEMS_OF if dimension in wanted]
    GapAim.objects.update_or_create(
        scenario=scenario, defaults={"dimensions": ordered, "chosen_by": by, "chosen_at": at}
    )
