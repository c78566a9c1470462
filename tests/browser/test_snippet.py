"""The script for web sites on a page of another origin, in a real browser: what visitors do arrives, once."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Installation, make_owner, new_context, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STUB = (
    '<script>!function(m){"identify track page reset consent".split(" ").forEach(function(n){'
    "m[n]=function(){m.q.push([n].concat([].slice.call(arguments)))}})}(window.mijoz={q:[]});</script>"
)


@dataclass
class Site:
    """A shop's web site at another port: every address is a page with the script on it."""

    origin: str
    how: dict[str, str]  # attributes of the script by the path of the page

    def page(self, path: str) -> str:
        script = (
            f"<script async src='{self.how['src']}' data-key='{self.how['key']}' {self.how.get(path, '')}></script>"
        )
        return f"<!doctype html><title>Shop {path}</title>{STUB}{script}"


@pytest.fixture
def shop() -> Iterator[Site]:
    site = Site("", {})

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page(self.path.partition("?")[0]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    site.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()


@pytest.fixture
def owner(context: BrowserContext, installation: Installation, shop: Site) -> Page:
    """The owner has added the site, with its address, and has its key."""
    page = context.new_page()
    make_owner(page, installation)
    page.goto(f"{installation.address}/sources/add")
    page.get_by_label("Name").fill("shop")
    page.get_by_role("radio", name="Web site").check()
    page.get_by_label("Addresses of the site").fill(shop.origin)
    page.get_by_role("button", name="Add the source").click()
    shop.how |= {"src": f"{installation.address}/mijoz.js", "key": page.locator(".so-copy code").inner_text()}
    expect(page.locator("pre").first).to_contain_text("/mijoz.js")
    page.goto(f"{installation.address}/sources/live/")
    return page


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    opened: list[BrowserContext] = []

    def come(**how: Any) -> Page:
        opened.append(new_context(browser, **how))
        page = opened[-1].new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    yield come
    for context in opened:
        context.close()


def of_the_queue(page: Page) -> Any:
    return page.evaluate("JSON.parse(localStorage.getItem('mijoz.queue') || '[]').length")


def test_what_visitors_do_arrives_once(owner: Page, shop: Site, visitor: Callable[..., Page]) -> None:
    rows = owner.locator("[data-live] tbody tr")
    page = visitor()
    page.goto(f"{shop.origin}/menu?utm_source=telegram")
    page.evaluate("mijoz.identify('1042', {firstName: 'Dilnoza', phone: '+998 90 123 45 67'})")
    page.evaluate("mijoz.track('booking_made', {reference: 'B-77', item: 'Table for two'})")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="booking_made")).to_contain_text("Table for two")
    expect(rows.filter(has_text="profile_declared")).to_contain_text("1042")

    # A page of a single-page site, seen without loading one.
    page.evaluate("history.pushState({}, '', '/basket')")
    expect(rows.filter(has_text="page")).to_have_count(2)
    wait_until(lambda: of_the_queue(page) == 0)  # the row may be seen before its answer is

    # While the network is away nothing is lost, not even when the page is left.
    page.context.set_offline(True)
    page.evaluate("mijoz.track('visit', {item: 'Haircut'})")
    page.wait_for_timeout(1_500)
    assert of_the_queue(page) == 1
    page.context.set_offline(False)
    page.goto(f"{shop.origin}/after")
    expect(rows.filter(has_text="Haircut")).to_have_count(1)
    expect(rows.filter(has_text="Shop /after")).to_have_count(1)

    # Leaving at once after a deed: the beacon carries it.
    page.evaluate("mijoz.track('complaint', {text: 'cold'})")
    page.goto("about:blank")
    expect(rows.filter(has_text="complaint")).to_have_count(1)


def test_nothing_is_sent_or_stored_without_consent_or_where_it_is_not_wanted(
    owner: Page, shop: Site, visitor: Callable[..., Page]
) -> None:
    shop.how["/asked"] = "data-consent='required'"
    rows = owner.locator("[data-live] tbody tr")
    page = visitor()
    called: list[str] = []
    page.on("request", lambda request: called.append(request.url) if "/v1/" in request.url else None)
    page.goto(f"{shop.origin}/asked")
    page.evaluate("mijoz.track('visit', {item: 'Before'})")
    page.wait_for_timeout(1_500)
    assert called == []
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("mijoz.consent(true)")
    expect(rows.filter(has_text="Before")).to_have_count(1)
    page.evaluate("mijoz.consent(false)")
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("mijoz.track('visit', {item: 'After'})")
    page.reload()
    page.wait_for_timeout(1_500)
    expect(rows.filter(has_text="After")).to_have_count(0)

    silent = visitor()
    silent.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    silent.on("request", lambda request: called.append(request.url) if "/v1/" in request.url else None)
    called.clear()
    silent.goto(f"{shop.origin}/menu")
    silent.evaluate("mijoz.consent(true); mijoz.track('visit', {item: 'Unwanted'})")
    silent.wait_for_timeout(1_500)
    assert called == []
    assert silent.evaluate("localStorage.length") == 0


def test_a_page_elsewhere_may_not_send(owner: Page, shop: Site, visitor: Callable[..., Page]) -> None:
    page = visitor()
    answered: list[int] = []
    page.on("response", lambda answer: answered.append(answer.status) if "/v1/" in answer.url else None)
    page.goto(shop.origin.replace("127.0.0.1", "localhost") + "/menu")
    wait_until(lambda: (page.wait_for_timeout(100), answered)[1])
    assert answered[0] == 403
    expect(owner.locator("[data-live]")).to_contain_text("Nothing yet")
