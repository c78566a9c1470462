"""KPIs of known customers as of the end of a day, with 95 % intervals.

For the whole log until that day, by segment (as of now), and by month. Sales without a customer are in none
of them. "Period" is the month, or the whole log.

| name | what it says |
|---|---|
| repeat_purchase_share | of those who bought in the period, who had by its end bought more than once |
| average_check | revenue of the period by its purchases |
| active_share | of all who ever bought, who did so in the last 90 days of the period |
| churn_risk_share | of all who ever bought, whose silence at the period's end is longer than usual for them |
| revenue, purchases, purchasers | of the period; refunds are not taken off |
| new_customers | who first bought in the month; by segment and in all, in the last 90 days |
| refund_share | value given back in the period by its revenue |
| complaint_share | of those who bought or complained in the period, who complained |
| satisfaction | mean score of the answers to satisfaction surveys in the period |

Silence is longer than usual when it exceeds twice a customer's usual pause: the mean of the customer's own
pauses between purchases and of one more, the usual pause of the business (the median, over those who came
back, of their mean pause). So whoever bought once is measured by the business, whoever comes often by his
own habit, and one quick second purchase does not yet make a habit. For past months too, the pause of the
business is the present one.

Shares of customers have Wilson's interval. Ratios of sums have that of a ratio with customers as the units
drawn, since purchases of one customer resemble each other. Plain counts and sums are facts without an
interval. The share at risk is unknown as long as nobody came back, that of complaints as long as the log
has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from mijoz.analysis.activity import activity, by_customer, by_month, summed
from mijoz.analysis.days import month_label, month_number
from mijoz.analysis.frames import Frame, kept, lazy
from mijoz.analysis.intervals import Estimate, PairedMoments, ratio, share
from mijoz.analysis.kpis.catalogue import KPIS, Kpi, KpiValue

ACTIVE_DAYS = 90
Grouping = Literal["segment", "month"]


def kpis(
    events: Frame,
    ownership: Frame,
    *,
    as_of: date,
    zone: str = "UTC",
    segments: Frame | None = None,
    by: Iterable[Grouping] = ("segment", "month"),
    active_days: int = ACTIVE_DAYS,
) -> list[KpiValue]:
    """All KPIs as of the end of `as_of` in `zone`: in all, by segment and by month as asked for.

    `events` are rows of the log (source, type, identity_id, occurred_at, reference, amount, payload),
    `ownership` has identity_id and customer_id, `segments` customer_id and segment, at most one for each
    customer.
    """
    if active_days < 1:
        raise ValueError("active_days must be at least 1")
    seen = activity(events, ownership, as_of=as_of, zone=zone, active_days=active_days)
    customers = kept(by_customer(seen))
    [in_all] = summed(customers)
    unknown = {"churn_risk_share"} if seen.pause is None else set()
    unknown |= set() if in_all["complaints"] else {"complaint_share"}
    values = _values(in_all, by={}, unknown=unknown)
    groupings = set(by)
    if "segment" in groupings and segments is not None:
        members = customers.join(lazy(segments).select("customer_id", "segment"), on="customer_id", how="inner")
        for sums in sorted(summed(members, by="segment"), key=lambda sums: sums["segment"]):
            values += _values(sums, by={"segment": sums["segment"]}, unknown=unknown)
    if "month" in groupings:
        for month, sums in by_month(seen).items():
            if month == month_number(as_of):  # not over yet: how customers stand is as of the day itself
                sums |= {name: in_all[name] for name in ("customers", "is_active", "is_at_risk")}
            values += _values(sums, by={"month": month_label(month)}, unknown=unknown)
    return values


def _values(sums: dict[str, Any], *, by: dict[str, str], unknown: set[str]) -> list[KpiValue]:
    estimates: dict[str, tuple[Estimate, int]] = {
        "repeat_purchase_share": _share(sums, "came_back", of="is_purchaser"),
        "average_check": _ratio(sums, "spent", "purchases", units="is_purchaser", n="purchases"),
        "active_share": _share(sums, "is_active", of="customers"),
        "churn_risk_share": _share(sums, "is_at_risk", of="customers"),
        "revenue": (Estimate(sums["spent"]), sums["purchases"]),
        "purchases": _count(sums, "purchases"),
        "purchasers": _count(sums, "is_purchaser"),
        "new_customers": _count(sums, "is_new"),
        "satisfaction": _ratio(sums, "scores", "answers", units="answered", n="answers"),
        "refund_share": _ratio(sums, "refunds", "spent", units="refund_base", n="purchases"),
        "complaint_share": _share(sums, "complained", of="complaint_base"),
    }
    return [
        _value(KPIS[name], Estimate(None) if name in unknown else estimate, n=n, by=by)
        for name, (estimate, n) in estimates.items()
    ]


def _value(kpi: Kpi, estimate: Estimate, *, n: int, by: dict[str, str]) -> KpiValue:
    return KpiValue(kpi.name, kpi.group, kpi.unit, estimate.value, estimate.low, estimate.high, by, int(n))


def _count(sums: dict[str, Any], name: str) -> tuple[Estimate, int]:
    return Estimate(float(sums[name])), sums[name]


def _share(sums: dict[str, Any], part: str, *, of: str) -> tuple[Estimate, int]:
    return share(sums[part], sums[of]), sums[of]


def _ratio(sums: dict[str, Any], y: str, x: str, *, units: str, n: str) -> tuple[Estimate, int]:
    products = {"yy": sums[f"{y}*{y}"], "xy": sums[f"{y}*{x}"], "xx": sums[f"{x}*{x}"]}
    return ratio(PairedMoments(n=sums[units], y=sums[y], x=sums[x], **products)), sums[n]
