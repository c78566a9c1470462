"""Two customers are made one from the page of one of them, and two again from the list of merges."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Installation, new_context, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def two_customers(page: Page, demo: Installation) -> tuple[str, str]:
    """The addresses of two customers of the list."""
    page.goto(f"{demo.address}/customers/")
    rows = page.locator("#list tbody th a")
    found = [rows.nth(place).get_attribute("href") or "" for place in range(2)]
    return found[0], found[1]


def test_a_merge_is_made_and_undone(browser: Browser, demo: Installation, owner_of_demo: Path) -> None:
    page = new_context(browser, viewport=PHONE, storage_state=owner_of_demo).new_page()
    one, other = two_customers(page, demo)
    page.goto(demo.address + other)
    name = page.locator("h1").inner_text()
    page.goto(demo.address + one)
    page.get_by_role("link", name="Merge with another customer").click()
    page.get_by_role("searchbox", name="Name, phone, e-mail or number").last.fill(name)
    page.locator(f'#found a[href$="/merge/{other.split("/")[2]}"]').click()
    expect(page.locator("h1")).to_have_text("One person?")
    assert serious_findings(page) == []
    page.get_by_label("How do you know that they are one person?").fill("She told us at the desk")
    page.get_by_role("button", name="They are one person").click()
    expect(page.get_by_text("She told us at the desk")).to_be_visible()
    page.goto(demo.address + other)
    expect(page).to_have_url(demo.address + one)
    page.goto(f"{demo.address}/customers/merges/")
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    page.locator("dialog[open], .modal.show").get_by_role("button", name="Undo the merge").click()
    expect(page).to_have_url(demo.address + other)
    expect(page.get_by_text("are two customers again")).to_be_visible()
    page.context.close()
