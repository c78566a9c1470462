"""E-mail by SMTP, one connection for a batch. Every step has a timeout, and every failure says whether to try again."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import SafeMIMEMultipart, sanitize_address
from django.utils.translation import gettext as _

from mijoz.business.queries import business as current_business
from mijoz.channels.email.compose import compose
from mijoz.channels.email.settings import EmailSettings
from mijoz.channels.models import ChannelAccount, Message
from mijoz.channels.sealing import SealBroken, unseal
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed
from mijoz.customers.models import Customer

TIMEOUT_SECONDS = 15
FIRST_PERMANENT_CODE = 500


class SmtpSession:
    def __init__(self, connection: smtplib.SMTP, settings: EmailSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._business = current_business()

    def send(self, message: Message, *, address: str, at: datetime) -> str:
        mail = compose(message, address=address, settings=self._settings, business=self._business, at=at)
        return self.send_mail(mail)

    def send_mail(self, mail: EmailMultiAlternatives) -> str:
        """Give one mail to the server; returns its Message-ID. Raises as Session.send does."""
        try:
            sender = sanitize_address(mail.from_email, "utf-8")
            recipient = sanitize_address(mail.to[0], "utf-8")
            content = cast(SafeMIMEMultipart, mail.message()).as_bytes(linesep="\r\n")
        except (ValueError, UnicodeError) as error:
            raise SendFailed(str(error), permanent=True) from error
        try:
            self._envelope(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            raise AccountUnusable(explain(error, self._settings)) from error
        try:
            code, answer = self._connection.data(content)
        except smtplib.SMTPDataError as error:  # refused before the text was given
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise OutcomeUnknown(explain(error, self._settings)) from error
        if code != 250:
            raise _refusal(code, answer)
        return str(mail.extra_headers["Message-ID"])

    def _envelope(self, sender: str, recipient: str) -> None:
        self._connection.ehlo_or_helo_if_needed()
        for code, answer in (self._connection.mail(sender), self._connection.rcpt(recipient)):
            if code not in {250, 251}:
                self._connection.rset()
                raise _refusal(code, answer)


class SmtpTransport:
    is_idempotent = False

    def addresses(self, customers: set[int]) -> dict[int, str]:
        return dict(Customer.objects.filter(pk__in=customers).exclude(email="").values_list("pk", "email"))

    @contextmanager
    def open(self, account: ChannelAccount) -> Iterator[SmtpSession]:
        settings = EmailSettings.model_validate(account.settings)
        try:
            password = unseal(account.sealed_secret)
        except SealBroken as error:
            raise AccountUnusable(
                _("The secret key of this installation has changed: type the password again.")
            ) from error
        backend = EmailBackend(
            host=settings.host,
            port=settings.port,
            username=settings.user,
            password=password,
            use_tls=settings.security == "starttls",
            use_ssl=settings.security == "ssl",
            timeout=TIMEOUT_SECONDS,
        )
        try:
            backend.open()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise AccountUnusable(explain(error, settings)) from error
        try:
            yield SmtpSession(cast(smtplib.SMTP, backend.connection), settings)
        finally:
            _close(backend)


def _close(backend: EmailBackend) -> None:
    """Say good-bye if the server still listens: what became of the messages is known already."""
    try:
        backend.close()
    except (OSError, smtplib.SMTPException):
        backend.connection = None


def _refusal(code: int, answer: bytes | str) -> SendFailed:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return SendFailed(f"{code} {words}".strip(), permanent=code >= FIRST_PERMANENT_CODE)


def explain(error: Exception, settings: EmailSettings) -> str:
    """What went wrong with the mail server and what to do about it, in the language of the reader."""
    server = f"{settings.host}:{settings.port}"
    match error:
        case smtplib.SMTPAuthenticationError():
            return _(
                "%(host)s refused the user name or the password. Many providers want a password made for this "
                "program (an “app password”), not the one you read mail with."
            ) % {"host": settings.host}
        case smtplib.SMTPNotSupportedError():
            return _("%(server)s does not offer this kind of security. Choose another one.") % {"server": server}
        case socket.gaierror() | UnicodeError():
            return _("There is no server called “%(host)s”. Check the spelling.") % {"host": settings.host}
        case ssl.SSLCertVerificationError():
            return _("The certificate of %(host)s is not valid for this name, so the connection is not safe.") % {
                "host": settings.host
            }
        case ssl.SSLError():
            return _(
                "%(server)s does not speak this kind of security. Port 465 goes with SSL/TLS, port 587 with STARTTLS."
            ) % {"server": server}
        case ConnectionRefusedError():
            return _("%(host)s is there but takes no mail on port %(port)s. Check the port.") % {
                "host": settings.host,
                "port": settings.port,
            }
        case TimeoutError():
            return _("%(server)s did not answer within %(seconds)s seconds. Check host, port and security.") % {
                "server": server,
                "seconds": TIMEOUT_SECONDS,
            }
        case smtplib.SMTPServerDisconnected():
            return _("%(server)s closed the connection. Check port and security, or try again.") % {"server": server}
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
            return _("%(host)s answered: %(answer)s") % {"host": settings.host, "answer": f"{code} {words}"}
        case _:
            return _("The connection to %(server)s failed: %(error)s") % {
                "server": server,
                "error": str(error),
            }
