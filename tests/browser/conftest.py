"""A real installation in a folder of its own, a real browser, a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.installation import (
    LINK,
    Installation,
    answers,
    environment_of,
    free_port,
    prepared_folder,
    running,
    wait_until,
)

__all__ = ["LINK", "Installation", "answers", "environment_of", "free_port", "wait_until"]

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}
COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe that colours can break
PATIENCE_MS = 60_000  # a machine may be slow; how quick a page is, benchmarks tell

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def installation() -> Iterator[Installation]:
    """`mijoz start` on a free port with empty tables; stopped as by Ctrl-C, which must leave nothing behind."""
    with prepared_folder() as folder, running(folder) as started:
        yield started


@pytest.fixture(scope="session")
def demo() -> Iterator[Installation]:
    """A running installation with a demo business, for tests that only look."""
    with prepared_folder() as folder, running(folder) as started:
        loaded = started.command("demo", "--sector", "restaurant", "--customers", "300", "--months", "8", "--json")
        assert loaded.returncode == 0, loaded.stderr
        yield started


def make_owner(page: Page, installation: Installation) -> None:
    """Open the one-time link and make the first owner's account."""
    page.goto(installation.wait_for_line(LINK))
    page.get_by_label("Your name").fill("Malika Karimova")
    page.get_by_label("E-mail").fill("malika@example.uz")
    page.get_by_label("Password", exact=True).fill("a long way to Samarkand")
    page.get_by_label("English").check()
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url(lambda address: "/welcome/" not in address)


@dataclass
class Mailbox:
    """A real SMTP server on this machine that keeps what it is given."""

    host: str
    port: int
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Message accepted for delivery"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    from aiosmtpd.controller import Controller

    box = Mailbox("127.0.0.1", free_port())
    controller = Controller(box, hostname=box.host, port=box.port, ready_timeout=60)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    note = ROOT / "var" / "chromium"
    if not note.exists():
        pytest.fail("No Chromium was found yet: run make browser.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=note.read_text().strip(),
            timeout=PATIENCE_MS * 4,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chromium
        chromium.close()


def new_context(browser: Browser, **how: Any) -> BrowserContext:
    """A window of its own, of a desk in Tashkent unless `how` says otherwise."""
    desk = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Asia/Tashkent"}
    opened = browser.new_context(**desk | how)
    opened.set_default_timeout(PATIENCE_MS)
    return opened


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = new_context(browser)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def owner_of_demo(browser: Browser, demo: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the signed-in owner of the demo, kept in a file that every context may start from."""
    kept = tmp_path_factory.mktemp("session") / "cookies.json"
    context = new_context(browser)
    make_owner(context.new_page(), demo)
    context.storage_state(path=kept)
    context.close()
    return kept


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when a script fails or the content policy stops something."""
    yield from watched(context)


@pytest.fixture
def desk(browser: Browser, owner_of_demo: Path) -> Iterator[Page]:
    """As `page`, of the signed-in owner of the demo."""
    opened = new_context(browser, storage_state=owner_of_demo)
    yield from watched(opened)
    opened.close()


MARKETER = """
from mijoz.business.models import StaffMember
if not StaffMember.objects.filter(email="lola@example.uz").exists():
    member = StaffMember.objects.create_user(email="lola@example.uz", role="marketer", name="Lola", language="en")
    member.set_password("a long way to Khiva")
    member.save()
"""


@pytest.fixture
def marketer(demo: Installation, page: Page) -> Page:
    """As `page`, of a marketer of the demo who signed in."""
    made = demo.command("manage", "shell", "-c", MARKETER)
    assert made.returncode == 0, made.stderr
    page.goto(demo.address)
    page.get_by_label("E-mail").fill("lola@example.uz")
    page.get_by_label("Password", exact=True).fill("a long way to Khiva")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def watched(context: BrowserContext) -> Iterator[Page]:
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened
    assert complaints == []


def settled(page: Page) -> None:
    """Wait until what was asked for is there: what is typed before a part of the page is drawn anew may be lost."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def serious_findings(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe finds serious or critical on the page as it stands, by all of its rules or by `only` some."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    how = {"resultTypes": ["violations"]} | ({"runOnly": list(only)} if only else {})
    result = page.evaluate("how => axe.run(document, how)", how)
    return [
        f"{page.url}: {violation['id']}: {violation['help']} ({violation['nodes'][0]['html'][:120]})"
        for violation in result["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
