"""Sending what is due: claimed by one run, decided at the gate, given over one by one, and each settled at once.

Any number of runs may work at the same time, on any number of machines. A run holds a session lock named by its
number as long as it lives: what is claimed by a number whose lock is gone was left behind by a dead run.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mijoz.channels import gate, queries, registry
from mijoz.channels.gate import Facts, Later, Stopped, Verdict
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed, Session, Transport
from mijoz.customers.queries import members_of, root_of

BATCH = 50
SENDS_FOR = timedelta(seconds=10)  # then a run ends, so that a worker that is told to stop need not wait
TRY_AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
SHORTEST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)

RUN_LOCKS = 71_001  # names our session locks among those of the database; the second number is the run's
CUSTOMER_LOCKS = 71_002

# The caps of a customer hold because whoever decides about them sees what the others before have claimed.
LOCK_CUSTOMERS = """
    SELECT pg_advisory_xact_lock(hashint8extended(id, %(locks)s))
    FROM (SELECT id FROM unnest(%(customers)s::bigint[]) AS id ORDER BY hashint8extended(id, %(locks)s)) ordered
"""
SETTLE_DECISIONS = """
    UPDATE channels_message message SET
        status = decided.status,
        reason = decided.reason,
        send_after = least(coalesce(decided.until, send_after), expires_at - interval '1 microsecond'),
        settled_at = CASE WHEN decided.status = 'stopped' THEN %(at)s::timestamptz END,
        claimed_at = CASE WHEN decided.status = 'sending' THEN %(at)s::timestamptz END,
        claimed_by = CASE WHEN decided.status = 'sending' THEN %(run)s::integer END
    FROM jsonb_to_recordset(%(decisions)s::jsonb) AS decided(id bigint, status text, reason text, until timestamptz)
    WHERE message.id = decided.id
"""
STOP_EXPIRED = """
    UPDATE channels_message SET status = 'stopped', reason = 'too_late', settled_at = %(at)s
    WHERE id IN (
        SELECT id FROM channels_message WHERE status = 'waiting' AND expires_at <= %(at)s FOR UPDATE SKIP LOCKED
    )
"""
DEAD_RUNS = """
    SELECT DISTINCT claimed_by FROM channels_message
    WHERE status = 'sending' AND NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND granted
          AND classid::bigint = %s AND objid::bigint = claimed_by
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""
TAKE_UP = """
    UPDATE channels_message SET
        status = CASE WHEN is_safe THEN 'waiting' ELSE 'failed' END,
        reason = CASE WHEN is_safe THEN '' ELSE 'unknown_outcome' END,
        settled_at = CASE WHEN NOT is_safe THEN %(at)s::timestamptz END,
        claimed_at = CASE WHEN NOT is_safe THEN claimed_at END,
        claimed_by = NULL,
        handed_at = CASE WHEN NOT is_safe THEN handed_at END
    FROM (
        SELECT id AS left_id, handed_at IS NULL OR channel = ANY(%(idempotent)s) AS is_safe
        FROM channels_message WHERE status = 'sending' AND claimed_by = ANY(%(dead)s) FOR UPDATE
    ) left_behind
    WHERE id = left_id
"""


@dataclass(slots=True)
class Sending:
    """What a run did: how many messages were sent, stopped, put off and failed, and the accounts in trouble."""

    sent: int = 0
    stopped: int = 0
    put_off: int = 0
    failed: int = 0
    troubles: list[AccountUnusable] = field(default_factory=list)


class Run:
    """One run: its number, its clock (which begins at `at`), and what it has done so far."""

    def __init__(self, at: datetime) -> None:
        self.number = secrets.randbelow(2**31 - 1) + 1
        self.done = Sending()
        self._began_at = at
        self._began = time.monotonic()
        self._turn_ends = SENDS_FOR

    def now(self) -> datetime:
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)

    def next_turn(self, *, left: int) -> None:
        """Begin to send by the next of `left` accounts: what is left of the time is shared out evenly among them, so
        that a long queue of one never holds up the others."""
        passed = self.now() - self._began_at
        self._turn_ends = passed + max(SENDS_FOR - passed, timedelta(0)) / left

    @property
    def is_over(self) -> bool:
        """Whether the turn is over."""
        return self.now() - self._began_at > self._turn_ends

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Hold the lock that tells others that this run still works on what it has claimed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [RUN_LOCKS, self.number])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_LOCKS, self.number])


