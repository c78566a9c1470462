"""Measuring the figures of a month, from the lake, the answers to surveys and the tasks of staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Q

from mijoz.analysis import experiments, monthly, returning, rfm
from mijoz.analysis.intervals import Difference, share
from mijoz.analysis.monthly import Counted, Happened, Month
from mijoz.analysis.proof import held_out
from mijoz.business.models import Business
from mijoz.business.queries import business
from mijoz.customers import queries as customers
from mijoz.customers.models import Purpose
from mijoz.events import lake
from mijoz.insights import goals
from mijoz.insights.results.figures import NOT_MEASURED, Figure, Figures, SegmentLine
from mijoz.scenarios.fidelity import followed_between
from mijoz.segments import queries as segments
from mijoz.segments.models import Segment
from mijoz.surveys.definition import Scale
from mijoz.surveys.models import Response
from mijoz.surveys.queries import with_definition

Progress = Callable[[float], None]
CSAT_HIGHEST, CES_HIGHEST = 5, 7


def month_of(text: str) -> date:
    """The first day of 2026-03."""
    return date.fromisoformat(f"{text}-01")


def month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def year_before(first: date) -> date:
    return first.replace(year=first.year - 1)


def measure(first: date, *, aims: dict[str, float | None], progress: Progress = lambda share: None) -> Figures:
    """The figures of the month that begins on `first`, which is over; the lake holds it already."""
    company = business()
    zone = company.time_zone
    of, before = (monthly.month(each, zone=zone) for each in (first, month_before(first)))
    events, ownership = lake.scan(), customers.ownership_frame()
    bought = rfm.purchases(events, ownership)
    seen = monthly.happened(
        events, bought, ownership, since=before.begins - timedelta(days=monthly.OFFER_DAYS), until=of.ends
    )
    progress(0.3)
    begun = _first_day(seen, company)
    now = _of_log(seen, of, begun) | _of_tables(seen, of, events, ownership)
    progress(0.5)
    then = _of_log(seen, before, begun) | _of_tables(seen, before, events, ownership)
    progress(0.7)
    now["forecast"], then["forecast"] = (_forecast(seen, each, begun, zone=zone) for each in (of, before))
    progress(0.85)
    now["proof"], then["proof"] = _proofs(events, ownership, (of, before), zone=zone)
    return Figures(
        month=f"{first:%Y-%m}",
        business=company.name,
        currency=company.currency,
        now=now,
        before=then,
        aims=aims,
        segments=tuple(_segments(seen, events, ownership, of, before)),
    )


def _figure(counted: Counted, **facts: Any) -> Figure:
    if not counted.whole:
        return NOT_MEASURED
    estimate = share(counted.part, counted.whole)
    return Figure(estimate.value, estimate.low, estimate.high, counted.whole, facts)


def _first_day(seen: Happened, company: Business) -> date | None:
    first = seen.purchases.to_native().select(pl.col("occurred_at").min()).collect().item()
    return first.astimezone(company.zone).date() if first is not None else None


def _of_log(seen: Happened, of: Month, begun: date | None) -> dict[str, Figure]:
    """What the log says of a month; a share of customers needs a month before it that the log has seen whole."""
    before = monthly.month(month_before(of.first), zone=business().time_zone)
    again = monthly.came_again(seen, before, of)
    return {
        "personal": _personal(seen, of),
        "came_again": _figure(again) if begun and begun <= before.first + timedelta(days=6) else NOT_MEASURED,
        "loyalty": _loyalty(seen, of, again, begun),
        "offers": _figure(monthly.offers_used(seen, of)),
        "services_automatic": _figure(monthly.resolved_by_itself(seen, of)),
        "answers_automatic": _figure(monthly.answered_by_machine(seen, of)),
        "satisfied": _scores(seen, of, "csat", CSAT_HIGHEST),
        "ease": _scores(seen, of, "ces", CES_HIGHEST),
    }


def _personal(seen: Happened, of: Month) -> Figure:
    """Nothing personal at all was not measured: there is no scenario yet."""
    counted = monthly.served_personally(seen, of)
    return _figure(counted) if counted.part else NOT_MEASURED


def _loyalty(seen: Happened, of: Month, now: Counted, begun: date | None) -> Figure:
    """Against the same month of the year before where the log has it, else against its first two whole months."""
    if begun is None:
        return NOT_MEASURED
    zone = business().time_zone
    whole_from = begun.replace(day=1) if begun.day <= 7 else monthly.month_after(begun)
    compared = year_before(of.first)
    if month_before(compared) < whole_from:
        compared = monthly.month_after(whole_from)
    if compared >= month_before(of.first):
        return NOT_MEASURED
    then = monthly.came_again(
        seen, monthly.month(month_before(compared), zone=zone), monthly.month(compared, zone=zone)
    )
    change = monthly.relative_change(now, then)
    if change.value is None:
        return NOT_MEASURED
    facts = {
        "since": f"{compared:%Y-%m}",
        "share": now.part / now.whole,
        "share_then": then.part / then.whole,
        "is_a_year": compared == year_before(of.first),
    }
    return Figure(change.value, change.low, change.high, min(now.whole, then.whole), facts)


def _scores(seen: Happened, of: Month, measure: str, highest: int) -> Figure:
    """Answers of customers are in the log, anonymous ones are in the table of surveys alone."""
    named = monthly.best_two(monthly.scores(seen, of, kind=measure), highest=highest)
    nameless = _responses(of, measure, only_anonymous=True)
    return _figure(Counted(named.part + nameless.part, named.whole + nameless.whole), anonymous=nameless.whole)


def _of_tables(seen: Happened, of: Month, events: pl.LazyFrame, ownership: pl.DataFrame) -> dict[str, Figure]:
    asked, followed = followed_between(of.begins, of.ends)
    return {
        "consent": _consent(seen, events, ownership, of),
        "protocol": _figure(Counted(followed, asked)),
        "safe": _figure(_responses(of, "safety")),
        "fast": _figure(_responses(of, "ease")),
    }


def _consent(seen: Happened, events: pl.LazyFrame, ownership: pl.DataFrame, of: Month) -> Figure:
    """By the last answer of each customer before the month's end; who was never asked has not agreed."""
    answers = (
        events.filter(
            pl.col("type").is_in(["consent_given", "consent_withdrawn"]),
            pl.col("occurred_at") < of.ends,
            pl.col("payload").str.json_path_match("$.purpose") == Purpose.PROFILING.value,
        )
        .join(ownership.lazy().select("identity_id", "customer_id"), on="identity_id")
        .sort("occurred_at", "id")
        .group_by("customer_id")
        .agg((pl.col("type") == "consent_given").last().alias("agrees"))
        .collect()
    )
    if answers.is_empty():
        return NOT_MEASURED
    year = monthly.month(year_before(of.first), zone=business().time_zone)
    return _figure(monthly.bought_and_are(seen, answers.filter("agrees"), since=year.ends, until=of.ends))


