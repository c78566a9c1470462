"""Reads of identifiers and merges for pages, commands and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from mijoz.customers.identity.grouping import Bar, contradiction
from mijoz.customers.identity.merging import people_of
from mijoz.customers.models import Customer, Merge, Ownership
from mijoz.customers.names import fold, matches
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
NAMES_TOLD = """
    SELECT e.payload->'traits'->>'first_name', e.occurred_at
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = %s AND e.type = 'profile_declared' AND coalesce(e.payload->>'by', '') = ''
      AND coalesce(e.payload->'traits'->>'first_name', '') <> ''
    ORDER BY e.occurred_at, e.id
"""
LAST_BEFORE = """
    SELECT max(e.occurred_at) FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = %s AND e.occurred_at < %s
"""
SILENCE = timedelta(days=365)  # an operator gives a number out anew after some months without a call
WHO: dict[str, Q] = {"machine": Q(merged_by=None), "people": Q(merged_by__isnull=False)}
STATES: dict[str, Q] = {"holds": Q(undone_at=None), "undone": Q(undone_at__isnull=False)}


@dataclass(frozen=True, slots=True)
class Renamed:
    """Another name was told at `at`, after nothing was heard since `silent_since`."""

    before: str
    now: str
    silent_since: datetime
    at: datetime


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


def given_anew(customer: Customer) -> Renamed | None:
    """When sources told another first name after a year of silence: then a number may be somebody else's by now.

    One statement, and a second one when there are two names.
    """
    with connection.cursor() as cursor:
        cursor.execute(NAMES_TOLD, [customer.pk])
        told = [(name, at) for name, at in cursor.fetchall() if fold(name)]
        changes = [place for place in range(1, len(told)) if fold(told[place][0]) != fold(told[place - 1][0])]
        if not changes:
            return None
        (before, _at), (now, at) = told[changes[-1] - 1], told[changes[-1]]
        cursor.execute(LAST_BEFORE, [customer.pk, at])
        last = cursor.fetchone()[0]
    return Renamed(before, now, last, at) if last and at - last >= SILENCE else None


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
