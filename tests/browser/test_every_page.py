"""Every page that a link leads to, in a demo business: readable, in reach of a screen reader, as wide as a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Request

from tests.browser.conftest import COLOURS, DESKTOP, PHONE, Installation, new_context, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOWNLOADS = (".csv", ".txt", ".xlsx", ".json", "/download/", "/export/", "/privacy/copy")


def name_of(path: str) -> str | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return f"{found.namespace}:{found.url_name}" if found.namespace else found.url_name


def links_of(page: Page) -> list[str]:
    addresses = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    host = urlsplit(page.url).netloc
    return [
        parts.path + (f"?{parts.query}" if parts.query else "")
        for parts in map(urlsplit, addresses)
        if parts.netloc == host and not parts.path.endswith(DOWNLOADS)
    ]


@dataclass
class Seen:
    """A page at its address, and what was wrong when it was opened."""

    address: str
    serious: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Listener:
    """What a page says when a script fails or something is blocked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._heard: list[str] = []
        page.on("pageerror", lambda error: self._hear(str(error)))
        page.on("console", lambda said: self._hear(said.text) if said.type == "error" else None)
        page.on("requestfailed", self._failed)

    def _failed(self, request: Request) -> None:
        if request.resource_type != "eventsource":  # a stream ends when its page is left
            self._hear(f"{request.url} {request.failure}")

    def _hear(self, text: str) -> None:
        self._heard.append(f"{self._page.url}: {text}")

    def heard(self) -> list[str]:
        """What was said since the last time."""
        said, self._heard[:] = list(self._heard), []
        return said


@pytest.fixture(scope="module")
def pages(browser: Browser, demo: Installation, owner_of_demo: Path) -> dict[str, Seen]:
    """One address for the name of every page that is reached from the start by links, looked at while it is open."""
    context = new_context(browser, storage_state=owner_of_demo, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    listener = Listener(page)
    found: dict[str, Seen] = {}
    waiting, seen = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        response = page.goto(demo.address + address, wait_until="networkidle")
        assert response is not None
        assert response.status < 400, f"{address}: {response.status}"
        name = name_of(urlsplit(page.url).path)
        if name and name not in found:
            found[name] = Seen(address, serious=serious_findings(page))
        if name:
            found[name].complaints += listener.heard()
        for link in links_of(page):
            path = urlsplit(link).path
            target = name_of(path)
            assert target, f"{address} leads to {link}, which is no page"
            if link not in seen and target not in found and target not in {name_of(urlsplit(w).path) for w in waiting}:
                seen.add(link)
                waiting.append(link)
    context.close()
    return found


def test_axe_finds_nothing_serious(pages: dict[str, Seen]) -> None:
    assert len(pages) > 50
    assert [finding for page in pages.values() for finding in page.serious] == []


def test_no_script_fails_and_nothing_is_blocked(pages: dict[str, Seen]) -> None:
    assert [complaint for page in pages.values() for complaint in page.complaints] == []


def test_every_page_fits_a_phone_and_can_be_read_in_the_dark(
    browser: Browser, demo: Installation, owner_of_demo: Path, pages: dict[str, Seen]
) -> None:
    """In the dark only colours are others, so axe looks at nothing else."""
    dark = {"color_scheme": "dark", "reduced_motion": "reduce"}
    context = new_context(browser, storage_state=owner_of_demo, viewport=PHONE, has_touch=True, **dark)
    page = context.new_page()
    wide, unreadable = {}, []
    for name, seen in pages.items():
        page.set_viewport_size(PHONE)
        page.goto(demo.address + seen.address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide[name] = width
        page.set_viewport_size(DESKTOP)
        unreadable += serious_findings(page, only=COLOURS)
    context.close()
    assert wide == {}
    assert unreadable == []
