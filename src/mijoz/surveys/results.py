"""What the answers to a survey say, with intervals, for its page, the command and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from mijoz.analysis.intervals import Estimate
from mijoz.analysis.psychometrics import drivers as driving
from mijoz.analysis.psychometrics.drivers import Drivers
from mijoz.analysis.psychometrics.gaps import Dimension, Gaps, importance, servqual
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS, Floats, TooFewAnswers
from mijoz.analysis.psychometrics.reliability import Reliability, reliability
from mijoz.analysis.psychometrics.scores import counts_of_promoters, mean, net_promoters, top_box
from mijoz.surveys import queries
from mijoz.surveys.definition import Definition, Points, Scale, Text
from mijoz.surveys.models import Survey
from mijoz.surveys.queries import Reached

RESAMPLES = 300  # for the interval of omega on a page


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its interval. `unit` is nps (points from -100), share or score (of `highest`). `weighted` is the
    figure as if all segments had answered alike often, None when it cannot be told."""

    key: str
    unit: str
    n: int
    estimate: Estimate
    highest: int = 0
    weighted: float | None = None

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_ANSWERS


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many gave each answer to a question; those to whom it does not apply stand apart."""

    question: str
    text: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    not_applicable: int
    mean: Estimate

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def heights(self) -> list[int]:
        """Of each answer as a percentage of the most frequent one."""
        most = max(self.counts, default=0)
        return [round(100 * count / most) if most else 0 for count in self.counts]

    @property
    def in_words(self) -> str:
        return ", ".join(f"{label}: {count}" for label, count in zip(self.labels, self.counts, strict=True))


@dataclass(frozen=True, slots=True)
class Results:
    """`n` answers are counted, `straight` were given without reading and are left out of every figure."""

    n: int
    straight: int
    measures: tuple[Measure, ...]
    gaps: Gaps | None
    reliability: dict[str, Reliability]
    drivers: Drivers | None
    distributions: tuple[Distribution, ...]
    texts: tuple[tuple[str, tuple[str, ...]], ...]
    reached: tuple[Reached, ...]

    @property
    def invited(self) -> int:
        return sum(each.invited for each in self.reached)

    @property
    def rate(self) -> float | None:
        """Of all who were invited the share who answered; None when nobody was, or nobody can know."""
        return sum(each.answered for each in self.reached) / self.invited if self.invited else None

    @property
    def missing(self) -> list[Reached]:
        """Segments that answer much more rarely than the rest."""
        rate = self.rate or 0.0
        return [each for each in self.reached if each.invited >= FEWEST_ANSWERS and each.rate < 0.67 * rate]


def results(survey: Survey, wanted: Mapping[str, str] | None = None) -> Results:
    """Everything for the answers so narrowed, to the questions as they are asked now."""
    definition = queries.definition_in_force(survey)
    frame = queries.answer_frame(queries.responses(survey, wanted), definition)
    read = frame.filter(~pl.col("is_straight"))
    reached = () if survey.is_anonymous else tuple(queries.reached(survey))
    weights = _weights(read, reached)
    return Results(
        n=read.height,
        straight=frame.height - read.height,
        measures=tuple(_measures(definition, read, weights)),
        gaps=_gaps(definition, read),
        reliability=_reliability(definition, read),
        drivers=_drivers(definition, read),
        distributions=tuple(_distributions(definition, read)),
        texts=tuple(_texts(definition, read)),
        reached=reached,
    )


def _weights(read: pl.DataFrame, reached: Sequence[Reached]) -> Floats | None:
    """Each response's weight, so that segments count by how many were invited: Kalton & Flores-Cervantes (2003),
    *Weighting methods*, cell weighting. None when a segment that was invited did not answer at all."""
    invited = {each.segment: each.invited for each in reached}
    answered = dict(read.group_by("segment").len().iter_rows())
    if len(answered) < 2 or not invited or any(not answered.get(segment) for segment in invited):
        return None
    if any(segment not in invited for segment in answered):
        return None
    return np.array([invited[segment] / answered[segment] for segment in read["segment"].to_list()], dtype=float)


def _measures(definition: Definition, read: pl.DataFrame, weights: Floats | None) -> list[Measure]:
    found = []
    for question in definition.questions:
        if not isinstance(question, Scale) or question.measure not in {"nps", "csat", "ces", "ease", "safety"}:
            continue
        given = read[question.key].to_numpy()
        known = ~np.isnan(given)
        n = int(known.sum())
        weighted = None if weights is None or not n else _weighted(question, given[known], weights[known])
        if question.measure == "nps":
            nps = net_promoters(*counts_of_promoters(given))
            found.append(Measure("nps", "nps", n, Estimate(nps.value, nps.low, nps.high), weighted=weighted))
        else:
            share = top_box(given, highest=question.high)
            found.append(Measure(question.measure, "share", n, share, weighted=weighted))
    for key in ("perceived", "indicator"):
        if part := _mean_of(definition, read, key):
            found.append(part)
    return found


def _weighted(question: Scale, given: Floats, weights: Floats) -> float:
    if question.measure == "nps":
        worth = np.where(given >= 9, 100.0, np.where(given <= 6, -100.0, 0.0))
    else:
        worth = (given > question.high - 2).astype(float)
    return float(np.average(worth, weights=weights))


def _mean_of(definition: Definition, read: pl.DataFrame, measure: str) -> Measure | None:
    keys = _keys(definition, measure)
    if not keys or not read.height:
        return None
    own = read.select(pl.mean_horizontal(keys).alias("own"))["own"].to_numpy()
    question = definition.question(keys[0])
    highest = question.high if isinstance(question, Scale) else 0
    return Measure(measure, "score", int((~np.isnan(own)).sum()), mean(own), highest=highest)


def _keys(definition: Definition, measure: str) -> list[str]:
    return [question.key for question in definition.questions if question.measure == measure]


def _gaps(definition: Definition, read: pl.DataFrame) -> Gaps | None:
    by_dimension: dict[str, list[str]] = {}
    for question in definition.questions:
        if question.measure == "perceived" and question.dimension:
            by_dimension.setdefault(question.dimension, []).append(question.key)
    if not by_dimension or not read.height:
        return None
    expected = set(_keys(definition, "expected"))
    dimensions = [
        Dimension(
            key,
            tuple(keys),
            tuple(f"e{each[1:]}" for each in keys) if all(f"e{each[1:]}" in expected for each in keys) else (),
        )
        for key, keys in by_dimension.items()
    ]
    return servqual(read, dimensions, points=_points(definition, read, list(by_dimension)))


def _points(definition: Definition, read: pl.DataFrame, dimensions: list[str]) -> dict[str, float] | None:
    question = next((each for each in definition.questions if isinstance(each, Points)), None)
    if question is None or set(question.options) != set(dimensions):
        return None
    given = read.select(pl.col(f"{question.key}.{key}").alias(key) for key in dimensions).drop_nulls()
    try:
        return importance(given, dimensions) if given.height else None
    except TooFewAnswers:
        return None


def _reliability(definition: Definition, read: pl.DataFrame) -> dict[str, Reliability]:
    """By dimension, of those with two statements or more and answers enough to say something."""
    found: dict[str, Reliability] = {}
    by_dimension: dict[str, list[str]] = {}
    for question in definition.questions:
        if question.measure == "perceived" and question.dimension:
            by_dimension.setdefault(question.dimension, []).append(question.key)
    if indicators := _keys(definition, "indicator"):
        by_dimension["indicator"] = indicators
    for key, items in by_dimension.items():
        try:
            found[key] = reliability(read, items, resamples=RESAMPLES)
        except TooFewAnswers:
            continue
    return found


def _drivers(definition: Definition, read: pl.DataFrame) -> Drivers | None:
    """What goes with satisfaction, of the indicators or the dimensions, when there are answers enough."""
    outcome = next(iter(_keys(definition, "csat") or _keys(definition, "nps")), None)
    indicators = _keys(definition, "indicator")
    if outcome is None or len(indicators) < 2 or not driving.is_installed():
        return None
    try:
        return driving.drivers(read, outcome, indicators)
    except TooFewAnswers:
        return None


def _distributions(definition: Definition, read: pl.DataFrame) -> list[Distribution]:
    found = []
    for question in definition.questions:
        if not isinstance(question, Scale):
            continue
        given = read[question.key].drop_nulls()
        counts = dict(given.value_counts().iter_rows())
        found.append(
            Distribution(
                question=question.key,
                text=question.text,
                labels=tuple(map(str, question.values)),
                counts=tuple(int(counts.get(float(value), 0)) for value in question.values),
                not_applicable=read.height - len(given) if question.may_not_apply else 0,
                mean=mean(given.to_numpy()),
            )
        )
    return found


def _texts(definition: Definition, read: pl.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (question.text, tuple(read[question.key].drop_nulls().head(20).to_list()))
        for question in definition.questions
        if isinstance(question, Text) and read[question.key].drop_nulls().len()
    ]
