"""What channels keep of a person: the messages to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mijoz.channels.actions import put_in_outbox
from mijoz.channels.models import Channel, Message
from mijoz.channels.outbox import NewMessage
from mijoz.customers.hooks import Letter, PersonalTable, connect_letters, register_impersonal, register_personal
from mijoz.customers.models import Purpose
from mijoz.customers.privacy.erasing import EraseRefused
from mijoz.customers.privacy.retention import Kind, register_kind

HANDED_OVER_WITHIN = timedelta(minutes=15)
BLANK = {
    "address": "",
    "sent_to": "",
    "subject": "",
    "text": "",
    "html": "",
    "detail": "",
    "provider_id": "",
    "bounce_detail": "",
}


def connect() -> None:
    connect_letters(write)
    register_kind(
        Kind(
            key="messages",
            label=_("Messages that were sent, stopped or failed"),
            count=lambda than: _old(than).count(),
            remove=lambda than: _old(than).delete()[0],
            order=20,
        )
    )
    register_personal(
        PersonalTable(
            model="channels.Message",
            title=_("Messages to you"),
            customer=("customer",),
            hidden=frozenset({"dedupe_key", "claimed_by", "is_logged", "asked_at"}),
            erase=_blank,
            order=35,
        )
    )
    register_impersonal(
        "numbers, and what a bot is about to say in a chat, for an hour or two at most", "channels.BotUpdate"
    )
    register_impersonal("a staff member, who works here", "channels.StaffChat")


def _old(than: datetime) -> QuerySet[Message]:
    return Message.objects.filter(settled_at__lt=than, is_logged=True).order_by()


def write(letter: Letter) -> None:
    """Put a letter about the service itself into the outbox."""
    put_in_outbox(
        [
            NewMessage(
                customer_id=letter.customer.pk,
                channel=Channel.EMAIL,
                purpose=Purpose.SERVICE,
                dedupe_key=letter.key,
                language=letter.language,
                subject=letter.subject,
                text=letter.text,
                address=letter.address,
                send_after=letter.send_after,
                expires_at=letter.expires_at,
            )
        ]
    )


def _blank(rows: QuerySet[Any], at: datetime) -> int:
    """What waited is dropped; of what went out only that it did is kept, for the reports of its scenario.

    Raises EraseRefused while a message is being sent: its sender would write the address down again.
    """
    if rows.filter(status=Message.Status.SENDING, claimed_at__gt=at - HANDED_OVER_WITHIN).exists():
        raise EraseRefused(_("A message to this person is being sent at this moment. Try again in a minute."))
    waiting = rows.filter(status__in=[Message.Status.WAITING, Message.Status.SENDING]).order_by().delete()[0]
    return waiting + rows.update(**BLANK)
