"""Gaps of service quality by scenario: what customers got minus what they expected, of the treated and the held-out.

The log tells, for each answer to a survey of service quality, the gap of each dimension (or what was perceived, when
nobody was asked what they expect). Customers are the units: whoever answered three times counts once, by the mean. What
a scenario changed is the difference between its arms in what was answered after enrolment; since the arms were drawn by
chance, that is an effect. How a gap goes with waiting or with cases over all customers is a correlation and no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import narwhals as nw
import numpy as np
import scipy  # its parts are loaded when they are first used

from mijoz.analysis import payload
from mijoz.analysis.arms import HOLD_OUT, TREATED
from mijoz.analysis.experience import episodes, of_customers, rates, telling, visitors
from mijoz.analysis.experiments import FEWEST_IN_AN_ARM, enrolments, first_enrolments
from mijoz.analysis.frames import Frame, collected, kept, lazy
from mijoz.analysis.intervals import CONFIDENCE, Difference, Estimate, Moments, difference_of_means, z_of
from mijoz.analysis.proof.pain_map import COMPLAINT, FIRST_TIME, RESOLUTION, WAITING
from mijoz.analysis.psychometrics.gaps import ASSURANCE, EMPATHY, ITEMS_OF, RELIABILITY, RESPONSIVENESS
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS
from mijoz.analysis.psychometrics.scores import mean

DIMENSIONS = tuple(ITEMS_OF)
# The figure of the process that goes with each dimension; of tangibles the log has none.
KPI_OF = {RELIABILITY: FIRST_TIME, RESPONSIVENESS: WAITING, ASSURANCE: COMPLAINT, EMPATHY: RESOLUTION}
GAPS, PERCEIVED = "gaps", "perceived"
SOURCES = {GAPS: "servqual", PERCEIVED: "servperf"}  # which kind of answer tells it


@dataclass(frozen=True, slots=True)
class Part:
    """The gap of each dimension among some customers: of how many, and the mean with its interval."""

    n: dict[str, int]
    gaps: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Arms:
    """Treated minus held-out: of each dimension's gap, and of each figure of the process, with how many in each arm.

    `customers` were enrolled, whether or not they answered.
    """

    customers: tuple[int, int]
    answered: dict[str, tuple[int, int]]
    gaps: dict[str, Difference]
    lived: dict[str, tuple[int, int]]
    kpis: dict[str, Difference]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's rank correlation of a gap with a figure of the process over customers, with its interval."""

    n: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class ScenarioGaps:
    """`measure` is gaps, or perceived when nobody was asked what they expect; None when nobody answered at all."""

    measure: str | None
    answers: int
    customers: int
    whole: Part
    segments: dict[str, Part]
    branches: dict[str, Part]
    scenarios: dict[str, Arms]
    correlations: dict[str, Correlation]  # by dimension


def scenario_gaps(
    events: Frame,
    ownership: Frame,
    segments: Frame,
    *,
    since: datetime,
    until: datetime,
    confidence: float = CONFIDENCE,
) -> ScenarioGaps:
    """Everything the log says of gaps in this time; `segments` has customer_id and segment."""
    rows = telling(events)
    measure, answers = _answers(rows, ownership, since=since, until=until)
    found = kept(episodes(rows, ownership, since=since, until=until))
    came = kept(visitors(events, ownership, since=since, until=until))
    lived = kept(_lived(found, came))
    enrolled = kept(first_enrolments(enrolments(rows.filter(nw.col("occurred_at") < until), ownership)))
    own = _columns(_by_customer(answers, []), "customer_id", *DIMENSIONS)
    later = kept(_lived_after(found, enrolled))
    members = lazy(segments).select("customer_id", "segment")
    by_segment = _by_customer(answers, []).join(members, on="customer_id", how="inner")
    return ScenarioGaps(
        measure=measure,
        answers=int(collected(answers.select(nw.len().alias("n")))["n"].item()),
        customers=len(own["customer_id"]),
        whole=_part(own, confidence),
        segments=_parts(by_segment, "segment", confidence),
        branches=_parts(_by_customer(answers, ["branch"]), "branch", confidence),
        scenarios=_scenarios(answers, later, enrolled, confidence),
        correlations=_correlations(own, lived, confidence),
    )


