"""What a month brought, counted from the log: who was served personally, came again, used offers, was answered by whom.

Each count is a pair (of how many, how many), from which the share follows with its interval. Days are those of `zone`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log, sqrt
from typing import Any

import narwhals as nw

from mijoz.analysis import cases, payload
from mijoz.analysis.days import end_of_day
from mijoz.analysis.frames import Frame, collected, flag, kept, lazy
from mijoz.analysis.intervals import CONFIDENCE, Difference, z_of

PERSONAL_DAYS = 60  # a service is personal when something was done for this customer in so many days before it
OFFER_DAYS = 60
PERSONAL = ("message_sent", "protocol_set", "offer_made", "offer_redeemed", "task_done")
USED = ("offer_redeemed", "offer_taken")
HAPPENED = (*PERSONAL, "offer_taken", "scenario_enrolled", "survey_answered", *cases.TYPES)
FEWEST_TO_NAME = 5  # customers who bought a service before it is named


@dataclass(frozen=True, slots=True)
class Month:
    """The first and the last day of a month, and the moments at which it begins and ends in a time zone."""

    first: date
    last: date
    begins: datetime
    ends: datetime


def month(first: date, *, zone: str) -> Month:
    """The month that begins on this day."""
    last = month_after(first) - timedelta(days=1)
    return Month(first, last, end_of_day(first - timedelta(days=1), zone=zone), end_of_day(last, zone=zone))


def month_after(first: date) -> date:
    """The first day of the month after that of this day."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """`part` of `whole`."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Happened:
    """Rows of the log that a report asks for, with their customer; cut once, read by every count."""

    rows: nw.LazyFrame[Any]
    purchases: nw.LazyFrame[Any]


def happened(events: Frame, purchases: Frame, ownership: Frame, *, since: datetime, until: datetime) -> Happened:
    """What `HAPPENED` between two moments, and the purchases until the second one.

    `purchases` as of rfm.purchases. Rows without a customer stay; what counts customers or cases passes over them.
    """
    rows = (
        lazy(events)
        .filter(nw.col("type").is_in(list(HAPPENED)), nw.col("occurred_at") >= since, nw.col("occurred_at") < until)
        .join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="left")
        .select("type", "customer_id", "occurred_at", "reference", "payload")
    )
    return Happened(kept(rows), kept(lazy(purchases).filter(nw.col("occurred_at") < until)))


def served_personally(seen: Happened, of: Month) -> Counted:
    """Of the customers who bought in the month those for whom something personal was done in the days before its end:
    a message of a scenario, an offer, a protocol, a task of the staff. Who is held out had none of it."""
    since = of.ends - timedelta(days=PERSONAL_DAYS)
    of_scenario = payload.text("scenario").fill_null("") != ""
    done = seen.rows.filter(
        nw.col("type").is_in(list(PERSONAL)),
        of_scenario | nw.col("type").is_in(["offer_made", "offer_redeemed", "task_done"]),
        nw.col("occurred_at") >= since,
        nw.col("occurred_at") < of.ends,
    )
    return _among(_bought_in(seen, of), done)


def came_again(seen: Happened, before: Month, of: Month) -> Counted:
    """Of the customers who bought in the month before those who bought in this one too."""
    return _among(_bought_in(seen, before), _bought_in(seen, of))


def bought_and_are(seen: Happened, among: Frame, *, since: datetime, until: datetime) -> Counted:
    """Of the customers who bought between two moments those who are in `among` (customer_id)."""
    at = nw.col("occurred_at")
    return _among(seen.purchases.filter(at >= since, at < until), lazy(among))


def offers_used(seen: Happened, of: Month) -> Counted:
    """Of the customers to whom an offer was made in the days before the month's end those who used or took one."""
    since = of.ends - timedelta(days=OFFER_DAYS)
    in_time = seen.rows.filter(nw.col("occurred_at") >= since, nw.col("occurred_at") < of.ends)
    made = in_time.filter(nw.col("type") == "offer_made")
    return _among(made, in_time.filter(nw.col("type").is_in(list(USED))))


def scores(seen: Happened, of: Month, *, kind: str) -> dict[float, int]:
    """How often each score was given in the month in answers of this kind."""
    answers = seen.rows.filter(
        nw.col("type") == "survey_answered", nw.col("occurred_at") >= of.begins, nw.col("occurred_at") < of.ends
    ).filter(payload.text("kind") == kind)
    counted = collected(answers.select(payload.number("score").alias("score")).group_by("score").agg(nw.len()))
    return {float(score): int(count) for score, count in counted.iter_rows() if score is not None}


