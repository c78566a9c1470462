"""Who comes back within a period: foreseen from what lies before it, and held against what happened.

A logistic regression on recency, frequency and value. It learns from the period before, whose outcome is known, and is
judged on the next one, which it has not seen. Beside it stands the best of three plain rules: everybody, nobody, and
"whoever bought in the last period comes again".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

import narwhals as nw
import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

from mijoz.analysis.days import day_of, local_date
from mijoz.analysis.frames import Frame, collected, flag, kept, lazy
from mijoz.analysis.intervals import CONFIDENCE, Difference, Estimate, share, z_of

Floats = NDArray[np.float64]
FEATURES = ("silent", "purchases", "lately", "age", "revenue", "silence_by_pause")
FEWEST = 100  # customers to learn from, and to judge by
LIVING_DAYS = 365  # whoever has been silent for longer is not foreseen: to say "does not come" of them is no art
LATELY_DAYS = 90
RIDGE = 1.0
MOST_STEPS = 50


class TooFewCustomers(ValueError):
    """Too few bought before the period, or all of them did the same: there is nothing to learn."""


@dataclass(frozen=True, slots=True)
class Model:
    """Chances of coming back: the logistic of `intercept` plus `weights` times features in units of their spread."""

    intercept: float
    weights: Floats
    centres: Floats
    spreads: Floats

    def chances(self, features: Floats) -> Floats:
        """One chance for each row, shape (customers,)."""
        return scipy.special.expit(self.intercept + (features - self.centres) / self.spreads @ self.weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How good a forecast was: of `customers`, `came` came back, and `right` were foreseen rightly.

    `plain` is the plain rule that was best on the period learned from, `plain_right` how many it had right.
    `foreseen` is the expected number of those who come; `auc` the chance that one who came
    stood before one who did not.
    """

    learned_from: int
    customers: int
    came: int
    right: int
    plain: str
    plain_right: int
    foreseen: float
    auc: float | None
    brier: float
    gain: Difference

    @property
    def accuracy(self) -> Estimate:
        return share(self.right, self.customers)

    @property
    def plain_accuracy(self) -> Estimate:
        return share(self.plain_right, self.customers)


def histories(purchases: Frame, *, before: date, until: date, zone: str = "UTC") -> nw.DataFrame[Any]:
    """One row for each customer who bought in the year before `before`: FEATURES from days before it alone,
    `came_last`, 1 when the customer bought in as many days just before it, and `came`, 1 when from that day to `until`.

    `purchases` has customer_id, occurred_at and amount; days are those of `zone`.
    """
    first, last = before.toordinal(), until.toordinal()
    days = kept(
        lazy(purchases)
        .select("customer_id", "amount", day_of(local_date(nw.col("occurred_at"), zone=zone)).alias("day"))
        .filter(nw.col("day") <= last)
    )
    past = (
        days.filter(nw.col("day") < first)
        .with_columns(flag(nw.col("day") >= first - LATELY_DAYS).alias("is_late"))
        .with_columns(flag(nw.col("day") >= first - (last - first + 1)).alias("is_last"))
        .group_by("customer_id")
        .agg(
            nw.len().cast(nw.Float64).alias("purchases"),
            nw.col("amount").cast(nw.Float64).sum().alias("revenue"),
            nw.col("day").min().alias("first_day"),
            nw.col("day").max().alias("last_day"),
            nw.col("is_late").sum().cast(nw.Float64).alias("lately"),
            nw.col("is_last").max().alias("came_last"),
        )
        .filter(nw.col("last_day") >= first - LIVING_DAYS)
    )
    came = days.filter(nw.col("day") >= first).group_by("customer_id").agg(nw.len().alias("times"))
    silent = (nw.lit(first) - nw.col("last_day")).cast(nw.Float64)
    age = (nw.lit(first) - nw.col("first_day")).cast(nw.Float64)
    pause = (age - silent + LATELY_DAYS) / nw.col("purchases")
    return collected(
        past.join(came, on="customer_id", how="left").select(
            "customer_id",
            silent.log().alias("silent"),
            nw.col("purchases").log().alias("purchases"),
            (nw.col("lately") + 1).log().alias("lately"),
            age.log().alias("age"),
            (nw.when(nw.col("revenue") > 0).then(nw.col("revenue")).otherwise(nw.lit(0.0)) + 1).log().alias("revenue"),
            (silent / pause).alias("silence_by_pause"),
            "came_last",
            flag(nw.col("times").fill_null(0) > 0).alias("came"),
        )
    ).sort("customer_id")


