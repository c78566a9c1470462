"""Cases, counted in one way wherever they are shown: what became of each, as far as the log tells it.

A case is all that the log says of one customer under one number. It belongs to the period in which it was opened, and
is known until the end of that period, or until the day for which a page speaks: what comes later changes nothing. So
two periods that are compared had equally long to resolve theirs. One that was opened again and not resolved since is
open. Right at the first attempt is what was said so when it was resolved, and not opened again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import narwhals as nw

from mijoz.analysis import payload
from mijoz.analysis.days import second_of
from mijoz.analysis.frames import collected, flag

TYPES = ("case_opened", "case_answered", "case_resolved", "case_reopened")
PLACES = ("branch", "channel")  # where and by what it was opened
COUNTED = (
    "cases",
    "answered",
    "answer_minutes",
    "by_machine",
    "resolved",
    "resolution_minutes",
    "right",
    "automatic",
)


def cases(rows: nw.LazyFrame[Any], *, places: Sequence[str] = PLACES) -> nw.LazyFrame[Any]:
    """One row for each case that was opened: customer_id, reference, occurred_at (its opening), the places, touchpoint
    and staff ("" where nobody told), and COUNTED: 1 or 0 of each, and minutes as they passed, nights included.

    `rows` are events of TYPES with the customer of each, cut where the period or the day ends: customer_id, type,
    occurred_at, reference, payload and the places. Who answered is who did so first.
    """
    kind = nw.col("type")
    opened, answered, resolved, reopened = (kind == one for one in TYPES)
    second = second_of(nw.col("occurred_at"))
    by_staff = flag(nw.col("by").fill_null("") != "machine")
    read = payload.with_fields(rows, texts=("touchpoint", "staff", "by")).select(
        "customer_id",
        "reference",
        *(nw.when(opened).then(nw.col(name)).alias(name) for name in ("occurred_at", *places)),
        nw.when(opened).then(nw.col("touchpoint")).alias("touchpoint"),
        nw.when(answered).then(nw.col("staff")).alias("answered_by"),
        nw.when(resolved).then(nw.col("staff")).alias("resolved_by"),
        nw.when(opened).then(second).alias("opened_second"),
        nw.when(answered).then(second).alias("answered_second"),
        nw.when(answered).then(second * 2 + by_staff).alias("first_answer"),  # the second, and who it was
        nw.when(resolved).then(second).alias("resolved_second"),
        nw.when(reopened).then(second).alias("reopened_second"),
        flag(resolved & payload.true("first_time")).alias("said_right"),
        flag(resolved & payload.true("automatic")).alias("said_automatic"),
    )
    least = ("occurred_at", *places, "touchpoint", "answered_by", "opened_second", "answered_second", "first_answer")
    most = ("resolved_by", "resolved_second", "reopened_second", "said_right", "said_automatic")
    found = (
        read.group_by("customer_id", "reference")
        .agg(*(nw.col(name).min() for name in least), *(nw.col(name).max() for name in most))
        .filter(~nw.col("occurred_at").is_null())
    )
    again = ~nw.col("reopened_second").is_null()
    is_answered = nw.col("answered_second") >= nw.col("opened_second")
    is_resolved = (nw.col("resolved_second") >= nw.col("opened_second")) & (
        ~again | (nw.col("resolved_second") >= nw.col("reopened_second"))
    )
    minutes = {
        name: (nw.col(f"{name}_second") - nw.col("opened_second")).cast(nw.Float64) / 60
        for name in ("answered", "resolved")
    }
    zero = nw.lit(0.0)
    return found.with_columns(
        nw.coalesce(nw.col("resolved_by"), nw.col("answered_by"), nw.lit("")).alias("staff"),
        nw.col("touchpoint").fill_null(""),
        nw.lit(1).cast(nw.Int64).alias("cases"),
        flag(is_answered).alias("answered"),
        nw.when(is_answered).then(minutes["answered"]).otherwise(zero).alias("answer_minutes"),
        flag(is_answered & (nw.col("first_answer") % 2 == 0)).alias("by_machine"),
        flag(is_resolved).alias("resolved"),
        nw.when(is_resolved).then(minutes["resolved"]).otherwise(zero).alias("resolution_minutes"),
        flag(is_resolved & ~again & (nw.col("said_right") == 1)).alias("right"),
        flag(is_resolved & (nw.col("said_automatic") == 1)).alias("automatic"),
    ).select("customer_id", "reference", "occurred_at", *places, "touchpoint", "staff", *COUNTED)


def opened_between(
    rows: nw.LazyFrame[Any], *, since: datetime, until: datetime, places: Sequence[str] = PLACES
) -> nw.LazyFrame[Any]:
    """The cases of a period: opened in it, and told of until its end. `rows` as `cases` takes them, not yet cut."""
    told = rows.filter(nw.col("type").is_in(list(TYPES)), nw.col("occurred_at") < until)
    known = told.filter(~nw.col("customer_id").is_null())
    return cases(known, places=places).filter(nw.col("occurred_at") >= since)


def summed(found: nw.LazyFrame[Any]) -> dict[str, float]:
    """The sums of COUNTED over these cases, and of the squares of the minutes until they were resolved."""
    minutes = nw.col("resolution_minutes")
    sums = [nw.col(name).sum() for name in COUNTED]
    [row] = collected(found.select(*sums, (minutes * minutes).sum().alias("resolution_squares"))).rows(named=True)
    return {name: float(value or 0) for name, value in row.items()}
