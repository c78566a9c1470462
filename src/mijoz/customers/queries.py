"""Reads of customers that are more than one line."""

from __future__ import annotations

import polars as pl
from django.db import connection
from django.db.models import QuerySet

from mijoz.customers.models import Customer
from mijoz.customers.names import query_words
from mijoz.events.models import Event, Identity


def event_identity(customer: Customer) -> tuple[str, str, str]:
    """The identity under which our own services log what happens to this customer.

    Always `customer` with our own number, so that it stays true whatever phones and cards come and go.
    """
    return ("customer", "", str(customer.pk))


def search(query: str) -> QuerySet[Customer]:
    """Customers whose names, phone, e-mail or number hold every word of `query`, in either script."""
    found = Customer.objects.select_related("profile")
    for word in query_words(query):
        found = found.filter(search_key__contains=word)
    return found


def timeline(customer: Customer) -> QuerySet[Event]:
    """The customer's rows of the log, latest first."""
    owned = Identity.objects.filter(ownership__customer=customer)
    return Event.objects.filter(identity__in=owned).select_related("source").order_by("-occurred_at", "-id")


def ownership_frame() -> pl.DataFrame:
    """Which identity belongs to which customer: identity_id, customer_id, both Int64."""
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY (SELECT identity_id, customer_id FROM customers_ownership) TO STDOUT (FORMAT csv)") as copy,
    ):
        lines = b"".join(copy)
    schema = {"identity_id": pl.Int64, "customer_id": pl.Int64}
    return pl.read_csv(lines, has_header=False, schema=schema) if lines else pl.DataFrame(schema=schema)
