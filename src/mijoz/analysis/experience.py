"""What customers lived at each touchpoint, from the log: sums by segment, branch and channel, customers as the units.

| measure | of one customer | bad |
|---|---|---|
| waiting | mean minutes of waiting, of visits; at the touchpoint queue | more than one and a half times the usual |
| satisfaction | mean score of satisfaction surveys, 1 to 5, at the touchpoint asked about | 3 or less |
| first_time | whether the last case was not right at the first attempt, at the touchpoint of the case | it was not |
| resolution | mean logarithm of the minutes a case took, of those that staff resolved | more than twice the usual |
| complaint | complaints for each visit, at the touchpoint they are about; of all who came | more than twice the usual |

"Usual" is the mean at that touchpoint over all customers. Each customer counts once in a cell, however often they came:
twenty visits of one customer are not twenty independent observations.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import narwhals as nw

from mijoz.analysis import payload
from mijoz.analysis.cases import TYPES as CASES
from mijoz.analysis.cases import opened_between
from mijoz.analysis.days import second_of
from mijoz.analysis.frames import Frame, collected, flag, kept, lazy
from mijoz.analysis.proof.pain_map import COMPLAINT, FIRST_TIME, RESOLUTION, SATISFACTION, WAITING, Spot, Sums

SATISFACTION_KIND = "csat"
UNHAPPY_SCORE = 3.0
WAITED_BADLY = 1.5  # times the usual
RESOLVED_BADLY = 0.6931471805599453  # the logarithm of twice the usual
COMPLAINED_BADLY = 2.0  # times the usual
QUEUE, PERFORMANCE = "queue", "performance"
TYPES_OF = {
    WAITING: ["visit"],
    SATISFACTION: ["survey_answered"],
    COMPLAINT: ["complaint"],
    FIRST_TIME: [*CASES],
    RESOLUTION: [*CASES],
}
TELLING = ["visit", "survey_answered", "complaint", *CASES, "scenario_enrolled"]
PARTS = ("segment", "branch", "channel")
LEVELS: tuple[tuple[str, ...], ...] = (("segment",), ("branch",), ("segment", "branch"), ("channel",))


def telling(events: Frame) -> nw.LazyFrame[Any]:
    """The rows of the log that tell what was lived, answered, and by which scenario; read from it only once."""
    columns = ["source", "type", "identity_id", "occurred_at", "reference", "branch", "channel", "payload"]
    return kept(lazy(events).filter(nw.col("type").is_in(TELLING)).select(*columns))


def episodes(events: Frame, ownership: Frame, *, since: datetime, until: datetime) -> nw.LazyFrame[Any]:
    """One row for each thing that was lived: customer_id, branch, channel, occurred_at, measure, touchpoint, value.

    `events` are rows of the log (source, type, identity_id, occurred_at, reference, branch, channel, payload). Cases
    are those opened in the time asked for and resolved by its end, with the branch and channel of their opening.
    """
    rows = lazy(events).filter(nw.col("occurred_at") < until)
    owners = lazy(ownership).select("identity_id", "customer_id")
    named = rows.join(owners, on="identity_id", how="inner")
    recent = named.filter(nw.col("occurred_at") >= since)
    columns = ["customer_id", "branch", "channel", "occurred_at", "measure", "touchpoint", "value"]
    visits = recent.filter(nw.col("type") == "visit").with_columns(
        nw.lit(WAITING).alias("measure"),
        nw.lit(QUEUE).alias("touchpoint"),
        payload.number("waited_minutes").alias("value"),
    )
    answers = recent.filter(nw.col("type") == "survey_answered", payload.text("kind") == SATISFACTION_KIND)
    answers = answers.with_columns(
        nw.lit(SATISFACTION).alias("measure"),
        _touchpoint().fill_null(PERFORMANCE).alias("touchpoint"),
        payload.number("score").alias("value"),
    )
    complaints = recent.filter(nw.col("type") == "complaint").with_columns(
        nw.lit(COMPLAINT).alias("measure"),
        _touchpoint().fill_null(PERFORMANCE).alias("touchpoint"),
        nw.lit(1.0).alias("value"),
    )
    touchpoint = nw.when(nw.col("touchpoint") != "").then(nw.col("touchpoint")).otherwise(nw.lit(PERFORMANCE))
    resolved = opened_between(named, since=since, until=until).filter(nw.col("resolved") == 1)
    cases = kept(resolved.with_columns(touchpoint.alias("touchpoint")))
    wrong = cases.with_columns(
        nw.lit(FIRST_TIME).alias("measure"), (1 - nw.col("right")).cast(nw.Float64).alias("value")
    )
    minutes = nw.max_horizontal(nw.col("resolution_minutes"), nw.lit(1.0))
    slow = cases.filter(nw.col("automatic") == 0).with_columns(
        nw.lit(RESOLUTION).alias("measure"), minutes.log().alias("value")
    )
    parts = [part.select(*columns) for part in (visits, answers, complaints, wrong, slow)]
    return nw.concat(parts).filter(~nw.col("value").is_null())


def visitors(events: Frame, ownership: Frame, *, since: datetime, until: datetime) -> nw.LazyFrame[Any]:
    """Who visited, bought or complained, and where: customer_id, branch, and in how many visits, 1 at least."""
    came = nw.col("type").is_in(["visit", "purchase_line", "complaint"])
    rows = lazy(events).filter(came, nw.col("occurred_at") >= since, nw.col("occurred_at") < until)
    owned = rows.join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
    return owned.group_by("customer_id", "branch").agg(flag(nw.col("type") == "visit").sum().alias("visits"))


def of_customers(episodes: nw.LazyFrame[Any], *, by: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """What each customer lived, once for each part they are told apart by: customer_id, measure, touchpoint, `by`,
    value, times and is_bad. Of complaints there is only how many times: out of how many visits, others know."""
    keys = ["customer_id", "measure", "touchpoint", *by]
    is_first_time = nw.col("measure") == FIRST_TIME
    # The last case: seconds and what it was like in one number, so that the largest of them tells it.
    marked = episodes.with_columns((second_of(nw.col("occurred_at")) * 2 + flag(nw.col("value") > 0)).alias("last"))
    own = marked.group_by(*keys).agg(
        nw.col("value").mean().alias("mean"), nw.col("last").max().alias("last"), nw.len().alias("times")
    )
    last = (nw.col("last") % 2).cast(nw.Float64)
    own = kept(own.with_columns(nw.when(is_first_time).then(last).otherwise(nw.col("mean")).alias("value")))
    usual = own.group_by("measure", "touchpoint").agg(nw.col("value").mean().alias("usual"))
    value, measure = nw.col("value"), nw.col("measure")
    bad = (
        (is_first_time & (value > 0))
        | ((measure == SATISFACTION) & (value <= UNHAPPY_SCORE))
        | ((measure == WAITING) & (value > nw.col("usual") * WAITED_BADLY))
        | ((measure == RESOLUTION) & (value > nw.col("usual") + RESOLVED_BADLY))
    )
    joined = own.join(usual, on=["measure", "touchpoint"], how="inner")
    return joined.select(*keys, "value", "times", flag(bad).alias("is_bad"))


def sums(
    events: Frame, ownership: Frame, segments: Frame, revenue: Frame, *, since: datetime, until: datetime
) -> dict[Spot, Sums]:
    """The sums of every cell, by measure and touchpoint: of segments, branches, segments in branches, and channels.

    `segments` has customer_id and segment, who is in none is left out; `revenue` customer_id and revenue, of a year.
    """
    lived = kept(episodes(telling(events), ownership, since=since, until=until))
    members = kept(_members(segments, revenue))
    found: dict[Spot, Sums] = {}
    came = kept(visitors(events, ownership, since=since, until=until).join(members, on="customer_id", how="inner"))
    for by in LEVELS:
        parts = tuple(part for part in by if part != "segment")
        own = kept(of_customers(lived, by=parts).join(members, on="customer_id", how="inner"))
        for row in _added(own.filter(nw.col("measure") != COMPLAINT), by=("measure", "touchpoint", *by)):
            found[_spot(row)] = _sums(row, n=row["n"], revenue=row["revenue"])
        if by != ("channel",):  # how many came by a channel nobody can say
            found |= _complaints(own.filter(nw.col("measure") == COMPLAINT), came, by=by)
    return {spot: each for spot, each in found.items() if spot.told_apart_by}


def behind(
    events: Frame,
    ownership: Frame,
    segments: Frame,
    revenue: Frame,
    spot: Spot,
    *,
    since: datetime,
    until: datetime,
) -> nw.DataFrame[Any]:
    """Who is behind a spot, who fared badly first and then by revenue: customer_id, value, times, is_bad, revenue.

    Whose complaints are counted are those who complained, with their complaints for each visit.
    """
    by = spot.told_apart_by
    parts = tuple(part for part in by if part != "segment")
    members = _members(segments, revenue)
    rows = lazy(events).filter(nw.col("type").is_in(TYPES_OF[spot.measure]))
    lived = episodes(rows, ownership, since=since, until=until)
    lived = kept(lived.filter(nw.col("measure") == spot.measure, nw.col("touchpoint") == spot.touchpoint))
    own = of_customers(lived, by=parts).join(members, on="customer_id", how="inner")
    if spot.measure == COMPLAINT:
        came = visitors(events, ownership, since=since, until=until).join(members, on="customer_id", how="inner")
        own = rates(own, came, by=by)
    here = own.filter(*(nw.col(part) == getattr(spot, part) for part in by))
    ordered = here.select("customer_id", "value", "times", "is_bad", "revenue")
    return collected(ordered).sort("is_bad", "revenue", "customer_id", descending=[True, True, False])


def rates(complaints: nw.LazyFrame[Any], came: nw.LazyFrame[Any], *, by: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """Who complained, with `value` complaints for each visit and is_bad; `by` without the segment, which is theirs."""
    parts = ["customer_id", *(part for part in by if part != "segment")]
    visits = came.group_by(*parts).agg(nw.col("visits").sum().alias("visits"))
    joined = complaints.drop("value", "is_bad").join(visits, on=parts, how="inner")
    least = nw.max_horizontal(nw.col("visits"), nw.col("times")).cast(nw.Float64)
    rated = kept(joined.with_columns((nw.col("times").cast(nw.Float64) / least).alias("value")))
    everybody = float(collected(visits.select(nw.len().alias("n")))["n"].item() or 1)
    usual = rated.group_by("touchpoint").agg((nw.col("value").sum() / everybody).alias("usual"))
    both = rated.join(usual, on="touchpoint", how="inner")
    return both.with_columns(flag(nw.col("value") > nw.col("usual") * COMPLAINED_BADLY).alias("is_bad")).drop("usual")


def _complaints(complaints: nw.LazyFrame[Any], came: nw.LazyFrame[Any], *, by: tuple[str, ...]) -> dict[Spot, Sums]:
    """Complaints out of all who came, not only of those who complained."""
    told = {_spot(row): row for row in _added(rates(complaints, came, by=by), by=("measure", "touchpoint", *by))}
    people = came.group_by("customer_id", *by).agg(nw.col("revenue").max().alias("revenue"))
    counted = people.group_by(*by).agg(nw.len().alias("n"), nw.col("revenue").sum().alias("revenue"))
    result = {}
    for row in collected(counted).iter_rows(named=True):
        for touchpoint in sorted({spot.touchpoint for spot in told}):
            spot = _spot({"measure": COMPLAINT, "touchpoint": touchpoint, **row})
            result[spot] = _sums(told.get(spot, NOBODY), n=row["n"], revenue=row["revenue"])
    return result


NOBODY: dict[str, Any] = {"total": 0.0, "squares": 0.0, "bad": 0}


def _members(segments: Frame, revenue: Frame) -> nw.LazyFrame[Any]:
    """Everybody in a segment: customer_id, segment, revenue (0 for who brought none)."""
    brought = lazy(revenue).select("customer_id", nw.col("revenue").cast(nw.Float64))
    members = lazy(segments).select("customer_id", "segment").join(brought, on="customer_id", how="left")
    return members.with_columns(nw.col("revenue").fill_null(0.0))


def _spot(row: dict[str, Any]) -> Spot:
    return Spot(row["measure"], row["touchpoint"], *(row.get(part, "") for part in PARTS))


def _sums(row: dict[str, Any], *, n: int, revenue: float) -> Sums:
    return Sums(int(n), float(row["total"]), float(row["squares"]), int(row["bad"]), float(revenue))


def _added(own: nw.LazyFrame[Any], *, by: tuple[str, ...]) -> list[dict[str, Any]]:
    squared = own.with_columns((nw.col("value") * nw.col("value")).alias("square"))
    added = squared.group_by(*by).agg(
        nw.len().alias("n"),
        nw.col("value").sum().alias("total"),
        nw.col("square").sum().alias("squares"),
        nw.col("is_bad").sum().alias("bad"),
        nw.col("revenue").sum().alias("revenue"),
    )
    return list(collected(added).iter_rows(named=True))


def _touchpoint() -> nw.Expr:
    found = payload.text("touchpoint")
    return nw.when(found != "").then(found)
