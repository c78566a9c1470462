"""Somebody looks for customers as the desk does: by typing, by filters, by keyboard; and reads what happened."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, serious_findings, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_desk_finds_a_customer_and_reads_the_history(desk: Page, demo: Installation) -> None:
    desk.goto(f"{demo.address}/customers/")
    rows = desk.locator("tr[data-href]")
    expect(rows).to_have_count(50)

    # filters answer while one chooses, stand in the address and take themselves off
    desk.get_by_role("button", name="Filters").click()
    desk.get_by_role("combobox", name="Language").select_option("ru")
    expect(desk.locator(".cu-chip")).to_have_text([re.compile("Language: Русский")])
    expect(desk.locator("#filter-count")).to_contain_text("1")
    desk.get_by_label("Purchases, from").fill("2")
    desk.get_by_label("Purchases, from").press("Enter")
    expect(desk.locator(".cu-chip")).to_have_count(2)
    expect(desk).to_have_url(re.compile("language=ru&purchases_from=2"))
    assert serious_findings(desk) == []
    desk.keyboard.press("Escape")
    desk.get_by_role("link", name="Revenue").click()
    expect(desk.locator("th[aria-sort=descending]")).to_contain_text("Revenue")
    shown = rows.count()

    # the export is what stands there, in the same order
    with desk.expect_download() as waited:
        desk.get_by_role("link", name="Export").click()
    with open(waited.value.path(), encoding="utf-8-sig", newline="") as file:
        exported = list(csv.DictReader(file))
    assert len(exported) >= shown
    assert {row["Language"] for row in exported} == {"ru"}
    revenue = [float(row["Revenue"]) for row in exported]
    assert revenue == sorted(revenue, reverse=True)
    desk.locator(".cu-chip", has_text="Language").click()
    expect(desk.locator(".cu-chip")).to_have_text([re.compile("Purchases: from 2")])

    # the list finds while one types
    desk.goto(f"{demo.address}/customers/?sort=-purchases")
    name = rows.first.get_by_role("link").inner_text()
    desk.get_by_placeholder("Name, phone, e-mail or number").press_sequentially(name.split()[0])
    expect(desk.locator(".cu-chip")).to_have_count(1)
    expect(rows.first).to_contain_text(name.split()[0])

    # and the top bar by keyboard alone
    desk.goto(f"{demo.address}/customers/")
    desk.keyboard.press("/")
    with desk.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [name]):
        desk.keyboard.type(name)  # what comes while it is typed would take the choice away again
    settled(desk)
    expect(desk.locator(".mj-suggestion").first).to_contain_text(name)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text(name)

    # the history goes on where it stopped
    entries = desk.locator(".mj-timeline-item")
    before = entries.count()
    desk.get_by_role("link", name="Show more").click()
    expect(entries.nth(before)).to_be_visible()
    desk.get_by_role("link", name="Purchases and visits").click()
    expect(desk).to_have_url(re.compile("kind=trade"))
    expect(desk.locator(".cu-kinds [aria-current]")).to_have_text("Purchases and visits")
    expect(entries.filter(has_text="Bought").first).to_be_visible()
    expect(entries.filter(has_text="Gave consent")).to_have_count(0)
    assert serious_findings(desk) == []


def test_the_command_writes_everybody_to_a_file(demo: Installation, tmp_path: Path) -> None:
    target = tmp_path / "customers.csv"
    done = demo.command("export", "customers", str(target), "--json")
    assert json.loads(done.stdout) == {"customers": 300, "file": str(target)}
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["number"] for row in rows}) == 300
    assert {row["marketing_consent"] for row in rows} == {"yes", ""}
    nowhere = demo.command("export", "customers", str(tmp_path / "no" / "customers.csv"))
    assert nowhere.returncode == 1
    assert "cannot be written" in nowhere.stderr
