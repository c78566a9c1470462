"""The KPIs again in plain Python, row by row and month by month, straight from their definitions in docs/kpis.md."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from mijoz.analysis.tests.logs import Row

ACTIVE_DAYS = 90


@dataclass
class Purchase:
    on: date
    amount: float


@dataclass
class Customer:
    purchases: list[Purchase] = field(default_factory=list)
    refunds: list[tuple[date, float]] = field(default_factory=list)
    complaints: list[date] = field(default_factory=list)
    scores: list[tuple[date, float]] = field(default_factory=list)
    other_answers: list[date] = field(default_factory=list)

    def days(self, until: date) -> list[date]:
        return sorted(purchase.on for purchase in self.purchases if purchase.on <= until)


def customers_of(rows: list[Row], owners: dict[int, int], *, as_of: date, zone: str) -> dict[int, Customer]:
    found: dict[int, Customer] = defaultdict(Customer)
    lines: dict[tuple[int, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        on = row.at.astimezone(ZoneInfo(zone)).date()
        if row.identity not in owners or on > as_of:
            continue
        customer = owners[row.identity]
        if row.type == "purchase_line":
            lines[customer, row.source, row.reference].append(row)
        elif row.type == "refund_line":
            found[customer].refunds.append((on, -float(row.amount or 0)))
        elif row.type == "complaint":
            found[customer].complaints.append(on)
        elif row.type == "survey_answered" and row.payload.get("kind") == "csat":
            found[customer].scores.append((on, row.payload["score"]))
        elif row.type == "survey_answered":
            found[customer].other_answers.append(on)
    for (customer, _, _), of_one in lines.items():
        on = min(row.at for row in of_one).astimezone(ZoneInfo(zone)).date()
        found[customer].purchases.append(Purchase(on, sum(float(row.amount or 0) for row in of_one)))
    return found


def usual_pause(customers: list[Customer], as_of: date) -> float | None:
    pauses = []
    for customer in customers:
        days = customer.days(as_of)
        if len(days) > 1:
            pauses.append((days[-1] - days[0]).days / (len(days) - 1))
    return median(pauses) if pauses else None


def is_at_risk(days: list[date], *, on: date, pause: float) -> bool:
    patience = 2 * ((days[-1] - days[0]).days + pause) / len(days)
    return (on - days[-1]).days > patience


Values = dict[str, float | None]


def in_period(customers: list[Customer], *, first: date, last: date, pause: float | None, complains: bool) -> Values:
    """All KPIs of a period; how customers stand is as of its last day."""
    ever = [customer.days(last) for customer in customers if customer.days(last)]
    bought = [[one for one in customer.purchases if first <= one.on <= last] for customer in customers]
    buyers = [customer for customer, of_one in zip(customers, bought, strict=True) if of_one]
    revenue = sum(one.amount for of_one in bought for one in of_one)
    purchases = sum(map(len, bought))
    scores = [score for customer in customers for on, score in customer.scores if first <= on <= last]
    refunds = sum(amount for customer in customers for on, amount in customer.refunds if first <= on <= last)
    complained = [any(first <= on <= last for on in customer.complaints) for customer in customers]
    met = [said or bool(of_one) for said, of_one in zip(complained, bought, strict=True)]
    newest = max(first, last - timedelta(days=ACTIVE_DAYS - 1)) if first == date.min else first

    def share(part: int, of: int) -> float | None:
        return part / of if of else None

    return {
        "repeat_purchase_share": share(sum(len(one.days(last)) > 1 for one in buyers), len(buyers)),
        "average_check": share(revenue, purchases),
        "active_share": share(sum((last - days[-1]).days < ACTIVE_DAYS for days in ever), len(ever)),
        "churn_risk_share": None
        if pause is None
        else share(sum(is_at_risk(days, on=last, pause=pause) for days in ever), len(ever)),
        "revenue": revenue,
        "purchases": purchases,
        "purchasers": len(buyers),
        "new_customers": sum(days[0] >= newest for days in ever),
        "satisfaction": share(sum(scores), len(scores)),
        "refund_share": refunds / revenue if revenue > 0 else None,
        "complaint_share": share(sum(complained), sum(met)) if complains else None,
    }


def plain_kpis(rows: list[Row], owners: dict[int, int], *, as_of: date, zone: str) -> dict[str, Values]:
    """The values by period: "" for all, 2026-03 for a month."""
    customers = list(customers_of(rows, owners, as_of=as_of, zone=zone).values())
    pause = usual_pause(customers, as_of)
    complains = any(customer.complaints for customer in customers)
    found = {"": in_period(customers, first=date.min, last=as_of, pause=pause, complains=complains)}
    happened = [
        on
        for customer in customers
        for on in [
            *customer.days(as_of),
            *customer.complaints,
            *customer.other_answers,
            *(on for on, _ in customer.scores),
            *(on for on, _ in customer.refunds),
        ]
    ]
    first = min(happened).replace(day=1) if happened else None
    while first is not None and first <= as_of:
        following = (first + timedelta(days=31)).replace(day=1)
        last = min(as_of, following - timedelta(days=1))
        found[f"{first:%Y-%m}"] = in_period(customers, first=first, last=last, pause=pause, complains=complains)
        first = following
    return found