def learn(features: Floats, came: Floats) -> Model:
    """Fit by Newton's method with a ridge on all weights but the intercept: Hastie, Tibshirani & Friedman (2009),
    *The Elements of Statistical Learning*, section 4.4.1. Raises TooFewCustomers."""
    if len(came) < FEWEST or came.min() == came.max():
        raise TooFewCustomers(len(came))
    centres, spreads = features.mean(axis=0), features.std(axis=0)
    spreads = np.where(spreads > 0, spreads, 1.0)
    rows = np.column_stack([np.ones(len(came)), (features - centres) / spreads])
    penalty = np.diag([0.0, *[RIDGE] * features.shape[1]])
    weights = np.zeros(rows.shape[1])
    for _step in range(MOST_STEPS):
        chances = scipy.special.expit(rows @ weights)
        slope = rows.T @ (came - chances) - penalty @ weights
        curve = (rows * (chances * (1 - chances))[:, None]).T @ rows + penalty
        move = np.linalg.solve(curve, slope)
        weights = weights + move
        if np.abs(move).max() < 1e-8:
            break
    return Model(float(weights[0]), weights[1:], centres, spreads)


def judge(learned: nw.DataFrame[Any], seen: nw.DataFrame[Any], *, confidence: float = CONFIDENCE) -> Judged:
    """Learn from one table of `histories`, foresee the other one, and count. Raises TooFewCustomers."""
    model = learn(_matrix(learned), _column(learned, "came"))
    if len(seen) < FEWEST:
        raise TooFewCustomers(len(seen))
    came = _column(seen, "came")
    chances = model.chances(_matrix(seen))
    right = (chances >= 0.5) == (came == 1)
    plain = _best_rule(learned)
    plain_right = _rules(seen)[plain] == (came == 1)
    return Judged(
        learned_from=len(learned),
        customers=len(seen),
        came=int(came.sum()),
        right=int(right.sum()),
        plain=plain,
        plain_right=int(plain_right.sum()),
        foreseen=float(chances.sum()),
        auc=_auc(chances, came),
        brier=float(np.mean((chances - came) ** 2)),
        gain=paired_difference(
            int((right & ~plain_right).sum()), int((plain_right & ~right).sum()), len(came), confidence=confidence
        ),
    )


def paired_difference(only_first: int, only_second: int, n: int, *, confidence: float = CONFIDENCE) -> Difference:
    """The difference of two shares of the same `n`, from those right by one alone.

    Agresti & Min (2005), *Statistics in Medicine* 24, 729-740: half an observation more in each of the four cells.
    """
    if n == 0:
        return Difference(None)
    z = z_of(confidence)
    first, second, all_of_them = only_first + 0.5, only_second + 0.5, n + 2
    middle = (first - second) / all_of_them
    half = z * sqrt(first + second - (first - second) ** 2 / all_of_them) / all_of_them
    return Difference((only_first - only_second) / n, max(-1.0, middle - half), min(1.0, middle + half))


def _matrix(table: nw.DataFrame[Any]) -> Floats:
    return np.column_stack([_column(table, name) for name in FEATURES])


def _column(table: nw.DataFrame[Any], name: str) -> Floats:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)


def _rules(table: nw.DataFrame[Any]) -> Mapping[str, NDArray[np.bool_]]:
    """What each plain rule foresees."""
    size = len(table)
    return {
        "nobody": np.zeros(size, dtype=bool),
        "everybody": np.ones(size, dtype=bool),
        "as_before": _column(table, "came_last") == 1,
    }


def _best_rule(learned: nw.DataFrame[Any]) -> str:
    came = _column(learned, "came") == 1
    return max(_rules(learned).items(), key=lambda rule: int((rule[1] == came).sum()))[0]


def _auc(chances: Floats, came: Floats) -> float | None:
    """Mann-Whitney: the mean rank of those who came, ties counted half."""
    positive = int(came.sum())
    negative = len(came) - positive
    if not positive or not negative:
        return None
    ranks = scipy.stats.rankdata(chances)
    return float((ranks[came == 1].sum() - positive * (positive + 1) / 2) / (positive * negative))
