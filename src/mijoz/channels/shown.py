"""Messages as a role sees them: addresses masked, states and reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mijoz.channels import hooks
from mijoz.channels.models import Channel, Message, Reason
from mijoz.channels.queries import Counts
from mijoz.channels.wording import ENDS, ICONS, MEANINGS, TONES
from mijoz.customers import contacts

Status = Message.Status


@dataclass(frozen=True, slots=True)
class Shown:
    """A message with what is told about it; `moment` is the one that matters in its state.

    `detail` and `bounce_detail` are the words of others, which may name the address: "" for whoever may not see it.
    """

    message: Message
    address: str
    origin: str
    tone: str
    icon: str
    reason: str
    meaning: str
    moment: datetime | None
    moment_label: str
    detail: str = ""
    bounce_detail: str = ""
    fate: str = ""  # what became of it after it was sent
    fate_tone: str = "neutral"
    fates: tuple[tuple[str, datetime, str], ...] = ()  # all that was told of it, with its moment and tone

    @property
    def may_be_stopped(self) -> bool:
        return self.message.status == Status.WAITING

    @property
    def may_be_tried_again(self) -> bool:
        return self.message.status == Status.FAILED

    @property
    def may_be_forgiven(self) -> bool:
        return self.message.bounced_at is not None and self.message.bounce_forgiven_at is None

    @property
    def may_come_twice(self) -> bool:
        return self.message.reason == Reason.UNKNOWN_OUTCOME


def shown_messages(messages: Iterable[Message], *, role: str) -> list[Shown]:
    """The messages, which have their customers, as this role sees them."""
    rows = list(messages)
    origins = hooks.origin_names(message.scenario for message in rows)
    hidden = contacts.hidden_from(role)
    return [_shown(message, origins.get(message.scenario, ""), hidden=hidden) for message in rows]


def _shown(message: Message, origin: str, *, hidden: bool) -> Shown:
    status = Status(message.status)
    address = message.sent_to or message.address or own_address(message)
    moments = {
        Status.WAITING: (message.send_after, pgettext("message", "goes out")),
        Status.SENDING: (message.claimed_at, pgettext("message", "since")),
        Status.SENT: (message.settled_at, pgettext("message", "sent")),
        Status.STOPPED: (message.settled_at, pgettext("message", "stopped")),
        Status.FAILED: (message.settled_at, pgettext("message", "given up")),
    }
    moment, label = moments[status]
    told = _fates(message)
    return Shown(
        message=message,
        address=shown_address(message.channel, address, hidden=hidden),
        origin=origin,
        tone=TONES[status],
        icon=ICONS[status],
        reason=message.get_reason_display() if message.reason else "",
        meaning=_meaning(message),
        moment=moment,
        moment_label=label,
        detail="" if hidden else message.detail,
        bounce_detail="" if hidden else message.bounce_detail,
        fate=told[-1][0] if told else "",
        fate_tone=told[-1][2] if told else "neutral",
        fates=tuple(told),
    )


def _meaning(message: Message) -> str:
    """What its reason, or what came back of it, means for who reads it."""
    if message.reason:
        return str(MEANINGS[Reason(message.reason)])
    return str(ENDS.get(message.bounce_detail, ""))


def own_address(message: Message) -> str:
    """Where the customer of a message that is not on its way yet would get it, as far as their page says."""
    own = {Channel.EMAIL: message.customer.email, Channel.SMS: message.customer.phone}
    return own.get(Channel(message.channel), "")


def shown_address(channel: str, address: str, *, hidden: bool) -> str:
    """An address of the channel as a role sees it."""
    kinds = {Channel.EMAIL: "email", Channel.SMS: "phone"}
    return contacts.shown(kinds.get(Channel(channel), channel), address, hidden=hidden) if address else ""


def _fates(message: Message) -> list[tuple[str, datetime, str]]:
    """What was told of a message after it was sent, its moment and tone; what weighs most stands last."""
    is_mail = message.channel == Channel.EMAIL
    bounced = pgettext("message", "Came back") if is_mail else pgettext("message", "Not delivered")
    told = [
        (pgettext("message", "Delivered"), message.delivered_at, "good"),
        (pgettext("message", "Opened"), message.opened_at, "good"),
        (pgettext("message", "Link opened"), message.clicked_at, "good"),
        (bounced, message.bounced_at, "bad"),
        (pgettext("message", "Called spam"), message.complained_at, "bad"),
    ]
    return [(said, at, tone) for said, at, tone in told if at is not None]


@dataclass(frozen=True, slots=True)
class Tile:
    """How many messages have a status."""

    key: str
    label: str
    tone: str
    icon: str
    messages: int


def tiles(counts: Counts) -> list[Tile]:
    """Every status with its number; that something is on its way just now is shown only when it is."""
    return [
        Tile(status.value, str(status.label), TONES[status], ICONS[status], counts.by_status[status])
        for status in Status
        if status != Status.SENDING or counts.by_status[status]
    ]


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many messages have a reason, and how long its bar is in percent of the longest."""

    key: str
    label: str
    messages: int
    percent: int


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    title: str
    status: str
    tone: str
    reasons: list[ReasonCount]


def reason_groups(counts: Counts) -> list[ReasonGroup]:
    """What was stopped, put off and failed, by reason; a group without messages stays out."""
    groups = [
        (_("Stopped for good"), Status.STOPPED, counts.stopped),
        (_("Put off for now"), Status.WAITING, counts.put_off),
        (_("Failed on the way"), Status.FAILED, counts.failed),
    ]
    longest = max((number for _title, _status, found in groups for _key, number in found), default=1)
    return [
        ReasonGroup(title, status, TONES[status], _reason_counts(found, longest))
        for title, status, found in groups
        if found
    ]


def _reason_counts(found: Sequence[tuple[str, int]], longest: int) -> list[ReasonCount]:
    return [
        ReasonCount(key, str(Reason(key).label), number, max(2, round(100 * number / longest))) for key, number in found
    ]
