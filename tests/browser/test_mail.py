"""A manager sets the mail server up and gets a test; a customer stops the messages by the link in a mail."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LINK, Installation, Mailbox, serious_findings, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNSUBSCRIBE = re.compile(r"http://\S+/u/\S+/")
PUT_A_MESSAGE = """
from django.utils import timezone
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.outbox import NewMessage
from mijoz.customers.actions import add_customer, answer_consent
from mijoz.business.models import Business
from mijoz.customers.models import Customer

at = timezone.now()
Business.objects.update_or_create(pk=1, defaults={"name": "Choyxona", "quiet_from": "00:00", "quiet_until": "00:00"})
ali = Customer.objects.filter(email="ali@example.uz").first()
if ali is None:
    ali = add_customer(by=None, at=at, first_name="Ali", email="ali@example.uz", language="en")
    answer_consent(ali, purpose="marketing", granted=True, proof="asked", through="staff", at=at)
put_in_outbox([
    NewMessage(
        customer_id=ali.pk, channel="email", purpose="marketing", dedupe_key=key, language="en",
        subject="Come again", text="We wait for you.", send_after=at,
    )
    for key in {keys}
])
"""


def put_messages(installation: Installation, *keys: str) -> None:
    done = installation.command("manage", "shell", "--command", PUT_A_MESSAGE.replace("{keys}", repr(keys)))
    assert done.returncode == 0, done.stderr


def test_mail_goes_out_and_the_link_in_it_stops_it(installation: Installation, page: Page, mailbox: Mailbox) -> None:
    home = installation.address
    findings: list[str] = []
    page.goto(installation.wait_for_line(LINK))
    page.get_by_label("Your name").fill("Malika")
    page.get_by_label("E-mail").fill("malika@choyxona.uz")
    page.get_by_label("Password").fill("uchta soz birga")
    page.get_by_label("English").check()
    page.get_by_role("button", name="Create the account").click()
    expect(page).to_have_url(f"{home}/")

    # a provider fills its server in; one's own is typed
    for address in ("", "sms/", "email/"):
        page.goto(f"{home}/settings/channels/{address}")
        findings += serious_findings(page)
    page.get_by_label("E-mail of the sender").fill("salom@choyxona.uz")
    page.get_by_label("Mail provider").select_option("mailru")
    expect(page.get_by_label("Server")).to_have_value("smtp.mail.ru")
    expect(page.get_by_label("Port")).to_have_value("465")
    expect(page.get_by_text("Passwords for external apps")).to_be_visible()
    page.get_by_label("Mail provider").select_option("own")
    page.get_by_label("Server").fill(mailbox.host)
    page.get_by_label("Port").fill(str(mailbox.port))
    page.get_by_label("Security").select_option("none")
    page.get_by_label("User name").fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send a test message").click()
    expect(page.get_by_text("Sent to malika@choyxona.uz")).to_be_visible()
    findings += serious_findings(page)
    assert mailbox.messages.pop()["Subject"] == "A test message from Mijoz"

    # a message arrives, and its link stops the next one
    put_messages(installation, "first")
    mail = wait_until(lambda: mailbox.messages and mailbox.messages[0])
    assert mail["To"] == "ali@example.uz"
    link = UNSUBSCRIBE.search(mail["List-Unsubscribe"])
    assert link
    page.goto(link.group())
    findings += serious_findings(page)
    page.get_by_role("button", name="Stop these messages").click()
    expect(page.get_by_role("heading", name="You get no more offers and news")).to_be_visible()
    findings += serious_findings(page)
    put_messages(installation, "second")

    # the outbox says why
    def reload() -> bool:
        page.goto(f"{home}/outbox/")
        return page.get_by_text("Consent withdrawn").count() > 1

    wait_until(reload, seconds=300)
    findings += serious_findings(page)
    page.locator("tbody").get_by_role("link", name="Come again").first.click()
    expect(page.get_by_text("The customer does not want such messages.")).to_be_visible()
    findings += serious_findings(page)
    assert len(mailbox.messages) == 1
    assert findings == []
