"""E-mail by SMTP, one connection for many messages. Every step has a timeout, every failure says what follows."""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import SafeMIMEMultipart, sanitize_address

from mijoz.business.queries import business as current_business
from mijoz.channels.email import trouble
from mijoz.channels.email.compose import compose, compose_trial
from mijoz.channels.email.settings import EmailSettings
from mijoz.channels.email.trouble import Trouble
from mijoz.channels.models import ChannelAccount, Message
from mijoz.channels.reports.providers import PROVIDERS
from mijoz.channels.reports.report import is_gone
from mijoz.channels.reports.settings import ReportSettings
from mijoz.channels.sealing import SealBroken, unseal
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed
from mijoz.customers.models import Customer

FIRST_PERMANENT_CODE = 500
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)  # doubled, since a dot alone ends the mail


class SmtpSession:
    def __init__(self, connection: smtplib.SMTP, settings: EmailSettings, reports_by: str = "") -> None:
        self._connection = connection
        self._provider = PROVIDERS.get(reports_by)
        self._settings = settings
        self._business = current_business()

    def send(self, message: Message, *, address: str, at: datetime) -> str:
        try:
            mail = compose(message, address=address, settings=self._settings, business=self._business, at=at)
        except LookupError as error:
            raise AccountUnusable(Trouble.NO_UNSUBSCRIBING, str(error)) from error
        if self._provider is not None and self._provider.header:
            mail.extra_headers[self._provider.header] = str(mail.extra_headers["Message-ID"]).strip("<>")
        return self.send_mail(mail)

    def send_trial(self, message: Message, *, address: str, at: datetime) -> str:
        return self.send_mail(
            compose_trial(message, address=address, settings=self._settings, business=self._business, at=at)
        )

    def send_mail(self, mail: EmailMultiAlternatives) -> str:
        """Give one mail to the server; returns its Message-ID. Raises as Session.send does."""
        try:
            sender = sanitize_address(mail.from_email, "utf-8")
            recipient = sanitize_address(mail.to[0], "utf-8")
            content = cast(SafeMIMEMultipart, mail.message()).as_bytes(linesep="\r\n").rstrip(b"\r\n") + b"\r\n"
        except (ValueError, UnicodeError) as error:
            raise SendFailed(str(error), permanent=True) from error
        try:
            self._announce(sender, recipient)
            self._connection.send(LEADING_DOT.sub(b"..", content))
        except OSError as error:  # a mail without its end was never taken
            raise AccountUnusable(*trouble.diagnose(error)) from error
        try:
            code, answer = self._connection.docmd(".")
        except OSError as error:
            raise OutcomeUnknown(*trouble.diagnose(error)) from error
        if code != 250:
            raise _refusal(code, answer)
        return str(mail.extra_headers["Message-ID"])

    def _announce(self, sender: str, recipient: str) -> None:
        """Say from whom and to whom a mail comes, so that the server waits for it."""
        self._connection.ehlo_or_helo_if_needed()
        code, answer = self._connection.mail(sender)
        if code != 250:  # about who sends, so about every message
            kind = trouble.trouble_for_all(code, answer)
            permanent = Trouble.SENDER_REFUSED if code >= FIRST_PERMANENT_CODE else Trouble.REFUSED
            raise AccountUnusable(kind or permanent, trouble.words(code, answer))
        code, answer = self._connection.rcpt(recipient)
        if code in {250, 251}:
            code, answer = self._connection.docmd("DATA")
        if code != 354:
            with suppress(OSError):
                self._connection.rset()
            raise _refusal(code, answer)


class SmtpTransport:
    is_idempotent = False
    has_address = "c.email <> ''"

    def addresses(self, customers: set[int]) -> dict[int, str]:
        return dict(Customer.objects.filter(pk__in=customers).exclude(email="").values_list("pk", "email"))

    def outcomes(self, account: ChannelAccount) -> frozenset[str]:
        return ReportSettings.model_validate(account.reports or {}).outcomes

    def hears(self, account: ChannelAccount) -> bool:
        return True

    @contextmanager
    def open(self, account: ChannelAccount) -> Iterator[SmtpSession]:
        try:
            password = unseal(account.sealed_secret)
        except SealBroken as error:
            raise AccountUnusable(Trouble.SECRET_UNREADABLE) from error
        reports_by = str((account.reports or {}).get("by", ""))
        with self.connect(EmailSettings.model_validate(account.settings), password, reports_by) as session:
            yield session

    @contextmanager
    def connect(self, settings: EmailSettings, password: str, reports_by: str = "") -> Iterator[SmtpSession]:
        """Sign in at the mail server, saved as an account or not. Raises AccountUnusable."""
        backend = EmailBackend(
            host=settings.host,
            port=settings.port,
            username=settings.user,
            password=password,
            use_tls=settings.security == "starttls",
            use_ssl=settings.security == "ssl",
            timeout=trouble.TIMEOUT_SECONDS,
        )
        try:
            try:
                backend.open()
            except (OSError, UnicodeError) as error:
                raise AccountUnusable(*trouble.diagnose(error)) from error
            connection = cast(smtplib.SMTP, backend.connection)
            # The end of a mail is sent apart from it: it must not wait until the server has acknowledged the rest.
            cast(socket.socket, connection.sock).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield SmtpSession(connection, settings, reports_by)
        finally:
            with suppress(OSError):  # saying good-bye: what became of the messages is known already
                backend.close()

    def explain(self, kind: str, detail: str, settings: Mapping[str, Any]) -> str:
        return trouble.explain(kind, detail, settings)


def _refusal(code: int, answer: bytes | str) -> SendFailed | AccountUnusable:
    said = trouble.words(code, answer)
    if kind := trouble.trouble_for_all(code, answer):
        return AccountUnusable(kind, said)
    permanent = code >= FIRST_PERMANENT_CODE
    return SendFailed(said, permanent=permanent, is_gone=permanent and is_gone(said))
