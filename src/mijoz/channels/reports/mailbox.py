"""Looking into the mailbox to which mail comes back, by IMAP: notices are read, all else is left as it was."""

from __future__ import annotations

import email
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from mijoz.channels.reports import returned
from mijoz.channels.reports.report import Report
from mijoz.channels.reports.settings import Mailbox

TIMEOUT_SECONDS = 15
MOST_MAILS = 500
LARGEST_BYTES = 256 * 1024
LOOKS_BACK = timedelta(days=14)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # IMAP has them so


class MailboxClosed(Exception):
    """The mailbox could not be looked into; the text is the server's or the system's."""


def reports(mailbox: Mailbox, password: str, *, after: int, at: datetime) -> tuple[list[Report], int]:
    """The notices of the last two weeks beyond the number `after`, and the number up to which we have looked.

    Nothing is marked as read or deleted. Raises MailboxClosed.
    """
    with _opened(mailbox, password) as connection:
        told_next = connection.response("UIDNEXT")[1]
        if told_next and told_next[0] and int(told_next[0]) <= after:
            after = 0  # the mailbox was made anew and counts from the beginning
        since = (at - LOOKS_BACK).date()
        day = f"{since.day:02}-{MONTHS[since.month - 1]}-{since.year}"
        state, found = connection.uid("SEARCH", f"SINCE {day} UID {after + 1}:*")
        if state != "OK":
            raise MailboxClosed(_said(state, found))
        numbers = [number for number in map(int, (found[0] or b"").split()) if number > after][:MOST_MAILS]
        told: list[Report] = []
        for number in numbers:
            told += _told_by(connection, number, at=at)
        return told, max([after, *numbers])


def _told_by(connection: imaplib.IMAP4, number: int, *, at: datetime) -> list[Report]:
    _state, parts = connection.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{LARGEST_BYTES}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
    if not raw:
        return []
    try:  # headers as they stand: the parser of the newer policy breaks at some of what strangers write
        return returned.read(email.message_from_bytes(raw), at=at)
    except RecursionError:  # parts within parts within parts: no notice looks like that
        return []


def _said(state: str, answer: list[bytes | None]) -> str:
    """The server's own words where it says no."""
    return (answer[0] or b"").decode("utf-8", "replace") if answer else state


@contextmanager
def _opened(mailbox: Mailbox, password: str) -> Iterator[imaplib.IMAP4]:
    try:
        connection: imaplib.IMAP4
        if mailbox.security == "none":
            connection = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
        else:
            context = ssl.create_default_context()
            connection = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_SECONDS)
        try:
            connection.login(mailbox.user, password)
            state, said = connection.select(f'"{mailbox.folder}"', readonly=True)
            if state != "OK":
                raise MailboxClosed(_said(state, said))
            yield connection
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                connection.logout()
    except (OSError, UnicodeError, imaplib.IMAP4.error) as error:
        raise MailboxClosed(str(error)) from error
