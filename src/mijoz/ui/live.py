"""Pages that follow what happens: server-sent events, woken by PostgreSQL's NOTIFY.

Who changes something says so inside the same transaction, and it is heard when that commits:

    live.notify("customers", ids=[17, 18])

A page listens with htmx (its extension for server-sent events is on every page), by an element that names a view and
another that takes what the view sends:

    <div hx-ext="sse" sse-connect="{% url 'customers:live' customer.pk %}"><div sse-swap="profile">…</div></div>

The view is an ordinary one (`@allow(...)`, `@require_safe`); `render` reads what is new and says what to send. It is
called once at the start (whatever changed between the page and the stream is not lost) and after every wake-up, in a
thread with the language and time zone of the request; its database connection goes back at once:

    def live_page(request: StaffRequest, customer_id: int) -> HttpResponseBase:
        def render() -> Iterator[live.Message]:
            yield live.Message("profile", render_to_string("customers/profile.html", {...}, request))
        return live.stream("customers", render, about={customer_id})

Wake-ups carry the topic and numbers of rows alone, never what is in them. One connection listens for a whole web
process. A burst of wake-ups becomes one call of `render` every HALF_A_SECOND. A stream ends after LIFE_SECONDS and the
browser opens it anew, so that whoever was dismissed stops seeing; the `id` of the last message comes back with it
(`last_seen(request)`). Streams end at once when the server stops.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation

CHANNEL = "mijoz_live"
IDS_IN_A_MESSAGE = 500  # PostgreSQL takes 8,000 bytes
IDS_WORTH_NAMING = 5_000  # of more every listener looks for itself
HALF_A_SECOND = 0.5
BREATH_SECONDS = 15.0  # a comment, so that proxies and dead connections are noticed
LIFE_SECONDS = 300.0
LISTEN_AGAIN_SECONDS = 1.0
MOST_STREAMS = 200  # of one web process

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to the browser: the name that `sse-swap` waits for, its HTML, and a number to go on from."""

    event: str
    html: str
    id: str = ""

    def encoded(self) -> bytes:
        lines = [f"id: {self.id}"] if self.id else []
        lines += [f"event: {self.event}", *(f"data: {line}" for line in self.html.strip().splitlines() or [""])]
        return ("\n".join(lines) + "\n\n").encode()


def notify(topic: str, *, ids: Iterable[int] = ()) -> None:
    """Wake the streams of `topic` when this transaction commits: those about `ids`, without ids all of them."""
    numbers = sorted(set(ids))
    if len(numbers) > IDS_WORTH_NAMING:
        numbers = []
    parts = [numbers[at : at + IDS_IN_A_MESSAGE] for at in range(0, len(numbers), IDS_IN_A_MESSAGE)] or [[]]
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"topic": topic, "ids": part})])


def last_seen(request: HttpRequest) -> int:
    """The `id` of the last message that this browser got, when it comes back; 0 on its first visit."""
    told = request.headers.get("Last-Event-ID", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0


def stream(
    topic: str, render: Callable[[], Iterable[Message]], *, about: Collection[int] | None = None
) -> HttpResponseBase:
    """Send what `render` yields, now and after each `notify` of `topic` (of one of `about`, where given).

    Answers 503 when this process has MOST_STREAMS already; the browser tries again.
    """
    if len(hub.followers) >= MOST_STREAMS:
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    follower = Follower(topic, None if about is None else frozenset(about))
    read = _in_place(render)
    response = StreamingHttpResponse(_sent(follower, read), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _in_place(render: Callable[[], Iterable[Message]]) -> Callable[[], list[Message]]:
    """`render` in the language and time zone of now, that gives its database connection back at once."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def read() -> list[Message]:
        with translation.override(language), timezone.override(zone):
            try:
                return list(render())
            finally:
                if not connection.in_atomic_block:
                    connection.close()

    return read


async def _sent(follower: Follower, read: Callable[[], list[Message]]) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LIFE_SECONDS
    hub.add(follower)
    try:
        yield b"retry: 1000\n\n"
        await follower.listens()
        while not hub.is_stopping and (left := ends_at - loop.time()) > 0:
            if follower.was_woken():
                for message in await sync_to_async(read)():
                    yield message.encoded()
                await hub.pause(HALF_A_SECOND)
            elif not await follower.woken(min(BREATH_SECONDS, left)):
                yield b": here\n\n"
    finally:
        hub.remove(follower)


@dataclass(eq=False)
class Follower:
    """One open stream; awake at first, so that it begins with what is there."""

    topic: str
    about: frozenset[int] | None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.wake.set()

    def cares(self, topic: str, ids: list[int]) -> bool:
        return topic == self.topic and (self.about is None or not ids or not self.about.isdisjoint(ids))

    def was_woken(self) -> bool:
        """Whether something happened since this was last asked."""
        was = self.wake.is_set()
        self.wake.clear()
        return was

    async def listens(self) -> None:
        """Wait until the process listens, so that nothing falls between the first look and the first wake-up."""
        with suppress(TimeoutError):
            await asyncio.wait_for(hub.listening.wait(), LISTEN_AGAIN_SECONDS)

    async def woken(self, within_seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), within_seconds)
        return self.wake.is_set()


class Hub:
    """The streams of this process and the one connection that listens for them; it is there while anybody follows."""

    def __init__(self) -> None:
        self.followers: set[Follower] = set()
        self.listening = asyncio.Event()
        self.stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_stopping(self) -> bool:
        return self.stopping.is_set()

    def add(self, follower: Follower) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # events belong to a loop; a process has one, tests have many
            self._loop, self.followers, self._task = loop, set(), None
            self.listening, self.stopping = asyncio.Event(), asyncio.Event()
            self._hear_of_the_end()
        self.followers.add(follower)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._listen())

    def remove(self, follower: Follower) -> None:
        self.followers.discard(follower)
        if not self.followers and self._task is not None:
            self._task.cancel()
            self._task = None
            self.listening.clear()

    def stop(self) -> None:
        """Let every stream end: the server waits for open answers before it stops."""
        self.stopping.set()
        self._wake(lambda _follower: True)

    async def pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    def _wake(self, concerns: Callable[[Follower], bool]) -> None:
        for follower in self.followers:
            if concerns(follower):
                follower.wake.set()

    async def _listen(self) -> None:
        while not self.is_stopping:
            try:
                await self._hear()
            except psycopg.Error as error:
                log.warning("Live pages cannot hear the database: %s", type(error).__name__)
            self.listening.clear()
            await self.pause(LISTEN_AGAIN_SECONDS)

    async def _hear(self) -> None:
        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context", "pool"):
            parameters.pop(name, None)
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as listener:
            await listener.execute(f"LISTEN {CHANNEL}")
            self.listening.set()
            self._wake(lambda _follower: True)  # what was said while nobody listened
            async for told in listener.notifies():
                self._told(told.payload)

    def _told(self, payload: str) -> None:
        with suppress(ValueError, KeyError, TypeError):
            said: dict[str, Any] = json.loads(payload)
            topic, ids = said["topic"], said.get("ids") or []
            self._wake(lambda follower: follower.cares(topic, ids))

    def _hear_of_the_end(self) -> None:
        """Stop on the signals that the web server stops on; its own answer to them follows."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)
            if not callable(before):
                continue  # nobody stops in order here: a test, a script

            def stop(number: int, frame: Any, before: Callable[..., Any] = before) -> None:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self.stop)
                before(number, frame)

            signal.signal(number, stop)
            signal.siginterrupt(number, False)


hub = Hub()
