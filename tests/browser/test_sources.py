"""A till is connected in the page: its first call, the mapping, what arrives, what does not fit and how to mend it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Installation, make_owner, serious_findings, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECEIPT = {
    "operation": "SALE",
    "receipt": {
        "number": 1001,
        "customer": {"phone": "+998 90 765-43-21", "name": "Dilnoza Karimova"},
        "lines": [{"name": "Plov", "qty": 2, "sum": "90 000"}, {"name": "Tea", "qty": 1, "sum": 5000}],
    },
}


def call(installation: Installation, secret: str, told: Any, number: str) -> int:
    body, moment = json.dumps(told).encode(), str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{number}.{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{installation.address}/hooks/till", body, headers)
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def seen(page: Page) -> None:
    assert serious_findings(page) == []


def test_a_till_is_connected_mapped_watched_and_mended(page: Page, installation: Installation) -> None:
    make_owner(page, installation)
    page.goto(f"{installation.address}/sources/")
    page.get_by_role("link", name="Add a source").first.click()
    page.get_by_label("Name").fill("till")
    page.get_by_role("radio", name="Webhook").check()
    expect(page.get_by_label("Addresses of the site")).to_be_hidden()
    page.get_by_role("button", name="Add the source").click()
    secret = page.locator(".so-new-key code").inner_text()
    seen(page)

    # The first call comes before there is a mapping, and is not lost.
    assert call(installation, secret, RECEIPT, "c1") == 200
    assert call(installation, "whsec_d3Jvbmc=", RECEIPT, "c2") == 401
    page.goto(f"{installation.address}/sources/")
    page.get_by_role("link", name="till", exact=True).click()
    expect(page.get_by_text("The signature or secret is wrong.")).to_be_visible()
    page.get_by_role("link", name="Make the mapping").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Plov")
    seen(page)

    # A field is set by a click on the part of the call; the preview follows.
    amount = page.get_by_label("Amount of the line", exact=True)
    amount.fill("")
    expect(preview).to_contain_text("A purchase needs an amount.")
    amount.focus()
    page.get_by_role("button", name="sum").click()
    expect(amount).to_have_value("receipt.lines[*].sum")
    expect(preview).to_contain_text("90,000")
    page.get_by_role("button", name="Save the mapping").click()
    expect(page.get_by_text("The mapping is saved")).to_be_visible()
    page.get_by_label("This page").check()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("1 message went into the log.")).to_be_visible()
    expect(page.get_by_text("Everything fits")).to_be_visible()

    # What comes now is there at once; a pause keeps the list still.
    page.goto(f"{installation.address}/sources/live/")
    rows = page.locator("[data-live] tbody tr")
    expect(rows.filter(has_text="purchase_line")).to_have_count(2)
    assert call(installation, secret, RECEIPT | {"operation": "RETURN"}, "c3") == 200
    expect(rows.filter(has_text="does not fit")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    assert call(installation, secret, RECEIPT | {"operation": "TRANSFER"}, "c4") == 200
    page.wait_for_timeout(1_500)
    expect(rows.filter(has_text="does not fit")).to_have_count(1)
    page.get_by_role("button", name="Go on").click()
    expect(rows.filter(has_text="does not fit")).to_have_count(2)
    page.get_by_label("Errors only").check()
    expect(rows.filter(has_text="purchase_line")).to_have_count(0)
    expect(rows).to_have_count(2)
    seen(page)

    # One of them is mended by hand, with its fault pointed out.
    rows.last.get_by_role("link").click()
    expect(page.locator("#verdict")).to_contain_text("stands for nothing yet")
    line = re.search(r"\d+", page.locator("[data-show-line]").inner_text())
    assert line is not None
    assert '"operation": "RETURN"' in page.locator("#editor").input_value().splitlines()[int(line[0]) - 1]
    editor = page.locator("#editor")
    editor.fill(editor.input_value().replace('"RETURN"', '"SALE'))
    expect(page.locator("#verdict")).to_contain_text("no JSON")
    editor.fill(json.dumps(RECEIPT | {"receipt": RECEIPT["receipt"] | {"number": 1002}}))  # type: ignore[operator]
    expect(page.locator("#verdict")).to_contain_text("It fits now")
    seen(page)
    page.get_by_role("button", name="Save and replay").click()
    expect(page.get_by_text("The message is in the log.")).to_be_visible()

    # The other one by a repair for all of its reason.
    page.get_by_role("link", name="Mend all").click()
    page.get_by_label("Field", exact=True).fill("operation")
    page.get_by_label("New value or new name").fill("SALE")
    expect(page.locator("#preview")).to_contain_text("fits")
    seen(page)
    page.get_by_role("button", name="Mend and replay").click()
    expect(page.get_by_text("Everything fits")).to_be_visible()

    # Receipt 1001 came three times and counts once; the customer has 1001 and 1002.
    page.goto(f"{installation.address}/customers/?q=Dilnoza")
    page.locator("#list tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Karimova")
    expect(page.locator("main")).to_contain_text("190,000")


def test_the_server_stops_at_once_while_somebody_watches(context: BrowserContext, installation: Installation) -> None:
    page = context.new_page()
    make_owner(page, installation)
    ends: list[str] = []
    page.on("requestfinished", lambda asked: ends.append("whole") if "/sources/live/stream" in asked.url else None)
    page.on("requestfailed", lambda asked: ends.append("cut off") if "/sources/live/stream" in asked.url else None)
    with page.expect_response(lambda answer: "/sources/live/stream" in answer.url) as answered:
        page.goto(f"{installation.address}/sources/live/")
    assert answered.value.ok
    assert ends == []
    installation.process.terminate()
    wait_until(lambda: (page.wait_for_timeout(100), ends)[1])
    assert ends[0] == "whole"  # after ten seconds the web server would cut off an open answer
    wait_until(lambda: installation.process.poll() is not None)
