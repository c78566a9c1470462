"""A manager's first hour: from the one-time link to a message in a mailbox and the figures of the business."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, Mailbox, make_owner, serious_findings, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST_DAY = datetime.now(UTC).date() - timedelta(weeks=46)
PEOPLE = 80
LAST_NAMES = ("Karimov", "Yuldashev", "Юсупов", "Oʻktamov", "Rahimova", "Тошева")


def purchases_file(path: Path) -> int:
    """Purchases as a till writes them: Russian headings, semicolons, cp1251, `1 234,50`, d.m.Y; returns their sum.

    Of eighty people the first half came every fortnight until five months ago, the other half has been away for nine.
    """
    lines, total = ["чек;кто;имя;почта;дата;услуга;сумма"], 0
    for person in range(PEOPLE):
        weeks = 24 if person < PEOPLE // 2 else 6
        for visit, week in enumerate(range(person % 2, weeks, 2)):
            day = FIRST_DAY + timedelta(weeks=week, days=person % 5)
            amount = 40_000 + 7_500 * (person % 9) + 250 * visit
            total += amount
            told = f"{amount:,}".replace(",", " ")
            name = LAST_NAMES[person % len(LAST_NAMES)].replace("ʻ", "'")
            lines.append(
                f"{person * 100 + visit};K{person:03};{name};k{person}@example.uz;{day:%d.%m.%Y};Плов;{told},00"
            )
    path.write_bytes("\r\n".join(lines).encode("cp1251"))
    return total


def seen(page: Page) -> None:
    """The page as it stands has nothing that axe finds serious."""
    assert serious_findings(page) == []


def test_a_managers_first_hour(installation: Installation, mailbox: Mailbox, page: Page, tmp_path: Path) -> None:
    total = purchases_file(tmp_path / "касса.csv")
    make_owner(page, installation)
    name_the_business(page)
    import_purchases(page, tmp_path / "касса.csv")
    look_at_a_segment(page, installation)
    connect_the_mail(page, installation, mailbox)
    start_a_scenario(page, installation)
    message = wait_until(lambda: next(iter(mailbox.messages), None), seconds=300)
    assert re.fullmatch(r"k\d+@example\.uz", message["To"])
    assert "List-Unsubscribe" in message
    assert "sogʻin" in message.get_body(("plain",)).get_content().lower() + message["Subject"].lower()
    stop_by_the_link(page, installation, message["List-Unsubscribe"].strip(" <>"), message["To"])
    read_the_board(page, installation, total)


def name_the_business(page: Page) -> None:
    seen(page)
    page.get_by_role("link", name="I have a file").click()
    page.get_by_label("Name of the business").fill("Choyxona")
    seen(page)
    page.get_by_role("button", name="Go on to the file").click()


def import_purchases(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("кто", exact=True).select_option(label="Customer number")
    expect(page.locator("#preview")).to_contain_text("K000")
    seen(page)
    page.get_by_label("Yes, all of them, and we can show it").check()
    page.get_by_label("To which words did they agree").fill("Card form of 2025, point 4, kept in the office.")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Done", exact=True).first).to_be_visible()
    seen(page)


def look_at_a_segment(page: Page, installation: Installation) -> None:
    """Who has been away for nine months is at risk, as soon as the worker has sorted them."""

    def at_risk_has_members() -> bool:
        page.goto(f"{installation.address}/segments/at_risk/")
        return page.locator("main table").get_by_text("Юсупов").count() > 0

    wait_until(at_risk_has_members, seconds=300)
    seen(page)
    page.goto(installation.address + "/customers/?segment=at_risk&q=Юсупов")
    expect(page.locator("main")).to_contain_text("Юсупов")
    page.locator("main a[href^='/customers/']").filter(has_text="Юсупов").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Юсупов")
    seen(page)


def connect_the_mail(page: Page, installation: Installation, mailbox: Mailbox) -> None:
    page.goto(f"{installation.address}/settings/")
    page.get_by_label("Quiet hours from").fill("00:00")
    page.get_by_label("until").fill("00:00")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{installation.address}/settings/channels/email/")
    page.get_by_label("Name of the sender").fill("Choyxona")
    page.get_by_label("E-mail of the sender").fill("salom@choyxona.example")
    page.get_by_label("Server", exact=True).fill(mailbox.host)
    page.get_by_label("Port").fill(str(mailbox.port))
    page.get_by_label("Security").select_option("none")
    page.get_by_label("User name").fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send a test message").click()
    expect(page.get_by_role("status").filter(has_text="Sent to")).to_be_visible()
    assert mailbox.messages.pop()["To"] == "malika@example.uz"
    seen(page)


def start_a_scenario(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.address}/scenarios/missed_you/")
    seen(page)
    page.get_by_role("button", name="Start").first.click()
    expect(page.locator("#dry-run")).to_contain_text("k")
    seen(page)
    page.locator("dialog[open], .modal.show").get_by_role("button", name="Start", exact=True).click()


def stop_by_the_link(page: Page, installation: Installation, link: str, address: str) -> None:
    """What the customer does with the link at the foot of the message, in the language of the message."""
    page.goto(link)
    seen(page)
    stop = page.get_by_role("button", name="Bunday xabarlarni toʻxtatish")
    stop.click()
    expect(stop).to_have_count(0)
    seen(page)
    page.goto(f"{installation.address}/customers/?q={address}")
    page.locator("main a").filter(has_text=re.compile("|".join(LAST_NAMES).replace("ʻ", "."))).first.click()
    expect(page.locator("main")).to_contain_text("Withdrew consent: Marketing")


def read_the_board(page: Page, installation: Installation, total: int) -> None:
    page.goto(f"{installation.address}/kpi/")
    expect(page.locator("main")).to_contain_text("Revenue")
    digits = re.sub(r"\D", "", page.locator("main").inner_text())
    assert str(total)[:3] in digits
    seen(page)
