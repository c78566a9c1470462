"""Which KPIs there are: group, unit, direction, and of what each value is made.

A KPI is one row here. `kind` says how a value comes from sums over customers:

| kind | value | interval | pure function |
|---|---|---|---|
| share | `y` of `x` customers | Wilson | intervals.share |
| ratio | sum of `y` by sum of `x` | of a ratio, customers being the units | intervals.ratio |
| part | `y` of `x` cases, bookings or answers | Wilson, with customers as clusters | intervals.share_of_clusters |
| total | sum of `y` | none, it is a fact | sum |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DIMENSIONS = ("segment", "branch", "channel", "touchpoint", "staff")
Unit = Literal["share", "money", "count", "score", "points", "minutes"]
Kind = Literal["share", "ratio", "part", "total"]
Family = Literal["trade", "answers", "visits", "cases", "bookings"]

FUNCTIONS: dict[Kind, str] = {
    "share": "intervals.share",
    "ratio": "intervals.ratio",
    "part": "intervals.share_of_clusters",
    "total": "sum",
}
BY: dict[Family, tuple[str, ...]] = {  # the dimensions that the events of a family know
    "trade": ("segment", "branch", "channel"),
    "answers": DIMENSIONS,
    "visits": DIMENSIONS,
    "cases": DIMENSIONS,
    "bookings": ("segment", "branch", "channel"),
}


@dataclass(frozen=True, slots=True)
class Kpi:
    """`better` is "higher", "lower" or "" when neither is; `n` names the sum that the value rests on, by default `x`.

    A state (`is_state`) tells how customers stand at the end of a period, not what happened in it. `factor` turns the
    ratio into the unit.
    """

    name: str
    group: Literal["customer", "process"]
    unit: Unit
    better: Literal["higher", "lower", ""]
    family: Family
    kind: Kind
    y: str
    x: str = ""
    n: str = ""
    is_state: bool = False
    factor: float = 1.0

    @property
    def rests_on(self) -> str:
        return self.n or self.x or self.y

    @property
    def dimensions(self) -> tuple[str, ...]:
        """By what it is computed; complaints know their touchpoint beside what trade knows."""
        return (*BY[self.family], "touchpoint") if self.name == "complaint_share" else BY[self.family]


ALL = (
    Kpi("repeat_purchase_share", "customer", "share", "higher", "trade", "share", "came_back", "is_purchaser"),
    Kpi("average_check", "customer", "money", "higher", "trade", "ratio", "spent", "purchases"),
    Kpi("active_share", "customer", "share", "higher", "trade", "share", "is_active", "customers", is_state=True),
    Kpi("churn_risk_share", "customer", "share", "lower", "trade", "share", "is_at_risk", "customers", is_state=True),
    Kpi("loyal_share", "customer", "share", "higher", "trade", "share", "is_loyal", "customers", is_state=True),
    Kpi("revenue", "customer", "money", "higher", "trade", "total", "spent", n="purchases"),
    Kpi("purchases", "customer", "count", "higher", "trade", "total", "purchases"),
    Kpi("purchasers", "customer", "count", "higher", "trade", "total", "is_purchaser"),
    Kpi("new_customers", "customer", "count", "higher", "trade", "total", "is_new"),
    Kpi("satisfaction", "customer", "score", "higher", "answers", "ratio", "scores", "answers"),
    Kpi("satisfied_share", "customer", "share", "higher", "answers", "part", "satisfied", "answers"),
    Kpi("nps", "customer", "points", "higher", "answers", "ratio", "net_promoters", "nps_answers", factor=100.0),
    Kpi("ease", "customer", "score", "higher", "answers", "ratio", "ease_scores", "ease_answers"),
    Kpi("refund_share", "process", "share", "lower", "trade", "ratio", "refunds", "spent", n="purchases"),
    Kpi("complaint_share", "process", "share", "lower", "trade", "share", "complained", "complaint_base"),
    Kpi("waiting_time", "process", "minutes", "lower", "visits", "ratio", "waited", "waits"),
    Kpi("service_cycle_time", "process", "minutes", "lower", "visits", "ratio", "stayed", "stays"),
    Kpi("first_response_time", "process", "minutes", "lower", "cases", "ratio", "answer_minutes", "answered"),
    Kpi("resolution_time", "process", "minutes", "lower", "cases", "ratio", "resolution_minutes", "resolved"),
    Kpi("first_time_right_share", "process", "share", "higher", "cases", "part", "right", "resolved"),
    Kpi("automatic_share", "process", "share", "higher", "cases", "part", "automatic", "resolved"),
    Kpi("no_show_share", "process", "share", "lower", "bookings", "part", "missed", "due"),
)
KPIS = {kpi.name: kpi for kpi in ALL}


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A KPI of all customers or of some: `by` is {}, {"month": "2011-03"}, {"branch": "Markaz"} or both keys.

    `n` is the number of customers, purchases, cases or answers that the value rests on. Value and interval are None
    where there is nothing to compute them from. Of a share or a mean, `numerator` / `denominator` is the value.
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
