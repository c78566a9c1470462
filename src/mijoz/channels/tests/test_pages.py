"""The pages of channels: the mail server's settings, the outbox, one message, the panel of the customer page."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mijoz.business.models import Business, Role, StaffMember
from mijoz.channels.actions import put_in_outbox, send_due
from mijoz.channels.email.trouble import Trouble
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.sealing import unseal
from mijoz.channels.tests.conftest import AT, Agreed, new_message, set_up
from mijoz.channels.tests.mailserver import MailServer, free_port, mail_server
from mijoz.customers.models import Customer

SETTINGS = "/settings/channels/email/"


def signed_in(role: str = Role.MANAGER) -> Client:
    client = Client()
    client.force_login(
        StaffMember.objects.create_user(
            email=f"{role}@choyxona.uz", password="long enough 1", role=role, language="en", name="Nodira"
        )
    )
    return client


@pytest.fixture
def manager(business: Business) -> Client:
    Business.objects.update(started_as="empty")
    return signed_in()


def form_of(server: MailServer, **changed: Any) -> dict[str, Any]:
    settings = server.settings
    told = {
        "from_name": "Choyxona Registon",
        "from_address": settings.from_address,
        "provider": "own",
        "host": settings.host,
        "port": settings.port,
        "security": "none",
        "user": settings.user,
        "password": server.password,
    }
    return told | changed


def errors_of(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# Settings


def test_a_manager_sets_the_mail_server_up_and_gets_a_test_message(manager: Client) -> None:
    with mail_server(password="maxfiy so1z") as mail:
        saved = manager.post(SETTINGS, form_of(mail), follow=True)
        assert saved.redirect_chain == [(SETTINGS, 302)]
        assert "maxfiy" not in saved.content.decode()
        tested = manager.post(f"{SETTINGS}test")
    assert "Sent to manager@choyxona.uz" in tested.content.decode()
    (given,) = mail.mails
    assert given["X-Given-To"] == "manager@choyxona.uz"
    assert given["From"] == "Choyxona Registon <salom@choyxona.uz>"
    account = ChannelAccount.objects.get()
    assert "maxfiy" not in f"{account.sealed_secret} {account.settings}"
    assert unseal(account.sealed_secret) == "maxfiy so1z"
    assert not Message.objects.exists()


def test_a_test_that_fails_says_what_to_do_and_notes_the_trouble(manager: Client, mail: MailServer) -> None:
    manager.post(SETTINGS, form_of(mail, port=free_port()))
    page = manager.post(f"{SETTINGS}test").content.decode()
    assert "takes no mail on port" in page
    assert ChannelAccount.objects.get().trouble == Trouble.PORT_CLOSED
    assert "takes no mail on port" in manager.get(SETTINGS).content.decode()


def test_a_server_that_refuses_the_test_message_is_quoted(manager: Client, mail: MailServer) -> None:
    mail.answers["manager"] = "550 5.1.1 No such person"
    manager.post(SETTINGS, form_of(mail))
    assert (
        "The server refused the message: 550 5.1.1 No such person" in manager.post(f"{SETTINGS}test").content.decode()
    )
    assert ChannelAccount.objects.get().trouble == ""


def test_an_empty_password_keeps_the_saved_one_for_the_same_server_only(manager: Client, mail: MailServer) -> None:
    asks = form_of(mail, user="choyxona", password="maxfiy")
    manager.post(SETTINGS, asks)
    kept = manager.post(SETTINGS, asks | {"password": "", "from_name": "Boshqa nom"})
    assert kept.status_code == 302
    assert unseal(ChannelAccount.objects.get().sealed_secret) == "maxfiy"
    for name, value in (("host", "thief.example"), ("port", 26), ("security", "ssl"), ("user", "other")):
        refused = manager.post(SETTINGS, asks | {"password": "", name: value})
        assert refused.status_code == 400
        assert "again" in errors_of(refused)["password"][0]
    account = ChannelAccount.objects.get()
    assert (account.settings["host"], account.settings["from_name"]) == ("127.0.0.1", "Boshqa nom")


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"host": "https://smtp.example.uz"}, "host", "no https://"),
        ({"host": "smtp.example.uz:587"}, "host", "no port"),
        ({"host": "smtp example"}, "host", "no spaces"),
        ({"port": "0"}, "port", "1"),
        ({"port": "70000"}, "port", "65535"),
        ({"from_address": "choyxona"}, "from_address", "valid"),
        ({"from_name": "A\nBcc: all@example.uz"}, "from_name", "one line"),
        ({"user": "choyxona", "password": ""}, "password", "Type the password"),
        ({"user": "choyxona", "password": "пароль"}, "password", "Latin"),
        ({"security": "magic"}, "security", "magic"),
    ],
)
def test_wrong_input_is_refused_with_a_word_and_nothing_is_saved(
    manager: Client, mail: MailServer, changed: dict[str, str], field: str, says: str
) -> None:
    refused = manager.post(SETTINGS, form_of(mail, **changed))
    assert refused.status_code == 400
    assert list(errors_of(refused)) == [field]
    assert says in errors_of(refused)[field][0].replace("\xa0", "").replace(",", "")
    assert not ChannelAccount.objects.exists()


def test_an_app_password_of_google_may_be_typed_with_its_spaces(manager: Client, mail: MailServer) -> None:
    gmail = {"provider": "gmail", "host": "smtp.gmail.com", "port": 587, "security": "starttls", "user": ""}
    manager.post(SETTINGS, form_of(mail, password="abcd efgh ijkl mnop", **gmail))
    account = ChannelAccount.objects.get()
    assert unseal(account.sealed_secret) == "abcdefghijklmnop"
    assert account.settings["user"] == "salom@choyxona.uz"


def test_a_channel_switched_off_sends_nothing_until_it_is_saved_again(
    manager: Client, agreed: Agreed, mail: MailServer
) -> None:
    set_up(mail)
    put_in_outbox([new_message(agreed("ali@example.uz"))])
    manager.post(f"{SETTINGS}off")
    send_due(at=AT)
    assert mail.mails == []
    manager.post(SETTINGS, form_of(mail))
    send_due(at=AT)
    assert mail.recipients == ["ali@example.uz"]
    assert ChannelAccount.objects.count() == 1


# The outbox


@pytest.fixture
def outbox(agreed: Agreed, account: ChannelAccount, mail: MailServer, manager: Client) -> dict[str, Message]:
    """One message in each state, written now, whatever AT is."""
    mail.answers["gani"] = "550 5.1.1 No such person"
    people = {name: agreed(f"{name}@example.uz", first_name=name.title()) for name in ("ali", "vali", "gani", "zuhra")}
    silent = Customer.objects.create(first_name="Soli", email="soli@example.uz", search_key=" soli soli@example.uz")
    for message in (
        new_message(people["ali"], "sent", subject="Xush kelibsiz", scenario="welcome"),
        new_message(people["vali"], "later", send_after=AT + timedelta(days=1), scenario="welcome"),
        new_message(people["gani"], "failed"),
        new_message(silent, "stopped", scenario="birthday"),
    ):
        put_in_outbox([message])
    send_due(at=AT)
    return {message.dedupe_key: message for message in Message.objects.all()}


def subjects(response: Any) -> list[str]:
    return [row.message.dedupe_key for row in response.context["rows"]]


def test_the_outbox_shows_every_message_with_what_came_of_it(manager: Client, outbox: dict[str, Message]) -> None:
    page = manager.get("/outbox/")
    text = page.content.decode()
    assert subjects(page) == ["stopped", "failed", "later", "sent"]
    assert {tile.key: tile.messages for tile in page.context["tiles"]} == {
        "waiting": 1, "sent": 1, "stopped": 1, "failed": 1,
    }  # fmt: skip
    assert [[(reason.key, reason.messages) for reason in group.reasons] for group in page.context["groups"]] == [
        [("consent_missing", 1)],
        [("refused", 1)],
    ]
    for told in ("No consent", "Refused by whoever carries it", "ali@example.uz", "Xush kelibsiz"):
        assert told in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=sent", ["sent"]),
        ("?reason=refused", ["failed"]),
        ("?scenario=welcome", ["later", "sent"]),
        ("?scenario=welcome&status=waiting", ["later"]),
        ("?q=Али", ["later", "sent"]),
        ("?q=gani@example", ["failed"]),
        ("?q=kelibsiz", ["sent"]),
        ("?q=nobody", []),
        ("?sort=due", ["sent", "failed", "stopped", "later"]),
        ("?sort=written", ["sent", "later", "failed", "stopped"]),
        ("?status=nonsense&reason=x&period=soon&sort=up&page=99&q=%00", ["stopped", "failed", "later", "sent"]),
    ],
)
def test_the_address_narrows_and_sorts_the_outbox(
    manager: Client, outbox: dict[str, Message], query: str, found: list[str]
) -> None:
    assert subjects(manager.get(f"/outbox/{query}")) == found


def test_a_period_leaves_out_what_is_older(manager: Client, outbox: dict[str, Message]) -> None:
    Message.objects.filter(dedupe_key="sent").update(created_at=AT - timedelta(days=400))
    assert "sent" not in subjects(manager.get("/outbox/?period=7"))
    assert "sent" in subjects(manager.get("/outbox/?period=all"))


def test_a_page_of_the_outbox_asks_the_same_number_of_questions_however_long_it_is(
    manager: Client, outbox: dict[str, Message], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ali = outbox["sent"].customer
    put_in_outbox([new_message(ali, f"k{place}", scenario=f"s{place}") for place in range(120)])
    with django_assert_max_num_queries(12):
        page = manager.get("/outbox/?sort=due&page=2")
    assert len(page.context["rows"]) == 50


def test_the_export_holds_what_the_list_does_and_no_formula(manager: Client, outbox: dict[str, Message]) -> None:
    Message.objects.filter(dedupe_key="sent").update(subject="=HYPERLINK(1)")
    answer = manager.get("/outbox/export.csv?scenario=welcome&sort=written")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Ali", "Vali"]
    assert rows[1][1:4] == ["ali@example.uz", "'=HYPERLINK(1)", "E-mail"]


def test_an_analyst_sees_no_address_and_cannot_guess_one(outbox: dict[str, Message]) -> None:
    analyst = signed_in(Role.ANALYST)
    for address in ("/outbox/", f"/outbox/{outbox['sent'].pk}/", "/outbox/export.csv"):
        answer = analyst.get(address)
        text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
        assert "ali@example.uz" not in text
        assert "a•••.uz" in text
    assert subjects(analyst.get("/outbox/?q=gani@example")) == []
    assert subjects(analyst.get("/outbox/?q=Gani")) == ["failed"]


def test_words_of_others_that_may_name_an_address_are_not_for_an_analyst(
    manager: Client, outbox: dict[str, Message]
) -> None:
    quoted = "550 5.1.1 <gani@example.uz> unknown"
    Message.objects.filter(dedupe_key="failed").update(detail=quoted, bounce_detail=quoted)
    for reader, times in ((manager, 2), (signed_in(Role.ANALYST), 0)):
        page = reader.get(f"/outbox/{outbox['failed'].pk}/").content.decode()
        assert page.count("gani@example.uz&gt; unknown") == times
        export = b"".join(reader.get("/outbox/export.csv")).decode()
        assert ("gani@example.uz> unknown" in export) is bool(times)


def test_a_message_page_shows_what_was_written_and_why_it_ended_so(manager: Client, outbox: dict[str, Message]) -> None:
    failed = manager.get(f"/outbox/{outbox['failed'].pk}/").content.decode()
    assert "550 5.1.1 No such person" in failed
    assert "Mostly the address does not exist" in failed
    assert "<iframe" in failed
    assert "sandbox" in failed
    Message.objects.filter(dedupe_key="sent").update(
        text="<script>alert(1)</script>", html="<b>x</b><script>y()</script>"
    )
    hostile = manager.get(f"/outbox/{outbox['sent'].pk}/").content.decode()
    assert "<script>alert" not in hostile
    assert "<script>y()" not in hostile


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_with_what_it_means(manager: Client, outbox: dict[str, Message], reason: Reason) -> None:
    Message.objects.filter(dedupe_key="stopped").update(reason=reason)
    assert str(reason.label) in manager.get("/outbox/").content.decode()
    page = manager.get(f"/outbox/{outbox['stopped'].pk}/")
    assert page.status_code == 200
    assert page.context["row"].meaning


def test_staff_stop_what_waits_and_try_again_what_failed(
    manager: Client, outbox: dict[str, Message], mail: MailServer
) -> None:
    manager.post(f"/outbox/{outbox['later'].pk}/stop")
    assert Message.objects.get(dedupe_key="later").reason == Reason.STOPPED_BY_STAFF
    mail.answers.clear()
    manager.post(f"/outbox/{outbox['failed'].pk}/again")
    again = Message.objects.get(dedupe_key="failed")
    assert (again.status, again.reason, again.attempts) == (Message.Status.WAITING, "", 1)
    refused = manager.post(f"/outbox/{outbox['sent'].pk}/again", follow=True)
    assert "Only a message that failed" in refused.content.decode()
    assert Message.objects.get(dedupe_key="sent").status == Message.Status.SENT


def test_the_customer_page_shows_the_messages_of_that_customer(manager: Client, outbox: dict[str, Message]) -> None:
    page = manager.get(f"/customers/{outbox['sent'].customer_id}/").content.decode()
    assert f'href="/outbox/{outbox["sent"].pk}/"' in page
    assert f'href="/outbox/{outbox["failed"].pk}/"' not in page
    operator = signed_in(Role.OPERATOR).get(f"/customers/{outbox['sent'].customer_id}/").content.decode()
    assert "Xush kelibsiz" in operator
    assert "/outbox/" not in operator
