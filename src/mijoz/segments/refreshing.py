"""How a refresh goes: read the facts of a day, score them, write scores, move customers, note the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import polars as pl
from django.db import connection

from mijoz.analysis import rfm
from mijoz.business.queries import business
from mijoz.customers.privacy import stops
from mijoz.events import lake
from mijoz.events.models import Event
from mijoz.segments import bulk, deciding, membership, past, scoring, walking
from mijoz.segments.deciding import Asked
from mijoz.segments.membership import RuledSegment
from mijoz.segments.models import SegmentDay

# Events of these types change a profile: after one of them the present profile is not that of an earlier day.
SHAPING = ("purchase_line", "refund_line", "gift_line", "visit", "complaint", "survey_answered")

CUSTOMERS = {
    "customer_id": pl.Int64,
    "purchases": pl.Int64,
    "revenue": pl.Int64,  # in ten-thousandths
    "last_purchase_on": pl.Date,
}
KEPT = CUSTOMERS | {"number": pl.Int16, "rfm_score": pl.Float64}
NUMBER = pl.col("r_score") * 100 + pl.col("f_score") * 10 + pl.col("m_score")
MANY = 10_000  # after so many new rows at once the planner is told of them


@dataclass(frozen=True, slots=True)
class Changes:
    """How many customers entered, left and stayed, by key of the segment."""

    entered: dict[str, int]
    left: dict[str, int]
    unchanged: dict[str, int]
    cuts: rfm.Cuts


@dataclass(frozen=True, slots=True)
class Judged:
    """Customers with what is known of them, who of them belongs where, and where the scores were cut."""

    customers: pl.DataFrame
    wanted: pl.DataFrame
    need: Asked
    cuts: rfm.Cuts


def end_of(day: date) -> datetime:
    """The last moment of the day by the business's calendar."""
    return datetime.combine(day, time.max, tzinfo=business().zone)


def past_profiles(day: date, *, at: datetime) -> pl.DataFrame | None:
    """The profiles as of the end of `day`, from the lake; None when nothing happened since and the present ones do."""
    if not Event.objects.filter(type__in=SHAPING, occurred_at__gt=end_of(day)).exists():
        return None
    lake.export(at=at)
    return past.profiles_until(end_of(day))


def take_profiles(profiles: pl.DataFrame | None) -> str:
    """The table that holds the profiles to judge by: a temporary one for those of the past."""
    if profiles is None:
        return membership.PROFILE
    with connection.cursor() as cursor:
        cursor.execute(membership.MAKE_PAST_PROFILE)
        bulk.write(cursor, membership.PAST_PROFILE, profiles)
        cursor.execute(f"ANALYZE {membership.PAST_PROFILE}")
    return membership.PAST_PROFILE


def judge(segments: Sequence[RuledSegment], *, profile: str, day: date, only: Sequence[int] | None = None) -> Judged:
    """All customers, or `only` these, scored and judged as of `day`. A few are scored by where all were cut last."""
    how = scoring.scoring_of(day)
    need = deciding.asked(segments, also=how.period or ())
    customers = read_customers(need, profile=profile, day=day, only=only)
    table = scoring.measured(customers, as_of=day, scoring=how, columns=dict(need.numbers))
    how = scoring.by_last_cuts(how) if only is not None else replace(how, cuts=rfm.cuts_of(table))
    customers = scoring.scored(customers, table, how)
    since = {key: _days_inside(key, day=day, only=only) for key in need.inside}
    wanted = deciding.wanted(customers, segments, need, since=since)
    return Judged(customers, wanted, need, how.cuts or {})


def read_customers(need: Asked, *, profile: str, day: date, only: Sequence[int] | None) -> pl.DataFrame:
    """The customers with what scores rest on and all the facts that rules need."""
    read = deciding.columns(need, of_few=only is not None)
    query = membership.READ_CUSTOMERS.format(
        columns="".join(f", {sql} AS {name}" for name, sql in read.sql.items()),
        source=membership.source(profile) + read.joins,
        whom=membership.EVERYBODY if only is None else membership.THESE_PROFILES,
    )
    given: dict[str, Any] = {"as_of": day, "zone": business().time_zone}
    given["unprofiled"] = stops.unprofiled() if only is None else stops.unprofiled_among(only)
    if only is not None:
        given["only"] = list(only)
    customers = bulk.read(query, schema=CUSTOMERS | read.kinds, parameters=given | read.parameters)
    numbers = [name for name, kind in read.kinds.items() if kind is pl.Float64]
    customers = customers.with_columns(pl.col(name).fill_nan(None) for name in numbers)
    if only is not None or not need.counted:
        return customers
    counted = walking.counts(need.counted, day=day, zone=business().zone)
    return customers.join(counted, on="customer_id", how="left").with_columns(
        pl.col(name).fill_null(0.0) for name, one in need.counted.items() if one.measure != "last"
    )


