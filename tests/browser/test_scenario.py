"""A marketer makes a segment and a scenario from nothing, tests it, goes live, reads why, and pauses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, serious_findings, settled, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_marketer_brings_a_scenario_from_nothing_to_live(demo: Installation, marketer: Page) -> None:
    page = marketer
    make_a_segment(page, demo)
    write_a_scenario(page, demo)
    try_it_on_one_person(page, demo)
    go_live(page, demo)
    read_why(page, demo)
    pause(page, demo)


def seen(page: Page) -> None:
    """The page as it stands has nothing that axe finds serious."""
    assert serious_findings(page) == []


def make_a_segment(page: Page, demo: Installation) -> None:
    page.goto(f"{demo.address}/segments/add/")
    page.get_by_label("English").fill("Came twice")
    page.locator("#id_0-0-value").fill("2")
    expect(page.locator("#rule-preview")).to_contain_text("Number of purchases is at least 2.")
    page.get_by_role("button", name="Make the segment").click()
    page.wait_for_url(re.compile(r"/segments/came_twice"))


def write_a_scenario(page: Page, demo: Installation) -> None:
    page.goto(f"{demo.address}/scenarios/add/")
    page.locator("#id_names_uz").fill("Choyga taklif")
    page.locator("#id_segment").select_option("came_twice")
    page.locator("[name=step-0-subjects_uz]").fill("Choy tayyor")
    page.locator("[name=step-0-texts_uz]").fill("{{ greeting }} Sizni choyga kutamiz. {{ customer.first_nam }}")
    expect(page.locator("#preview-message")).to_contain_text("Did you mean “customer.first_name”?")
    page.locator("[name=step-0-texts_uz]").fill("{{ greeting }} Sizni choyga kutamiz. {{ customer.favourite_service }}")
    expect(page.locator("#preview-message")).to_contain_text("may be empty")
    expect(page.locator("#preview-message")).to_contain_text("as SMS")
    page.locator("#add-branch").click()
    settled(page)
    page.locator("[name=step-1-rule-value]").fill("4")
    way = page.get_by_role("region", name="if so")
    way.locator("summary").click()
    way.get_by_role("button", name="Task for staff").click()
    settled(page)
    page.locator("[name=step-2-texts_uz]").fill("Qoʻngʻiroq qiling. Choyga taklif eting.")
    page.locator("[name=step-2-confirm-0-uz]").fill("Taklif qildim")
    page.locator("#id_holdout").fill("10")
    expect(page.locator("#reading")).to_contain_text("if Number of purchases is at least 4")
    expect(page.locator("#reading")).to_contain_text("10% of them, drawn by chance")
    seen(page)
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url(re.compile(r"/scenarios/choyga_taklif/$"))
    expect(page.locator("main")).to_contain_text("Draft")
    seen(page)


def try_it_on_one_person(page: Page, demo: Installation) -> None:
    page.get_by_role("button", name="Test on one person").click()
    page.locator("#try-on-reader option").first.wait_for(state="attached")
    page.locator("#try-on-reader").select_option(index=0)
    page.get_by_role("button", name="Test", exact=True).click()
    page.wait_for_url(re.compile(r"/scenarios/why/\d+/"))
    expect(page.locator("main")).to_contain_text("This was a test on one person.")
    wait_until(lambda: page.reload() and page.locator("#step-message .sc-outcome").count(), seconds=300)
    seen(page)


def go_live(page: Page, demo: Installation) -> None:
    page.goto(f"{demo.address}/scenarios/choyga_taklif/")
    page.get_by_role("button", name="Start").first.click()
    expect(page.locator("#dry-run")).to_contain_text("What the gate would say now")
    expect(page.locator("#dry-run")).to_contain_text("Kept for comparison")
    page.locator("dialog[open], .modal.show").get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("main")).to_contain_text("Live")
    wait_until(lambda: page.reload() and "kept for comparison" in page.locator(".sc-kpis").inner_text()
               and not re.search(r"Served by it\s+0\b", page.locator(".sc-kpis").inner_text()),
               seconds=300)  # fmt: skip
    seen(page)


def read_why(page: Page, demo: Installation) -> None:
    page.goto(f"{demo.address}/scenarios/choyga_taklif/customers/?arm=treated")
    page.get_by_role("link", name="Why?").first.click()
    expect(page.locator("main")).to_contain_text("The number drawn for this customer is")
    expect(page.locator("main")).to_contain_text("below 10.0% one is kept for comparison")
    expect(page.locator("main")).to_contain_text("Number of purchases is at least 2.")
    expect(page.locator("main")).to_contain_text("Other scenarios of that time")
    seen(page)


def pause(page: Page, demo: Installation) -> None:
    page.goto(f"{demo.address}/scenarios/choyga_taklif/")
    page.get_by_role("button", name="Pause").click()
    page.locator("dialog[open], .modal.show").get_by_role("button", name="Pause").click()
    expect(page.locator("main")).to_contain_text("Paused on")
