"""Every page that a link leads to, in a demo business: readable, in reach of a screen reader, as wide as a phone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.browser.conftest import Installation, make_owner, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}

DOWNLOADS = (".csv", ".txt", ".xlsx", ".json", "/download/", "/export/", "/privacy/copy")


@pytest.fixture(scope="module")
def signed_in(browser: Browser, demo: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the signed-in owner, kept in a file that every context may start from."""
    kept = tmp_path_factory.mktemp("session") / "cookies.json"
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    make_owner(context.new_page(), demo)
    context.storage_state(path=kept)
    context.close()
    return kept


def opened(browser: Browser, signed_in: Path, **how: object) -> BrowserContext:
    context = browser.new_context(storage_state=signed_in, locale="en-GB", timezone_id="Asia/Tashkent", **how)
    context.set_default_timeout(20_000)
    return context


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
def pages(browser: Browser, demo: Installation, signed_in: Path) -> dict[str, str]:
    """One address for the name of every page that is reached from the start by links."""
    context = opened(browser, signed_in, viewport=DESKTOP)
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
    browser: Browser, demo: Installation, signed_in: Path, pages: dict[str, str], colours: str
) -> None:
    context = opened(browser, signed_in, viewport=DESKTOP, color_scheme=colours, reduced_motion="reduce")
    page = context.new_page()
    findings = []
    for address in pages.values():
        page.goto(demo.address + address)
        findings += serious_findings(page)
    context.close()
    assert findings == []


def test_every_page_fits_a_phone(browser: Browser, demo: Installation, signed_in: Path, pages: dict[str, str]) -> None:
    context = opened(browser, signed_in, viewport=PHONE, has_touch=True)
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
    browser: Browser, demo: Installation, signed_in: Path, pages: dict[str, str]
) -> None:
    context = opened(browser, signed_in, viewport=DESKTOP)
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
