"""What segments add to the customers' list and page: a filter, a column, a panel that says why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy

from mijoz.customers import hooks
from mijoz.customers.models import Customer
from mijoz.segments import queries, rosters, rules, sentences
from mijoz.segments.models import Membership, Score, Segment, SegmentVersion
from mijoz.ui.templatetags.mijoz import segment as pill

STAYS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a segment: the rule that took the customer in, the facts that it asked for, and who took them next."""

    membership: Membership
    sentence: str
    facts: list[tuple[str, str]]
    moved_to: Segment | None = None

    @property
    def left_at(self) -> datetime | None:
        return self.membership.left_at


def stays(customer: Customer) -> list[Stay]:
    """The customer's stays, open ones first, then the latest."""
    memberships = list(
        Membership.objects.filter(customer=customer)
        .select_related("segment")
        .order_by(F("left_at").desc(nulls_first=True), "-segment__is_default", "-entered_at")[:STAYS_SHOWN]
    )
    written = SegmentVersion.objects.filter(segment__in=[membership.segment_id for membership in memberships])
    rule_of = {(version.segment_id, version.number): version.rule for version in written}
    default_segments = {segment.key: segment for segment in Segment.objects.filter(is_default=True)}
    return [
        _stay(
            membership,
            rule_of.get((membership.segment_id, membership.reason.get("version", 0))),
            moved_to=default_segments.get((membership.left_reason or {}).get("moved_to", "")),
        )
        for membership in memberships
    ]


def _stay(membership: Membership, document: Any, *, moved_to: Segment | None) -> Stay:
    facts = membership.reason.get("facts", {})
    try:
        rule = rules.parse(document)
    except rules.RuleRefused:
        return Stay(membership, "", sentences.facts(facts, facts), moved_to)
    return Stay(membership, sentences.of_rule(rule), sentences.facts(rules.field_keys(rule), facts), moved_to)


def panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """Segments of now and before, and the RFM scores."""
    found = stays(customer)
    return {
        "open": [stay for stay in found if stay.left_at is None],
        "past": [stay for stay in found if stay.left_at is not None],
        "rfm": Score.objects.filter(customer=customer).first(),
    }


def choices() -> list[tuple[str, str]]:
    """The segments in use."""
    return [(segment.key, segment.name) for segment in queries.segments()]


def in_segment(customers: QuerySet[Customer], key: str) -> QuerySet[Customer]:
    """The customers who are in the segment now."""
    return customers.filter(pk__in=Membership.objects.filter(segment__key=key, left_at=None).values("customer_id"))


def _open_memberships(customer_ids: list[int]) -> dict[int, list[Membership]]:
    found = Membership.objects.filter(customer__in=customer_ids, left_at=None, segment__is_active=True)
    by_customer: dict[int, list[Membership]] = defaultdict(list)
    for membership in found.select_related("segment").order_by(
        "-segment__is_default", "segment__order", "segment__key"
    ):
        by_customer[membership.customer_id].append(membership)
    return by_customer


def pills(customer_ids: list[int]) -> dict[int, str]:
    """The segments of each customer as pills."""
    return {
        customer_id: format_html_join(" ", "{}", ((pill(row.segment.key, row.segment.name),) for row in memberships))
        for customer_id, memberships in _open_memberships(customer_ids).items()
    }


def names(customer_ids: list[int]) -> dict[int, str]:
    """The segments of each customer as text, for exports."""
    return {
        customer_id: ", ".join(row.segment.name for row in memberships)
        for customer_id, memberships in _open_memberships(customer_ids).items()
    }


def named(keys: set[str]) -> dict[str, str]:
    """The names of these segments, in the language of the page."""
    return {segment.key: segment.name for segment in Segment.objects.filter(key__in=keys)}


def connect() -> None:
    """Register all of it with the customers' pages."""
    hooks.connect_names("segment", named)
    label = gettext_lazy("Segment")
    hooks.register_filter(
        hooks.ListFilter(key="segment", label=label, choices=choices, apply=in_segment, roster=rosters.roster, order=10)
    )
    hooks.register_column(hooks.ListColumn(key="segment", label=label, values=pills, exported=names, order=10))
    hooks.register_panel(hooks.Panel(key="segments", template="segments/_customer_panel.html", context=panel, order=20))
