"""What the log says of known customers, one row for each purchase, answer, visit, case and booking.

Every row has customer_id, reference, day and month by the calendar of the business, branch and channel; those of the
service also touchpoint and staff. What an event does not tell is "". Later steps are sums of these rows.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw

from mijoz.analysis import payload
from mijoz.analysis.cases import PLACES, cases
from mijoz.analysis.cases import TYPES as CASE
from mijoz.analysis.days import day_of, end_of_day, local_date, month_of
from mijoz.analysis.frames import Frame, flag, kept, lazy, numbered
from mijoz.analysis.kpis.catalogue import Family

SATISFACTION = "csat"  # the one kind of survey whose scores are averaged: scales are not mixed
RECOMMENDATION, EFFORT = "nps", "ces"
SATISFIED_FROM = 4  # of 5
PROMOTERS_FROM, DETRACTORS_UNTIL = 9, 6
MINOR_UNITS = 10_000  # sums of money are kept exact as whole ten-thousandths
BOOKING = ("booking_made", "booking_missed", "booking_cancelled")
Rows = nw.LazyFrame[Any]


class Log:
    """The events until the end of a day, with the customer of each; types are asked for one family at a time."""

    def __init__(self, events: Frame, ownership: Frame, *, as_of: date, zone: str) -> None:
        rows = lazy(events)
        absent = [name for name in PLACES if name not in rows.collect_schema().names()]
        if absent:
            rows = rows.with_columns(*(nw.lit("").alias(name) for name in absent))
        self._rows = rows.filter(nw.col("occurred_at") < end_of_day(as_of, zone=zone))
        self._owners = lazy(ownership).select("identity_id", "customer_id")
        self.as_of, self.zone = as_of, zone

    def purchases(self) -> Rows:
        """All purchase lines of one reference of one source, dated by the first; `amount` in MINOR_UNITS."""
        minor = (nw.col("amount").cast(nw.Float64) * MINOR_UNITS).round(0).cast(nw.Int64)
        purchases = (
            numbered(self._of("purchase_line"), "source")
            .select("customer_id", "source", "reference", "occurred_at", *PLACES, minor.alias("amount"))
            .group_by("customer_id", "source", "reference")
            .agg(nw.col("occurred_at").min(), nw.col("amount").sum(), *(nw.col(place).min() for place in PLACES))
        )
        return self._dated(purchases, "reference", *PLACES, "amount")

    def refunds(self) -> Rows:
        """`refunds` is the value given back."""
        given_back = (-nw.col("amount").cast(nw.Float64)).alias("refunds")
        return self._dated(self._of("refund_line").with_columns(given_back), "reference", *PLACES, "refunds")

    def complaints(self) -> Rows:
        touchpoint = _text("touchpoint")
        return self._dated(
            self._of("complaint").with_columns(touchpoint), "reference", *PLACES, "touchpoint"
        ).with_columns(nw.lit(1).cast(nw.Int64).alias("complaints"))

    def answers(self, visits: Rows) -> Rows:
        """Of satisfaction surveys answers, scores and satisfied; of NPS and effort the like.

        Who served is told by the visit whose reference the answer, or the episode it speaks of, has.
        """
        fields = ("touchpoint", "kind", "episode")
        read = payload.with_fields(self._of("survey_answered"), texts=fields, numbers=("score",)).with_columns(
            nw.col("touchpoint").fill_null(""),
            nw.when(nw.col("episode") != "").then(nw.col("episode")).otherwise(nw.col("reference")).alias("reference"),
        )
        score, known = nw.col("score"), ~nw.col("score").is_null()
        of = {kind: (nw.col("kind") == kind) & known for kind in (SATISFACTION, RECOMMENDATION, EFFORT)}
        zero = nw.lit(0.0)
        scored = self._dated(read, "reference", *PLACES, "touchpoint", "kind", "score").with_columns(
            flag(of[SATISFACTION]).alias("answers"),
            nw.when(of[SATISFACTION]).then(score).otherwise(zero).alias("scores"),
            flag(of[SATISFACTION] & (score >= SATISFIED_FROM)).alias("satisfied"),
            flag(of[RECOMMENDATION]).alias("nps_answers"),
            (
                flag(of[RECOMMENDATION] & (score >= PROMOTERS_FROM))
                - flag(of[RECOMMENDATION] & (score <= DETRACTORS_UNTIL))
            ).alias("net_promoters"),
            flag(of[EFFORT]).alias("ease_answers"),
            nw.when(of[EFFORT]).then(score).otherwise(zero).alias("ease_scores"),
        )
        asked_about = scored.select("customer_id", "reference").unique()
        served = (
            visits.filter((nw.col("staff") != "") & (nw.col("reference") != ""))
            .join(asked_about, on=["customer_id", "reference"], how="semi")
            .group_by("customer_id", "reference")
            .agg(nw.col("staff").min())
        )
        return scored.join(served, on=["customer_id", "reference"], how="left").with_columns(
            nw.col("staff").fill_null("")
        )

    def visits(self) -> Rows:
        """`waited` minutes of `waits` visits that tell it, `stayed` (waiting and service) of `stays`."""
        told = ("touchpoint", "staff")
        read = payload.with_fields(self._of("visit"), texts=told, numbers=("waited_minutes", "took_minutes"))
        read = numbered(read.with_columns(*(nw.col(name).fill_null("") for name in told)), *told)
        dated = self._dated(read, "reference", *PLACES, *told, "waited_minutes", "took_minutes")
        waiting, serving = nw.col("waited_minutes"), nw.col("took_minutes")
        return dated.with_columns(
            flag(~waiting.is_null()).alias("waits"),
            waiting.fill_null(0.0).alias("waited"),
            flag(~serving.is_null()).alias("stays"),
            nw.when(~serving.is_null()).then(serving + waiting.fill_null(0.0)).otherwise(nw.lit(0.0)).alias("stayed"),
        ).drop("waited_minutes", "took_minutes")

    def cases(self) -> Rows:
        """One row for each case, dated by its opening, as analysis/cases.py counts them."""
        wanted = ("cases", "answered", "answer_minutes", "resolved", "resolution_minutes", "right", "automatic")
        return self._dated(cases(self._of(*CASE)), "reference", *PLACES, "touchpoint", "staff", *wanted)

    def bookings(self) -> Rows:
        """One row for each booking that was due: neither cancelled nor still to come. `missed` when nobody came.

        Dated by the day for which it was made, as far as the event tells it.
        """
        kind = nw.col("type")
        on = nw.col("starts_at")
        is_day = on.str.contains(r"^[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]")
        starts = nw.when(is_day).then(nw.concat_str(on.str.slice(0, 4), on.str.slice(5, 2), on.str.slice(8, 2)))
        read = (
            payload.with_fields(self._of(*BOOKING), texts=("starts_at",))
            .filter(nw.col("reference") != "")
            .select(
                "customer_id",
                "reference",
                "occurred_at",
                *PLACES,
                starts.cast(nw.Int64).alias("starts"),
                flag(kind == "booking_missed").alias("missed"),
                flag(kind == "booking_cancelled").alias("cancelled"),
            )
        )
        bookings = (
            read.group_by("customer_id", "reference")
            .agg(
                *(nw.col(name).min() for name in ("occurred_at", *PLACES)),
                *(nw.col(name).max() for name in ("starts", "missed", "cancelled")),
            )
            .filter((nw.col("cancelled") == 0) | (nw.col("missed") == 1))
        )
        dated = self._dated(bookings, "reference", *PLACES, "starts", "missed")
        due_on = nw.col("starts")
        last = self.as_of.year * 10_000 + self.as_of.month * 100 + self.as_of.day
        due = (due_on <= last) | due_on.is_null() | (nw.col("missed") == 1)
        month = nw.when(~due_on.is_null()).then(due_on // 10_000 * 12 + due_on // 100 % 100 - 1)
        return (
            dated.filter(due)
            .with_columns(nw.coalesce(month, nw.col("month")).alias("month"), nw.lit(1).cast(nw.Int64).alias("due"))
            .drop("starts")
        )

    def units(self, family: Family) -> Rows:
        """The answers, visits, cases or bookings; raises KeyError for purchases, which are no episodes."""
        if family == "answers":
            return self.answers(kept(self.visits()))
        return {"visits": self.visits, "cases": self.cases, "bookings": self.bookings}[family]()

    def _of(self, *types: str) -> Rows:
        is_one = reduce(or_, (nw.col("type") == type_ for type_ in types))
        return numbered(self._rows.filter(is_one), *PLACES).join(self._owners, on="identity_id", how="inner")

    def _dated(self, rows: Rows, *columns: str) -> Rows:
        """customer_id, occurred_at, day, month and these columns."""
        on = local_date(nw.col("occurred_at"), zone=self.zone)
        return rows.select("customer_id", "occurred_at", on.alias("on"), *columns).select(
            "customer_id",
            "occurred_at",
            day_of(nw.col("on")).alias("day"),
            month_of(nw.col("on")).alias("month"),
            *columns,
        )


def _text(key: str) -> nw.Expr:
    return payload.text(key).fill_null("").alias(key)
