"""Every page that a link leads to, in a demo business: readable, in reach of a screen reader, as wide as a phone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Request

from tests.browser.conftest import PHONE, Installation, new_context, serious_findings

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


@pytest.fixture(scope="module")
def pages(browser: Browser, demo: Installation, owner_of_demo: Path) -> dict[str, str]:
    """One address for the name of every page that is reached from the start by links."""
    context = new_context(browser, storage_state=owner_of_demo)
    page = context.new_page()
    found: dict[str, str] = {}
    waiting, seen = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        response = page.goto(demo.address + address)
        assert response is not None
        assert response.status < 400, f"{address}: {response.status}"
        name = name_of(urlsplit(page.url).path)
        if name:
            found.setdefault(name, address)
        for link in links_of(page):
            path = urlsplit(link).path
            target = name_of(path)
            assert target, f"{address} leads to {link}, which is no page"
            if link not in seen and target not in found and target not in {name_of(urlsplit(w).path) for w in waiting}:
                seen.add(link)
                waiting.append(link)
    context.close()
    return found


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_serious(
    browser: Browser, demo: Installation, owner_of_demo: Path, pages: dict[str, str], colours: str
) -> None:
    context = new_context(browser, storage_state=owner_of_demo, color_scheme=colours, reduced_motion="reduce")
    page = context.new_page()
    findings = []
    for address in pages.values():
        page.goto(demo.address + address)
        findings += serious_findings(page)
    context.close()
    assert findings == []


def test_every_page_fits_a_phone(
    browser: Browser, demo: Installation, owner_of_demo: Path, pages: dict[str, str]
) -> None:
    context = new_context(browser, storage_state=owner_of_demo, viewport=PHONE, has_touch=True)
    page = context.new_page()
    wide = {}
    for name, address in pages.items():
        page.goto(demo.address + address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide[name] = width
    context.close()
    assert wide == {}


def test_no_script_fails_and_nothing_is_blocked(
    browser: Browser, demo: Installation, owner_of_demo: Path, pages: dict[str, str]
) -> None:
    context = new_context(browser, storage_state=owner_of_demo)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None)

    def failed(request: Request) -> None:
        if request.resource_type != "eventsource":  # a stream ends when its page is left
            complaints.append(f"{page.url}: {request.url} {request.failure}")

    page.on("requestfailed", failed)
    for address in pages.values():
        page.goto(demo.address + address, wait_until="networkidle")
    context.close()
    assert complaints == []
