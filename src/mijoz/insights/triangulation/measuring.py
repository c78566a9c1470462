"""The figures of a period and of the one before: of surveys from the log and from anonymous answers, of the log itself,
and of what customers are like now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Avg, Count, StdDev

from mijoz.analysis import cases
from mijoz.analysis.frames import lazy
from mijoz.analysis.intervals import (
    Difference,
    Estimate,
    Moments,
    difference_of_means,
    difference_of_shares,
    mean,
    share,
)
from mijoz.business.queries import business
from mijoz.customers.models import AuditDay, AuditScore, Consent, Customer, Purpose
from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.insights.triangulation.figures import DIMENSIONS
from mijoz.segments.queries import end_of_day
from mijoz.surveys.models import Response
from mijoz.surveys.queries import with_definition
from mijoz.surveys.scoring import scores

DAYS = 90
SCORED = ("csat", "ces", "nps")
TYPES = ("survey_answered", *cases.TYPES, "complaint", "visit", "purchase_line")
UNKNOWN, NO_CHANGE = Estimate(None), Difference(None)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of the period with how it changed since the one before; `n` observations, `n_before` then."""

    found: Estimate
    n: int
    before: Estimate = UNKNOWN
    n_before: int = 0
    change: Difference = NO_CHANGE


NOTHING = Measured(UNKNOWN, 0)


def measured(as_of: date) -> dict[str, Measured]:
    """Every figure of the `DAYS` days that end with `as_of`, by its key."""
    end = end_of_day(as_of).astimezone(UTC)
    rows = _rows(end)
    return {**_of_surveys(rows, end), **_of_log(rows, end), **_of_customers()}


def _rows(end: datetime) -> pl.DataFrame:
    """The log of both periods with the customer of each row, `is_now` for those of the later one."""
    since, middle = end - timedelta(days=2 * DAYS), end - timedelta(days=DAYS)
    moment = pl.col("occurred_at")
    return (
        lake.scan()
        .filter(pl.col("type").is_in(TYPES) & (moment >= since) & (moment < end))
        .select("type", "identity_id", "occurred_at", "reference", "payload")
        .join(ownership_frame().lazy(), on="identity_id", how="left")
        .with_columns(
            is_now=moment >= middle, payload=pl.when(pl.col("type") != "purchase_line").then(pl.col("payload"))
        )
        .collect()
    )


def _means(values: pl.DataFrame) -> dict[str, Measured]:
    """From key, value and is_now: the mean of each key in both periods."""
    told = values.drop_nulls("value").group_by("key", "is_now")
    sums = told.agg(n=pl.len(), total=pl.col("value").sum(), squares=(pl.col("value") ** 2).sum())
    found = {
        (row["key"], row["is_now"]): Moments(row["n"], row["total"], row["squares"])
        for row in sums.iter_rows(named=True)
    }
    none = Moments(0, 0.0, 0.0)
    return {key: _mean(found.get((key, True), none), found.get((key, False), none)) for key, _is_now in found}


def _mean(now: Moments, before: Moments) -> Measured:
    return Measured(mean(now), now.n, mean(before), before.n, difference_of_means(now, before))


def _share(now: tuple[int, int], before: tuple[int, int]) -> Measured:
    """From (with it, of all) of both periods."""
    return Measured(share(*now), now[1], share(*before), before[1], difference_of_shares(*now, *before))


def _of_surveys(rows: pl.DataFrame, end: datetime) -> dict[str, Measured]:
    """From the log, where answers of known customers stand, and from answers that lead to nobody.

    An answer to “would you recommend us” counts 100, 0 or -100 points.
    """
    answered = rows.filter(pl.col("type") == "survey_answered").select(
        "is_now",
        kind=_told("kind"),
        score=_told("score").cast(pl.Float64, strict=False),
        **{f"perceived.{part}": _told(f"perceived.{part}").cast(pl.Float64, strict=False) for part in DIMENSIONS},
    )
    promoted = pl.when(pl.col("score") >= 9).then(100.0).when(pl.col("score") <= 6).then(-100.0).otherwise(0.0)
    scored = answered.filter(pl.col("kind").is_in(SCORED) & pl.col("score").is_not_null()).select(
        "is_now",
        key="kind",
        value=pl.when(pl.col("kind") == "nps").then(promoted).otherwise(pl.col("score")),
    )
    parts = answered.drop("kind", "score").unpivot(index="is_now", variable_name="key", value_name="value")
    schema = {"is_now": pl.Boolean, "key": pl.String, "value": pl.Float64}
    of_nobody = pl.DataFrame(list(_of_nobody(end)), schema=schema, orient="row")
    return _means(pl.concat([scored, parts.select(scored.columns), of_nobody.select(scored.columns)]))


def _told(path: str) -> pl.Expr:
    """What the payload says under this path, as text."""
    return pl.col("payload").str.json_path_match(f"$.{path}")


def _promoted(score: float) -> float:
    return 100.0 if score >= 9 else -100.0 if score <= 6 else 0.0


