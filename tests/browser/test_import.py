"""Files that are not as they should be, on a phone: refused, read another way, stopped, mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Installation, make_owner, new_context, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CDNOW = " customer_id  date number_of_cds  dollar_value\r\n" + "".join(
    f" {1 + number // 3:05} {day}  {1 + number % 4}  {11.77 + number:7.2f}\r\n"
    for number, day in enumerate(["19970101", "19970112", "19970331", "19970230"] * 150)
)
IN_DOS = "Дата|Клиент|Сумма\n03/04/2025|Алиев|5,50\n04/05/2025|Каримов|7,50\n".encode("cp866")


@pytest.fixture
def phone(browser: Browser, installation: Installation) -> Page:
    page = new_context(browser, viewport=PHONE, has_touch=True).new_page()
    make_owner(page, installation)
    return page


def seen(page: Page) -> None:
    """The page as it stands fits the phone, and axe finds nothing serious."""
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def give(page: Page, installation: Installation, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    page.goto(f"{installation.address}/imports/new")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(file.name)).to_be_visible()
    page.get_by_role("button", name="Look at it").click()


def test_files_are_refused_read_otherwise_and_mended(phone: Page, installation: Installation, tmp_path: Path) -> None:
    page = phone
    give(page, installation, tmp_path / "report.csv", b"%PDF-1.7")
    expect(page.get_by_text("This is a PDF")).to_be_visible()
    seen(page)

    give(page, installation, tmp_path / "till.csv", IN_DOS)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Every date in the file can be read in two ways.")
    expect(preview).to_contain_text("3 Apr 2025")
    page.get_by_label("4 March: the month first").check()
    expect(preview).to_contain_text("4 Mar 2025")
    page.get_by_label("Клиент").select_option(label="– leave out –")
    expect(preview).to_contain_text("Nothing says who bought.")
    page.get_by_label("Letters").select_option(label="Cyrillic (Windows-1251)")
    page.get_by_role("button", name="Read the file again").click()
    expect(page.get_by_label("Клиент")).to_have_count(0)
    seen(page)
    page.get_by_role("button", name="Set this file aside").click()
    expect(page.get_by_text("The file is set aside.")).to_be_visible()
    seen(page)

    give(page, installation, tmp_path / "cdnow.txt", CDNOW.encode())
    expect(page.get_by_text("Recognised: CDNOW")).to_be_visible()
    page.get_by_label("number_of_cds").select_option(label="– leave out –")
    expect(preview).to_contain_text("not a date")
    expect(preview).to_contain_text("450 purchase rows")
    seen(page)
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_text("of all 600")).to_be_visible()
    seen(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rows with reasons").click()
    rejects = download.value.path().read_text(encoding="utf-8-sig")
    assert rejects.count("19970230") == 300  # as the wrong cell, and in its row

    give(page, installation, tmp_path / "mended.csv", rejects.replace("19970230", "19970228").encode())
    expect(page.get_by_text("These are rows that an import of cdnow.txt could not use.")).to_be_visible()
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    page.goto(f"{installation.address}/customers/?q=00200")
    page.get_by_role("link", name="00200").first.click()
    expect(page.locator("main")).to_contain_text("3")
    page.goto(f"{installation.address}/imports/")
    expect(page.locator("tbody tr")).to_have_count(3)
    seen(page)
    page.context.close()
