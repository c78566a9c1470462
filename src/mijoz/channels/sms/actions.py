"""Asking Eskiz what became of SMS, and keeping it as reports of any channel are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from mijoz.channels import queries
from mijoz.channels.models import Channel, ChannelAccount, Message
from mijoz.channels.reports.actions import note
from mijoz.channels.reports.report import BOUNCED, DELIVERED, Report
from mijoz.channels.seals import seal_of
from mijoz.channels.sms.eskiz import Gateway, Status
from mijoz.channels.sms.transport import opened
from mijoz.channels.sms.trouble import Trouble
from mijoz.channels.transport import AccountUnusable

# The words of the networks (SMPP), by what Eskiz may write in their place.
WORDS = {
    "DELIVERED": "DELIVRD",
    "UNDELIVERED": "UNDELIV",
    "UNDELIVERABLE": "UNDELIV",
    "REJECTED": "REJECTD",
    "DELETED": "EXPIRED",
}
ENDS = {"DELIVRD": DELIVERED, "UNDELIV": BOUNCED, "EXPIRED": BOUNCED, "REJECTD": BOUNCED}
FOR_GOOD = "UNDELIV"  # a phone that was off may be on tomorrow
# How old a message is when it is asked about, unless Eskiz tells of it by itself; whoever is off for three days has it
# dropped by the network.
ASKED_AT = tuple(
    timedelta(minutes=minutes) for minutes in (5, 20, 60, 3 * 60, 8 * 60, 24 * 60, 48 * 60, 72 * 60, 80 * 60)
)
GIVEN_UP_AFTER = ASKED_AT[-1] + timedelta(days=1)  # for those whose turn came late
MOST_A_RUN, AT_ONCE = 500, 25


def ask_about(messages: Sequence[Message], *, at: datetime) -> int:
    """Ask what became of these and keep what is new; returns how many that were.

    Without an account, or with one that does not answer, nothing is learned: they are asked about again.
    """
    account = queries.account(Channel.SMS)
    if account is None or not messages:
        return 0
    told, trouble, is_answering = 0, "", False
    try:
        with opened(account) as gateway:
            for begin in range(0, len(messages), AT_ONCE):
                asked = _ask(gateway, messages[begin : begin + AT_ONCE])
                told += note(asked.reports, channel=Channel.SMS, at=at)
                Message.objects.filter(pk__in=asked.about).update(asked_at=at)
                is_answering = is_answering or asked.is_answering
                if asked.failure and not (is_answering and _is_of_one(asked.failure)):
                    raise asked.failure
    except AccountUnusable as unusable:
        trouble = unusable.kind
    known = {"reports_trouble": trouble} | ({} if trouble else {"reported_at": at})
    ChannelAccount.objects.filter(pk=account.pk).update(**known)
    return told


def ask_about_open(*, at: datetime) -> int:
    """Ask about those whose age it is time to ask at; returns of how many something new was told."""
    return ask_about(list(open_at(at)[:MOST_A_RUN]), at=at)


def open_at(at: datetime) -> QuerySet[Message]:
    """SMS of which nothing is known yet but that Eskiz took them, and that it is time to ask about: those not asked
    about since they reached an age of ASKED_AT. First who was never asked about, then who waits longest.
    """
    due = Q()
    for age in ASKED_AT:
        due |= Q(settled_at__lte=at - age) & (Q(asked_at=None) | Q(asked_at__lt=F("settled_at") + age))
    turn = F("asked_at").asc(nulls_first=True)
    found = Message.objects.filter(
        due,
        channel=Channel.SMS,
        status=Message.Status.SENT,
        delivered_at=None,
        bounced_at=None,
        settled_at__gt=at - GIVEN_UP_AFTER,
    )
    return found.exclude(provider_id="").order_by(turn, "settled_at", "id").defer("text", "html")


@dataclass(slots=True)
class _Asked:
    """What came of asking about some: who was asked about, what was told, and a failure that ended it or came once."""

    about: list[int] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    failure: AccountUnusable | None = None
    is_answering: bool = False


def _ask(gateway: Gateway, messages: Sequence[Message]) -> _Asked:
    """Ask about each, past those over which Eskiz stumbles, until it cannot be asked at all."""
    asked = _Asked()
    for message in messages:
        try:
            status = gateway.status(message.provider_id)
        except AccountUnusable as failure:
            asked.failure = failure
            if not _is_of_one(failure):
                return asked
        else:
            asked.is_answering = True
            if status and (report := report_of(message, status)) is not None:
                asked.reports.append(report)
        asked.about.append(message.pk)
    return asked


def _is_of_one(failure: AccountUnusable) -> bool:
    """Whether it may be this message over which Eskiz stumbled, and not the account."""
    return failure.kind == Trouble.STRANGE


def report_of(message: Message, status: Status) -> Report | None:
    """What a status says of the message; None while it is on its way."""
    word = WORDS.get(status.word, status.word)
    kind = ENDS.get(word)
    if kind is None:
        return None
    digits = "".join(letter for letter in status.to if letter.isdigit())
    return Report(
        kind,
        seal_of(message),
        message.pk,
        status.at,
        f"+{digits}" if digits else "",
        detail="" if kind == DELIVERED else word,
        is_for_good=word == FOR_GOOD,
    )