def _of_nobody(end: datetime) -> Iterable[tuple[bool, str, float]]:
    """Answers without a customer: the log has none of them, and only their day is known."""
    zone = business().zone
    last = end.astimezone(zone).date()
    middle, since = last - timedelta(days=DAYS), last - timedelta(days=2 * DAYS)
    kept = Response.objects.filter(
        customer=None, invitation=None, is_pilot=False, answered_on__gt=since, answered_on__lte=last
    ).exclude(is_anonymous=False, place=None)
    for response, definition in with_definition(kept):
        is_now = response.answered_on > middle
        for kind, score in scores(definition, response.answers).items():
            if kind in SCORED:
                yield is_now, kind, _promoted(score) if kind == "nps" else float(score)
        for part, value in _perceived(definition, response.answers).items():
            yield is_now, f"perceived.{part}", value


def _perceived(definition: Any, answers: dict[str, Any]) -> dict[str, float]:
    """The mean of what was perceived, by dimension."""
    by_part: dict[str, list[int]] = defaultdict(list)
    for question in definition.questions:
        given = answers.get(question.key)
        if question.measure == "perceived" and question.dimension and isinstance(given, int):
            by_part[question.dimension].append(given)
    return {part: sum(given) / len(given) for part, given in by_part.items()}


def _of_log(rows: pl.DataFrame, end: datetime) -> dict[str, Measured]:
    """Waiting, complaints and cases, as the KPIs count them."""
    waited = rows.filter(pl.col("type") == "visit", pl.col("customer_id").is_not_null()).select(
        "is_now", key=pl.lit("waited_minutes"), value=_told("waited_minutes").cast(pl.Float64, strict=False)
    )
    middle, since = end - timedelta(days=DAYS), end - timedelta(days=2 * DAYS)
    now, before = _cases(rows, middle, end), _cases(rows, since, middle)
    found = _means(waited) | {"complaint_share": _share(_complained(rows, True), _complained(rows, False))}
    if now["resolved"] or before["resolved"]:
        found["resolution_hours"] = _mean(_hours(now), _hours(before))
        found["first_time_right"] = _share(_right(now), _right(before))
    return found


def _cases(rows: pl.DataFrame, since: datetime, until: datetime) -> dict[str, float]:
    """The sums of the cases of one of the two periods."""
    return cases.summed(cases.opened_between(lazy(rows), since=since, until=until, places=()))


def _hours(told: dict[str, float]) -> Moments:
    return Moments(int(told["resolved"]), told["resolution_minutes"] / 60, told["resolution_squares"] / 3_600)


def _right(told: dict[str, float]) -> tuple[int, int]:
    return int(told["right"]), int(told["resolved"])


def _complained(rows: pl.DataFrame, is_now: bool) -> tuple[int, int]:
    """Of the customers who bought or complained, those who complained."""
    known = rows.filter(pl.col("customer_id").is_not_null(), pl.col("is_now") == is_now)
    complaint = pl.col("type") == "complaint"
    met = known.filter(complaint | (pl.col("type") == "purchase_line"))
    return known.filter(complaint)["customer_id"].n_unique(), met["customer_id"].n_unique()


# Ways by which a customer is known that stand for a channel; a number of a till or a loyalty card does not.
CHANNELS_OF_CUSTOMERS = """
    SELECT count(*), count(*) FILTER (WHERE ways >= 2) FROM (
        SELECT o.customer_id, count(DISTINCT i.kind) AS ways
        FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
        WHERE o.retired_at IS NULL AND i.kind IN ('phone', 'email', 'telegram', 'whatsapp', 'instagram', 'cookie')
        GROUP BY o.customer_id
    ) known
"""
AGREED = """
    SELECT count(*) FROM (
        SELECT DISTINCT ON (coalesce(p.merged_into_id, p.id)) c.granted
        FROM customers_consent c JOIN customers_customer p ON p.id = c.customer_id
        WHERE c.purpose = %s AND p.erased_at IS NULL
        ORDER BY coalesce(p.merged_into_id, p.id), c.answered_at DESC, c.granted
    ) last WHERE granted
"""


def _of_customers() -> dict[str, Measured]:
    """How customers stand: of all of them, so the intervals are those of the people who may still come."""
    customers = Customer.objects.filter(merged_into=None, erased_at=None).count()
    found: dict[str, Measured] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHANNELS_OF_CUSTOMERS)
        known, several = cursor.fetchone()
        if customers and known:
            found["channels_share"] = Measured(share(min(several, customers), customers), customers)
        cursor.execute(AGREED, [Purpose.MARKETING])
        agreed = cursor.fetchone()[0]
        if customers and Consent.objects.filter(purpose=Purpose.MARKETING).exists():
            found["consent_share"] = Measured(share(agreed, customers), customers)
    if AuditDay.objects.exists():
        sums = AuditScore.objects.aggregate(n=Count("pk"), mean=Avg("score"), spread=StdDev("score", sample=True))
        if sums["n"]:
            half = 1.96 * (sums["spread"] or 0.0) / sums["n"] ** 0.5
            middle = float(sums["mean"])
            found["audit_score"] = Measured(Estimate(middle, middle - half, middle + half), sums["n"])
    return found
