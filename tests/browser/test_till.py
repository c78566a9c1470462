"""An owner sets programmes up, a customer's points and code are used at the till, and taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, make_owner, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_ready_programmes_to_a_redeemed_code(page: Page, installation: Installation) -> None:
    make_owner(page, installation)
    loaded = installation.command("demo", "--sector", "salon", "--customers", "60", "--months", "6", "--json")
    assert loaded.returncode == 0, loaded.stderr
    page.goto(f"{installation.address}/programmes/ready/")
    page.get_by_role("button", name="Take these as drafts").click()
    page.get_by_role("link", name="Tiers").first.click()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("is running")).to_be_visible()
    assert serious_findings(page) == []

    page.goto(f"{installation.address}/offers/new/")
    page.get_by_label("English").first.fill("Spring haircut")
    page.get_by_label("Percent", exact=True).fill("20")
    page.get_by_label("Only by code, or whom a scenario or staff gives it").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_text("A word that many may use").click()
    page.get_by_label("Code", exact=True).fill("Bahor")
    page.get_by_role("button", name="Make the code").click()
    expect(page.get_by_text("BAHOR")).to_be_visible()

    page.goto(f"{installation.address}/till/")
    page.get_by_label("Code", exact=True).fill("баҳор")
    page.get_by_label("Sum", exact=True).first.fill("200 000")
    page.get_by_role("button", name="See what applies").click()
    expect(page.locator(".ly-total dd")).to_have_text(re.compile("160,000"))
    assert serious_findings(page) == []
    page.get_by_role("button", name="Redeem").click()
    expect(page.get_by_role("heading", name="Redeemed")).to_be_visible()
    page.get_by_text("Take it back").click()
    page.get_by_label("Why").fill("Wrong receipt")
    page.get_by_role("button", name="Take back").first.click()
    expect(page.get_by_text("taken back: Wrong receipt")).to_be_visible()
