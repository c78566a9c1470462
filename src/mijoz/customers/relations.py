"""How customers stand to each other: both directions are kept, so that either page tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from mijoz.customers import queries
from mijoz.customers.identity.holding import hold_present
from mijoz.customers.models import Customer, Relation
from mijoz.ui import live

Kind = Relation.Kind
OTHER_WAY = {
    Kind.PARENT: Kind.CHILD,
    Kind.CHILD: Kind.PARENT,
    Kind.EMPLOYER: Kind.EMPLOYEE,
    Kind.EMPLOYEE: Kind.EMPLOYER,
}


class OneSelf(ValueError):
    """Nobody is related to themselves."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody who stands to the customer as `kind` says: the parent, the employer."""

    customer: Customer
    kind: str
    label: str


def relate(customer: Customer, other: Customer, kind: str) -> None:
    """Let `other` be the `kind` (parent, employer …) of `customer`, and the customer theirs the other way round.

    Raises OneSelf and Erased.
    """
    if customer.pk == other.pk:
        raise OneSelf
    given = Kind(kind)
    with transaction.atomic():
        hold_present([customer.pk, other.pk])
        Relation.objects.bulk_create(
            [
                Relation(customer=other, other=customer, kind=given),
                Relation(customer=customer, other=other, kind=OTHER_WAY.get(given, given)),
            ],
            ignore_conflicts=True,
        )
        live.notify("customers", ids=[customer.pk, other.pk])


def unrelate(ours: Sequence[int], theirs: Sequence[int], kind: str) -> None:
    """Take the relation away in both directions, between two people kept under these numbers."""
    given = Kind(kind)
    there = Q(customer__in=theirs, other__in=ours, kind=given)
    back = Q(customer__in=ours, other__in=theirs, kind=OTHER_WAY.get(given, given))
    with transaction.atomic():
        Relation.objects.filter(there | back).delete()
        live.notify("customers", ids=[*ours, *theirs])


def relatives(customer_ids: Sequence[int]) -> list[Relative]:
    """Who stands how to the person kept under these numbers; somebody who was merged stands as who they are now."""
    rows = list(
        Relation.objects.filter(other__in=customer_ids).exclude(customer__in=customer_ids).order_by("created_at", "id")
    )
    roots = queries.root_of({row.customer_id for row in rows}) if rows else {}
    people = Customer.objects.in_bulk(set(roots.values()) - set(customer_ids))
    found: dict[tuple[int, str], Relative] = {}
    for row in rows:
        number = roots.get(row.customer_id, 0)
        if number in people:
            found[number, row.kind] = Relative(people[number], row.kind, str(row.get_kind_display()))
    return list(found.values())
