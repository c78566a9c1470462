"""A folder for files, and what the log and the profiles hold, so that two states can be compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember

SignedIn = Callable[..., Client]

STATES = {
    "log": """
        SELECT s.name, e.message_id, e.type, i.kind, i.account, i.value, e.occurred_at, e.reference, e.item, e.quantity,
               e.amount, e.discount, e.currency, e.branch, e.channel, e.payload
        FROM events_event e JOIN events_source s ON s.id = e.source_id
        LEFT JOIN events_identity i ON i.id = e.identity_id
    """,
    "customers": """
        SELECT array_agg((i.kind, i.account, i.value) ORDER BY i.kind, i.account, i.value),
               c.last_name, c.first_name, c.patronymic, c.phone, c.email, c.number, c.search_key
        FROM customers_customer c JOIN customers_ownership o ON o.customer_id = c.id
        JOIN events_identity i ON i.id = o.identity_id GROUP BY c.id
    """,
    "profiles": """
        SELECT i.kind, i.account, i.value, p.first_seen_at, p.last_seen_at, p.first_purchase_at, p.last_purchase_at,
               p.purchases, p.purchase_lines, p.revenue, p.average_check, p.refunds, p.refund_value, p.discount_share,
               p.favourite_services, p.acquisition_channel
        FROM customers_profile p JOIN customers_ownership o ON o.customer_id = p.customer_id
        JOIN events_identity i ON i.id = o.identity_id
    """,
    "consents": """
        SELECT i.kind, i.account, i.value, n.purpose, n.channel, n.granted, n.proof, n.given_through
        FROM customers_consent n JOIN customers_ownership o ON o.customer_id = n.customer_id
        JOIN events_identity i ON i.id = o.identity_id
    """,
    "pairs": """
        SELECT state, evidence, decided_at, (SELECT array_agg(i.kind || i.account || i.value ORDER BY 1)
            FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
            WHERE o.customer_id IN (p.left_id, p.right_id))
        FROM customers_pair p
    """,
    "shared": """
        SELECT i.kind, i.account, i.value, o.shared_because
        FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id WHERE o.is_shared
    """,
    "not yet projected": "SELECT identity_id, first_event, last_event FROM events_touched",
}


def state() -> dict[str, Any]:
    """How many rows there are of everything that an import writes, and a digest of what they say."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in STATES.items():
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM ({query}) t"
            )
            found[name] = cursor.fetchone()
    return found


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where imports keep their files."""
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data" / "imports"


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")


@pytest.fixture
def signed_in(business: Business) -> SignedIn:
    """signed_in(Role.MARKETER) is the browser of somebody with this role, in English."""

    def browser(role: str = Role.OWNER, language: str = "en") -> Client:
        member = StaffMember.objects.filter(role=role).first() or StaffMember.objects.create_user(
            email=f"{role}@example.uz", role=role, name="Malika", language=language
        )
        client = Client()
        client.force_login(member)
        client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return browser
