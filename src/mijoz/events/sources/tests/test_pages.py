"""Pages of sources: what is listed, keys that are shown once, origins, closing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mijoz.business.models import Role
from mijoz.events.actions import record
from mijoz.events.ingest.actions import add_source_with_key
from mijoz.events.models import Arrival, Quarantined, Source, WriteKey
from mijoz.events.sources import actions
from mijoz.events.types import NewEvent

pytestmark = pytest.mark.django_db
KEY = re.compile(r"mz_[A-Za-z0-9_-]{38}")


def happened(number: int, source: str) -> None:
    events = [NewEvent(f"m{one}", "visit", datetime(2026, 3, 2, tzinfo=UTC)) for one in range(number)]
    record(events, source=source)


def rows_of(page: Any) -> list[str]:
    return re.findall(r'<tr data-href="/sources/\d+/">.*?>([a-z-]+)</a>', page.content.decode(), re.S)


def test_the_list_counts_what_came_today_and_in_all(manager: Client) -> None:
    happened(3, "till")
    Arrival.objects.update(received_at=timezone.now() - timedelta(days=2))
    happened(5, "till")  # two of them are new
    Quarantined.objects.create(source=Source.objects.get(), message={}, reason="no")
    html = manager.get("/sources/").content.decode()
    for label, figure in {"Events today": 2, "Events in all": 5}.items():
        assert re.search(rf'data-label="{label}">{figure}<', html), label
    assert "#alert-triangle" in html


def test_long_lists_of_events_are_counted_as_short_ones_are() -> None:
    happened(40, "till")
    happened(60, "till")  # twenty of them are new
    assert list(Arrival.objects.order_by("pk").values_list("events", flat=True)) == [40, 20]


def test_sorting_and_filters_stand_in_the_address(manager: Client) -> None:
    for name, number in {"till": 1, "shop": 3, "site": 2}.items():
        happened(number, name)
    Source.objects.filter(name="shop").update(kind="api", is_open=False)
    assert rows_of(manager.get("/sources/?sort=name")) == ["shop", "site", "till"]
    assert rows_of(manager.get("/sources/?sort=-events")) == ["shop", "site", "till"]
    assert rows_of(manager.get("/sources/?sort=events")) == ["till", "site", "shop"]
    assert len(rows_of(manager.get("/sources/?sort=nonsense"))) == 3
    assert rows_of(manager.get("/sources/?state=closed")) == ["shop"]
    assert rows_of(manager.get("/sources/?kind=api")) == ["shop"]
    assert rows_of(manager.get("/sources/?q=TIL%00")) == ["till"]
    assert "No such source" in manager.get("/sources/?q=zzz").content.decode()
    lines = b"".join(manager.get("/sources/export.csv?kind=api")).decode().splitlines()
    assert lines[1].startswith("shop,Program,3,3,")


def test_the_list_asks_the_database_as_often_for_many_as_for_one(manager: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            manager.get("/sources/")
        return len(counted)

    happened(1, "one")
    first = asked()
    for number in range(20):
        happened(1, f"source-{number}")
    assert asked() == first


def test_a_source_is_added_and_its_key_shown_this_once(manager: Client) -> None:
    page = manager.post("/sources/add", {"name": "web-shop", "kind": "api"}).content.decode()
    key = KEY.search(page)
    assert key
    assert f"-u {key[0]}:" in page.replace("&#x27;", "'")
    assert KEY.search(manager.get(f"/sources/{Source.objects.get().pk}/").content.decode()) is None
    assert not WriteKey.objects.filter(digest=key[0]).exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "Касса", "kind": "api"}, "only letters a to z"),
        ({"name": "till", "kind": "api"}, "already"),
        ({"name": "site", "kind": "site"}, "Say on which site"),
        ({"name": "site", "kind": "site", "origins": "javascript://x"}, "no address of a site"),
        ({"name": "x", "kind": "own"}, "not one of the available choices"),
    ],
)
def test_a_source_that_cannot_be_is_refused_and_nothing_is_made(
    manager: Client, given: dict[str, str], said: str
) -> None:
    add_source_with_key("till")
    answer = manager.post("/sources/add", given)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert Source.objects.count() == WriteKey.objects.count() == 1


def test_a_site_says_from_where_browsers_may_send(manager: Client) -> None:
    manager.post(
        "/sources/add", {"name": "site", "kind": "site", "origins": "https://Shop.uz/basket\nhttp://a.uz:8080"}
    )
    site = Source.objects.get()
    assert site.origins == ["https://shop.uz", "http://a.uz:8080"]
    page = manager.get(f"/sources/{site.pk}/").content.decode()
    assert "/mijoz.js" in page
    refused = manager.post(f"/sources/{site.pk}/origins", {"origins": "ftp://x"})
    assert refused.status_code == 400
    manager.post(f"/sources/{site.pk}/origins", {"origins": "https://*.shop.uz"})
    site.refresh_from_db()
    assert site.origins == ["https://*.shop.uz"]


def test_a_key_may_be_for_some_calls_only_and_is_revoked_for_good(manager: Client) -> None:
    source, _key = add_source_with_key("till")
    assert manager.post(f"/sources/{source.pk}/keys", {}).status_code == 400
    assert manager.post(f"/sources/{source.pk}/keys", {"calls": ["track"]}).status_code == 200
    newest = source.write_keys.latest("pk")
    assert newest.calls == ["track"]
    manager.post(f"/sources/{source.pk}/keys/{newest.pk}/revoke")
    newest.refresh_from_db()
    assert newest.revoked_at is not None
    assert "revoked" in manager.get(f"/sources/{source.pk}/").content.decode()
    other, _key = add_source_with_key("other")
    assert manager.post(f"/sources/{other.pk}/keys/{newest.pk}/revoke").status_code == 404


def test_a_source_is_closed_and_opened(manager: Client) -> None:
    source, _key = add_source_with_key("till")
    manager.post(f"/sources/{source.pk}/close")
    assert "This source is closed" in manager.get(f"/sources/{source.pk}/").content.decode()
    manager.post(f"/sources/{source.pk}/open")
    source.refresh_from_db()
    assert source.is_open


def test_an_analyst_looks_and_changes_nothing(signed_in: Callable[[str], Client]) -> None:
    source, _key = add_source_with_key("till")
    analyst = signed_in(Role.ANALYST)
    for address in ("/sources/", f"/sources/{source.pk}/"):
        html = analyst.get(address).content.decode()
        assert "<form" not in html.split("<main")[1].split("</main>")[0].replace('<form class="mj-filters"', "")
    for deed in ("keys", "close", "origins"):
        assert analyst.post(f"/sources/{source.pk}/{deed}").status_code == 403
    source.refresh_from_db()
    assert source.is_open
    assert source.write_keys.count() == 1


def test_arrivals_of_past_hours_are_added_up_and_nothing_is_lost() -> None:
    happened(3, "till")
    happened(5, "till")
    happened(1, "shop")
    hours_ago = timezone.now() - timedelta(hours=5)
    Arrival.objects.update(received_at=hours_ago)
    happened(9, "till")
    for _again in range(2):
        actions.add_up_arrivals()
        assert sorted(Arrival.objects.values_list("source__name", "events")) == [("shop", 1), ("till", 4), ("till", 5)]
    assert Arrival.objects.filter(received_at=hours_ago).count() == 2
