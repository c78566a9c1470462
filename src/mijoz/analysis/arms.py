"""Which customers a scenario treats and which it holds out: decided by a hash, so the same at any time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import md5
from math import ceil, sqrt
from typing import Any

import narwhals as nw
import scipy  # its parts are loaded when they are first used: loading them at start takes a second
from narwhals.typing import IntoSeries

from mijoz.analysis.intervals import z_of

TREATED = "treated"
HOLD_OUT = "hold-out"
POSITIONS = 2**32

MISMATCH_P_VALUE = 0.001  # low, since the check is made again and again


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether the arms have the sizes they should; a mismatch means that enrolment or counting is broken."""

    holdout_share: float | None
    p_value: float | None
    mismatch: bool


def arm(customer: object, *, scenario: str, holdout_share: float) -> str:
    """The arm of one customer (any key with one spelling) in the scenario of this key."""
    digest = md5(f"{scenario}:{customer}".encode(), usedforsecurity=False).hexdigest()
    return HOLD_OUT if int(digest[:8], 16) / POSITIONS < holdout_share else TREATED


def arms(customers: nw.Series[Any] | IntoSeries, *, scenario: str, holdout_share: float) -> nw.Series[Any]:
    """The arm of each customer in a series of keys, in the same order."""
    series = nw.from_native(customers, series_only=True)
    chosen = [arm(customer, scenario=scenario, holdout_share=holdout_share) for customer in series.to_list()]
    return nw.new_series("arm", chosen, nw.String(), backend=series.implementation)


def sample_ratio(*, treated: int, held_out: int, holdout_share: float) -> SampleRatio:
    """Pearson's chi-square test of the arms' sizes against the share that should have been held out."""
    if not 0 < holdout_share < 1:
        raise ValueError("a hold-out share lies between 0 and 1")
    n = treated + held_out
    if n == 0:
        return SampleRatio(None, None, mismatch=False)
    expected = [n * (1 - holdout_share), n * holdout_share]
    distance = sum((seen - due) ** 2 / due for seen, due in zip((treated, held_out), expected, strict=True))
    p_value = float(scipy.special.chdtrc(1, distance))
    return SampleRatio(held_out / n, p_value, mismatch=p_value < MISMATCH_P_VALUE)


def customers_needed(
    *,
    goal_rate: float,
    difference: float,
    holdout_share: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
) -> int:
    """How many customers both arms need together to see `difference` added to `goal_rate` with this power.

    Fleiss, Levin & Paik (2003), *Statistical Methods for Rates and Proportions*, chapter 4, for arms of
    unequal size and without continuity correction; each arm is rounded up.
    """
    treated_rate = goal_rate + difference
    if difference == 0 or not (0 <= goal_rate <= 1 and 0 <= treated_rate <= 1):
        raise ValueError("both rates lie between 0 and 1 and differ")
    if not 0 < holdout_share < 1:
        raise ValueError("a hold-out share lies between 0 and 1")
    treated_each = (1 - holdout_share) / holdout_share  # treated customers for each one held out
    mean_rate = (goal_rate + treated_each * treated_rate) / (1 + treated_each)
    under_none = sqrt((treated_each + 1) * mean_rate * (1 - mean_rate))
    under_difference = sqrt(treated_each * goal_rate * (1 - goal_rate) + treated_rate * (1 - treated_rate))
    z_confidence, z_power = z_of(confidence), float(scipy.special.ndtri(power))
    held_out = (z_confidence * under_none + z_power * under_difference) ** 2 / (treated_each * difference**2)
    return ceil(held_out) + ceil(treated_each * held_out)
