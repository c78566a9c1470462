"""Deciding pairs one by one: each is shown to one member of staff at a time and decided once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from mijoz.business.models import StaffMember
from mijoz.customers.identity import merging
from mijoz.customers.identity.statements import MERGE_LOCK
from mijoz.customers.models import Pair
from mijoz.customers.queries import root_of

HELD = timedelta(minutes=3)
REASON = "looked at by a person"
State = Pair.State


class DecidedAlready(ValueError):
    """Somebody decided this pair before; `pair` says who and how."""

    def __init__(self, pair: Pair) -> None:
        super().__init__(f"pair {pair.pk} is {pair.state}")
        self.pair = pair


class NothingToUndo(ValueError):
    """The member of staff has decided nothing that stands."""


def waiting() -> QuerySet[Pair]:
    """The pairs to review: the likeliest first, those put off last. Both are customers of their own still."""
    return Pair.objects.filter(
        state=State.WAITING,
        left__merged_into__isnull=True,
        right__merged_into__isnull=True,
        left__erased_at__isnull=True,
        right__erased_at__isnull=True,
        left__restricted_at__isnull=True,
        right__restricted_at__isnull=True,
    ).order_by(F("put_off_at").asc(nulls_first=True), F("probability").desc(), "id")


def take(*, by: StaffMember, at: datetime, beside: Collection[int] = ()) -> Pair | None:
    """The next pair for this member of staff, held for them a while; None when there is none for them.

    `beside` are pairs that they have before them already.
    """
    with transaction.atomic():
        free = Q(held_until__isnull=True) | Q(held_until__lt=at) | Q(held_by=by)
        open_ = waiting().filter(free).exclude(pk__in=beside)
        # What somebody is just about is passed over; when nothing else is left, it may be one's own page looking ahead.
        pair = (
            open_.select_for_update(skip_locked=True, of=("self",)).first()
            or open_.select_for_update(of=("self",)).first()
        )
        if pair is not None:
            Pair.objects.filter(pk=pair.pk).update(held_by=by, held_until=at + HELD)
    return pair


def hold(pair: Pair, *, by: StaffMember, at: datetime) -> None:
    """Keep the pair for whoever looks at it now, unless somebody else does already."""
    free = Q(held_until__isnull=True) | Q(held_until__lt=at) | Q(held_by=by)
    Pair.objects.filter(free, pk=pair.pk, state=State.WAITING).update(held_by=by, held_until=at + HELD)


def same(pair: Pair, *, by: StaffMember, at: datetime) -> Pair:
    """These are one person: merge them. Raises DecidedAlready, or merging.MergeRefused."""
    with transaction.atomic():
        open_ = _open(pair)
        kept, absorbed = sorted((open_.left, open_.right), key=lambda customer: (customer.created_at, customer.pk))
        evidence = {"probability": open_.probability, "rows": open_.evidence, "pair": open_.pk}
        made = merging.merge(kept, absorbed, by=by, reason=REASON, evidence=evidence, at=at)
        return _decided(open_, State.MERGED, by=by, at=at, merge_id=made.pk)


def two(pair: Pair, *, by: StaffMember, at: datetime) -> Pair:
    """These are two people: never asked about and never merged by a machine again. Raises DecidedAlready."""
    with transaction.atomic():
        return _decided(_open(pair), State.APART, by=by, at=at)


def later(pair: Pair, *, at: datetime) -> Pair:
    """Ask again after all others. Raises DecidedAlready."""
    with transaction.atomic():
        open_ = _open(pair)
        Pair.objects.filter(pk=open_.pk).update(put_off_at=at, held_by=None, held_until=None)
    return open_


def last_of(member: StaffMember) -> Pair | None:
    """What this member decided last and can take back."""
    decided = Pair.objects.filter(decided_by=member, state__in=[State.MERGED, State.APART], decided_at__isnull=False)
    found = decided.filter(
        Q(state=State.APART, merge__isnull=True) | Q(merge__undone_at__isnull=True, merge__isnull=False)
    )
    return found.select_related("left", "right", "merge").order_by("-decided_at", "-pk").first()


def undo(*, by: StaffMember, at: datetime) -> Pair:
    """Take back what this member decided last: it is open again. Raises NothingToUndo."""
    with transaction.atomic():
        pair = last_of(by)
        if pair is None:
            raise NothingToUndo
        if pair.merge is not None:
            merge = merging.undo(pair.merge, by=by, at=at)
            both = sorted((merge.kept_id, merge.absorbed_id))
            if both != [pair.left_id, pair.right_id]:  # undoing noted that these two are two people
                Pair.objects.filter(left=both[0], right=both[1], state=State.APART, decided_at=at).delete()
        Pair.objects.filter(pk=pair.pk).update(
            state=State.WAITING, decided_at=None, decided_by=None, merge=None, put_off_at=None
        )
        hold(pair, by=by, at=at)
    return Pair.objects.get(pk=pair.pk)


def _open(pair: Pair) -> Pair:
    """The pair, locked; raises DecidedAlready unless it still waits and its two are still two.

    Merges wait for each other before they lock pairs, and so does this, so that the two never wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MERGE_LOCK])
    open_ = Pair.objects.select_for_update(of=("self",)).select_related("left", "right", "decided_by").get(pk=pair.pk)
    roots = root_of([open_.left_id, open_.right_id])
    if open_.state != State.WAITING or roots[open_.left_id] == roots[open_.right_id]:
        raise DecidedAlready(open_)
    return open_


def _decided(pair: Pair, state: Pair.State, *, by: StaffMember, at: datetime, merge_id: object = None) -> Pair:
    told = {"state": state, "decided_at": at, "decided_by": by, "merge_id": merge_id}
    Pair.objects.filter(pk=pair.pk).update(**told, held_by=None, held_until=None)
    return Pair.objects.select_related("left", "right").get(pk=pair.pk)
