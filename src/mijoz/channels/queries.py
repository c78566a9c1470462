"""Reads of channels: what the gate must know of customers, the accounts, and the lists of the outbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from mijoz.channels import registry
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.customers.models import Consent, Profile, Purpose
from mijoz.customers.names import query_words

MAY_HAVE_REACHED = Q(status__in=[Message.Status.SENT, Message.Status.SENDING]) | Q(reason=Reason.UNKNOWN_OUTCOME)


@dataclass(frozen=True, slots=True)
class Answers:
    """The customers' answers about purposes: (customer, purpose, channel) to (when, yes or no)."""

    given: dict[tuple[int, str, str], tuple[datetime, bool]]

    def consent(self, customer_id: int, purpose: str, channel: str) -> bool | None:
        """The latest answer for this channel or for all, of two at one moment the no; None when there is none."""
        answers = [
            self.given[key]
            for key in ((customer_id, purpose, ""), (customer_id, purpose, channel))
            if key in self.given
        ]
        return max(answers, key=lambda answer: (answer[0], not answer[1]))[1] if answers else None


def latest_answers(customers: Collection[int]) -> Answers:
    rows = Consent.objects.filter(customer__in=customers).values_list(
        "customer_id", "purpose", "channel", "answered_at", "granted"
    )
    return Answers({(customer, purpose, channel): (at, granted) for customer, purpose, channel, at, granted in rows})


def marketing_contacts(customers: Collection[int], *, since: datetime) -> dict[int, tuple[datetime, ...]]:
    """Moments of marketing messages that reached or may have reached each customer, being sent ones included."""
    rows = (
        Message.objects.filter(MAY_HAVE_REACHED, customer__in=customers, purpose=Purpose.MARKETING)
        .annotate(contact_at=Coalesce("settled_at", "claimed_at"))
        .filter(contact_at__gte=since)
        .order_by()
        .values("customer_id")
        .annotate(moments=ArrayAgg("contact_at"))
        .values_list("customer_id", "moments")
    )
    return {customer: tuple(moments) for customer, moments in rows}


def last_complaints(customers: Collection[int]) -> dict[int, datetime]:
    rows = Profile.objects.filter(customer__in=customers).values_list("customer_id", "last_complaint_at")
    return {customer: at for customer, at in rows if at}


def account(channel: str) -> ChannelAccount | None:
    """The active account of the channel, if there is one."""
    return ChannelAccount.objects.filter(channel=channel, is_active=True).first()


def account_to_set_up(channel: str, *, for_update: bool = False) -> ChannelAccount | None:
    """The account that setting up the channel changes: the active one, else the latest that was switched off."""
    accounts = ChannelAccount.objects.select_for_update() if for_update else ChannelAccount.objects
    return accounts.filter(channel=channel).order_by("-is_active", "-changed_at").first()


def ready_accounts(at: datetime) -> list[ChannelAccount]:
    """The active accounts that do not rest after a trouble."""
    ready = Q(rests_until=None) | Q(rests_until__lte=at)
    return list(ChannelAccount.objects.filter(ready, is_active=True))


def trouble_in_words(account: ChannelAccount) -> str:
    """What is wrong with the account and what to do about it, in the reader's language; "" if nothing is."""
    if not account.trouble:
        return ""
    return registry.transport(account.channel).explain(account.trouble, account.trouble_detail, account.settings)


def is_anything_due(at: datetime) -> bool:
    """Whether a message could be sent right now."""
    channels = [account.channel for account in ready_accounts(at)]
    due = Message.objects.filter(status=Message.Status.WAITING, send_after__lte=at, channel__in=channels)
    return bool(channels) and due.exists()


def outbox(*, text: str = "", status: str = "", reason: str = "", scenario: str = "") -> QuerySet[Message]:
    """Messages as the outbox shows them, the latest first."""
    found = Message.objects.select_related("customer").defer("text", "html")
    for word in query_words(text):
        found = found.filter(Q(customer__search_key__contains=word) | Q(address__icontains=word))
    chosen = {"status": status, "reason": reason, "scenario": scenario}
    return found.filter(**{name: value for name, value in chosen.items() if value})


def outbox_counts() -> dict[str, Any]:
    """Messages by status, and what was stopped or failed by reason, largest first."""
    by_status = dict(Message.objects.order_by().values_list("status").annotate(Count("id")))
    by_reason = (
        Message.objects.filter(status__in=[Message.Status.STOPPED, Message.Status.FAILED])
        .order_by()
        .values_list("reason")
        .annotate(messages=Count("id"))
        .order_by("-messages")
    )
    return {"by_status": by_status, "by_reason": list(by_reason)}


def scenarios_in_outbox() -> list[str]:
    """Keys of the scenarios that have messages here."""
    return list(Message.objects.exclude(scenario="").order_by("scenario").values_list("scenario", flat=True).distinct())


def customer_messages(customer_id: int, *, limit: int = 20) -> list[Message]:
    """The latest messages of one customer."""
    return list(Message.objects.filter(customer=customer_id).defer("text", "html")[:limit])
