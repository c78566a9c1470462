"""Keeping what became of messages, and what follows from it: outcomes of steps, rows of the log, consent."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext_noop

from mijoz.channels import hooks, queries, registry
from mijoz.channels.actions import event_of
from mijoz.channels.models import Channel, ChannelAccount, Message
from mijoz.channels.reports import mailbox
from mijoz.channels.reports.providers import BASIC_NAME, PROVIDERS
from mijoz.channels.reports.report import BOUNCED, COMPLAINED, KINDS, Report
from mijoz.channels.reports.settings import ReportSettings
from mijoz.channels.sealing import SealBroken, seal, unseal
from mijoz.channels.seals import seal_of
from mijoz.customers.actions import answer_consent
from mijoz.customers.models import Customer, Purpose
from mijoz.events.actions import record
from mijoz.events.sources.signatures import new_secret

# Troubles are kept in English and told in the language of the page.
KEY_CHANGED = gettext_noop("The secret key of this installation has changed: type the password again.")


def note(reports: Sequence[Report], *, channel: str = Channel.EMAIL, at: datetime) -> int:
    """Keep what is new of these; returns how many that were. What names no message of ours is passed over.

    An address to which mail cannot be delivered for good is not written to again, and whoever calls a message spam
    gets no marketing by that channel any more.
    """
    fresh: list[tuple[Message, Report, datetime]] = []
    with transaction.atomic():
        sent = Message.objects.filter(
            pk__in={one.number for one in reports}, channel=channel, status=Message.Status.SENT
        )
        known = {one.pk: one for one in sent.order_by("pk").select_for_update().defer("text", "html")}
        for report in reports:
            message = known.get(report.number)
            if message is None or not _is_of(report, message):
                continue
            field = f"{report.kind}_at"
            if getattr(message, field) is not None:
                continue
            moment = max(min(report.at or at, at), message.settled_at or at)
            setattr(message, field, moment)
            if report.kind == BOUNCED:
                message.bounce_detail = report.detail
                message.bounce_forgiven_at = None if report.is_for_good else moment
            fresh.append((message, report, moment))
        Message.objects.bulk_update(
            {message.pk: message for message, _report, _moment in fresh}.values(),
            [*(f"{kind}_at" for kind in KINDS), "bounce_detail", "bounce_forgiven_at"],
        )
        record(
            [
                event_of(message, report.kind, key=f"message_{report.kind}/{message.dedupe_key}", at=moment)
                for message, report, moment in fresh
                if not message.is_test
            ]
        )
        hooks.settled(
            [
                hooks.Settled(message.enrolment, message.step, report.kind, "", moment)
                for message, report, moment in fresh
                if message.enrolment is not None
            ]
        )
        for message, report, moment in fresh:
            if report.kind == COMPLAINED:
                _withdraw(message, at=moment)
    return len(fresh)


def forgive(message: Message, *, at: datetime) -> int:
    """Write to the address of a message that came back again; returns for how many messages that was."""
    came_back = Message.objects.filter(queries.CAME_BACK, channel=message.channel, sent_to=message.sent_to)
    return came_back.update(bounce_forgiven_at=at)


def set_up(account: ChannelAccount, settings: ReportSettings, *, secret: str, at: datetime) -> str:
    """Learn from now on in this way what becomes of mail. An empty `secret` keeps the one we have, or makes one.

    Returns the secret that was made, to be shown once; "" when none was.
    """
    made = ""
    provider = PROVIDERS.get(settings.by)
    before = settings_of(account)
    if provider and provider.makes and (before.by != settings.by or not account.sealed_reports_secret):
        made = secret = new_secret(provider.makes)
    if secret or not settings.by:
        account.sealed_reports_secret = seal(secret) if secret else ""
    if before.mailbox != settings.mailbox:
        account.reports_seen = 0
    account.reports = settings.model_dump(mode="json") if settings.by else {}
    account.reports_trouble, account.changed_at = "", at
    account.save()
    return made


def settings_of(account: ChannelAccount) -> ReportSettings:
    return ReportSettings.model_validate(account.reports or {})


def address_of(provider: str, secret: str = "") -> str:
    """Where the provider calls; with the secret in it for those that know no signatures."""
    base = django_settings.PUBLIC_URL.rstrip("/")
    if secret and PROVIDERS[provider].makes == "basic":
        scheme, _colon, rest = base.partition("://")
        base = f"{scheme}://{BASIC_NAME}:{secret}@{rest}"
    return f"{base}/reports/email/{provider}/"


def look_into_mailbox(account: ChannelAccount, *, at: datetime) -> int:
    """Read the notices that came back since the last look; returns how many were new. A trouble is noted on it."""
    settings = settings_of(account)
    if settings.by != "mailbox" or settings.mailbox is None:
        return 0
    try:
        told, seen = mailbox.reports(
            settings.mailbox, unseal(account.sealed_reports_secret), after=account.reports_seen, at=at
        )
    except SealBroken:
        _trouble(account, KEY_CHANGED)
        return 0
    except mailbox.MailboxClosed as closed:
        _trouble(account, str(closed))
        return 0
    new = note(told, at=at)
    account.reports_seen, account.reports_trouble = seen, ""
    account.reported_at = at if new else account.reported_at
    account.save(update_fields=["reports_seen", "reports_trouble", "reported_at"])
    return new


def came_from_provider(account: ChannelAccount, reports: Sequence[Report], *, at: datetime) -> int:
    """Keep what a proved call told; returns how much of it was new."""
    new = note(reports, at=at)
    ChannelAccount.objects.filter(pk=account.pk).update(reported_at=at, reports_trouble="")
    return new


def refused(account: ChannelAccount, why: str) -> None:
    """Keep on the account that a call could not prove whose it is; written once, however often it is tried."""
    ChannelAccount.objects.filter(pk=account.pk).exclude(reports_trouble=why).update(reports_trouble=why)


def outcomes_told(channels: Collection[str]) -> frozenset[str]:
    """What can be known of a message by one of these channels beyond that it was sent."""
    told: frozenset[str] = frozenset()
    for account in ChannelAccount.objects.filter(channel__in=channels, is_active=True):
        told |= registry.transport(account.channel).outcomes(account)
    return told


def _trouble(account: ChannelAccount, said: str) -> None:
    account.reports_trouble = said[:500]
    account.save(update_fields=["reports_trouble"])


def _is_of(report: Report, message: Message) -> bool:
    """Whether the report knows the seal of the message, and speaks of whom it went to."""
    knows = hmac.compare_digest(report.seal, seal_of(message))
    return knows and (not report.recipient or report.recipient == message.sent_to.lower())


def _withdraw(message: Message, *, at: datetime) -> None:
    answer_consent(
        Customer(pk=message.customer_id),
        purpose=Purpose.MARKETING,
        granted=False,
        channel=message.channel,
        proof=f"message {message.pk} was called spam",
        through="complaint",
        at=at,
    )
