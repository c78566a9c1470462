"""What changes messages in quarantine: repair, replay, drop. Nothing leaves it but by one of these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from mijoz.events import arrivals
from mijoz.events.ingest.senders import sender_of
from mijoz.events.ingest.taking import Judged, judge, write
from mijoz.events.models import Quarantined, Source
from mijoz.events.sources import mending, receiving
from mijoz.events.sources.mending import Repair

WAITING, REPLAYED, DROPPED = Quarantined.State.WAITING, Quarantined.State.REPLAYED, Quarantined.State.DROPPED
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message does not fit, and where in it."""

    reason: str
    field: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages went into the log, and how many still do not fit."""

    replayed: int = 0
    still_wrong: int = 0


def problem(kept: Quarantined, message: Any) -> Problem | None:
    """What would be wrong with this message in its place; None when it fits. Writes nothing."""
    return _problem(_judged(kept, message))


def edit(kept: Quarantined, message: Any) -> None:
    """Put a repaired message in the place of the one that waits; what came first is kept beside it."""
    with transaction.atomic():
        row = Quarantined.objects.select_for_update().get(pk=kept.pk)
        if row.state == WAITING:
            _edit([row], [message])
    kept.refresh_from_db()


def replay(numbers: Collection[int], *, at: datetime) -> Replayed:
    """Send those of these that wait through again; one that still does not fit stays, with its reason of now.

    A row that somebody else is replaying is passed over. The log takes each message once by its id, so that replaying
    what had arrived after all changes nothing.
    """
    with transaction.atomic():
        rows = _waiting(numbers)
        judged = [_judged(row, row.message) for row in rows]
        good = [(row, each) for row, each in zip(rows, judged, strict=True) if _problem(each) is None]
        for source, group in groupby(good, key=lambda pair: pair[0].source):
            write(source, [each for _row, each in group])
        for row, each in zip(rows, judged, strict=True):
            if wrong := _problem(each):
                row.reason, row.field = wrong.reason[:400], wrong.field[:200]
            else:
                row.state, row.settled_at = REPLAYED, at
        Quarantined.objects.bulk_update(rows, ["reason", "field", "state", "settled_at"], batch_size=500)
        if rows:
            arrivals.tell(len(rows))
    return Replayed(len(good), len(rows) - len(good))


def drop(numbers: Collection[int], *, at: datetime) -> int:
    """Give those of these up that wait; returns how many. They stay in the list of what was dropped."""
    with transaction.atomic():
        dropped = Quarantined.objects.filter(pk__in=numbers, state=WAITING).update(state=DROPPED, settled_at=at)
        if dropped:
            arrivals.tell(dropped)
    return dropped


def take_back(numbers: Collection[int]) -> int:
    """Let what was dropped wait again; returns how many. One of which another copy waits stays dropped."""
    with transaction.atomic():
        rows = list(Quarantined.objects.select_for_update().filter(pk__in=numbers, state=DROPPED))
        waiting = set(
            Quarantined.objects.filter(state=WAITING, message_id__in=[row.message_id for row in rows]).values_list(
                "source_id", "message_id"
            )
        )
        back = [row.pk for row in rows if not row.message_id or (row.source_id, row.message_id) not in waiting]
        return Quarantined.objects.filter(pk__in=back).update(state=WAITING, settled_at=None)


def mend(numbers: Collection[int], repair: Repair, *, at: datetime) -> Replayed:
    """The same repair to all of these, then through again; what still does not fit stays repaired."""
    repair.check()
    with transaction.atomic():
        rows = _waiting(numbers)
        _edit(rows, [mending.mended(repair, row.message) for row in rows])
        return replay([row.pk for row in rows], at=at)


@dataclass(frozen=True, slots=True)
class Preview:
    """One message before and after a repair, and what would then be wrong with it."""

    kept: Quarantined
    before: str
    after: str
    problem: Problem | None

    @property
    def changes(self) -> bool:
        return self.before != self.after


def preview(rows: Iterable[Quarantined], repair: Repair) -> list[Preview]:
    """What a repair would do to each. Writes nothing."""
    found = []
    for row in rows:
        after = mending.mended(repair, row.message)
        found.append(Preview(row, mending.pretty(row.message), mending.pretty(after), problem(row, after)))
    return found


def _waiting(numbers: Collection[int]) -> list[Quarantined]:
    chosen = Quarantined.objects.select_for_update(of=("self",), skip_locked=True).select_related("source__webhook")
    return list(chosen.filter(pk__in=numbers, state=WAITING).order_by("source_id", "pk"))


def _edit(rows: Sequence[Quarantined], messages: Sequence[Any]) -> None:
    for row, message in zip(rows, messages, strict=True):
        if message != row.message:
            row.original = row.original if row.original is not None else row.message
            row.message = message
    Quarantined.objects.bulk_update(rows, ["message", "original"], batch_size=500)


def _judged(kept: Quarantined, message: Any) -> Judged:
    """As when it came, at the moment it came. A message without an id gets one, so that it counts once."""
    source = kept.source
    number = kept.message_id or f"quarantined-{kept.pk}"
    if source.kind == Source.Kind.WEBHOOK and hasattr(source, "webhook"):
        return receiving.judge(source, source.webhook.mapping, message, call_id=number, at=kept.received_at)
    if isinstance(message, dict) and not message.get("messageId"):
        message = message | {"messageId": number}
    return judge(sender_of(source), [message], received_at=kept.received_at)


def _problem(judged: Judged) -> Problem | None:
    if judged.to_quarantine:
        return Problem(judged.to_quarantine[0]["reason"], judged.to_quarantine[0]["field"])
    if judged.refused:
        return Problem(judged.refused[0].reason, judged.refused[0].field)
    return None
