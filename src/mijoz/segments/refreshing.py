"""How a refresh goes: read the facts of a day, score them, write scores, move customers, note the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl
from django.db import connection

from mijoz.analysis import rfm
from mijoz.business.queries import business
from mijoz.events import lake
from mijoz.events.models import Event
from mijoz.segments import bulk, membership, past
from mijoz.segments.membership import RuledSegment

# Events of these types change a profile: after one of them the present profile is not that of an earlier day.
SHAPING = ("purchase_line", "refund_line", "gift_line", "visit", "complaint", "survey_answered")

PRESENT_PURCHASES = """
    SELECT customer_id, (last_purchase_at AT TIME ZONE %(zone)s)::date AS last_purchase_on, purchases, revenue
    FROM customers_profile WHERE purchases > 0
"""
PURCHASES = {
    "customer_id": pl.Int64,
    "last_purchase_on": pl.Date,
    "purchases": pl.Int64,
    "revenue": pl.Decimal(18, 4),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Purchases of every customer who has bought until a day; whole `profiles` when more happened since."""

    purchases: pl.DataFrame
    profiles: pl.DataFrame | None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many customers entered, left and stayed, by key of the segment."""

    entered: dict[str, int]
    left: dict[str, int]
    unchanged: dict[str, int]


def end_of(day: date) -> datetime:
    """The last moment of the day by the business's calendar."""
    return datetime.combine(day, time.max, tzinfo=business().zone)


def read_facts(day: date, *, at: datetime) -> Facts:
    """The facts as of the end of `day`: from the profiles when nothing happened since, else from the lake."""
    if not Event.objects.filter(type__in=SHAPING, occurred_at__gt=end_of(day)).exists():
        return Facts(_present_purchases(), None)
    lake.export(at=at)
    profiles = past.profiles_until(end_of(day))
    purchases = profiles.filter(pl.col("purchases") > 0).select(
        "customer_id",
        pl.col("last_purchase_at").dt.convert_time_zone(business().time_zone).dt.date().alias("last_purchase_on"),
        pl.col("purchases").cast(pl.Int64),
        pl.col("revenue").cast(pl.Decimal(18, 4)),
    )
    return Facts(purchases, profiles)


def scored(purchases: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """The customers of `purchases` with their RFM scores, columns as in membership.SCORE_COLUMNS."""
    days = (pl.lit(as_of) - pl.col("last_purchase_on")).dt.total_days()
    table = rfm.score(purchases.with_columns(days_since_last_purchase=days)).collect()
    return table.to_polars().select(membership.SCORE_COLUMNS)


def write_scores(scores: pl.DataFrame) -> None:
    """Bring the table of scores to `scores` (columns as in SCORE_COLUMNS), touching changed rows only."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS fresh_score")
        cursor.execute(membership.MAKE_FRESH_SCORES)
        bulk.write(cursor, "fresh_score", scores)
        cursor.execute("ANALYZE fresh_score (customer_id)")
        cursor.execute(membership.WRITE_SCORES)
        cursor.execute(membership.DROP_SCORES)


def move(segments: list[RuledSegment], *, facts: Facts, day: date, moment: datetime, noted_on: date) -> Changes:
    """Close and open memberships by the rules in force, and note sizes and changes of the day `noted_on`."""
    with connection.cursor() as cursor:
        profile = membership.PROFILE
        if facts.profiles is not None:
            profile = membership.PAST_PROFILE
            cursor.execute(f"DROP TABLE IF EXISTS {profile}")
            cursor.execute(membership.MAKE_PAST_PROFILE)
            bulk.write(cursor, profile, facts.profiles)
            cursor.execute(f"ANALYZE {profile} (customer_id)")
        statement = membership.change_memberships(segments, profile=profile)
        common = {"as_of": day, "zone": business().time_zone, "moment": moment}
        cursor.execute(statement.sql, statement.parameters | common)
        changed = {segment: (int(entered), int(left)) for segment, entered, left in cursor.fetchall()}
        entered = {segment.id: changed.get(segment.id, (0, 0))[0] for segment in segments}
        left = {segment.id: changed.get(segment.id, (0, 0))[1] for segment in segments}
        cursor.execute(
            membership.WRITE_DAY.format(profile=profile),
            {
                "day": noted_on,
                "segments": list(entered),
                "entered": list(entered.values()),
                "left": list(left.values()),
            },
        )
        sizes = dict(cursor.fetchall())
    return Changes(
        entered={segment.key: entered[segment.id] for segment in segments},
        left={segment.key: left[segment.id] for segment in segments},
        unchanged={segment.key: sizes[segment.id] - entered[segment.id] for segment in segments},
    )


def _present_purchases() -> pl.DataFrame:
    return bulk.read(PRESENT_PURCHASES, schema=PURCHASES, parameters={"zone": business().time_zone})