def _days_inside(key: str, *, day: date, only: Sequence[int] | None) -> pl.DataFrame:
    """Who is in the segment now, and for how many days: customer_id, days."""
    whom = membership.EVERYBODY if only is None else membership.THESE_MEMBERS
    given: dict[str, Any] = {"as_of": day, "zone": business().time_zone, "key": key}
    if only is not None:
        given["only"] = list(only)
    schema = {"customer_id": pl.Int64, "days": pl.Float64}
    return bulk.read(membership.READ_SINCE.format(whom=whom), schema=schema, parameters=given)


def update_scores(customers: pl.DataFrame, *, only: Sequence[int] | None = None) -> None:
    """Bring the kept scores, or those of `only` these, to those of `customers`, touching changed rows only."""
    whom, given = membership.EVERYBODY, {}
    if only is not None:
        whom, given = membership.THESE_SCORES, {"only": list(only)}
    kept = bulk.read(membership.READ_SCORES.format(whom=whom), schema=KEPT, parameters=given)
    scores = (
        customers.lazy()
        .filter(pl.col("purchases") > 0)
        .with_columns(purchases=pl.col("scored_purchases"), revenue=pl.col("scored_revenue"))
    )
    beside = scores.join(kept.lazy(), on="customer_id", how="left", suffix="_kept")
    same = pl.col("number") == NUMBER
    for name in ("purchases", "revenue", "last_purchase_on", "rfm_score"):
        same &= pl.col(name) == pl.col(f"{name}_kept")
    changed = beside.filter(~same.fill_null(False)).with_columns(_money(pl.col("revenue"))).select(membership.SCORES)
    gone = kept.lazy().join(scores, on="customer_id", how="anti").select("customer_id")
    written, dropped = pl.collect_all([changed, gone])
    with connection.cursor() as cursor:
        if not written.is_empty():
            bulk.write(cursor, "fresh_score", written)
            cursor.execute(membership.WRITE_SCORES)
        if not dropped.is_empty():
            cursor.execute(membership.DROP_SCORES, [dropped["customer_id"].to_list()])
        if written.height > MANY:
            cursor.execute("ANALYZE segments_score")


def changes(wanted: pl.DataFrame, *, only: Sequence[int] | None = None) -> pl.DataFrame:
    """Who leaves and who enters, for everybody (or `only` these) to be where `wanted` says.

    customer_id, segment_id, leaves.
    """
    whom, given = membership.EVERYBODY, {}
    if only is not None:
        whom, given = membership.THESE_MEMBERS, {"only": list(only)}
    schema = {"customer_id": pl.Int64, "segment_id": pl.Int64}
    members = bulk.read(membership.READ_MEMBERS.format(whom=whom), schema=schema, parameters=given)
    both = ["customer_id", "segment_id"]
    leaving = members.lazy().join(wanted.lazy(), on=both, how="anti").with_columns(leaves=pl.lit(True))
    entering = wanted.lazy().select(both).join(members.lazy(), on=both, how="anti").with_columns(leaves=pl.lit(False))
    return pl.concat(pl.collect_all([leaving, entering])).sort("customer_id", "segment_id")


def move(segments: Sequence[RuledSegment], *, profile: str, day: date, moment: datetime, noted_on: date) -> Changes:
    """Score customers as of `day`, close and open memberships by the rules in force, note sizes under `noted_on`."""
    judged = judge(segments, profile=profile, day=day)
    with connection.cursor() as cursor:
        cursor.execute(membership.MAKE_FRESH)
        update_scores(judged.customers)
        changed = changes(judged.wanted)
        change(segments, judged, changed, profile=profile, day=day, moment=moment)
        if changed.height > MANY:
            cursor.execute("ANALYZE segments_membership")
        sizes = _sizes(segments, judged.wanted, changed)
        noted = {name: sizes[name].to_list() for name in sizes.columns}
        cursor.execute(membership.WRITE_DAY, noted | {"day": noted_on})
        _note_moves(segments, changed, noted_on=noted_on)
    keys = [segment.key for segment in segments]
    entered, left = (dict(zip(keys, sizes[name], strict=True)) for name in ("entered", "left"))
    unchanged = dict(zip(keys, sizes["customers"] - sizes["entered"], strict=True))
    return Changes(entered=entered, left=left, unchanged=unchanged, cuts=judged.cuts)


