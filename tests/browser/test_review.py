"""Likely duplicates are reviewed by keyboard: same, two people, later, and the last answer taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, make_owner, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = """id,last name,first name,patronymic,phone,birth date,address,city
1,Karimov,Anvar,Alisher oʻgʻli,+998901112233,1988-04-09,Bogʻishamol koʻchasi 12-uy 5-xonadon,Toshkent
2,Каримов,Анвар,Алишерович,,,Bogʻishamol koʻchasi 12-uy 5-xonadon,Toshkent
3,Rasulova,Dilnoza,Botir qizi,+998935556677,1979-02-11,Navoiy koʻchasi 7-uy,Samarqand
4,Расулова,Дилноза,Ботировна,,,Navoiy koʻchasi 7-uy,Samarqand
5,Sobirov,Jamshid,Odil oʻgʻli,+998977778899,1995-12-01,Farhod koʻchasi 44-uy 3-xonadon,Buxoro
6,Собиров,Жамшид,Одилович,,,Farhod koʻchasi 44-uy 3-xonadon,Buxoro
"""


def test_three_likely_duplicates_are_decided_by_keyboard(page: Page, installation: Installation, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    make_owner(page, installation)
    assert installation.command("import", "customers", str(file), "--source", "till", "--json").returncode == 0
    page.goto(f"{installation.address}/customers/duplicates/rules")
    page.get_by_label("Merged by Mijoz from").fill("99.99")
    page.get_by_label("Asked about from").fill("1")
    page.get_by_role("button", name="Save").click()
    resolved = installation.command("resolve", "--json")
    assert '"to_review": 3' in resolved.stdout, resolved.stdout + resolved.stderr

    page.goto(f"{installation.address}/customers/duplicates/")
    assert serious_findings(page) == []
    page.get_by_role("link", name="Review 3 pairs").click()
    remaining = page.locator(".rv-top [role=status]")
    expect(remaining).to_have_text("3 pairs to review")
    expect(page.locator(".rv-fall")).to_contain_text("times likelier")
    assert serious_findings(page) == []

    page.keyboard.press("m")
    expect(remaining).to_have_text("2 pairs to review")
    page.keyboard.press("n")
    expect(remaining).to_have_text("1 pair to review")
    page.keyboard.press("u")
    expect(remaining).to_have_text("2 pairs to review")
    page.keyboard.press("n")
    expect(remaining).to_have_text("1 pair to review")
    page.keyboard.press("m")
    expect(page.get_by_text("All pairs are decided")).to_be_visible()

    page.goto(f"{installation.address}/customers/duplicates/?state=merged")
    expect(page.locator("tr[data-href]")).to_have_count(2)
    page.goto(f"{installation.address}/customers/duplicates/?state=apart")
    expect(page.locator("tr[data-href]")).to_have_count(1)

    listed = tmp_path / "identities.csv"
    assert installation.command("export", "identities", str(listed)).returncode == 0
    rows = [line.split(",") for line in listed.read_text(encoding="utf-8").splitlines()[1:]]
    of_till = {record: customer for source, record, customer in rows if source == "till"}
    assert len(of_till) == 6
    assert len(set(of_till.values())) == 4
