"""A message of the outbox as Telegram shows it: our own few tags, everything else escaped, a link as a button."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mijoz.channels import public
from mijoz.channels.models import Message
from mijoz.customers.models import Purpose

LONGEST = 4_096  # characters, counted after the tags are read
LINK_AT_THE_END = re.compile(r"(.*(?:\n|[.?!:…»”)])\s*)(https?://\S+)", re.DOTALL)


def compose(message: Message, *, page: str = "", link: str = "") -> dict[str, Any]:
    """What sendMessage needs beside the chat.

    The subject is a first line in bold where there is one of its own. A link that ends the text is a button, which
    leads to `link` when that is given; marketing says how to stop it, and `page` is the customer's own.
    """
    with translation.override(message.language):
        text, found = _without_link(message.text.strip())
        foot = _("No more offers here: /stop") if message.purpose == Purpose.MARKETING else ""
        buttons = [button(pgettext("button", "Open"), link or found)] if found else []
        if page and message.purpose == Purpose.MARKETING:
            buttons.append(button(_("My page"), page))
    subject = message.subject.strip()
    head = "" if " ".join(message.text.split()).startswith(subject.rstrip("…")) else subject
    room = LONGEST - len(head) - len(foot) - 4
    text = text if len(text) <= room else f"{text[: room - 1].rstrip()}…"
    parts = [f"<b>{escape(head)}</b>" if head else "", escape(text), f"<i>{escape(foot)}</i>" if foot else ""]
    told: dict[str, Any] = {
        "text": "\n\n".join(part for part in parts if part),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if buttons:
        told["reply_markup"] = {"inline_keyboard": [[one] for one in buttons]}
    return told


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
