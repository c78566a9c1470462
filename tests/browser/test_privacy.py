"""Staff give a customer the link; the customer grants and withdraws on a phone, and takes a copy along."""

from __future__ import annotations

import json
import zipfile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Installation, new_context, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_customer_grants_withdraws_and_downloads_by_their_own_link(
    desk: Page, browser: Browser, demo: Installation
) -> None:
    page = desk
    page.goto(f"{demo.address}/customers/?sort=-purchases&language=ru")
    page.locator("tr[data-href]").first.get_by_role("link").first.click()
    page.get_by_role("link", name="Proof, links, rights").click()
    assert serious_findings(page) == []
    page.get_by_role("button", name="Show the link").click()
    address = page.locator(".pr-address code").inner_text()
    own = demo.address + address[address.index("/p/") :]

    phone = new_context(browser, viewport={"width": 375, "height": 760}, color_scheme="dark", has_touch=True)
    theirs = phone.new_page()
    theirs.goto(own)
    theirs.get_by_role("button", name="English").click()
    expect(theirs.get_by_role("heading", name="What we may do")).to_be_visible()
    assert theirs.evaluate("document.documentElement.scrollWidth") == 375
    assert serious_findings(theirs) == []
    partners = theirs.get_by_role("switch", name="Passing my contacts on to partners")
    before = partners.get_attribute("aria-checked")
    partners.click()
    expect(partners).to_have_attribute("aria-checked", "false" if before == "true" else "true")
    partners.click()
    expect(partners).to_have_attribute("aria-checked", str(before))
    sms = theirs.get_by_role("switch", name="Offers and news: SMS")
    while sms.get_attribute("aria-checked") == "true":
        sms.click()
        expect(sms).to_have_attribute("aria-checked", "false")
    with theirs.expect_download() as waited:
        theirs.get_by_role("link", name="Download everything").click()
    with zipfile.ZipFile(waited.value.path()) as archive:
        copy = json.loads(archive.read("everything.json"))
        assert b"<!doctype html>" in archive.read("everything.html")
    events = next(table["rows"] for table in copy["tables"] if table["table"] == "events_event")
    assert any(row["type"] == "consent_withdrawn" and row["payload"]["channel"] == "sms" for row in events)
    theirs.get_by_role("link", name="See it and correct it").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("What we know about you")
    assert serious_findings(theirs) == []
    phone.close()

    page.reload()
    expect(page.locator(".pr-answers li").first).to_contain_text("by the customer, by a link")
