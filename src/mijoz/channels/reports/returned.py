"""What a mail in the mailbox of the sender says of one of ours: a notice of delivery or a complaint. Pure.

RFC 3464 (delivery status notifications), RFC 5965 (abuse reports). Anybody can write to a mailbox, so only a notice
that knows the Message-ID counts, which besides us only the reader of the mail and the servers between have seen.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message

from mijoz.channels.reports.report import BOUNCED, COMPLAINED, DELIVERED, Report, is_gone, made

FOR_GOOD = re.compile(r"^\s*5\.\d+\.\d+")
FULL = re.compile(r"^\s*5\.2\.2")  # a mailbox that is full is not gone
ANGLE = re.compile(r"<[^<>\s]+>")


def read(mail: Message, *, at: datetime) -> list[Report]:
    """The reports in a mail; empty for one that is none, such as an answer that a customer wrote."""
    if mail.get_content_type() != "multipart/report":
        return []
    kind = str(mail.get_param("report-type") or "").lower()
    original = _message_id(mail)
    if original is None:
        return []
    if kind == "feedback-report":
        found = made(COMPLAINED, original, at=at, detail="feedback-report")
        return [found] if found else []
    if kind == "delivery-status":
        return [one for fields in _recipients(mail) if (one := _of_recipient(fields, original, at)) is not None]
    return []


def _of_recipient(fields: Message, original: str, at: datetime) -> Report | None:
    action = str(fields.get("Action", "")).strip().lower()
    status = str(fields.get("Status", ""))
    address = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "").rpartition(";")[2]
    said = str(fields.get("Diagnostic-Code", "")).rpartition(";")[2].strip()
    if action == "delivered":
        return made(DELIVERED, original, at=at, recipient=address)
    detail = f"{status} {said}".strip()
    if action == "failed" and FOR_GOOD.match(status) and not FULL.match(status) and is_gone(detail):
        return made(BOUNCED, original, at=at, recipient=address, detail=detail)
    return None


def _recipients(mail: Message) -> list[Message]:
    """The blocks of fields about each recipient; the first one is about the mail."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            return [block for block in blocks[1:] if isinstance(block, Message)] if isinstance(blocks, list) else []
    return []


def _message_id(mail: Message) -> str | None:
    """The Message-ID of the mail that came back."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message) and inner[0].get("Message-ID"):
                return str(inner[0]["Message-ID"])
        if kind == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
            found = re.search(r"^message-id:\s*(<[^<>\s]+>)", text, re.IGNORECASE | re.MULTILINE)
            if found:
                return found[1]
    told = ANGLE.findall(f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}")
    return told[-1] if told else None
