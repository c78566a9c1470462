"""Which KPIs there are: group, unit, direction, and the form of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DIMENSIONS = ("segment", "branch", "channel", "touchpoint", "staff")


@dataclass(frozen=True, slots=True)
class Kpi:
    """`better` is "higher", "lower" or "" when neither is."""

    name: str
    group: Literal["customer", "process"]
    unit: Literal["share", "money", "count", "score"]
    better: Literal["higher", "lower", ""]


KPIS = {
    kpi.name: kpi
    for kpi in (
        Kpi("repeat_purchase_share", "customer", "share", "higher"),
        Kpi("average_check", "customer", "money", "higher"),
        Kpi("active_share", "customer", "share", "higher"),
        Kpi("churn_risk_share", "customer", "share", "lower"),
        Kpi("revenue", "customer", "money", "higher"),
        Kpi("purchases", "customer", "count", "higher"),
        Kpi("purchasers", "customer", "count", "higher"),
        Kpi("new_customers", "customer", "count", "higher"),
        Kpi("satisfaction", "customer", "score", "higher"),
        Kpi("refund_share", "process", "share", "lower"),
        Kpi("complaint_share", "process", "share", "lower"),
    )
}


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A KPI for a group of customers or a month: `by` is {}, {"segment": "new"} or {"month": "2011-03"}.

    `n` is the number of customers, purchases or answers that the value rests on. Value and interval are None
    where there is nothing to compute them from. A share or a mean is `numerator` / `denominator`.
    """

    name: str
    group: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    by: dict[str, str]
    n: int
    numerator: float | None = None
    denominator: float | None = None


def dimension_of(by: Mapping[str, str]) -> str:
    """By which of DIMENSIONS a value is; empty for one of all customers, or of a scenario."""
    return next((dimension for dimension in DIMENSIONS if dimension in by), "")
