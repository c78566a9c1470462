"""Holding a customer while an identity is added or an answer is written, so that no merge passes by meanwhile."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from mijoz.customers.identity.statements import HOLD, HOLD_SHARED
from mijoz.customers.models import Customer
from mijoz.customers.queries import root_of


class Erased(ValueError):
    """Nothing is written down any more about who was erased."""


def hold_present(customers: Collection[int], *, alone: bool = False) -> dict[int, int]:
    """As `roots_held`; raises Erased when one of them was erased."""
    roots = roots_held(customers, alone=alone)
    if Customer.objects.filter(pk__in={*roots.values(), *customers}, erased_at__isnull=False).exists():
        raise Erased
    return roots


def roots_held(customers: Collection[int], *, alone: bool = False) -> dict[int, int]:
    """Where each of these customers leads to now, and that no merge changes it until the transaction ends.

    Whoever was merged away while we waited for them is followed to where they went. With `alone` nobody else holds
    them: whoever goes on to write their columns must, since two who share the hold would wait for each other.
    """
    roots = root_of(customers)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(HOLD if alone else HOLD_SHARED, [sorted({*roots.values(), *customers})])
        now = root_of(customers)
        if set(now.values()) <= {*roots.values(), *customers}:
            return now
        roots = now