def move_few(
    segments: Sequence[RuledSegment], customers: Sequence[int], *, day: date, moment: datetime, noted_on: date
) -> pl.DataFrame:
    """Score and judge these customers alone, as of `day`; returns who left and who entered, as `changes` does."""
    profile = membership.PROFILE
    judged = judge(segments, profile=profile, day=day, only=customers)
    with connection.cursor() as cursor:
        cursor.execute(membership.MAKE_FRESH)
        update_scores(judged.customers, only=customers)
        changed = changes(judged.wanted, only=customers)
        if not changed.is_empty():
            change(segments, judged, changed, profile=profile, day=day, moment=moment)
            _note_few(segments, judged, changed, noted_on=noted_on)
            _note_moves(segments, changed, noted_on=noted_on)
    return changed


def change(
    segments: Sequence[RuledSegment],
    judged: Judged,
    changed: pl.DataFrame,
    *,
    profile: str,
    day: date,
    moment: datetime,
) -> None:
    """Close and open the stays of `changed`, each with its reason."""
    if changed.is_empty():
        return
    counted = [key for key, name in judged.need.numbers.items() if name in judged.need.counted]
    if counted:
        named = [judged.need.numbers[key] for key in counted]
        known = judged.customers.lazy().select("customer_id", counted=pl.concat_list(named))
        changed = changed.lazy().join(known, on="customer_id", how="left", maintain_order="left").collect()
    with connection.cursor() as cursor:
        bulk.write(cursor, "membership_change", changed)
        cursor.execute("ANALYZE membership_change")
        given: dict[str, Any] = {"as_of": day, "zone": business().time_zone, "moment": moment}
        for statement in membership.change_memberships(segments, profile=profile, counted=counted):
            cursor.execute(statement.sql, statement.parameters | given)


def _note_moves(segments: Sequence[RuledSegment], changed: pl.DataFrame, *, noted_on: date) -> None:
    moves = _moves(segments, changed)
    with connection.cursor() as cursor:
        given: Mapping[str, Any] = {name: moves[name].to_list() for name in moves.columns} | {"day": noted_on}
        cursor.execute(membership.WRITE_MOVES, given)


def _note_few(segments: Sequence[RuledSegment], judged: Judged, changed: pl.DataFrame, *, noted_on: date) -> None:
    """Count who came and went into the day; a day that nobody noted yet begins as the one before ended."""
    spent = changed.join(judged.customers.select("customer_id", "revenue"), on="customer_id", how="left")
    sign = pl.when("leaves").then(-1).otherwise(1)
    by_segment = spent.group_by("segment_id").agg(
        customers=sign.sum().cast(pl.Int64),
        revenue=_money((sign * pl.col("revenue").fill_null(0)).sum()),
        entered=(~pl.col("leaves")).sum().cast(pl.Int64),
        left=pl.col("leaves").sum().cast(pl.Int64),
    )
    given: dict[str, Any] = {name: by_segment[name].to_list() for name in by_segment.columns}
    begun = SegmentDay.objects.filter(day=noted_on).exists()
    with connection.cursor() as cursor:
        if not begun:
            cursor.execute(membership.BEGIN_DAY, {"day": noted_on, "ids": [segment.id for segment in segments]})
        cursor.execute(membership.ADD_TO_DAY, given | {"day": noted_on})


def _sizes(segments: Sequence[RuledSegment], wanted: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """Of each segment in turn: customers, revenue, entered, left."""
    size = wanted.group_by("segment_id").agg(customers=pl.len().cast(pl.Int64), revenue=_money(pl.col("revenue").sum()))
    moved = changed.group_by("segment_id").agg(
        entered=(~pl.col("leaves")).sum().cast(pl.Int64), left=pl.col("leaves").sum().cast(pl.Int64)
    )
    listed = pl.DataFrame({"segment_id": [segment.id for segment in segments]}, schema={"segment_id": pl.Int64})
    both = listed.join(size, on="segment_id", how="left", maintain_order="left")
    return both.join(moved, on="segment_id", how="left", maintain_order="left").fill_null(0)


def _moves(segments: Sequence[RuledSegment], changed: pl.DataFrame) -> pl.DataFrame:
    """From which default segment to which one how many went; null is none."""
    among = changed.filter(pl.col("segment_id").is_in([segment.id for segment in segments if segment.is_default]))
    left = among.filter(pl.col("leaves")).select("customer_id", origin="segment_id")
    entered = among.filter(~pl.col("leaves")).select("customer_id", destination="segment_id")
    both = left.join(entered, on="customer_id", how="full", coalesce=True)
    return both.group_by("origin", "destination").agg(customers=pl.len().cast(pl.Int64))


def _money(ten_thousandths: pl.Expr) -> pl.Expr:
    """The amount as a decimal again."""
    return (ten_thousandths.cast(pl.Decimal(38, 0)) / 10_000).cast(pl.Decimal(22, 4))
