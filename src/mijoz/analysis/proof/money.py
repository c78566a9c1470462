"""What an effect is worth: extra revenue and margin, what it cost, and what comes back for it."""

from __future__ import annotations

from dataclasses import dataclass

from mijoz.analysis.intervals import Difference


@dataclass(frozen=True, slots=True)
class Return:
    """Over all treated customers, in the business's money. `ratio` is gain for each unit of cost: 1 pays it back."""

    revenue: Difference
    gain: Difference
    cost: float
    ratio: float | None


def worth(
    revenue_each: Difference, *, treated: int, cost_each: float, fixed_cost: float = 0.0, margin: float = 1.0
) -> Return:
    """The effect on revenue of one customer, times those treated, at this margin (0 to 1), less what it cost.

    The costs are taken as known, so the interval is that of the effect. Raises ValueError when a cost is negative or
    the margin no share.
    """
    if cost_each < 0 or fixed_cost < 0 or not 0 < margin <= 1 or treated < 0:
        raise ValueError("costs are not negative, and a margin lies between 0 and 1")
    cost = cost_each * treated + fixed_cost
    value, low, high = (_times(end, treated) for end in _ends(revenue_each))
    revenue = Difference(value, low, high, revenue_each.p_value)
    gain = Difference(*(_less(end, margin, cost) for end in (value, low, high)))
    earned = None if revenue.value is None else revenue.value * margin
    return Return(revenue, gain, cost, earned / cost if cost and earned is not None else None)


def _ends(difference: Difference) -> tuple[float | None, float | None, float | None]:
    return difference.value, difference.low, difference.high


def _times(end: float | None, customers: int) -> float | None:
    return None if end is None else end * customers


def _less(end: float | None, margin: float, cost: float) -> float | None:
    return None if end is None else end * margin - cost
