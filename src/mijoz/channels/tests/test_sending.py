"""Sending through a real mail server: what goes out, and how each failure ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from mijoz.channels import actions, queries, sending
from mijoz.channels.actions import log_settled, put_in_outbox, send_due
from mijoz.channels.email.trouble import Trouble
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.sending import Run
from mijoz.channels.tests.conftest import AT, Agreed, new_message, set_up
from mijoz.channels.tests.mailserver import MailServer, free_port, mail_server, make_certificate
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Purpose
from mijoz.events.models import Event

pytestmark = pytest.mark.django_db
STATUS = Message.Status


def put(customer: Customer, key: str = "k1", **fields: object) -> Message:
    put_in_outbox([new_message(customer, key, **fields)])
    return Message.objects.get(dedupe_key=key)


def test_a_message_goes_out_as_an_e_mail_that_mail_programs_understand(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    message = put(
        agreed("ali@example.uz"),
        subject="Osh tayyor — 20 % chegirma!",
        text="Assalomu alaykum, Ali oʻgʻli!\n\n.Nuqta bilan\nhttps://choyxona.uz/menyu <b>",
    )
    done = send_due(at=AT)
    message.refresh_from_db()
    assert (done.sent, message.status, message.sent_to, message.attempts) == (1, STATUS.SENT, "ali@example.uz", 1)
    assert message.settled_at is not None
    assert message.settled_at >= AT
    (given,) = mail.mails
    assert given["X-Given-To"] == "ali@example.uz"
    assert given["Subject"] == "Osh tayyor — 20 % chegirma!"
    assert given["From"] == "Choyxona <salom@choyxona.uz>"
    assert given["Message-ID"] == message.provider_id
    assert given["List-Unsubscribe"] == f"<https://choyxona.uz/u/{message.customer_id}-email>"
    assert given["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert given["Content-Language"] == "uz"
    text, html = (given.get_body((kind,)).get_content().replace("\r", "") for kind in ("plain", "html"))
    assert "Ali oʻgʻli!\n\n.Nuqta bilan" in text
    assert f"https://choyxona.uz/u/{message.customer_id}-email" in text
    assert '<a href="https://choyxona.uz/menyu"' in html
    assert "&lt;b&gt;" in html


def test_a_service_message_carries_no_unsubscribing(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    put(agreed("ali@example.uz"), purpose=Purpose.SERVICE)
    send_due(at=AT)
    (given,) = mail.mails
    assert given["List-Unsubscribe"] is None
    assert "choyxona.uz/u/" not in given.as_string()


def test_a_message_waits_for_its_moment(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    put(agreed("ali@example.uz"), send_after=AT + timedelta(hours=1))
    send_due(at=AT)
    assert mail.mails == []
    send_due(at=AT + timedelta(hours=1))
    assert mail.recipients == ["ali@example.uz"]


def test_the_gate_is_asked_when_it_is_sent_and_what_it_says_is_kept(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    ali, vali = agreed("ali@example.uz"), agreed("vali@example.uz")
    stopped, put_off = put(ali, "a"), put(vali, "b")
    customers.answer_consent(ali, purpose="marketing", granted=False, proof="", through="portal", at=AT + timedelta(1))
    night = AT + timedelta(hours=10)
    send_due(at=night)
    stopped.refresh_from_db()
    put_off.refresh_from_db()
    assert mail.mails == []
    # The answer of tomorrow counts already: an answer is never in the future of a real clock.
    assert (stopped.status, stopped.reason) == (STATUS.STOPPED, Reason.CONSENT_WITHDRAWN)
    assert (put_off.status, put_off.reason) == (STATUS.WAITING, Reason.QUIET_HOURS)
    assert put_off.send_after == AT + timedelta(hours=21)  # 9 in the morning in Tashkent
    send_due(at=put_off.send_after)
    assert mail.recipients == ["vali@example.uz"]
    assert Message.objects.get(pk=put_off.pk).reason == ""


def test_what_nobody_needs_any_more_is_stopped_even_without_an_account(agreed: Agreed) -> None:
    message = put(agreed("ali@example.uz"))
    assert send_due(at=message.expires_at).stopped == 1
    message.refresh_from_db()
    assert (message.status, message.reason) == (STATUS.STOPPED, Reason.TOO_LATE)


def test_without_an_account_messages_wait_and_go_out_once_there_is_one(agreed: Agreed, mail: MailServer) -> None:
    message = put(agreed("ali@example.uz"))
    send_due(at=AT)
    message.refresh_from_db()
    assert (message.status, message.attempts) == (STATUS.WAITING, 0)
    set_up(mail)
    send_due(at=AT)
    assert mail.recipients == ["ali@example.uz"]


def test_many_go_over_one_connection_each_once(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    put_in_outbox([new_message(agreed(f"c{place}@example.uz"), f"k{place}") for place in range(60)])
    assert send_due(at=AT).sent == 60
    assert sorted(mail.recipients) == sorted(f"c{place}@example.uz" for place in range(60))
    assert mail.connections == 1
    assert send_due(at=AT).sent == 0


def test_a_connection_closed_after_some_mails_is_opened_anew(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    mail.at_most = 3
    put_in_outbox([new_message(agreed(f"c{place}@example.uz"), f"k{place}") for place in range(10)])
    assert send_due(at=AT).sent == 10
    assert len(mail.mails) == 10
    assert mail.connections == 4
    assert ChannelAccount.objects.get().trouble == ""


# How failures end


def test_a_temporary_refusal_is_tried_again_later_each_time_and_then_given_up(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    mail.answers["ali"] = "450 4.2.0 Greylisted, come again"
    message = put(agreed("ali@example.uz"))
    at, waits = AT, []
    while True:
        send_due(at=at)
        message.refresh_from_db()
        if message.status != STATUS.WAITING:
            break
        assert (message.reason, message.detail) == (Reason.TRY_AGAIN, "450 4.2.0 Greylisted, come again")
        waits.append(message.send_after - at)
        at = message.send_after
    assert [round(wait.total_seconds() / 60) for wait in waits] == [1, 5, 15, 60, 240]
    assert (message.status, message.reason, message.attempts) == (STATUS.FAILED, Reason.GAVE_UP, 6)
    assert ChannelAccount.objects.get().trouble == ""


def test_a_temporary_refusal_is_not_tried_beyond_its_use(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    mail.data_answers["ali"] = "451 Try later"
    message = put(agreed("ali@example.uz"), expires_at=AT + timedelta(seconds=50))
    send_due(at=AT)
    message.refresh_from_db()
    assert (message.status, message.reason) == (STATUS.FAILED, Reason.GAVE_UP)


@pytest.mark.parametrize("stage", ["answers", "data_answers"])
def test_a_permanent_refusal_fails_that_message_alone(
    agreed: Agreed, account: ChannelAccount, mail: MailServer, stage: str
) -> None:
    getattr(mail, stage)["ali"] = "550 5.1.1 No such person"
    refused = put(agreed("ali@example.uz"), "a")
    put(agreed("vali@example.uz"), "b")
    done = send_due(at=AT)
    refused.refresh_from_db()
    assert (done.sent, done.failed) == (1, 1)
    assert (refused.status, refused.reason) == (STATUS.FAILED, Reason.REFUSED)
    assert refused.detail == "550 5.1.1 No such person"
    assert mail.recipients == ["vali@example.uz"]


def test_a_connection_lost_at_the_end_of_a_mail_leaves_its_outcome_unknown_and_it_is_never_sent_again(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    mail.data_answers["ali"] = "hang up"
    unknown = put(agreed("ali@example.uz"), "a")
    put(agreed("vali@example.uz"), "b")
    send_due(at=AT)
    unknown.refresh_from_db()
    assert (unknown.status, unknown.reason) == (STATUS.FAILED, Reason.UNKNOWN_OUTCOME)
    assert unknown.handed_at is not None
    mail.data_answers.clear()
    send_due(at=AT + timedelta(hours=1))
    assert mail.recipients == ["vali@example.uz"]


def test_one_message_that_breaks_the_connection_does_not_hold_up_the_others(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    mail.answers["ali"] = "hang up"
    breaking = put(agreed("ali@example.uz"), "a")
    put(agreed("vali@example.uz"), "b")
    send_due(at=AT)
    send_due(at=AT + timedelta(minutes=1, seconds=1))
    breaking.refresh_from_db()
    assert mail.recipients == ["vali@example.uz"]
    assert breaking.status == STATUS.WAITING


def test_an_account_that_works_again_says_so(agreed: Agreed, mail: MailServer) -> None:
    closed = mail.settings.model_copy(update={"port": free_port()})
    actions.set_up_account("email", name="x", settings=closed.model_dump(), secret="", at=AT)
    message = put(agreed("ali@example.uz"))
    send_due(at=AT)
    message.refresh_from_db()
    account = ChannelAccount.objects.get()
    assert (message.status, message.attempts, message.handed_at) == (STATUS.WAITING, 0, None)
    assert (account.trouble, account.trouble_at is not None) == (Trouble.PORT_CLOSED, True)

    ChannelAccount.objects.update(settings=mail.settings.model_dump())
    send_due(at=AT + timedelta(seconds=30))
    assert mail.mails == []  # it rests a minute after its trouble
    send_due(at=AT + timedelta(seconds=90))
    assert mail.recipients == ["ali@example.uz"]
    account.refresh_from_db()
    assert (account.trouble, account.trouble_at, account.rests_until) == ("", None, None)


def test_the_rest_of_an_account_grows_with_its_trouble(agreed: Agreed, mail: MailServer) -> None:
    closed = mail.settings.model_copy(update={"port": free_port()})
    account = actions.set_up_account("email", name="x", settings=closed.model_dump(), secret="", at=AT)
    put(agreed("ali@example.uz"))
    at, rests = AT, []
    for _time in range(9):
        send_due(at=at)
        account.refresh_from_db()
        rests.append(round((account.rests_until - at).total_seconds() / 60))
        at = account.rests_until + timedelta(milliseconds=1)
    assert rests == [1, 1, 2, 4, 8, 16, 32, 60, 60]


LIMIT_TEXT = "550 5.4.5 Daily user sending limit exceeded"


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        ({"sender_answer": "553 5.7.1 Sender address rejected: not owned by user"}, Trouble.SENDER_REFUSED),
        ({"sender_answer": "452 4.3.1 Insufficient system storage"}, Trouble.REFUSED),
        ({"answers": {"ali": "554 5.7.1 <ali@example.uz>: Relay access denied"}}, Trouble.RELAY_REFUSED),
        ({"answers": {"ali": LIMIT_TEXT}}, Trouble.LIMIT_REACHED),
        ({"data_answers": {"ali": LIMIT_TEXT}}, Trouble.LIMIT_REACHED),
        ({"answers": {"ali": "530 5.7.0 Authentication required"}}, Trouble.LOGIN_REFUSED),
        ({"answers": {"ali": "421 4.7.0 Too many connections"}}, Trouble.CLOSED),
    ],
)
def test_what_is_wrong_for_every_message_fails_none_of_them(
    agreed: Agreed, account: ChannelAccount, mail: MailServer, told: dict[str, object], trouble: str
) -> None:
    for name, value in told.items():
        setattr(mail, name, value)
    put_in_outbox([new_message(agreed(f"{name}@example.uz"), name) for name in ("ali", "vali", "gani")])
    send_due(at=AT)
    account.refresh_from_db()
    assert account.trouble == trouble
    assert set(Message.objects.values_list("status", "attempts")) == {(STATUS.WAITING, 0)}
    assert mail.mails == []


@pytest.mark.parametrize(
    ("changed", "trouble", "says"),
    [
        ({"port": -1}, Trouble.PORT_CLOSED, "takes no mail on port"),
        ({"host": "mail.choyxona.invalid"}, Trouble.NO_SUCH_SERVER, "was not found"),
        ({"security": "ssl"}, Trouble.SECURITY_MISMATCH, "Port 465 goes with SSL/TLS"),
        ({"security": "starttls"}, Trouble.SECURITY_NOT_OFFERED, "does not offer STARTTLS"),
    ],
)
def test_a_server_set_up_wrongly_is_explained(
    agreed: Agreed, mail: MailServer, changed: dict[str, object], trouble: str, says: str
) -> None:
    settings = mail.settings.model_dump() | changed
    settings["port"] = free_port() if settings["port"] == -1 else settings["port"]
    actions.set_up_account("email", name="x", settings=settings, secret="", at=AT)
    message = put(agreed("ali@example.uz"))
    send_due(at=AT)
    account = ChannelAccount.objects.get()
    message.refresh_from_db()
    assert account.trouble == trouble
    assert says in queries.trouble_in_words(account)
    assert (message.status, message.attempts) == (STATUS.WAITING, 0)


def test_a_wrong_password_is_explained_and_the_right_one_is_never_shown(agreed: Agreed) -> None:
    with mail_server(password="yxzw parol") as mail:
        account = set_up(mail, secret="xato")
        put(agreed("ali@example.uz"))
        send_due(at=AT)
        account.refresh_from_db()
        assert account.trouble == Trouble.LOGIN_REFUSED
        assert "app password" in queries.trouble_in_words(account)
        assert mail.mails == []
        set_up(mail, secret="yxzw parol")
        send_due(at=AT)
        assert mail.recipients == ["ali@example.uz"]
        assert "parol" not in str(vars(ChannelAccount.objects.get()))


def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_trusted_one_taken(
    agreed: Agreed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    put(agreed("ali@example.uz"))
    with mail_server(password="yxzw parol", certificate=certificate) as mail:
        settings = mail.settings.model_dump() | {"security": "starttls"}
        account = actions.set_up_account("email", name="x", settings=settings, secret="yxzw parol", at=AT)
        send_due(at=AT)
        account.refresh_from_db()
        assert account.trouble == Trouble.CERTIFICATE_INVALID
        assert "is not valid" in queries.trouble_in_words(account)
        assert mail.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send_due(at=AT + timedelta(minutes=2))
    assert mail.recipients == ["ali@example.uz"]


# After a crash


def claimed_by_a_dead_run(key: str, *, handed: bool) -> None:
    """As a worker leaves it that was killed."""
    fields = {"claimed_at": AT, "claimed_by": 4_711, "handed_at": AT if handed else None}
    Message.objects.filter(dedupe_key=key).update(status=STATUS.SENDING, attempts=int(handed), **fields)


def test_what_a_dead_worker_had_not_given_to_the_server_yet_is_sent(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    put(agreed("ali@example.uz"))
    claimed_by_a_dead_run("k1", handed=False)
    send_due(at=AT + timedelta(seconds=1))
    assert mail.recipients == ["ali@example.uz"]


def test_what_a_dead_worker_had_given_to_the_server_fails_as_unknown_and_is_not_sent_twice(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    message = put(agreed("ali@example.uz"))
    claimed_by_a_dead_run("k1", handed=True)
    send_due(at=AT + timedelta(seconds=1))
    message.refresh_from_db()
    assert mail.mails == []
    assert (message.status, message.reason) == (STATUS.FAILED, Reason.UNKNOWN_OUTCOME)


def test_what_a_living_worker_has_is_left_to_it(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    put(agreed("ali@example.uz"))
    run = Run(AT)
    with run.alive():
        Message.objects.update(status=STATUS.SENDING, claimed_at=AT, claimed_by=run.number)
        assert sending.take_up_left_behind(AT) == 0
        send_due(at=AT + timedelta(days=1))
    assert mail.mails == []
    assert Message.objects.get().status == STATUS.SENDING


def test_only_one_sends_in_turn(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    put(agreed("ali@example.uz"))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [sending.RUN_LOCKS])
            assert actions.send_in_turn(at=AT) is None
            assert mail.mails == []
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [sending.RUN_LOCKS])
    finally:
        other.close()
    assert actions.send_in_turn(at=AT).sent == 1


# The log


def test_the_log_hears_of_each_message_once(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    mail.answers["vali"] = "550 5.1.1 No such person"
    ali, vali = agreed("ali@example.uz"), agreed("vali@example.uz")
    silent = customers.add_customer(by=None, at=AT, email="gani@example.uz")
    put(ali, "a", scenario="welcome", subject="Xush kelibsiz")
    put(vali, "b" * 200)
    put(silent, "c")
    send_due(at=AT)
    assert (log_settled(), log_settled()) == (3, 0)
    told = Event.objects.filter(type__startswith="message_")
    sent = told.get(type="message_sent")
    assert (sent.reference, sent.channel, sent.identity.value) == ("welcome", "email", str(ali.pk))
    assert sent.payload == {
        "scenario": "welcome",
        "subject": "Xush kelibsiz",
        "reason": "",
        "purpose": "marketing",
        "message": Message.objects.get(dedupe_key="a").pk,
    }
    assert sent.occurred_at == Message.objects.get(dedupe_key="a").settled_at
    assert told.get(type="message_failed").payload["reason"] == "refused"
    assert told.get(type="message_stopped").payload["reason"] == "consent_missing"


def test_logging_again_what_the_log_knows_adds_nothing(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    put(agreed("ali@example.uz"))
    send_due(at=AT)
    log_settled()
    Message.objects.update(is_logged=False)
    log_settled()
    assert Event.objects.filter(type="message_sent").count() == 1


def test_a_failed_message_that_is_tried_again_is_sent_to_the_address_of_now(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    mail.answers["xato"] = "550 5.1.1 No such person"
    ali = agreed("xato@example.uz")
    message = put(ali)
    send_due(at=AT)
    message.refresh_from_db()
    customers.describe(ali, by=None, at=AT, email="ali@example.uz")
    later = AT + timedelta(days=5)
    actions.try_again(message, at=later)
    send_due(at=later)
    log_settled()
    assert mail.recipients == ["ali@example.uz"]
    types = Event.objects.filter(type__startswith="message_").order_by("id").values_list("type", flat=True)
    assert list(types) == ["message_failed", "message_sent"]


def test_only_what_failed_can_be_tried_again_and_only_what_waits_be_stopped(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    message = put(agreed("ali@example.uz"))
    with pytest.raises(actions.NotPossible):
        actions.try_again(message, at=AT)
    actions.stop_message(message, at=AT)
    send_due(at=AT)
    assert mail.mails == []
    message.refresh_from_db()
    assert (message.status, message.reason) == (STATUS.STOPPED, Reason.STOPPED_BY_STAFF)
    with pytest.raises(actions.NotPossible):
        actions.stop_message(message, at=AT)
