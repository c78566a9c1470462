"""A message of the outbox as Telegram shows it: our own few tags, everything else escaped, a link as a button."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mijoz.channels import public
from mijoz.channels.lengths import LONGEST_TELEGRAM
from mijoz.channels.models import Message
from mijoz.customers.models import Purpose

LINK_AT_THE_END = re.compile(r"(.*(?:\n|[.?!:…»”)])\s*)(https?://\S+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands in a message: a first line in bold, the text, the last line, and where its buttons lead, by label."""

    head: str
    text: str
    foot: str
    buttons: tuple[tuple[str, str], ...]


def parts_of(message: Message, *, page: str = "", link: str = "") -> Parts:
    """The subject is a first line where there is one of its own. A link that ends the text is a button, which leads to
    `link` when that is given; marketing says how to stop it, and `page` is the customer's own.
    """
    with translation.override(message.language):
        text, found = _without_link(message.text.strip())
        foot = _("No more offers here: /stop") if message.purpose == Purpose.MARKETING else ""
        buttons = [(pgettext("button", "Open"), link or found)] if found else []
        if page and message.purpose == Purpose.MARKETING:
            buttons.append((_("My page"), page))
    subject = message.subject.strip()
    head = "" if " ".join(message.text.split()).startswith(subject.rstrip("…")) else subject
    room = LONGEST_TELEGRAM - len(head) - len(foot) - 4
    text = text if len(text) <= room else f"{text[: room - 1].rstrip()}…"
    return Parts(head, text, foot, tuple(buttons))


def compose(message: Message, *, page: str = "", link: str = "") -> dict[str, Any]:
    """What sendMessage needs beside the chat."""
    parts = parts_of(message, page=page, link=link)
    lines = [
        f"<b>{escape(parts.head)}</b>" if parts.head else "",
        escape(parts.text),
        f"<i>{escape(parts.foot)}</i>" if parts.foot else "",
    ]
    told: dict[str, Any] = {
        "text": "\n\n".join(line for line in lines if line),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if parts.buttons:
        told["reply_markup"] = {"inline_keyboard": [[button(label, url)] for label, url in parts.buttons]}
    return told


def preview(message: Message) -> str:
    """The message as the customer reads it, its buttons as lines."""
    parts = parts_of(message)
    buttons = [f"[ {label} ]  {url}" for label, url in parts.buttons]
    return "\n\n".join(part for part in (parts.head, parts.text, parts.foot, *buttons) if part)


def link_of(message: Message) -> str:
    """The link that is a button of the message; "" when it has none."""
    return _without_link(message.text.strip())[1]


def button(label: str, url: str) -> dict[str, str]:
    return {"text": label, "url": url}


def _without_link(text: str) -> tuple[str, str]:
    """The text without a link after its last sentence or in its last line, and that link, where others can open it."""
    found = LINK_AT_THE_END.fullmatch(text)
    if found is None or not found[1].strip() or not may_be_button(found[2]):
        return text, ""
    return found[1].rstrip(), found[2]


def may_be_button(url: str) -> bool:
    """Telegram refuses a message whose button leads nowhere in the internet."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return host not in public.LOCAL_HOSTS and "." in str(host)