def _answers(
    events: Frame, ownership: Frame, *, since: datetime, until: datetime
) -> tuple[str | None, nw.LazyFrame[Any]]:
    """One row for each answer: customer_id, branch, occurred_at and a column for each dimension; gaps if there are."""
    told = lazy(events).filter(
        nw.col("type") == "survey_answered", nw.col("occurred_at") >= since, nw.col("occurred_at") < until
    )
    owned = told.join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
    rows = owned
    for parent in (GAPS, PERCEIVED):
        columns = [payload.number_within(parent, dimension).alias(dimension) for dimension in DIMENSIONS]
        of_kind = owned.filter(payload.text("kind") == SOURCES[parent])
        rows = kept(of_kind.select("customer_id", "branch", "occurred_at", *columns))
        if collected(rows.select(nw.len().alias("n")))["n"].item():
            return parent, rows
    return None, rows


def _by_customer(answers: nw.LazyFrame[Any], also: list[str]) -> nw.LazyFrame[Any]:
    """The mean of each customer's answers, once for each of `also`."""
    return answers.group_by("customer_id", *also).agg(*(nw.col(dimension).mean() for dimension in DIMENSIONS))


def _lived(found: nw.LazyFrame[Any], came: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What each customer lived on average: customer_id, measure, value (see experience.py; of cases it is the share
    that was not right the first time, and who never complained has 0 complaints)."""
    own = found.group_by("customer_id", "measure").agg(nw.col("value").mean())
    complaints_alone = found.filter(nw.col("measure") == COMPLAINT).with_columns(nw.lit("").alias("touchpoint"))
    complained = rates(of_customers(complaints_alone, by=()), came, by=()).select("customer_id", "value")
    complaints = (
        came.select("customer_id")
        .unique()
        .join(complained, on="customer_id", how="left")
        .with_columns(nw.lit(COMPLAINT).alias("measure"), nw.col("value").fill_null(0.0))
    )
    others = own.filter(nw.col("measure") != COMPLAINT)
    columns = ["customer_id", "measure", "value"]
    return nw.concat([others.select(*columns), complaints.select(*columns)])


def _lived_after(found: nw.LazyFrame[Any], enrolled: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What enrolled customers lived since then, once for each scenario: scenario, arm, customer_id, measure, value.

    Of complaints there is only how many: each arm has as many visits as it has.
    """
    people = enrolled.select("scenario", "customer_id", "arm", "enrolled_at")
    after = found.join(people, on="customer_id", how="inner").filter(
        nw.col("occurred_at") > nw.col("enrolled_at"), nw.col("measure") != COMPLAINT
    )
    own = after.group_by("scenario", "arm", "customer_id", "measure").agg(nw.col("value").mean())
    return own.select("scenario", "arm", "measure", "value")


def _scenarios(
    answers: nw.LazyFrame[Any], later: nw.LazyFrame[Any], enrolled: nw.LazyFrame[Any], confidence: float
) -> dict[str, Arms]:
    people = enrolled.select("scenario", "customer_id", "arm", "enrolled_at")
    after = answers.join(people, on="customer_id", how="inner").filter(nw.col("occurred_at") > nw.col("enrolled_at"))
    keys = ["scenario", "arm", "customer_id"]
    own = after.group_by(*keys).agg(*(nw.col(dimension).mean() for dimension in DIMENSIONS))
    told = _columns(own, "scenario", "arm", *DIMENSIONS)
    counted = {
        (row["scenario"], row["arm"]): int(row["n"])
        for row in collected(people.group_by("scenario", "arm").agg(nw.len().alias("n"))).iter_rows(named=True)
    }
    since_then = _columns(later, "scenario", "arm", "measure", "value")
    told_by, lived_by = _places(told, "scenario", "arm"), _places(since_then, "scenario", "arm", "measure")
    found = {}
    for scenario in sorted({key[0] for key in counted}):
        answered, gaps = {}, {}
        lived, kpis = {}, {}
        for measure in (WAITING, FIRST_TIME, RESOLUTION):
            both = [_known(since_then["value"][lived_by[scenario, arm, measure]]) for arm in (TREATED, HOLD_OUT)]
            lived[measure] = (len(both[0]), len(both[1]))
            kpis[measure] = _difference(both, confidence)
        for dimension in DIMENSIONS:
            arms = [_known(told[dimension][told_by[scenario, arm]]) for arm in (TREATED, HOLD_OUT)]
            answered[dimension] = (len(arms[0]), len(arms[1]))
            gaps[dimension] = _difference(arms, confidence)
        found[scenario] = Arms(
            (counted.get((scenario, TREATED), 0), counted.get((scenario, HOLD_OUT), 0)), answered, gaps, lived, kpis
        )
    return found


def _places(table: Mapping[str, np.ndarray[Any, Any]], *keys: str) -> dict[tuple[str, ...], list[int]]:
    """In which rows each combination of the keys stands; in none when it has none."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, key in enumerate(zip(*(table[name].tolist() for name in keys), strict=True)):
        found[key].append(place)
    return found


def _difference(arms: list[np.ndarray[Any, np.dtype[np.float64]]], confidence: float) -> Difference:
    moments = [Moments(len(each), float(each.sum()), float((each * each).sum())) for each in arms]
    return difference_of_means(moments[0], moments[1], confidence=confidence)


def is_enough(answered: tuple[int, int]) -> bool:
    """Whether both arms have enough answers to say anything."""
    return min(answered) >= FEWEST_IN_AN_ARM


def _correlations(
    own: Mapping[str, np.ndarray[Any, Any]], lived: nw.LazyFrame[Any], confidence: float
) -> dict[str, Correlation]:
    """How each dimension's gap goes with the figure of the process that belongs to it."""
    table = _columns(lived, "customer_id", "measure", "value")
    found = {}
    for dimension, measure in KPI_OF.items():
        of_measure = table["measure"] == measure
        values = dict(zip(table["customer_id"][of_measure].tolist(), table["value"][of_measure].tolist(), strict=True))
        pairs = [
            (gap, values[customer])
            for customer, gap in zip(own["customer_id"].tolist(), own[dimension].tolist(), strict=True)
            if customer in values and gap == gap
        ]
        found[dimension] = correlation(np.array(pairs, dtype=np.float64).reshape(-1, 2), confidence=confidence)
    return found


def correlation(pairs: np.ndarray[Any, np.dtype[np.float64]], *, confidence: float = CONFIDENCE) -> Correlation:
    """Spearman's rank correlation of two columns; its interval by Fisher's z with the error of Bonett & Wright (2000),
    *Psychometrika* 65, 23-28. None under 30 pairs, or where one of the two never varies."""
    n = len(pairs)
    if n < FEWEST_ANSWERS or min(np.ptp(pairs, axis=0)) == 0:
        return Correlation(n, Estimate(None))
    r = float(scipy.stats.spearmanr(pairs[:, 0], pairs[:, 1]).statistic)
    if abs(r) >= 1:
        return Correlation(n, Estimate(r))
    half = z_of(confidence) * np.sqrt((1 + r * r / 2) / (n - 3))
    z = np.arctanh(r)
    return Correlation(n, Estimate(r, float(np.tanh(z - half)), float(np.tanh(z + half))))


def _parts(rows: nw.LazyFrame[Any], by: str, confidence: float) -> dict[str, Part]:
    table = _columns(rows, by, *DIMENSIONS)
    keys = sorted({str(key) for key in table[by].tolist() if key})
    return {key: _part({name: table[name][table[by] == key] for name in DIMENSIONS}, confidence) for key in keys}


def _part(table: Mapping[str, np.ndarray[Any, Any]], confidence: float) -> Part:
    known = {dimension: _known(table[dimension]) for dimension in DIMENSIONS}
    return Part(
        {dimension: len(values) for dimension, values in known.items()},
        {dimension: mean(values, confidence=confidence) for dimension, values in known.items()},
    )


def _known(values: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    numbers = values.astype(np.float64)
    return numbers[~np.isnan(numbers)]


def _columns(rows: nw.LazyFrame[Any], *names: str) -> dict[str, np.ndarray[Any, Any]]:
    """These columns in memory; numbers that are not known are NaN."""
    frame = collected(rows.select(*names))
    return {
        name: np.array([np.nan if value is None else value for value in frame[name].to_list()])
        if name in DIMENSIONS or name == "value"
        else np.array(frame[name].to_list(), dtype=object)
        for name in names
    }
