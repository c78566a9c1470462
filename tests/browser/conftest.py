"""A real installation in a folder of its own, a real browser, a real SMTP server."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LINK = re.compile(r"http://\S+/welcome/\S+")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A running `mijoz start`."""

    address: str
    folder: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_for_line(self, pattern: re.Pattern[str], *, seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if found := pattern.search(line):
                    return found.group()
            if self.process.poll() is not None:
                raise AssertionError("mijoz start ended: " + "".join(self.lines))
            time.sleep(0.05)
        raise AssertionError("mijoz start did not say it: " + "".join(self.lines))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `mijoz` command beside the running installation."""
        return subprocess.run(
            [sys.executable, "-m", "mijoz.cli", *arguments],
            env=environment_of(self.folder), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


def environment_of(folder: Path) -> dict[str, str]:
    hidden = ("MIJOZ_", "DJANGO_", "DATABASE_URL")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    return kept | {"MIJOZ_DATA_DIR": str(folder), "MIJOZ_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """`mijoz start` on a free port with an empty folder; stopped as by Ctrl-C, which must leave nothing behind."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mijoz.cli", "start", "--port", str(port)],
        env=environment_of(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    running = Installation(f"http://127.0.0.1:{port}", tmp_path, process)
    reader = threading.Thread(target=lambda: running.lines.extend(iter(process.stdout.readline, "")), daemon=True)
    reader.start()
    try:
        wait_until(lambda: answers(f"{running.address}/readyz"), seconds=90)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        reader.join(10)
    assert process.returncode == 0, "".join(running.lines)
    assert not (tmp_path / "postgres" / "tables" / "postmaster.pid").exists()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def wait_until(condition: Callable[[], Any], *, seconds: float = 30) -> Any:
    """What `condition` returns once it is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"It did not become true within {seconds:.0f} seconds.")


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
    controller = Controller(box, hostname=box.host, port=box.port)
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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Asia/Tashkent")
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when a script fails or the content policy stops something."""
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened
    assert complaints == []


def serious_findings(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {violation['id']}: {violation['help']} ({violation['nodes'][0]['html'][:120]})"
        for violation in result["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
