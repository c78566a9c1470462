"""Whom we may not profile, and for whom we may do nothing at all: asked by all who decide about customers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from mijoz.customers.models import Consent, Customer, Purpose
from mijoz.customers.queries import members_of, root_of

# SQL of whether the customer of a row may be judged and served by what we know: neither restricted nor erased, and
# without an objection. `customer` is a column of ours.
MAY_BE_PROFILED = """
    NOT EXISTS (
        SELECT FROM customers_customer w
        WHERE w.id = {customer} AND (w.restricted_at IS NOT NULL OR w.erased_at IS NOT NULL)
    ) AND NOT EXISTS (
        SELECT FROM customers_consent o
        WHERE o.customer_id = {customer} AND o.purpose = 'profiling' AND o.channel = '' AND NOT o.granted
    )
"""
UNPROFILED = """
    SELECT id FROM customers_customer WHERE restricted_at IS NOT NULL OR erased_at IS NOT NULL
    UNION
    SELECT customer_id FROM customers_consent WHERE purpose = 'profiling' AND channel = '' AND NOT granted
"""


UNPROFILED_AMONG = """
    SELECT id FROM customers_customer
    WHERE id = ANY(%(numbers)s) AND (restricted_at IS NOT NULL OR erased_at IS NOT NULL)
    UNION
    SELECT customer_id FROM customers_consent
    WHERE customer_id = ANY(%(numbers)s) AND purpose = 'profiling' AND channel = '' AND NOT granted
"""


def unprofiled() -> list[int]:
    """The customers who may be in no segment and no scenario now, with those who were merged with one of them."""
    with connection.cursor() as cursor:
        cursor.execute(UNPROFILED)
        found = [row[0] for row in cursor.fetchall()]
    return sorted({*found, *root_of(found).values()}) if found else []


def unprofiled_among(customers: Collection[int]) -> list[int]:
    """Those of `unprofiled` who are among these customers, asked of them alone."""
    leading = members_of(customers)
    with connection.cursor() as cursor:
        cursor.execute(UNPROFILED_AMONG, {"numbers": list(leading)})
        found = [row[0] for row in cursor.fetchall()]
    return sorted({*found, *(leading[number] for number in found)})


def restricted_among(customers: Collection[int]) -> set[int]:
    """Those whose record, or one that was merged with it, is kept but used for nothing."""
    stopped = list(Customer.objects.exclude(restricted_at=None, erased_at=None).values_list("pk", flat=True))
    if not stopped:
        return set()
    roots = set(root_of(stopped).values()) | set(stopped)
    return {customer for customer, root in root_of(customers).items() if root in roots or customer in roots}


def objects_to_profiling(customer: Customer) -> Consent | None:
    """The answer by which the customer objected; None when they did not."""
    return Consent.objects.filter(customer=customer, purpose=Purpose.PROFILING, channel="", granted=False).first()


def restricted_since(customer: Customer) -> datetime | None:
    return customer.restricted_at
