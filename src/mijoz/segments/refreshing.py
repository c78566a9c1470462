"""How a refresh goes: read the facts of a day, score them, write scores, move customers, note the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import polars as pl
from django.db import connection

from mijoz.analysis import rfm
from mijoz.business.queries import business
from mijoz.customers.privacy import stops
from mijoz.events import lake
from mijoz.events.models import Event
from mijoz.segments import bulk, deciding, membership, past
from mijoz.segments.membership import RuledSegment

# Events of these types change a profile: after one of them the present profile is not that of an earlier day.
SHAPING = ("purchase_line", "refund_line", "gift_line", "visit", "complaint", "survey_answered")

CUSTOMERS = {
    "customer_id": pl.Int64,
    "purchases": pl.Int64,
    "revenue": pl.Int64,  # in ten-thousandths
    "last_purchase_on": pl.Date,
}
KEPT = CUSTOMERS | {"number": pl.Int16}
NUMBER = pl.col("r_score") * 100 + pl.col("f_score") * 10 + pl.col("m_score")
MANY = 10_000  # after so many new rows at once the planner is told of them


@dataclass(frozen=True, slots=True)
class Changes:
    """How many customers entered, left and stayed, by key of the segment."""

    entered: dict[str, int]
    left: dict[str, int]
    unchanged: dict[str, int]


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


def read_customers(segments: Sequence[RuledSegment], *, profile: str, day: date) -> pl.DataFrame:
    """All customers with what scores rest on, the scores as of `day`, and the answers that the rules ask for."""
    asked = deciding.questions(segments)
    answers = "".join(f", {condition.sql} AS {name}" for name, condition in asked.items())
    query = membership.READ_CUSTOMERS.format(answers=answers, source=membership.source(profile))
    parameters: dict[str, Any] = {"as_of": day, "zone": business().time_zone, "unprofiled": stops.unprofiled()}
    for condition in asked.values():
        parameters |= condition.parameters
    customers = bulk.read(query, schema=CUSTOMERS | dict.fromkeys(asked, pl.Boolean), parameters=parameters)
    has_bought = pl.col("purchases") > 0
    return pl.concat(
        [scored(customers.filter(has_bought), as_of=day), customers.filter(~has_bought)], how="diagonal", rechunk=False
    )


def scored(purchases: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """The customers of `purchases` (customer_id, last_purchase_on, purchases, revenue) with their RFM scores."""
    days = (pl.lit(as_of) - pl.col("last_purchase_on")).dt.total_days()
    return rfm.score(purchases.with_columns(days_since_last_purchase=days)).collect().to_polars()


def update_scores(customers: pl.DataFrame) -> None:
    """Bring the kept scores to those of `customers`, touching changed rows only."""
    kept = bulk.read(membership.READ_SCORES, schema=KEPT)
    scores = customers.lazy().filter(pl.col("purchases") > 0)
    beside = scores.join(kept.lazy(), on="customer_id", how="left", suffix="_kept")
    same = pl.col("number") == NUMBER
    for name in ("purchases", "revenue", "last_purchase_on"):
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


def changes(wanted: pl.DataFrame) -> pl.DataFrame:
    """Who leaves and who enters, for everybody to be where `wanted` says: customer_id, segment_id, leaves."""
    members = bulk.read(membership.READ_MEMBERS, schema={"customer_id": pl.Int64, "segment_id": pl.Int64})
    both = ["customer_id", "segment_id"]
    leaving = members.lazy().join(wanted.lazy(), on=both, how="anti").with_columns(leaves=pl.lit(True))
    entering = wanted.lazy().select(both).join(members.lazy(), on=both, how="anti").with_columns(leaves=pl.lit(False))
    return pl.concat(pl.collect_all([leaving, entering])).sort("customer_id", "segment_id")


def move(segments: Sequence[RuledSegment], *, profile: str, day: date, moment: datetime, noted_on: date) -> Changes:
    """Score customers as of `day`, close and open memberships by the rules in force, note sizes under `noted_on`."""
    with connection.cursor() as cursor:
        cursor.execute(membership.MAKE_FRESH)
        customers = read_customers(segments, profile=profile, day=day)
        update_scores(customers)
        wanted = deciding.wanted(customers, segments)
        changed = changes(wanted)
        if not changed.is_empty():
            bulk.write(cursor, "membership_change", changed)
            cursor.execute("ANALYZE membership_change")
            given: dict[str, Any] = {"as_of": day, "zone": business().time_zone, "moment": moment}
            for statement in membership.change_memberships(segments, profile=profile):
                cursor.execute(statement.sql, statement.parameters | given)
        if changed.height > MANY:
            cursor.execute("ANALYZE segments_membership")
        sizes = _sizes(segments, wanted, changed)
        noted = {name: sizes[name].to_list() for name in sizes.columns}
        cursor.execute(membership.WRITE_DAY, noted | {"day": noted_on})
        moves = _moves(segments, changed)
        cursor.execute(
            membership.WRITE_MOVES, {name: moves[name].to_list() for name in moves.columns} | {"day": noted_on}
        )
    keys = [segment.key for segment in segments]
    entered, left = (dict(zip(keys, sizes[name], strict=True)) for name in ("entered", "left"))
    unchanged = dict(zip(keys, sizes["customers"] - sizes["entered"], strict=True))
    return Changes(entered=entered, left=left, unchanged=unchanged)


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
