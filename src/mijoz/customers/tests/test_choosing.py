"""Customers are shown and counted in reasonable time, whatever the planner believes of the tables."""

from __future__ import annotations

import pytest
from django.db import connection

from mijoz.customers import actions, choosing, traits
from mijoz.customers.models import Customer, Profile
from mijoz.events.actions import add_source

FEW, MANY = 1_000, 5_000
MAKE = """
    INSERT INTO customers_customer (number) SELECT 'K' || n FROM generate_series(1, %(n)s) n;
    INSERT INTO events_identity (kind, account, value)
        SELECT 'phone', '', '+99890' || n FROM generate_series(1, %(n)s) n;
    INSERT INTO customers_ownership (identity_id, customer_id, home_id, since, is_shared, shared_because)
        SELECT i.id, c.id, c.id, now(), false, ''
        FROM events_identity i JOIN customers_customer c ON '+99890' || substr(c.number, 2) = i.value;
    INSERT INTO customers_trait (identity_id, source_id, name, value, original, trouble, told_at, told_by)
        SELECT i.id, %(source)s, t.name, t.name || i.id, '', '', now(), ''
        FROM events_identity i, (VALUES ('first_name'), ('last_name'), ('city'), ('address')) t (name);
    INSERT INTO events_event (message_id, source_id, type, identity_id, occurred_at, reference, item, quantity, amount,
                              currency, branch, channel)
        SELECT i.id || '/' || n, %(source)s, 'purchase_line', i.id, now(), 'R' || n, 'tea', 1, 5, 'UZS', '', ''
        FROM events_identity i, generate_series(1, 6) n;
    UPDATE pg_class SET reltuples = 0, relpages = 1, relallvisible = 0
    WHERE relname IN ('customers_customer', 'customers_ownership', 'customers_trait', 'events_identity',
                      'events_event', 'customers_profile')
"""


def fill(customers: int) -> list[int]:
    """Customers in tables that were counted while they were empty, as a first import may leave them."""
    with connection.cursor() as cursor:
        for statement in MAKE.split(";"):
            cursor.execute(statement, {"n": customers, "source": add_source("till").pk})
        cursor.execute("SET LOCAL statement_timeout = '20s'")
    return list(Customer.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_tables_that_the_planner_believes_empty_are_not_read_again_for_each_customer() -> None:
    customers = fill(FEW)
    with connection.cursor() as cursor:
        cursor.execute(choosing.CHOOSE, {"customers": customers})
        assert len(cursor.fetchall()) == FEW


@pytest.mark.django_db
def test_tables_that_the_planner_believes_empty_are_counted_before_much_is_asked_of_them() -> None:
    customers = fill(MANY)
    assert traits.settle(customers) == MANY
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_touched (first_event, last_event) SELECT min(id), max(id) FROM events_event")
    assert actions.project() == MANY
    assert set(Profile.objects.values_list("purchases", "revenue")) == {(6, 30)}