def _responses(of: Month, measure: str, *, only_anonymous: bool = False) -> Counted:
    """Of the answers of the month to questions with this measure those with one of the two best marks.

    Answers of a pilot, and those given without reading, do not count.
    """
    found = Response.objects.filter(
        Q(is_pilot=False), is_straight=False, answered_on__gte=of.first, answered_on__lte=of.last
    )
    if only_anonymous:
        found = found.filter(is_anonymous=True)
    part = whole = 0
    for response, definition in with_definition(found.only("answers", "version__definition")):
        for question in definition.questions:
            given = response.answers.get(question.key)
            if isinstance(question, Scale) and question.measure == measure and isinstance(given, int):
                whole += 1
                part += given > question.high - 2
    return Counted(part, whole)


def _forecast(seen: Happened, of: Month, begun: date | None, *, zone: str) -> Figure:
    """Learned from the month before, judged on this one: what lay before each is all that the model was told."""
    before = month_before(of.first)
    if begun is None or month_before(before) < begun.replace(day=1):
        return NOT_MEASURED
    try:
        judged = returning.judge(
            returning.histories(seen.purchases, before=before, until=of.first - timedelta(days=1), zone=zone),
            returning.histories(seen.purchases, before=of.first, until=of.last, zone=zone),
        )
    except returning.TooFewCustomers:
        return NOT_MEASURED
    right, plain = judged.accuracy, judged.plain_accuracy
    facts = {
        "learned_from": judged.learned_from,
        "learned_month": f"{before:%Y-%m}",
        "came": judged.came,
        "foreseen": judged.foreseen,
        "plain": judged.plain,
        "plain_value": plain.value,
        "auc": judged.auc,
        "brier": judged.brier,
        "gain": judged.gain.value,
        "gain_low": judged.gain.low,
        "gain_high": judged.gain.high,
    }
    return Figure(right.value, right.low, right.high, judged.customers, facts)


def _proofs(events: pl.LazyFrame, ownership: pl.DataFrame, months: Sequence[Month], *, zone: str) -> list[Figure]:
    """What all scenarios changed as of the end of each month; who reached their goals is read once for all of them."""
    enrolled, reached = goals.measurable(experiments.enrolments(events, ownership))
    bought = rfm.purchases(events, ownership)
    return [
        _proof(experiments.scenario_effects(enrolled, bought, reached=reached, as_of=each.last, zone=zone))
        for each in months
    ]


def _proof(found: Sequence[experiments.Effect]) -> Figure:
    effects = [
        effect
        for effect in found
        if not effect.segment and effect.verdict != experiments.Verdict.TOO_FEW and effect.difference is not None
    ]
    together = held_out.pooled((Difference(one.difference, one.low, one.high) for one in effects), fewest=1)
    if together.value is None:
        return NOT_MEASURED
    facts = {
        "scenarios": len(effects),
        "works": sum(one.verdict == experiments.Verdict.WORKS for one in effects),
        "held_out": sum(one.held_out for one in effects),
    }
    return Figure(
        together.value, together.low, together.high, sum(one.treated + one.held_out for one in effects), facts
    )


def _segments(
    seen: Happened, events: pl.LazyFrame, ownership: pl.DataFrame, of: Month, before: Month
) -> list[SegmentLine]:
    members, members_before = (segments.segment_frame(as_of=each.last) for each in (of, before))
    buyers = monthly.buyers_by_segment(seen, of, members)
    liked = monthly.favourites(events, ownership, of, members)
    sizes, sizes_before = (dict(frame.group_by("segment").len().iter_rows()) for frame in (members, members_before))
    return [
        SegmentLine(
            key=segment.key,
            names=segment.names,
            customers=int(sizes.get(segment.key, 0)),
            before=int(sizes_before.get(segment.key, 0)),
            buyers=buyers.get(segment.key, 0),
            favourite=liked.get(segment.key, ("", 0))[0],
            favourite_buyers=liked.get(segment.key, ("", 0))[1],
        )
        for segment in Segment.objects.filter(is_default=True).order_by("order")
    ]