class Line:
    """The connection of an account, opened when it is first needed and anew after it broke."""

    def __init__(self, transport: Transport, account: ChannelAccount) -> None:
        self._transport = transport
        self._account = account
        self._open = ExitStack()
        self._session: Session | None = None
        self.was_used = False

    @property
    def is_idempotent(self) -> bool:
        return self._transport.is_idempotent

    def session(self) -> Session:
        """Raises AccountUnusable."""
        if self._session is None:
            self._session = self._open.enter_context(self._transport.open(self._account))
            self.was_used = False
        return self._session

    def hang_up(self) -> None:
        self._session = None
        self._open.close()


@contextmanager
def only_sender() -> Iterator[bool]:
    """Whether nobody else is sending in turn; nobody else begins to until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [RUN_LOCKS])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [RUN_LOCKS])


def stop_expired(at: datetime) -> int:
    """Stop what nobody needs any more; returns how many messages that were."""
    with connection.cursor() as cursor:
        cursor.execute(STOP_EXPIRED, {"at": at})
        return cursor.rowcount


def take_up_left_behind(at: datetime) -> int:
    """Settle what dead runs had claimed; returns how many messages that were.

    What was not given to the provider yet waits again. Of the rest nobody knows whether it was sent: it fails as such
    and is never sent twice by itself, unless the provider drops what it is given twice.
    """
    idempotent = [channel for channel in registry.channels() if registry.transport(channel).is_idempotent]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DEAD_RUNS, [RUN_LOCKS])
        dead = [number for (number,) in cursor.fetchall()]
        if not dead:
            return 0
        cursor.execute(TAKE_UP, {"dead": dead, "idempotent": idempotent, "at": at})
        return cursor.rowcount


def claim(run: Run, channel: str, *, beside: Collection[str] = (), at: datetime) -> list[tuple[Message, Facts]] | None:
    """Ask the gate about the next messages that are due and claim those that may go out now; None when none is due.

    What is stopped or put off is written with its reason in the same transaction. A more important message that is due
    to the same customer is claimed with them, so that it is the one that goes out under a limit; one by the channels
    `beside` this one, whose accounts work too, goes before them in its own turn.
    """
    with transaction.atomic(durable=True):
        due = Message.objects.select_for_update(skip_locked=True).order_by("send_after", "id")
        messages = list(due.filter(status=Message.Status.WAITING, channel=channel, send_after__lte=at)[:BATCH])
        if not messages:
            return None
        with connection.cursor() as cursor:
            customers = sorted(set(root_of({message.customer_id for message in messages}).values()))
            cursor.execute(LOCK_CUSTOMERS, {"customers": customers, "locks": CUSTOMER_LOCKS})
            rivals = queries.stronger_rivals(messages, members_of(customers).keys(), beside=beside, at=at)
            messages += [one for one in rivals if one.channel == channel]
            elsewhere = [one for one in rivals if one.channel != channel]
            decided = gate.decide_all([*messages, *elsewhere], at)[: len(messages)]
            rows = [_row(message, verdict) for message, (verdict, _facts) in zip(messages, decided, strict=True)]
            cursor.execute(SETTLE_DECISIONS, {"decisions": json.dumps(rows), "at": at, "run": run.number})
    verdicts = [verdict for verdict, _facts in decided]
    run.done.stopped += sum(isinstance(verdict, Stopped) for verdict in verdicts)
    run.done.put_off += sum(isinstance(verdict, Later) for verdict in verdicts)
    return [
        (message, facts)
        for message, (verdict, facts) in zip(messages, decided, strict=True)
        if not isinstance(verdict, Stopped | Later)
    ]


def _row(message: Message, verdict: Verdict) -> dict[str, object]:
    row: dict[str, object] = {"id": message.pk, "status": Message.Status.SENDING, "reason": "", "until": None}
    match verdict:
        case Stopped(reason):
            row |= {"status": Message.Status.STOPPED, "reason": reason}
        case Later(reason, until):
            row |= {"status": Message.Status.WAITING, "reason": reason, "until": until.isoformat()}
    return row


def send_by(account: ChannelAccount, run: Run, *, beside: Collection[str] = ()) -> bool:
    """Send what is due by this account until nothing is left or the run is over.

    `beside` are the channels of the other accounts that can be used now. Returns whether the provider took or answered
    anything, so that it works. Raises AccountUnusable.
    """
    line = Line(registry.transport(account.channel), account)
    try:
        while not run.is_over:
            batch = claim(run, account.channel, beside=beside, at=run.now())
            if batch is None:
                break
            _send_batch(batch, line, run)
        return line.was_used
    finally:
        line.hang_up()


def rest_of(account: ChannelAccount, at: datetime) -> timedelta:
    """How long an account that is in trouble now is left alone: as long as the trouble lasts already, within bounds."""
    lasted = at - (account.trouble_at or at)
    return max(SHORTEST_REST, min(lasted, LONGEST_REST))


def _send_batch(batch: Sequence[tuple[Message, Facts]], line: Line, run: Run) -> None:
    try:
        for message, facts in batch:
            if run.is_over:
                return
            line.session()  # before it counts as given: opening takes longest and fails most
            if _hand(message, facts.address, run):
                _give(message, facts.address, line, run)
    finally:
        _release(run)


def _hand(message: Message, address: str, run: Run) -> bool:
    """Note for whoever finds it after a crash that the message goes to the provider now; False when it is not ours."""
    message.attempts += 1
    with transaction.atomic(durable=True):
        ours = Message.objects.filter(
            pk=message.pk, status=Message.Status.SENDING, claimed_by=run.number, handed_at=None
        )
        return bool(ours.update(handed_at=run.now(), attempts=message.attempts, sent_to=address))


def _give(message: Message, address: str, line: Line, run: Run) -> None:
    """Give the message to the provider and settle what came of it. Raises AccountUnusable."""
    try:
        provider_id = _send(message, address, line, run)
    except AccountUnusable:
        _put_behind_others(message, run)
        raise
    except OutcomeUnknown as unknown:
        _settle_unknown(message, unknown, line, run)
        # A connection that breaks at the end of a mail may do so at every one: at most one is lost to each rest.
        raise AccountUnusable(unknown.kind, unknown.detail) from unknown
    except SendFailed as failure:
        _settle_failure(message, failure, run)
    else:
        _settle(message, run, status=Message.Status.SENT, settled_at=run.now(), provider_id=provider_id)
        run.done.sent += 1


def _send(message: Message, address: str, line: Line, run: Run) -> str:
    """As Session.send does; a connection that the provider closed after other messages is opened once more."""
    was_used = line.was_used
    try:
        return line.session().send(message, address=address, at=run.now())
    except AccountUnusable as failure:
        line.hang_up()
        if not was_used or failure.rest is not None:
            raise
        return line.session().send(message, address=address, at=run.now())
    finally:
        line.was_used = True


def _settle_failure(message: Message, failure: SendFailed, run: Run) -> None:
    """Fail for good, or wait for the next try if there is one and it is not too late then."""
    reason = Reason.REFUSED
    if not failure.permanent:
        reason = Reason.GAVE_UP
        if message.attempts <= len(TRY_AGAIN_AFTER):
            again_at = run.now() + TRY_AGAIN_AFTER[message.attempts - 1]
            if again_at < message.expires_at:
                _wait_again(message, run, reason=Reason.TRY_AGAIN, detail=str(failure), send_after=again_at)
                run.done.put_off += 1
                return
    came_back = {"bounced_at": run.now()} if failure.is_gone else {}
    failed = Message.Status.FAILED
    _settle(message, run, status=failed, reason=reason, detail=str(failure), settled_at=run.now(), **came_back)
    run.done.failed += 1


def _settle_unknown(message: Message, unknown: OutcomeUnknown, line: Line, run: Run) -> None:
    if line.is_idempotent:
        _put_behind_others(message, run)
        return
    reason = Reason.UNKNOWN_OUTCOME
    _settle(message, run, status=Message.Status.FAILED, reason=reason, detail=str(unknown), settled_at=run.now())
    run.done.failed += 1


def _put_behind_others(message: Message, run: Run) -> None:
    """Let it wait without counting the try, behind the others: if it was this message that broke the connection, it
    must not hold them up for ever.
    """
    message.attempts -= 1
    later = min(run.now() + SHORTEST_REST, message.expires_at - timedelta(microseconds=1))
    _wait_again(message, run, send_after=max(later, message.send_after))


def _wait_again(message: Message, run: Run, **fields: Any) -> None:
    nobody = {"claimed_at": None, "claimed_by": None, "handed_at": None}
    _settle(message, run, status=Message.Status.WAITING, attempts=message.attempts, **nobody, **fields)


def _settle(message: Message, run: Run, **fields: Any) -> None:
    """Write what came of a message, at once and on its own; what the run lost meanwhile stays as it is."""
    ours = Message.objects.filter(pk=message.pk, status=Message.Status.SENDING, claimed_by=run.number)
    ours.update(**{"reason": "", "detail": ""} | fields)


def _release(run: Run) -> None:
    """Let what the run has claimed and not begun to send wait again."""
    unbegun = Message.objects.filter(status=Message.Status.SENDING, claimed_by=run.number, handed_at=None)
    unbegun.update(status=Message.Status.WAITING, claimed_at=None, claimed_by=None)
