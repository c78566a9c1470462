"""A file of customers: looked at, mapped, brought in, and undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, make_owner, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUSTOMERS = """№;Код;ФИО;Контакт;Дата рождения;Город;Откуда узнал
1;A-1;Каримова Малика Анвар қизи;90 123 45 67, 93 111 22 33;12.04.1990;г. Ташкент;Instagram
2;A-2;TO'RAYEV ANVAR;+998 90 123 45 67;31.02.1990;;друзья
3;A-3;Собирова Нилуфар;97 777 12 12;21 mart;Самарқанд;
4;;;;;;
"""


def seen(page: Page) -> None:
    """The page as it stands fits the window, and axe finds nothing serious."""
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_customers_are_mapped_brought_in_and_undone(page: Page, installation: Installation, tmp_path: Path) -> None:
    make_owner(page, installation)
    file = tmp_path / "mijozlar.csv"
    file.write_text(CUSTOMERS)
    page.goto(f"{installation.address}/imports/new")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_text("This file holds customers")).to_be_visible()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("3 new customers")
    expect(preview).to_contain_text("Toʻrayev")
    expect(preview).to_contain_text("there is no such day")
    expect(preview).to_contain_text("1 row cannot be used")
    page.get_by_label("Откуда узнал").select_option(label="Note")
    expect(preview).not_to_contain_text("Откуда узнал")
    page.get_by_label("Where it is from").fill("crm")
    seen(page)
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_text("were not known before")).to_be_visible()
    seen(page)
    address = page.url

    page.goto(f"{installation.address}/customers/?q=Малика")
    page.get_by_role("link", name="Каримова Малика Анвар қизи").first.click()
    expect(page.get_by_text("+998 90 123 45 67").first).to_be_visible()

    page.goto(f"{installation.address}/audit/")
    page.get_by_role("button", name="Look again now").click()
    expect(page.get_by_text("Do this first")).to_be_visible()
    seen(page)
    page.get_by_role("link", name="Show and mend").first.click()
    expect(page.get_by_role("link", name="Собирова Нилуфар").first).to_be_visible()
    seen(page)

    page.goto(address)
    page.get_by_role("link", name="Undo this import").click()
    expect(page.get_by_text("Nothing of this import has to stay.")).to_be_visible()
    seen(page)
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    seen(page)
    page.goto(f"{installation.address}/customers/?q=Малика")
    expect(page.get_by_role("link", name="Каримова Малика Анвар қизи")).to_have_count(0)
