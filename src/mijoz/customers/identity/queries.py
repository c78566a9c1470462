"""Reads of identifiers and merges for pages, commands and programs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from mijoz.customers.identity.grouping import Bar, contradiction
from mijoz.customers.identity.merging import people_of
from mijoz.customers.models import Customer, Merge, Ownership
from mijoz.customers.names import matches
from mijoz.customers.queries import members_of
from mijoz.events.models import Identity

LEDGER_OF = """
    WITH RECURSIVE tree AS (
        SELECT m.id, m.absorbed_id FROM customers_merge m WHERE m.kept_id = %s AND m.undone_at IS NULL
        UNION ALL
        SELECT m.id, m.absorbed_id FROM customers_merge m JOIN tree ON m.kept_id = tree.absorbed_id
        WHERE m.undone_at IS NULL
    )
    SELECT id FROM tree
"""
WHO: dict[str, Q] = {"machine": Q(merged_by=None), "people": Q(merged_by__isnull=False)}
STATES: dict[str, Q] = {"holds": Q(undone_at=None), "undone": Q(undone_at__isnull=False)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeFilter:
    """What the ledger is narrowed by; empty narrows nothing, and so does what is unknown."""

    text: str = ""
    who: str = ""
    state: str = ""


def ledger(wanted: MergeFilter, *, falling: bool = True) -> QuerySet[Merge]:
    """The merges, undone ones too, by when they were made."""
    found = Merge.objects.select_related("kept", "absorbed", "merged_by", "undone_by")
    found = found.filter(WHO.get(wanted.who, Q()), STATES.get(wanted.state, Q()))
    if text := wanted.text.replace("\0", "").strip()[:200]:
        people = matches(text, field="kept__search_key") | matches(text, field="absorbed__search_key")
        if text.isascii() and text.isdigit() and len(text) < 19:
            people |= Q(kept=int(text)) | Q(absorbed=int(text))
        found = found.filter(people)
    return found.order_by("-merged_at", "-pk") if falling else found.order_by("merged_at", "pk")


def merges_of(customer: Customer) -> list[Merge]:
    """The merges by which this customer is who they are now, at any depth, latest first: two statements."""
    with connection.cursor() as cursor:
        cursor.execute(LEDGER_OF, [customer.pk])
        ids: list[UUID] = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    found = Merge.objects.filter(pk__in=ids).select_related("kept", "absorbed", "merged_by")
    return list(found.order_by("-merged_at", "-pk"))


def kinds_linked(merges: list[Merge]) -> dict[int, Identity]:
    """The identities that the evidence of these merges names, by their number: one statement."""
    wanted = {number for merge in merges for number in merge.evidence.get("identities", ())}
    return Identity.objects.in_bulk(wanted) if wanted else {}


def ownership_of(customer_id: int, identity_id: int) -> Ownership | None:
    """The identity as it leads to this customer."""
    found = Ownership.objects.select_related("identity", "customer", "home")
    return found.filter(customer_id=customer_id, identity_id=identity_id).first()


def what_speaks_against(one: Customer, other: Customer) -> Bar | None:
    """The first of what makes it doubtful that these two are one person."""
    people = people_of([one.pk, other.pk])
    return contradiction(people[one.pk], people[other.pk]) or (
        Bar.PROVED if people[one.pk].proved and people[other.pk].proved else None
    )


def numbers_of(customer: Customer) -> list[int]:
    """The numbers that lead here after merges, without the customer's own."""
    return sorted(number for number in members_of([customer.pk]) if number != customer.pk)