def answered_by_machine(seen: Happened, of: Month) -> Counted:
    """Of the cases opened in the month and answered by its end those to which a machine gave the first answer."""
    return _of_cases(seen, of, "by_machine", "answered")


def resolved_by_itself(seen: Happened, of: Month) -> Counted:
    """Of the cases opened in the month and resolved by its end those for which no staff was needed."""
    return _of_cases(seen, of, "automatic", "resolved")


def buyers_by_segment(seen: Happened, of: Month, segments: Frame) -> dict[str, int]:
    """How many customers of each segment bought in the month; `segments` has customer_id and segment."""
    joined = _bought_in(seen, of).join(lazy(segments), on="customer_id", how="inner")
    counted = collected(joined.group_by("segment").agg(nw.len().alias("customers")))
    return {str(segment): int(count) for segment, count in counted.select("segment", "customers").iter_rows()}


def favourites(events: Frame, ownership: Frame, of: Month, segments: Frame) -> dict[str, tuple[str, int]]:
    """The service that most customers of each segment bought in the month, and how many did.

    One that fewer than FEWEST_TO_NAME bought is not named: it might tell who they are.
    """
    bought = (
        lazy(events)
        .filter(
            nw.col("type") == "purchase_line",
            nw.col("occurred_at") >= of.begins,
            nw.col("occurred_at") < of.ends,
            nw.col("item") != "",
        )
        .join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
        .join(lazy(segments), on="customer_id", how="inner")
        .select("customer_id", "segment", "item")
        .unique()
        .group_by("segment", "item")
        .agg(nw.len().alias("customers"))
        .filter(nw.col("customers") >= FEWEST_TO_NAME)
    )
    ordered = (
        collected(bought).select("segment", "item", "customers").sort("customers", "item", descending=[True, False])
    )
    found: dict[str, tuple[str, int]] = {}
    for segment, item, customers in ordered.iter_rows():
        found.setdefault(str(segment), (str(item), int(customers)))
    return found


def relative_change(now: Counted, before: Counted, *, confidence: float = CONFIDENCE) -> Difference:
    """By which part a share grew: 0.15 is 15 % more than it was. The two shares count as independent.

    Katz et al. (1978), *Biometrics* 34, 469-474: the logarithm of the ratio is about normal.
    """
    if not (now.part and before.part and now.whole and before.whole):
        return Difference(None)
    ratio = (now.part / now.whole) / (before.part / before.whole)
    variance = 1 / now.part - 1 / now.whole + 1 / before.part - 1 / before.whole
    if variance <= 0:
        return Difference(ratio - 1)
    half = z_of(confidence) * sqrt(variance)
    return Difference(ratio - 1, exp(log(ratio) - half) - 1, exp(log(ratio) + half) - 1)


def best_two(counts: Mapping[float, int], *, highest: int) -> Counted:
    """How many scores are one of the two best of a scale that ends at `highest`, of all that lie on it."""
    on_it = {score: count for score, count in counts.items() if score <= highest}
    return Counted(sum(count for score, count in on_it.items() if score > highest - 2), sum(on_it.values()))


def _bought_in(seen: Happened, of: Month) -> nw.LazyFrame[Any]:
    at = nw.col("occurred_at")
    return seen.purchases.filter(at >= of.begins, at < of.ends).select("customer_id").unique()


def _among(whole: nw.LazyFrame[Any], part: nw.LazyFrame[Any]) -> Counted:
    """How many customers of the one table are in the other too."""
    everyone = whole.filter(~nw.col("customer_id").is_null()).select("customer_id").unique()
    marked = part.select("customer_id").unique().with_columns(nw.lit(1).alias("is_in"))
    joined = everyone.join(marked, on="customer_id", how="left")
    [row] = collected(
        joined.select(flag(nw.col("is_in") == 1).sum().alias("part"), nw.col("customer_id").count().alias("whole"))
    ).rows(named=True)
    return Counted(int(row["part"] or 0), int(row["whole"] or 0))


def _of_cases(seen: Happened, of: Month, part: str, whole: str) -> Counted:
    found = cases.summed(cases.opened_between(seen.rows, since=of.begins, until=of.ends, places=()))
    return Counted(int(found[part]), int(found[whole]))
