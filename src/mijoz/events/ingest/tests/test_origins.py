"""Web pages send by the key of a site, from its own addresses alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from mijoz.events.ingest.actions import add_source_with_key
from mijoz.events.ingest.tests.conftest import Program
from mijoz.events.models import Event, Source

pytestmark = pytest.mark.django_db
PAGE = {"anonymousId": "a1", "name": "Menu", "messageId": "m1"}


@pytest.fixture
def site(db: Any) -> Program:
    source, key = add_source_with_key("site", kind=Source.Kind.SITE)
    Source.objects.filter(pk=source.pk).update(origins=["https://shop.uz", "https://*.cafe.uz"])
    return Program(source, key, Client())


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://shop.uz", 200),
        ("https://menu.cafe.uz", 200),
        ("", 200),  # no browser, or one on a page of ours
        ("https://evil.uz", 403),
        ("http://shop.uz", 403),
        ("null", 403),
    ],
)
def test_only_pages_of_the_site_may_send(site: Program, origin: str, status: int) -> None:
    assert site.post("page", PAGE, origin=origin).status_code == status
    assert Event.objects.exists() is (status == 200)


def test_the_key_of_a_program_is_no_pages_key(program: Program) -> None:
    assert program.post("page", PAGE, origin="https://shop.uz").status_code == 403
    assert not Event.objects.exists()
    assert program.post("page", PAGE).status_code == 200


def test_a_site_that_names_no_address_takes_nothing_from_pages(site: Program) -> None:
    Source.objects.update(origins=[])
    from mijoz.events.ingest import keys

    keys.forget()
    assert site.post("page", PAGE, origin="https://shop.uz").status_code == 403
