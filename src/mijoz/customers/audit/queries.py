"""Reads of the audit: its page, the customers of a finding, and what it says of one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise

from mijoz.customers.audit import statements
from mijoz.customers.audit.findings import COMPARED, FINDINGS, TRAITS, Finding
from mijoz.customers.audit.scoring import POINTS, band
from mijoz.customers.cleaning import sentence
from mijoz.customers.importing.trial import label_of
from mijoz.customers.models import AuditDay, AuditScore, Customer

TREND_DAYS = 90


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with how many customers it concerns, which share that is, and how the count moved in a month."""

    finding: Finding
    customers: int
    share: float
    change: int | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """What stands behind a finding at one customer: the trait, what is told, what is wrong with it, who tells it."""

    label: str | Promise
    told: str
    reason: str
    source: str


def last_day() -> AuditDay | None:
    return AuditDay.objects.order_by("-day").first()


def found_on(day: AuditDay) -> list[Found]:
    """The findings that concern anybody, those first that cost most: points times customers."""
    before = AuditDay.objects.filter(day__lte=day.day - timedelta(days=28)).order_by("-day").first()
    rows = [
        Found(
            finding=finding,
            customers=count,
            share=count / day.customers if day.customers else 0.0,
            change=count - before.found.get(code, 0) if before else None,
        )
        for code, finding in FINDINGS.items()
        if (count := day.found.get(code, 0))
    ]
    return sorted(rows, key=lambda row: -row.customers * row.finding.points)


def fields_on(day: AuditDay) -> list[dict[str, Any]]:
    """A row for each field: label, share filled (of 1, and as percent), unreadable cells, conflicts, days."""
    return [
        {"label": label, "share": share, "percent": round(100 * share), **told}
        for field, label in TRAITS.items()
        if (told := day.fields.get(field))
        for share in [told["filled"] / day.customers if day.customers else 0.0]
    ]


def sources_on(day: AuditDay) -> list[dict[str, Any]]:
    """A row for each source: name, records, the share of them with each field, cells that cannot be read, days."""
    return [
        {**source, "shares": [source["filled"].get(field, 0) / source["records"] for field in TRAITS]}
        for source in day.sources
        if source["records"]
    ]


def trend() -> dict[str, Any] | None:
    """The mean score by day as a chart; None before there are two days."""
    days = list(AuditDay.objects.order_by("-day")[:TREND_DAYS])[::-1]
    if len(days) < 2:
        return None
    return {
        "kind": "line",
        "categories": [day.day.isoformat() for day in days],
        "series": [{"name": "", "values": [day.score for day in days]}],
    }


def customers_with(code: str) -> QuerySet[Customer]:
    """The customers whom a finding concerns, the worst records first."""
    return (
        Customer.objects.filter(audit__findings__contains=[code]).select_related("audit").order_by("audit__score", "pk")
    )


def wrong_with(customers: list[Customer], code: str) -> dict[int, list[Wrong]]:
    """What is told wrong or twice of these customers, by customer: one query."""
    with connection.cursor() as cursor:
        cursor.execute(statements.WRONG, [[customer.pk for customer in customers], list(COMPARED)])
        rows = cursor.fetchall()
    found: dict[int, list[Wrong]] = {}
    for customer, name, value, original, trouble, source in rows:
        is_slip = trouble.startswith("email_typo")
        if code == "unreadable" and (value or not trouble):
            continue
        if code == "slip" and not is_slip:
            continue
        if code == "conflict" and (name not in COMPARED or not value):
            continue
        if code in {"unreadable", "slip", "conflict"}:
            told = value if code == "conflict" else original
            found.setdefault(customer, []).append(Wrong(label_of(name), told, sentence(trouble), source))
    if code == "conflict":
        return {customer: _disagreeing(told) for customer, told in found.items()}
    return found


def _disagreeing(told: list[Wrong]) -> list[Wrong]:
    """Only the traits of which two values are told."""
    values: dict[str, set[str]] = {}
    for one in told:
        values.setdefault(str(one.label), set()).add(one.told.lower())
    return [one for one in told if len(values[str(one.label)]) > 1]


@dataclass(frozen=True, slots=True)
class Record:
    """The score of one customer and what it lacks."""

    score: int
    band: str
    lost: list[tuple[Finding, int]]


def record_of(customer: Customer) -> Record | None:
    """None for who came after the last audit."""
    score = AuditScore.objects.filter(customer=customer).first()
    if score is None:
        return None
    lost = [(FINDINGS[code], POINTS[code]) for code in score.findings if code in FINDINGS]
    return Record(score.score, band(score.score), sorted(lost, key=lambda each: -each[1]))


def figures(day: AuditDay) -> dict[str, Any]:
    """As `mijoz audit --json` prints them."""
    return {
        "day": day.day,
        "customers": day.customers,
        "score": day.score,
        "bands": day.bands,
        "findings": day.found,
        "fields": day.fields,
        "sources": day.sources,
    }
