"""A message of the outbox as an e-mail: plain text and HTML in the business's frame, with the headers it needs."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from mijoz.business.models import Business
from mijoz.channels import hooks
from mijoz.channels.email.settings import EmailSettings
from mijoz.channels.models import Message
from mijoz.channels.seals import seal_of
from mijoz.customers.models import Purpose


def compose(
    message: Message, *, address: str, settings: EmailSettings, business: Business, at: datetime
) -> EmailMultiAlternatives:
    """The mail for `message`; marketing carries one-click unsubscribing (RFC 8058) in its headers and its foot."""
    link = ""
    headers = {
        "Message-ID": f"<{seal_of(message)}.{message.pk}@{_domain(settings)}>",
        "Date": _date(at),
        "Content-Language": message.language,
        "Auto-Submitted": "auto-generated",
    }
    if message.purpose == Purpose.MARKETING:
        link = hooks.unsubscribe_link(message.customer_id, message.channel)
        headers |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    page = hooks.own_page(message.customer_id, message.channel, address, at=at)
    return _mail(message, address=address, settings=settings, business=business, headers=headers, link=link, page=page)


def compose_trial(
    message: Message, *, address: str, settings: EmailSettings, business: Business, at: datetime
) -> EmailMultiAlternatives:
    """The same mail for a member of staff to look at; its link to unsubscribe leads nowhere."""
    headers = {
        "Message-ID": f"<trial-{uuid.uuid4()}@{_domain(settings)}>",
        "Date": _date(at),
        "Content-Language": message.language,
    }
    return _mail(message, address=address, settings=settings, business=business, headers=headers, link="#", page="#")


def preview(message: Message, *, business: Business) -> str:
    """The HTML that the customer would see."""
    return _frame(message, business=business, link="#", page="#")


def _mail(
    message: Message,
    *,
    address: str,
    settings: EmailSettings,
    business: Business,
    headers: dict[str, str],
    link: str,
    page: str,
) -> EmailMultiAlternatives:
    with translation.override(message.language):
        text = render_to_string("channels/email/frame.txt", _context(message, business, link, page))
    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=text,
        from_email=settings.sender,
        to=[address],
        headers=headers,
    )
    mail.attach_alternative(_frame(message, business=business, link=link, page=page), "text/html")
    return mail


def _frame(message: Message, *, business: Business, link: str, page: str) -> str:
    with translation.override(message.language):
        return render_to_string("channels/email/frame.html", _context(message, business, link, page))


def _context(message: Message, business: Business, link: str, page: str) -> dict[str, object]:
    return {
        "message": message,
        "content": _content(message),
        "sender": business,
        "unsubscribe_url": link,
        "page_url": page,
    }


def _content(message: Message) -> SafeString:
    """Markup of the text: paragraphs at empty lines, addresses as links, everything else escaped."""
    if message.html:
        return mark_safe(message.html)  # noqa: S308 - who gives markup answers for it, see outbox.NewMessage
    return mark_safe(linebreaks(urlize(message.text, nofollow=False, autoescape=True)))  # noqa: S308 - escaped by urlize


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC))


def _domain(settings: EmailSettings) -> str:
    return settings.from_address.rpartition("@")[2]
