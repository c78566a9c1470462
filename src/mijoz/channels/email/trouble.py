"""What can be wrong with a mail server: found from an error, told in the language of whoever reads it."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

TIMEOUT_SECONDS = 15

# What some servers answer to one message but mean for all of them.
FOR_ALL = re.compile(
    r"\brelay|\b(daily|hourly|sending|rate|sender)\b.{0,40}\b(limit|quota)|\b5\.4\.5\b|authentication required",
    re.IGNORECASE | re.DOTALL,
)
LIMIT = re.compile(r"limit|quota|5\.4\.5", re.IGNORECASE)
SIGN_IN_FIRST = frozenset({530, 535, 538})


class Trouble(StrEnum):
    LOGIN_REFUSED = "login_refused"
    LOGIN_NOT_OFFERED = "login_not_offered"
    SECURITY_NOT_OFFERED = "security_not_offered"
    SECURITY_MISMATCH = "security_mismatch"
    CERTIFICATE_INVALID = "certificate_invalid"
    NO_SUCH_SERVER = "no_such_server"
    PORT_CLOSED = "port_closed"
    NO_ANSWER = "no_answer"
    CLOSED = "closed"
    SENDER_REFUSED = "sender_refused"
    RELAY_REFUSED = "relay_refused"
    LIMIT_REACHED = "limit_reached"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - no password
    NO_UNSUBSCRIBING = "no_unsubscribing"
    REFUSED = "refused"
    FAILED = "failed"


def diagnose(error: OSError | UnicodeError) -> tuple[Trouble, str]:
    """Which trouble an error of the connection is, and what the server or the system said."""
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code, smtp_error=answer):
            return Trouble.LOGIN_REFUSED, words(code, answer)
        case smtplib.SMTPNotSupportedError() if "AUTH" in str(error):
            return Trouble.LOGIN_NOT_OFFERED, str(error)
        case smtplib.SMTPNotSupportedError():
            return Trouble.SECURITY_NOT_OFFERED, str(error)
        case UnicodeEncodeError(encoding="ascii"):  # SMTP signs in with letters of ASCII alone
            return Trouble.LOGIN_REFUSED, str(error.reason)
        case socket.gaierror() | UnicodeError():
            return Trouble.NO_SUCH_SERVER, str(error)
        case ssl.SSLCertVerificationError():
            return Trouble.CERTIFICATE_INVALID, error.verify_message
        case ssl.SSLError():
            return Trouble.SECURITY_MISMATCH, str(error)
        case ConnectionRefusedError():
            return Trouble.PORT_CLOSED, str(error)
        case TimeoutError():
            return Trouble.NO_ANSWER, str(error)
        case smtplib.SMTPServerDisconnected() | ConnectionResetError() | BrokenPipeError():
            return Trouble.CLOSED, str(error)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            return Trouble.REFUSED, words(code, answer)
        case smtplib.SMTPException():  # such as: no way of signing in that both know
            return Trouble.LOGIN_NOT_OFFERED, str(error)
        case _:
            return Trouble.FAILED, str(error)


def trouble_for_all(code: int, answer: bytes | str) -> Trouble | None:
    """What an answer about one message says of the whole account; None when it is about that message alone."""
    said = words(code, answer)
    if code in SIGN_IN_FIRST:
        return Trouble.LOGIN_REFUSED
    if code == 421:
        return Trouble.CLOSED
    if not FOR_ALL.search(said):
        return None
    return Trouble.LIMIT_REACHED if LIMIT.search(said) else Trouble.RELAY_REFUSED


def words(code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {' '.join(said.split())}".strip()


def explain(kind: str, detail: str, settings: Mapping[str, Any]) -> str:
    """What is wrong and what to do about it, in the reader's language."""
    host, port = settings.get("host", ""), settings.get("port", "")
    told = {
        "host": host,
        "port": port,
        "server": f"{host}:{port}",
        "seconds": TIMEOUT_SECONDS,
        "address": settings.get("from_address", ""),
        "answer": detail,
    }
    return _sentence(kind) % told


def _sentence(kind: str) -> str:
    match kind:
        case Trouble.LOGIN_REFUSED:
            return _(
                "%(host)s refused the user name or the password. Many providers want a password made for this "
                "program (an “app password”), not the one you read mail with. It answered: %(answer)s"
            )
        case Trouble.LOGIN_NOT_OFFERED:
            return _(
                "%(server)s takes no user name and password over this connection. Choose STARTTLS or SSL/TLS, or "
                "leave the user name empty."
            )
        case Trouble.SECURITY_NOT_OFFERED:
            return _("%(server)s does not offer STARTTLS. Choose another kind of security.")
        case Trouble.SECURITY_MISMATCH:
            return _(
                "%(server)s does not speak this kind of security. Port 465 goes with SSL/TLS, port 587 with STARTTLS."
            )
        case Trouble.CERTIFICATE_INVALID:
            return _("The certificate of %(host)s is not valid, so the connection is not safe: %(answer)s.")
        case Trouble.NO_SUCH_SERVER:
            return _("“%(host)s” was not found. Check the spelling, and whether this machine reaches the internet.")
        case Trouble.PORT_CLOSED:
            return _("%(host)s is there but takes no mail on port %(port)s. Check the port.")
        case Trouble.NO_ANSWER:
            return _("%(server)s did not answer within %(seconds)s seconds. Check host, port and security.")
        case Trouble.CLOSED:
            return _("%(server)s closed the connection. Check port and security, or wait: we try again. %(answer)s")
        case Trouble.SENDER_REFUSED:
            return _(
                "%(host)s does not let you send as %(address)s. Use the address of the account you sign in with. "
                "It answered: %(answer)s"
            )
        case Trouble.RELAY_REFUSED:
            return _(
                "%(host)s does not carry mail to other people for you. Give a user name and a password. "
                "It answered: %(answer)s"
            )
        case Trouble.LIMIT_REACHED:
            return _(
                "%(host)s takes no more mail from you for now: its limit is reached. The messages wait. "
                "It answered: %(answer)s"
            )
        case Trouble.SECRET_UNREADABLE:
            return _("The secret key of this installation has changed: type the password again.")
        case Trouble.NO_UNSUBSCRIBING:
            return _("No page takes unsubscriptions, so no marketing message may go out.")
        case Trouble.REFUSED:
            return _("%(host)s answered: %(answer)s")
        case _:
            return _("The connection to %(server)s failed: %(answer)s")
