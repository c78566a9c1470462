"""The live page: what arrives is there within a moment, as far as the viewer may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient, Client
from django.utils import timezone

from mijoz.business.models import Role, StaffMember
from mijoz.events.ingest.actions import add_source_with_key, take
from mijoz.events.models import Event, Source
from mijoz.ui import live

WITHIN_SECONDS = 60.0


def visit(number: int, **more: Any) -> dict[str, Any]:
    traits = {"phone": "+998901234567"}
    return {
        "type": "track",
        "event": "visit",
        "userId": f"user-{number}",
        "messageId": f"m{number}",
        "context": {"traits": traits},
        "properties": {"item": f"Haircut {number}", "told": "+998907654321"},
    } | more


def arrive(source: Source, *messages: Any) -> None:
    take(source, messages, received_at=timezone.now())
    connection.close()


@pytest.fixture
def shop(business: Any) -> Source:
    source, _key = add_source_with_key("shop")
    return source


@pytest.mark.django_db
def test_the_page_shows_what_came_last_with_errors(shop: Source, manager: Client) -> None:
    take(shop, [visit(1), visit(2), {"type": "track", "userId": "x"}], received_at=timezone.now())
    html = manager.get("/sources/live/").content.decode()
    assert "Haircut 1" in html
    assert "user-2" in html
    assert "does not fit" in html
    only_errors = manager.get("/sources/live/?errors=1").content.decode()
    assert "Haircut" not in only_errors
    assert "does not fit" in only_errors
    assert "Haircut" not in manager.get(f"/sources/live/?source={shop.pk + 1}").content.decode()
    assert "does not fit" not in manager.get("/sources/live/?type=visit").content.decode()
    assert manager.get("/sources/live/?source=x&type=%00").status_code == 200


@pytest.mark.django_db
def test_a_row_opens_as_it_is_kept_and_hides_from_an_analyst_who_it_is(
    shop: Source, signed_in: Callable[[str], Client]
) -> None:
    take(shop, [visit(1)], received_at=timezone.now())
    address = f"/sources/events/{Event.objects.get().pk}/"
    manager, analyst = signed_in(Role.MANAGER), signed_in(Role.ANALYST)
    assert "user-1" in manager.get(address).content.decode()
    assert "+998907654321" in manager.get(address).content.decode()
    for shown in (address, "/sources/live/"):
        html = analyst.get(shown).content.decode()
        assert "user-1" not in html
        assert "998907654321" not in html


@pytest.mark.django_db(transaction=True)
def test_what_arrives_is_sent_to_who_watches(shop: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HALF_A_SECOND", 0.01)
    member = StaffMember.objects.create_user(email="m@example.uz", password="uchta soz birga", role=Role.MANAGER)

    async def play() -> None:
        client = AsyncClient()
        await client.aforce_login(member)
        response = await client.get("/sources/live/stream")
        assert response.headers["Content-Type"] == "text/event-stream"
        chunks = response.streaming_content.__aiter__()  # type: ignore[attr-defined]

        async def until(text: str) -> str:
            while True:
                chunk = (await asyncio.wait_for(anext(chunks), WITHIN_SECONDS)).decode()
                if text in chunk:
                    return str(chunk)

        await until("Nothing yet")
        await sync_to_async(arrive)(shop, visit(1))
        assert "Haircut 1" in await until("event: rows")
        await sync_to_async(arrive)(shop, visit(2), {"type": "track", "userId": "y"})
        chunk = await until("does not fit")
        assert 'class="so-fresh"' in chunk
        await chunks.aclose()

    asyncio.run(play())


@pytest.mark.django_db
def test_nobody_else_is_sent_anything(shop: Source, signed_in: Callable[[str], Client]) -> None:
    assert signed_in(Role.MARKETER).get("/sources/live/stream").status_code == 403
    assert Client().get("/sources/live/stream").status_code == 302
