"""A marketer builds a segment from nothing: what happened in a window, and a consent, with who fits shown meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, serious_findings, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_marketer_builds_a_segment_from_events_and_consent(demo: Installation, marketer: Page) -> None:
    page = marketer
    page.goto(f"{demo.address}/segments/add/")
    page.get_by_label("English").fill("Came lately, may be written to")
    page.locator("#id_0-0-field").select_option("events")
    settled(page)
    page.locator("#id_0-0-of-type").select_option("purchase_line")
    settled(page)
    page.locator("#id_0-0-of-days").fill("60")
    page.locator("#id_0-0-value").fill("2")
    preview = page.locator("#rule-preview")
    expect(preview).to_contain_text("Number of purchases within the last 60 days is at least 2.")
    alone = int(re.sub(r"\D", "", preview.locator("strong").inner_text()))
    assert alone > 0
    page.get_by_role("button", name="Add a condition").click()
    settled(page)
    page.locator("#id_0-1-field").select_option("consent")
    settled(page)
    page.locator("#id_0-1-of-channel").select_option("email")
    settled(page)
    page.locator("input[name='0-1-value'][value='given']").check()
    sentence = "Number of purchases within the last 60 days is at least 2 and consent (marketing, E-mail) is given."
    expect(preview).to_contain_text(sentence)
    both = int(re.sub(r"\D", "", preview.locator("strong").inner_text()))
    assert 0 < both < alone
    expect(preview.locator(".sg-examples li")).to_have_count(min(both, 10))
    assert serious_findings(page) == []
    page.get_by_role("button", name="Make the segment").click()
    page.wait_for_url(re.compile(r"/segments/came_lately"))
    expect(page.locator("main")).to_contain_text(sentence)
    page.get_by_role("link", name="Change the rule").first.click()
    expect(page.locator("#id_0-0-of-days")).to_have_value("60")
    page.locator("#id_0-0-of-days").fill("")
    expect(preview).to_contain_text("Fill in every condition")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator(".mj-field-error").first).to_contain_text("number of days")
