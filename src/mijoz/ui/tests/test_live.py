"""Live pages: what is said in a transaction is heard by those whom it concerns, and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import timezone, translation

from mijoz.ui import live

WITHIN_SECONDS = 60.0


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HALF_A_SECOND", 0.01)


def in_thread(act: Callable[[], Any]) -> Coroutine[Any, Any, Any]:
    def acted() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return sync_to_async(acted)()


async def next_message(chunks: Any) -> str:
    while True:
        chunk = (await asyncio.wait_for(anext(chunks), WITHIN_SECONDS)).decode()
        if chunk.startswith(("event:", "id:")):
            return chunk


async def nobody_follows() -> None:
    while live.hub.followers:
        await asyncio.sleep(0)


def follow(about: set[int] | None = None) -> Any:
    """A stream that counts how often it was asked."""
    asked = 0

    def render() -> Iterator[live.Message]:
        nonlocal asked
        asked += 1
        yield live.Message("asked", str(asked), id=str(asked))

    return live.stream("customers", render, about=about).streaming_content.__aiter__()  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_a_stream_begins_with_what_is_there_and_goes_on_with_what_comes() -> None:
    async def play() -> None:
        chunks = follow()
        assert await next_message(chunks) == "id: 1\nevent: asked\ndata: 1\n\n"
        while live.hub._task is None or not live.hub.listening.is_set():
            await asyncio.wait_for(live.hub.listening.wait(), WITHIN_SECONDS)
        await in_thread(lambda: live.notify("customers", ids=[7]))
        assert "event: asked" in await next_message(chunks)
        await chunks.aclose()
        await asyncio.wait_for(nobody_follows(), WITHIN_SECONDS)
        assert live.hub._task is None  # nobody follows, nobody listens

    asyncio.run(play())


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_or_concerns_others_wakes_nobody() -> None:
    def rolled_back() -> None:
        with transaction.atomic():
            live.notify("customers", ids=[17])
            transaction.set_rollback(True)

    async def play() -> None:
        follower, others = live.Follower("customers", frozenset({17})), live.Follower("customers", frozenset({18}))
        live.hub.add(follower)
        live.hub.add(others)
        await asyncio.wait_for(live.hub.listening.wait(), WITHIN_SECONDS)
        assert follower.was_woken()
        assert others.was_woken()
        await in_thread(rolled_back)
        await in_thread(lambda: live.notify("arrivals", ids=[17]))
        await in_thread(lambda: live.notify("customers", ids=[18]))
        assert await others.woken(WITHIN_SECONDS)  # they came in order, so the first two were heard by now
        assert not follower.was_woken()
        await in_thread(lambda: live.notify("customers"))
        assert await follower.woken(WITHIN_SECONDS)
        for one in (follower, others):
            live.hub.remove(one)

    asyncio.run(play())


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_opened_anew_and_everybody_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LISTEN_AGAIN_SECONDS", 0.05)

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )

    async def play() -> None:
        follower = live.Follower("customers", None)
        live.hub.add(follower)
        await asyncio.wait_for(live.hub.listening.wait(), WITHIN_SECONDS)
        follower.was_woken()
        await in_thread(cut)
        assert await follower.woken(WITHIN_SECONDS)
        live.hub.remove(follower)

    asyncio.run(play())


@pytest.mark.django_db(transaction=True)
def test_many_numbers_are_said_in_parts_and_very_many_as_all() -> None:
    async def play() -> None:
        last = live.Follower("customers", frozenset({4_000}))
        live.hub.add(last)
        await asyncio.wait_for(live.hub.listening.wait(), WITHIN_SECONDS)
        last.was_woken()
        for most in (4_000, 100_000):
            await in_thread(lambda most=most: live.notify("customers", ids=range(most + 1)))
            assert await last.woken(WITHIN_SECONDS)
            last.was_woken()
        live.hub.remove(last)

    asyncio.run(play())


@pytest.mark.django_db(transaction=True)
def test_streams_end_when_the_server_stops() -> None:
    async def play() -> None:
        chunks = follow()
        await next_message(chunks)
        live.hub.stop()
        left = [chunk async for chunk in chunks]
        assert len(left) <= 1
        assert live.hub.followers == set()

    asyncio.run(play())


@pytest.mark.django_db(transaction=True)
def test_a_stream_speaks_the_language_and_the_time_zone_of_its_viewer() -> None:
    heard: list[str] = []

    def render() -> Iterator[live.Message]:
        heard.append(f"{translation.get_language()} {timezone.get_current_timezone_name()}")
        yield live.Message("said", "")

    async def play() -> None:
        with translation.override("ru"), timezone.override("Asia/Tashkent"):
            response = live.stream("customers", render)
        chunks = response.streaming_content.__aiter__()  # type: ignore[attr-defined]
        await next_message(chunks)
        await chunks.aclose()

    asyncio.run(play())
    assert heard[0] == "ru Asia/Tashkent"


def test_one_process_has_so_many_streams_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    assert live.stream("customers", list).status_code == 503


@pytest.mark.parametrize(("told", "number"), [("", 0), ("17", 17), ("-1", 0), ("x", 0), ("٣", 0), ("9" * 40, 0)])
def test_the_last_number_seen_is_a_number_or_nothing(told: str, number: int) -> None:
    assert live.last_seen(RequestFactory().get("/", headers={"Last-Event-ID": told})) == number


def test_lines_of_html_stay_lines() -> None:
    sent = live.Message("row", "<p>\n1</p>\r2").encoded()
    assert sent == b"event: row\ndata: <p>\ndata: 1</p>\ndata: 2\n\n"
