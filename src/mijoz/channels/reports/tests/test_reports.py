"""What became of a message: told by the provider or by a notice in the mailbox, proved, kept once, and acted upon."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_string, policy
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape

from mijoz.business.models import Role, StaffMember
from mijoz.channels import actions, gate, queries
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.reports import actions as reports
from mijoz.channels.reports import providers, returned
from mijoz.channels.reports.providers import PROVIDERS
from mijoz.channels.reports.report import Report, ReportsUnreadable
from mijoz.channels.reports.settings import Mailbox, ReportSettings
from mijoz.channels.seals import seal_of
from mijoz.channels.tests.conftest import AT, Agreed, account, agreed, business, mail, new_message, unsubscribing
from mijoz.channels.tests.mailserver import MailServer
from mijoz.customers.audit import actions as audit
from mijoz.customers.models import AuditScore, Consent
from mijoz.events.models import Event
from mijoz.events.sources.signatures import Call, CallRefused

__all__ = ["account", "agreed", "business", "mail", "unsubscribing"]
SEAL, NUMBER = "0123456789abcdef0123456789abcdef", 7
ID = f"<{SEAL}.{NUMBER}@choyxona.uz>"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
SECONDS = AT.timestamp()

CALLS: dict[str, tuple[Any, str]] = {
    "mailgun-delivered": ({"event-data": {"event": "delivered", "timestamp": SECONDS, "recipient": "Ali@example.uz",
                           "message": {"headers": {"message-id": ID.strip("<>")}}}}, "delivered"),
    "mailgun-failed": ({"event-data": {"event": "failed", "severity": "permanent", "timestamp": SECONDS,
                        "recipient": "ali@example.uz", "message": {"headers": {"message-id": ID.strip("<>")}},
                        "delivery-status": {"code": 550, "message": "no such user"}}}, "bounced"),
    "sendgrid-bounce": ([{"event": "bounce", "type": "bounce", "timestamp": int(SECONDS), "email": "ali@example.uz",
                          "smtp-id": ID, "reason": "550 5.1.1"}], "bounced"),
    "sendgrid-click": ([{"event": "click", "timestamp": int(SECONDS), "email": "ali@example.uz", "smtp-id": ID}],
                       "clicked"),
    "postmark-spam": ({"RecordType": "SpamComplaint", "Email": "ali@example.uz", "BouncedAt": "2026-03-31T07:00:00Z",
                       "Metadata": {"mijoz": ID.strip("<>")}}, "complained"),
    "postmark-hard": ({"RecordType": "Bounce", "Type": "HardBounce", "Email": "ali@example.uz",
                       "BouncedAt": "2026-03-31T07:00:00Z", "Metadata": {"mijoz": ID.strip("<>")}}, "bounced"),
    "brevo-open": ({"event": "unique_opened", "email": "ali@example.uz", "ts_epoch": int(SECONDS * 1000),
                    "X-Mailin-custom": ID.strip("<>")}, "opened"),
    "own-delivered": ({"reports": [{"kind": "delivered", "message_id": ID, "at": "2026-03-31T12:00:00+05:00",
                                    "recipient": "ali@example.uz"}]}, "delivered"),
}  # fmt: skip
USELESS: dict[str, Any] = {
    "mailgun-temporary": {"event-data": {"event": "failed", "severity": "temporary",
                                         "message": {"headers": {"message-id": ID}}}},
    "sendgrid-blocked": [{"event": "bounce", "type": "blocked", "smtp-id": ID}, {"event": "processed", "smtp-id": ID}],
    "postmark-soft": {"RecordType": "Bounce", "Type": "SoftBounce", "Metadata": {"mijoz": ID}},
    "brevo-foreign": {"event": "delivered", "message-id": "<somebody@else.example>"},
    "own-unknown": {"reports": [{"kind": "lost", "message_id": ID}]},
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_every_provider_is_read(name: str) -> None:
    given, kind = CALLS[name]
    [found] = providers.read(PROVIDERS[name.partition("-")[0]], json.dumps(given).encode())
    assert (found.kind, found.seal, found.number, found.at) == (kind, SEAL, NUMBER, AT)
    assert found.recipient == "ali@example.uz"


@pytest.mark.parametrize("name", USELESS)
def test_what_is_temporary_or_not_of_ours_is_left_out(name: str) -> None:
    assert providers.read(PROVIDERS[name.partition("-")[0]], json.dumps(USELESS[name]).encode()) == []


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("body", [b"", b"[", b"null", b"7", b'{"a": []}', b"[[1]]", b"\xff", b"[" * 100_000])
def test_nonsense_is_refused_and_breaks_nothing(provider: str, body: bytes) -> None:
    with pytest.raises(ReportsUnreadable):
        providers.read(PROVIDERS[provider], body)


def test_what_no_calendar_and_no_database_knows_is_no_reason_to_call_again() -> None:
    far = json.dumps([{"event": "open", "timestamp": 1e17, "email": "ali@example.uz", "smtp-id": ID}]).encode()
    with pytest.raises(ReportsUnreadable):
        providers.read(PROVIDERS["sendgrid"], far)
    half = b'[{"event": "bounce", "smtp-id": "%s", "reason": "550 \\ud83d"}]' % ID.encode()
    [found] = providers.read(PROVIDERS["sendgrid"], half)
    found.detail.encode()
    with pytest.raises(CallRefused):  # before the call has proved anything
        PROVIDERS["mailgun"].prove(Call({}, b"[" * 100_000), "secret", AT)


def proved(provider: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Headers and body as the provider would call."""
    moment = str(int(at.timestamp()))
    if provider == "sendgrid":
        signature = base64.b64encode(KEY.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
        name = "x-twilio-email-event-webhook"
        return {f"{name}-timestamp": moment, f"{name}-signature": signature}
    if provider == "own":
        signed = base64.b64encode(hmac.new(b"secret", f"n1.{moment}.".encode() + body, hashlib.sha256).digest())
        return {"webhook-id": "n1", "webhook-timestamp": moment, "webhook-signature": f"v1,{signed.decode()}"}
    return {"authorization": "Basic " + base64.b64encode(b"mijoz:secret").decode()}


def mailgun(given: dict[str, Any], *, at: datetime, key: str = "secret") -> bytes:
    moment = str(int(at.timestamp()))
    signature = hmac.new(key.encode(), f"{moment}t1".encode(), hashlib.sha256).hexdigest()
    return json.dumps({**given, "signature": {"timestamp": moment, "token": "t1", "signature": signature}}).encode()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_call_proves_whose_it_is_and_another_one_does_not(provider: str) -> None:
    secret = {"sendgrid": PUBLIC, "own": "whsec_" + base64.b64encode(b"secret").decode()}.get(provider, "secret")
    other = {"sendgrid": PUBLIC, "own": "whsec_" + base64.b64encode(b"wrong").decode()}.get(provider, "wrong")
    body = mailgun({}, at=AT) if provider == "mailgun" else b'{"reports": []}'
    headers = proved(provider, body, at=AT)
    PROVIDERS[provider].prove(Call(headers, body), secret, AT)
    changed = mailgun({}, at=AT, key="other") if provider == "mailgun" else body + b" "
    with pytest.raises(CallRefused):
        PROVIDERS[provider].prove(Call({}, b"{}"), secret, AT)
    with pytest.raises(CallRefused):
        PROVIDERS[provider].prove(Call(headers, changed), other, AT)
    if provider not in {"postmark", "brevo"}:  # whose secret stands in the address
        with pytest.raises(CallRefused):
            PROVIDERS[provider].prove(Call(headers, body), secret, AT + timedelta(minutes=6))


NOTICE = f"""From: MAILER-DAEMON@mx.example.uz
To: choyxona@example.uz
Subject: Undelivered
Content-Type: multipart/report; report-type={{kind}}; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/{{part}}

{{fields}}
--b
Content-Type: text/rfc822-headers

Subject: Salom
Message-ID: {ID}
--b--
"""
FAILED = """Reporting-MTA: dns; mx.example.uz

Final-Recipient: rfc822; ali@example.uz
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user
"""


def notice(action: str = "failed", status: str = "5.1.1", text: str = NOTICE) -> Any:
    filled = text.format(kind="delivery-status", part="delivery-status",
                         fields=FAILED.format(action=action, status=status))  # fmt: skip
    return message_from_string(filled, policy=policy.default)


@pytest.mark.parametrize(
    ("action", "status", "kinds"),
    [
        ("failed", "5.1.1", ["bounced"]),
        ("failed", "5.2.2", []),  # full, not gone
        ("failed", "4.4.1", []),
        ("delayed", "4.4.1", []),
        ("delivered", "2.0.0", ["delivered"]),
        ("relayed", "2.0.0", []),
    ],
)
def test_notices_that_come_back_are_read(action: str, status: str, kinds: list[str]) -> None:
    found = returned.read(notice(action, status), at=AT)
    assert [one.kind for one in found] == kinds
    for one in found:
        assert (one.seal, one.number, one.recipient) == (SEAL, NUMBER, "ali@example.uz")


def test_only_an_address_that_does_not_exist_is_given_up() -> None:
    """As when the server says so while we send: what it holds against the mail or its sender says nothing of whom."""
    for status, said in (("5.7.1", "554 looks like spam"), ("5.3.4", "552 too large"),
                         ("5.7.1", "550 Sender domain does not exist")):  # fmt: skip
        refused = FAILED.format(action="failed", status=status).replace("550 no such user", said)
        filled = NOTICE.format(kind="delivery-status", part="delivery-status", fields=refused)
        assert returned.read(message_from_string(filled), at=AT) == []


def test_an_abuse_report_is_a_complaint_and_an_answer_of_a_customer_is_nothing() -> None:
    abuse = NOTICE.format(kind="feedback-report", part="feedback-report", fields="Feedback-Type: abuse")
    assert [one.kind for one in returned.read(cast(Any, message_from_string(abuse, policy=policy.default)), at=AT)] == [
        "complained"
    ]
    plain = message_from_string(f"In-Reply-To: {ID}\nSubject: Re: Salom\n\nRahmat!", policy=policy.default)
    assert returned.read(cast(Any, plain), at=AT) == []


@pytest.fixture
def sent(account: ChannelAccount, agreed: Agreed) -> Message:
    """A message that the mail server took, to a customer who agreed to marketing."""
    actions.put_in_outbox([new_message(agreed("ali@example.uz"))])
    actions.send_due(at=AT)
    actions.log_settled()
    return Message.objects.get()


def told(message: Message, kind: str, **fields: Any) -> Report:
    given: dict[str, Any] = {"seal": seal_of(message), "number": message.pk, "recipient": "ali@example.uz"} | fields
    return Report(kind, given["seal"], given["number"], given.get("at"), given["recipient"], given.get("detail", ""))


def test_a_mail_names_itself_so_that_its_report_finds_it(sent: Message, mail: MailServer) -> None:
    [given] = mail.mails
    assert given["Message-ID"] == sent.provider_id == f"<{seal_of(sent)}.{sent.pk}@choyxona.uz>"
    assert "X-Mailin-custom" not in given


def test_a_provider_that_names_its_own_numbers_is_given_ours(
    sent: Message, account: ChannelAccount, mail: MailServer
) -> None:
    reports.set_up(account, ReportSettings(by="brevo"), secret="", at=AT)
    actions.put_in_outbox([new_message(sent.customer, "k2")])
    actions.send_due(at=AT)
    assert mail.mails[1]["X-Mailin-custom"] == str(mail.mails[1]["Message-ID"]).strip("<>")


def test_a_report_is_kept_once_and_stands_in_the_log(sent: Message) -> None:
    later = AT + timedelta(minutes=3)
    assert reports.note([told(sent, "delivered", at=AT + timedelta(minutes=1))] * 2, at=later) == 1
    assert reports.note([told(sent, "delivered"), told(sent, "opened")], at=later) == 1
    sent.refresh_from_db()
    assert (sent.delivered_at, sent.opened_at) == (AT + timedelta(minutes=1), later)
    types = list(Event.objects.filter(type__startswith="message_").order_by("id").values_list("type", flat=True))
    assert types == ["message_sent", "message_delivered", "message_opened"]


@pytest.mark.parametrize("wrong", [{"seal": "f" * 32}, {"number": 10**9}, {"recipient": "vali@example.uz"}])
def test_a_report_that_does_not_know_the_message_changes_nothing(sent: Message, wrong: dict[str, Any]) -> None:
    assert reports.note([told(sent, "bounced", **wrong)], at=AT) == 0
    sent.refresh_from_db()
    assert sent.bounced_at is None


def test_an_address_that_came_back_is_not_written_to_until_it_is_forgiven(sent: Message) -> None:
    reports.note([told(sent, "bounced", detail="550 5.1.1 no such user")], at=AT)
    actions.put_in_outbox([new_message(sent.customer, "k2"), new_message(sent.customer, "k3", purpose="service")])
    actions.send_due(at=AT)
    stopped = Message.objects.exclude(pk=sent.pk)
    assert set(stopped.values_list("status", "reason")) == {("stopped", Reason.ADDRESS_UNUSABLE)}
    assert queries.customers_with_bounced_address() == {sent.customer_id}
    audit.run(at=AT)
    assert "slip" in AuditScore.objects.get(customer=sent.customer).findings
    assert reports.forgive(sent, at=AT) == 1
    actions.put_in_outbox([new_message(sent.customer, "k4")])
    actions.send_due(at=AT)
    assert Message.objects.get(dedupe_key="k4").status == "sent"
    sent.customer.email = "new@example.uz"  # another address was never in doubt
    facts = gate.facts_for([Message(**new_message(sent.customer, "k5").row())], AT)
    assert not facts[0].is_unusable


def test_who_calls_a_mail_spam_gets_no_marketing_any_more(sent: Message) -> None:
    reports.note([told(sent, "complained")], at=AT + timedelta(minutes=1))
    answer = Consent.objects.get(customer=sent.customer, purpose="marketing", channel="email")
    assert (answer.granted, answer.given_through) == (False, "complaint")
    actions.put_in_outbox([new_message(sent.customer, "k2", send_after=AT + timedelta(hours=1))])
    actions.send_due(at=AT + timedelta(hours=1))
    assert Message.objects.get(dedupe_key="k2").reason == Reason.CONSENT_WITHDRAWN
    assert Event.objects.filter(type="consent_withdrawn").count() == 1


def test_a_server_that_knows_no_such_mailbox_is_believed_at_once(
    account: ChannelAccount, agreed: Agreed, mail: MailServer
) -> None:
    mail.answers["ali"] = "550 5.1.1 User unknown"
    mail.answers["vali"] = "554 5.7.1 Message looks like spam"
    customers = [agreed("ali@example.uz"), agreed("vali@example.uz")]
    actions.put_in_outbox([new_message(one, f"k{one.pk}") for one in customers])
    actions.send_due(at=AT)
    assert set(Message.objects.values_list("status", flat=True)) == {"failed"}
    assert queries.unusable(["ali@example.uz", "vali@example.uz"], "email") == {"ali@example.uz"}
    # Forgiven and tried again, it is believed once more.
    message = Message.objects.get(customer=customers[0])
    reports.forgive(message, at=AT)
    assert queries.unusable(["ali@example.uz"], "email") == set()
    actions.try_again(message, at=AT)
    message.refresh_from_db()
    assert (message.bounced_at, message.bounce_forgiven_at) == (None, None)
    actions.send_due(at=AT + timedelta(minutes=1))
    assert queries.unusable(["ali@example.uz"], "email") == {"ali@example.uz"}


def test_a_call_of_the_provider_is_taken_and_others_are_not(sent: Message, account: ChannelAccount) -> None:
    client, body = (
        Client(),
        json.dumps({"reports": [{"kind": "delivered", "message_id": f"{seal_of(sent)}.{sent.pk}"}]}).encode(),
    )
    assert client.post("/reports/email/own/", body, content_type="application/json").status_code == 404
    secret = reports.set_up(account, ReportSettings(by="own"), secret="", at=AT)
    assert secret.startswith("whsec_")
    assert secret not in str(account.reports) + account.sealed_reports_secret
    assert reports.set_up(account, ReportSettings(by="own"), secret="", at=AT) == ""  # it is shown once
    assert client.post("/reports/email/mailgun/", body, content_type="application/json").status_code == 404
    assert client.post("/reports/email/own/", body, content_type="application/json").status_code == 401
    account.refresh_from_db()
    assert account.reports_trouble
    moment = str(int(timezone.now().timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = base64.b64encode(hmac.new(key, f"n.{moment}.".encode() + body, hashlib.sha256).digest()).decode()
    answer = client.post(
        "/reports/email/own/", body, content_type="application/json",
        headers={"webhook-id": "n", "webhook-timestamp": moment, "webhook-signature": f"v1,{signed}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()) == (200, {"noted": 1})
    account.refresh_from_db()
    assert (account.reports_trouble, account.reported_at is not None) == ("", True)


@pytest.fixture
def manager_page(business: Any) -> Client:
    client = Client()
    client.force_login(StaffMember.objects.create_user(email="m@example.uz", name="Nodira", role=Role.MANAGER))
    client.cookies["django_language"] = "en"
    return client


def test_the_page_sets_it_up_and_says_what_is_missing(account: ChannelAccount, manager_page: Client) -> None:
    page = "/settings/channels/email/reports"
    assert "says only that it took a mail" in manager_page.get("/settings/channels/email/").content.decode()
    assert "Copy the key" in manager_page.post(page, {"by": "mailgun"}).content.decode()
    assert (
        "not the verification key"
        in manager_page.post(page, {"by": "sendgrid", "reports_secret": "x"}).content.decode()
    )
    assert "needed to look" in manager_page.post(page, {"by": "mailbox"}).content.decode()
    rsa_key = rsa.generate_private_key(65537, 2048).public_key()
    shown = base64.b64encode(
        rsa_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).decode()
    other = manager_page.post(page, {"by": "sendgrid", "reports_secret": shown}).content.decode()
    assert "not the verification key" in other
    assert manager_page.post(page, {"by": "fax"}).status_code == 400
    answer = manager_page.post(page, {"by": "postmark"}).content.decode()
    assert "https://mijoz:" in answer or "http://mijoz:" in answer
    account.refresh_from_db()
    assert account.reports == {"by": "postmark", "mailbox": None}
    again = manager_page.get(page).content.decode()
    assert "/reports/email/postmark/" in again
    assert "mijoz:" not in again
    assert manager_page.post(page, {"by": ""}).status_code == 302
    account.refresh_from_db()
    assert (account.reports, account.sealed_reports_secret) == ({}, "")


def test_a_password_goes_only_where_it_was_given_for(account: ChannelAccount, manager_page: Client) -> None:
    page = "/settings/channels/email/reports"
    box = {"by": "mailbox", "mailbox_host": "imap.example.uz", "mailbox_port": "993", "mailbox_user": "a@example.uz"}
    assert manager_page.post(page, box | {"mailbox_password": "secret"}).status_code == 302
    assert manager_page.post(page, box).status_code == 302  # the saved one goes on
    for changed in ({"mailbox_host": "imap.other.uz"}, {"mailbox_port": "1993"}, {"mailbox_user": "b@example.uz"}):
        assert "Type the password that goes with" in manager_page.post(page, box | changed).content.decode()
    for wrong, said in (
        ({"mailbox_host": "https://imap.example.uz"}, "Only the name of the server"),
        ({"mailbox_password": "пароль"}, "take only Latin letters"),
        ({"mailbox_folder": "Входящие"}, "Enter a valid value"),
    ):
        assert said in manager_page.post(page, box | wrong).content.decode()


def test_a_trouble_is_told_in_the_language_of_who_reads_it(account: ChannelAccount, manager_page: Client) -> None:
    reports.set_up(account, ReportSettings(by="own"), secret="", at=AT)
    manager_page.post("/reports/email/own/", b"{}", content_type="application/json")
    account.refresh_from_db()
    in_english = account.reports_trouble
    manager_page.cookies["django_language"] = "ru"
    StaffMember.objects.update(language="ru")
    for page in ("/settings/channels/email/reports", "/settings/channels/email/"):
        told = manager_page.get(page).content.decode()
        assert in_english not in told
        assert translation_of(in_english, "ru") in told


def translation_of(text: str, language: str) -> str:
    with translation.override(language):
        return str(escape(translation.gettext(text)))


class Imap(socketserver.StreamRequestHandler):
    """As little of IMAP4rev1 (RFC 3501) as it takes to be looked into; it knows no command that changes anything."""

    mails: dict[int, bytes]

    def handle(self) -> None:
        self.wfile.write(b"* OK IMAP4rev1 ready\r\n")
        for line in self.rfile:
            tag, command = line.decode().rstrip("\r\n").split(" ", 1)
            verb = command.split(" ")[0].upper()
            if verb == "CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif verb == "LOGIN" and "secret" not in command:
                self.wfile.write(f"{tag} NO wrong password\r\n".encode())
                continue
            elif verb == "EXAMINE":
                following = max(self.mails, default=0) + 1
                self.wfile.write(f"* {len(self.mails)} EXISTS\r\n* OK [UIDNEXT {following}] next\r\n".encode())
            elif command.upper().startswith("UID SEARCH"):
                first = int(command.rpartition(" ")[2].partition(":")[0])
                # As the standard has it, n:* always holds the last one.
                found = [n for n in self.mails if n >= first] or [max(self.mails)]
                self.wfile.write(f"* SEARCH {' '.join(map(str, found))}\r\n".encode())
            elif command.upper().startswith("UID FETCH"):
                number = int(command.split(" ")[2])
                body = self.mails[number]
                self.wfile.write(f"* 1 FETCH (UID {number} BODY[]<0> {{{len(body)}}}\r\n".encode() + body + b")\r\n")
            elif verb not in {"LOGIN", "LOGOUT"}:
                self.wfile.write(f"{tag} BAD not here\r\n".encode())
                continue
            self.wfile.write(f"{tag} OK done\r\n".encode())
            if verb == "LOGOUT":
                return


@pytest.fixture
def imap() -> Iterator[tuple[type[Imap], int]]:
    handler = type("Mine", (Imap,), {"mails": {}})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, server.server_address[1]
        server.shutdown()


def test_the_mailbox_is_looked_into_once_and_left_as_it_was(
    sent: Message, account: ChannelAccount, imap: tuple[type[Imap], int]
) -> None:
    handler, port = imap
    ours = NOTICE.replace(ID, f"<{seal_of(sent)}.{sent.pk}@choyxona.uz>")
    handler.mails[4] = b"Subject: Salom\r\n\r\nRahmat!"
    for place, hostile in enumerate((b"<", b"<>", b"<a@[", b"=?x?q?\xff?=")):  # what strangers write stops nothing
        mail = NOTICE.format(kind="delivery-status", part="delivery-status", fields="Action: failed").encode()
        handler.mails[place] = mail.replace(ID.encode(), hostile)
    handler.mails[5] = notice(text=ours).as_bytes().replace(b"\n", b"\r\n")
    box = Mailbox(host="127.0.0.1", port=port, security="none", user="choyxona@example.uz")
    reports.set_up(account, ReportSettings(by="mailbox", mailbox=box), secret="wrong", at=AT)
    assert reports.look_into_mailbox(account, at=AT) == 0
    assert "wrong password" in account.reports_trouble
    reports.set_up(account, ReportSettings(by="mailbox", mailbox=box), secret="secret", at=AT)
    assert reports.look_into_mailbox(account, at=AT) == 1
    assert (account.reports_seen, account.reports_trouble, account.reported_at) == (5, "", AT)
    sent.refresh_from_db()
    assert (sent.bounced_at is not None, sent.bounce_detail) == (True, "5.1.1 550 no such user")
    assert reports.look_into_mailbox(account, at=AT) == 0


def test_what_was_told_is_shown(sent: Message, manager_page: Client) -> None:
    reports.note([told(sent, "delivered"), told(sent, "bounced", detail="550 5.1.1 gone")], at=AT)
    page = manager_page.get(f"/outbox/{sent.pk}/").content.decode()
    assert "Delivered" in page
    assert "550 5.1.1 gone" in page
    assert "Write to this address again" in page
    assert "Came back" in manager_page.get("/outbox/?period=all").content.decode()
    assert "came back for good" in manager_page.get(f"/customers/{sent.customer_id}/").content.decode()
    assert manager_page.post(f"/outbox/{sent.pk}/forgive").status_code == 302
    sent.refresh_from_db()
    assert sent.bounce_forgiven_at is not None
    with translation.override("en"):
        assert "came back for good" not in manager_page.get(f"/customers/{sent.customer_id}/").content.decode()
