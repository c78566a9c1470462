"""The page of a customer at work: it follows the log, keeps what is typed, tells where each value is from."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, make_owner, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = """
from datetime import timedelta
from django.utils import timezone
from mijoz.business.models import Business
from mijoz.customers import traits
from mijoz.customers.actions import add_customer
from mijoz.events.actions import add_source, record
from mijoz.events.types import NewEvent

at = timezone.now()
Business.objects.update_or_create(pk=1, defaults={"name": "Choyxona", "currency": "UZS", "started_as": "empty"})
till = add_source("till-1")
record([NewEvent(message_id="1", type="visit", identity=("card", "", "77"), occurred_at=at)], source=till)
told = {"first_name": "Aziza", "last_name": "Karimova", "phone": "90 123-45-67", "city": "Buxoro"}
rows = [traits.Told(identity=("card", "", "77"), name=name, original=text, told_at=at) for name, text in told.items()]
traits.settle(traits.tell(rows, source=till))
site = traits.Told(identity=("card", "", "77"), name="city", original="Samarqand", told_at=at - timedelta(days=365))
traits.settle(traits.tell([site], source=add_source("site")))
add_customer(by=None, at=at, first_name="Botir", last_name="Karimov", phone="+998907654321")
"""
BUYS = """
from decimal import Decimal
from django.utils import timezone
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

record([
    NewEvent(message_id="2", type="purchase_line", identity=("card", "", "77"), occurred_at=timezone.now(),
             reference="r-1", item="Lagʻmon", amount=Decimal(45000), currency="UZS", quantity=1.0)
], source="till-1")
"""


def run(installation: Installation, script: str) -> None:
    done = installation.command("manage", "shell", "--command", script)
    assert done.returncode == 0, done.stderr


def test_the_page_of_a_customer(installation: Installation, page: Page) -> None:
    make_owner(page, installation)
    run(installation, PEOPLE)
    page.goto(f"{installation.address}/customers/?q=aziza")
    page.get_by_role("link", name="Karimova Aziza").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Karimova Aziza")

    # it follows the log: an event that another process records appears, and what is being typed stays
    page.get_by_label("New note").fill("Sits by the win")
    run(installation, BUYS)
    fresh = page.locator("[sse-swap=fresh]")
    expect(fresh).to_contain_text("Lagʻmon")
    expect(page.locator("[sse-swap=figures]")).to_contain_text("45,000")
    expect(page.get_by_label("New note")).to_have_value("Sits by the win")
    page.get_by_label("New note").fill("Sits by the window")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#notes")).to_contain_text("Sits by the window")
    expect(page.get_by_label("New note")).to_have_value("")

    # each value says where it is from; another one may be chosen
    facts = page.locator("[sse-swap=facts]")
    facts.get_by_text("+998 90 123 45 67").click()
    expect(facts).to_contain_text("from till-1 on")
    expect(facts).to_contain_text("given as “90 123-45-67”")
    facts.get_by_text("Buxoro").click()
    expect(facts).to_contain_text("Samarqand")
    findings = serious_findings(page)
    facts.get_by_role("button", name="Use this").click()
    facts.get_by_text("Samarqand", exact=True).click()
    expect(facts).to_contain_text("told by Malika Karimova on")

    # tags, and who belongs to whom
    page.get_by_text("Add a tag").click()
    page.get_by_label("Tag", exact=True).fill("loves lagʻmon")
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(page.get_by_role("list", name="Tags")).to_contain_text("loves lagʻmon")
    page.get_by_text("Add somebody").click()
    page.get_by_label("Who", exact=True).fill("botir")
    page.locator("#relative-found").get_by_label("Karimov Botir").check()
    page.get_by_label("Is this customer's").select_option("spouse")
    page.locator("#relations").get_by_role("button", name="Save").click()
    page.locator("#relations").get_by_role("link", name="Karimov Botir").click()
    expect(page.locator("#relations")).to_contain_text("Karimova Aziza Spouse")
    findings += serious_findings(page)

    # everybody found gets a tag; the list finds them by it
    page.goto(f"{installation.address}/customers/?q=karimov")
    page.get_by_label("Tag", exact=True).last.fill("family")
    page.get_by_role("button", name="Tag all 2 found").click()
    expect(page.get_by_text("2 customers were tagged “family”.")).to_be_visible()
    page.get_by_role("link", name="Karimova Aziza").click()
    page.get_by_role("list", name="Tags").get_by_role("link", name="loves lagʻmon").click()
    expect(page.get_by_role("link", name="Karimova Aziza")).to_be_visible()
    expect(page.get_by_role("link", name="Karimov Botir")).to_have_count(0)
    findings += serious_findings(page)
    assert findings == []
