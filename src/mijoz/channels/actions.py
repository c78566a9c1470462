"""What changes the outbox and the accounts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from mijoz.channels import hooks, queries, registry, sending
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.outbox import MessageRefused, NewMessage
from mijoz.channels.sealing import seal
from mijoz.channels.sending import Run, Sending
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed
from mijoz.customers.models import Customer
from mijoz.customers.queries import event_identity
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

MESSAGES_A_STATEMENT = 5_000
MESSAGES_A_LOGGING = 1_000
LONGEST_EVENT_KEY = 200
TRIED_FOR = timedelta(days=1)  # how long a message that is tried again is of use at least
COLUMNS = {
    "customer_id": "bigint",
    "channel": "text",
    "purpose": "text",
    "dedupe_key": "text",
    "language": "text",
    "subject": "text",
    "text": "text",
    "html": "text",
    "address": "text",
    "send_after": "timestamptz",
    "expires_at": "timestamptz",
    "status": "text",
    "scenario": "text",
    "scenario_version": "integer",
    "enrolment": "bigint",
    "step": "text",
    "priority": "smallint",
    "reveals": "smallint",
}
COLUMN_LIST = ", ".join(COLUMNS)
NEW_MESSAGES = f"""
    INSERT INTO channels_message ({COLUMN_LIST})
    SELECT {COLUMN_LIST}
    FROM jsonb_to_recordset(%s::jsonb) AS given({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
    ORDER BY dedupe_key
    ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608 - built from constants; in order, so that two writers of the same keys wait and never lock each other


def put_in_outbox(messages: Sequence[NewMessage]) -> int:
    """Write messages to the outbox in the transaction of their cause; returns how many were new by their key.

    Raises MessageRefused for the first one that cannot be sent as it is; then none is written.
    """
    for message in messages:
        message.check()
    written = 0
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for begin in range(0, len(messages), MESSAGES_A_STATEMENT):
            rows = [message.row() for message in messages[begin : begin + MESSAGES_A_STATEMENT]]
            cursor.execute(NEW_MESSAGES, [json.dumps(rows)])
            written += cursor.rowcount
        if written:
            hooks.put_in_outbox(written)
    return written


def send_due(*, at: datetime) -> Sending:
    """Send what is due and may go out, for some seconds; says what came of it. Safe beside any number of others.

    An account that cannot be used leaves its messages waiting, with the trouble noted on it.
    """
    run = Run(at)
    with run.alive():
        sending.take_up_left_behind(at)
        run.done.stopped += sending.stop_expired(at)
        ready = queries.ready_accounts(at)
        usable = {account.channel for account in ready}
        for place, account in enumerate(ready):
            run.next_turn(left=len(ready) - place)
            try:
                was_used = sending.send_by(account, run, beside=usable - {account.channel})
            except AccountUnusable as trouble:
                note_trouble(account, trouble, at=run.now())
                run.done.troubles.append(trouble)
                usable.discard(account.channel)
            else:
                if was_used and account.trouble:
                    clear_trouble(account)
    return run.done


def send_in_turn(*, at: datetime) -> Sending | None:
    """As send_due, unless somebody else is sending now: mail servers like one connection best. None if so."""
    with sending.only_sender() as is_alone:
        return send_due(at=at) if is_alone else None


def log_settled() -> int:
    """Tell the event log what came of messages, each once; returns how many those were."""
    logged = 0
    while batch := _log_batch():
        logged += batch
    return logged


@transaction.atomic
def _log_batch() -> int:
    settled = Message.objects.filter(is_logged=False, settled_at__isnull=False).order_by("settled_at", "id")
    batch = list(settled.select_for_update(skip_locked=True).defer("text", "html")[:MESSAGES_A_LOGGING])
    record([_event(message) for message in batch if not message.is_test])
    hooks.settled([_settled(message) for message in batch if message.enrolment is not None])
    Message.objects.filter(pk__in=[message.pk for message in batch]).update(is_logged=True)
    return len(batch)


def _settled(message: Message) -> hooks.Settled:
    assert message.enrolment is not None
    assert message.settled_at is not None
    return hooks.Settled(message.enrolment, message.step, message.status, message.reason, message.settled_at)


def _event(message: Message) -> NewEvent:
    # A failed message may be tried again: the number of tries tells its failures apart.
    key = f"message_{message.status}/{message.attempts}/{message.dedupe_key}"
    at = message.settled_at or message.created_at
    return event_of(message, message.status, key=key, at=at, reason=message.reason)


def event_of(message: Message, what: str, *, key: str, at: datetime, reason: str = "") -> NewEvent:
    """The row of the log that says what became of a message; `key` tells it from others of the same message."""
    return NewEvent(
        message_id=key if len(key) <= LONGEST_EVENT_KEY else hashlib.sha256(key.encode()).hexdigest(),
        type=f"message_{what}",
        identity=event_identity(Customer(pk=message.customer_id)),
        occurred_at=at,
        reference=message.scenario,
        channel=message.channel,
        payload={
            "scenario": message.scenario,
            "subject": message.subject,
            "reason": reason,
            "purpose": message.purpose,
            "message": message.pk,
        },
    )


class NotPossible(Exception):
    """The message is not in a state in which this can be done; the text says so to whoever asked."""


def stop_message(message: Message, *, at: datetime) -> None:
    """Stop a message that waits. Raises NotPossible when it does not wait any more."""
    waiting = Message.objects.filter(pk=message.pk, status=Message.Status.WAITING)
    if not waiting.update(status=Message.Status.STOPPED, reason=Reason.STOPPED_BY_STAFF, settled_at=at):
        raise NotPossible(_("It is not waiting any more, so it cannot be stopped."))


def try_again(message: Message, *, at: datetime) -> None:
    """Let a failed message wait once more, asked at the gate as any other. Raises NotPossible for other ones."""
    log_settled()
    with transaction.atomic():
        failed = Message.objects.filter(pk=message.pk, status=Message.Status.FAILED, is_logged=True)
        again = failed.update(
            status=Message.Status.WAITING,
            reason="",
            detail="",
            settled_at=None,
            handed_at=None,
            claimed_at=None,
            is_logged=False,
            send_after=at,
            # What was forgiven is forgotten, so that it counts anew when it happens once more.
            bounced_at=Case(When(bounce_forgiven_at=None, then=F("bounced_at"))),
            bounce_detail=Case(
                When(bounce_forgiven_at=None, then=F("bounce_detail")), default=Value(""), output_field=TextField()
            ),
            bounce_forgiven_at=None,
            expires_at=Greatest(F("expires_at"), Value(at + TRIED_FOR)),
        )
        if not again:
            raise NotPossible(_("Only a message that failed can be tried again."))
        hooks.put_in_outbox(0)


class TrialFailed(Exception):
    """The trial did not go out; the text says why, and what to do about it, in the reader's language."""


def send_trial(message: NewMessage, account: ChannelAccount, *, to: str, at: datetime) -> None:
    """Send a message to a member of staff to look at: at once, past outbox, gate and log. Raises TrialFailed.

    Whether the account works is noted on it, as after any sending.
    """
    try:
        message.check()
    except MessageRefused as refusal:
        raise TrialFailed(_("A message needs a subject and a text.")) from refusal
    mail = Message(**message.row())
    transport = registry.transport(account.channel)
    try:
        with transport.open(account) as session:
            session.send_trial(mail, address=to, at=at)
    except (AccountUnusable, OutcomeUnknown) as failure:
        trouble = AccountUnusable(failure.kind, failure.detail)
        note_trouble(account, trouble, at=at)
        raise TrialFailed(queries.trouble_in_words(account)) from failure
    except SendFailed as failure:
        clear_trouble(account)
        raise TrialFailed(_("The server refused the message: %(answer)s") % {"answer": str(failure)}) from failure
    clear_trouble(account)


def set_up_account(
    channel: str, *, name: str, settings: Mapping[str, Any], secret: str | None, at: datetime
) -> ChannelAccount:
    """Use the channel in this way from now on; a `secret` of None keeps the one we have."""
    with transaction.atomic():
        account = queries.account_to_set_up(channel, for_update=True) or ChannelAccount(channel=channel)
        account.name, account.settings, account.is_active, account.changed_at = name, dict(settings), True, at
        if secret is not None:
            account.sealed_secret = seal(secret)
        _forget_trouble(account)
        account.save()
        hooks.put_in_outbox(0)  # what waited for an account can go out
    return account


def switch_off(account: ChannelAccount, *, at: datetime) -> None:
    """Send nothing by the channel any more; messages wait until it is switched on again or they are of no use."""
    account.is_active, account.changed_at = False, at
    _forget_trouble(account)
    account.save()


def note_trouble(account: ChannelAccount, trouble: AccountUnusable, *, at: datetime) -> None:
    """Keep why the account could not be used and leave it alone for a while, longer the longer it lasts."""
    account.rests_until = at + max(sending.rest_of(account, at), trouble.rest or timedelta(0))
    account.trouble, account.trouble_detail = trouble.kind, trouble.detail
    account.trouble_at = account.trouble_at or at
    account.save(update_fields=["trouble", "trouble_detail", "trouble_at", "rests_until"])


def clear_trouble(account: ChannelAccount) -> None:
    _forget_trouble(account)
    account.save(update_fields=["trouble", "trouble_detail", "trouble_at", "rests_until"])


def _forget_trouble(account: ChannelAccount) -> None:
    account.trouble = account.trouble_detail = ""
    account.trouble_at = account.rests_until = None
