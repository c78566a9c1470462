"""What is shown of customers is chosen in reasonable time, whatever the planner believes of the tables."""

from __future__ import annotations

import pytest
from django.db import connection

from mijoz.customers import choosing
from mijoz.events.actions import add_source

CUSTOMERS = 1_000
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
    UPDATE pg_class SET reltuples = 0, relpages = 1, relallvisible = 0
    WHERE relname IN ('customers_customer', 'customers_ownership', 'customers_trait', 'events_identity')
"""


@pytest.mark.django_db
def test_tables_that_the_planner_believes_empty_are_not_read_again_for_each_customer() -> None:
    """As when they were counted while they were empty and then filled in one go: a first import may do just that."""
    with connection.cursor() as cursor:
        for statement in MAKE.split(";"):
            cursor.execute(statement, {"n": CUSTOMERS, "source": add_source("till").pk})
        cursor.execute("SELECT id FROM customers_customer")
        customers = [number for (number,) in cursor.fetchall()]
        cursor.execute("SET LOCAL statement_timeout = '20s'")
        cursor.execute(choosing.CHOOSE, {"customers": customers})
        assert len(cursor.fetchall()) == CUSTOMERS
