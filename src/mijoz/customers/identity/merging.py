"""Making customers one, and two again.

A merge moves identities and rewrites no event: `Ownership.home` remembers whose each is without any merge, and
`Customer.merged_into` are the merges that hold. Everything else follows from these two, the log and what was told. So
undoing a merge needs no memory of what it did, and merges can be undone in any order, at any depth.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from mijoz.business.models import StaffMember
from mijoz.customers import hooks, traits
from mijoz.customers.identity import consents, grouping, statements
from mijoz.customers.identity.grouping import Absorbed, Alike, Bar, Person
from mijoz.customers.models import Customer, Merge, Pair
from mijoz.customers.projection import PROJECTION, PROJECTION_LOCK
from mijoz.customers.queries import root_of, whole
from mijoz.events.models import Identity

REASON_LENGTH = 400
LEFT_ALONE = {
    Bar.APART,
    Bar.RELATIVES,
}  # nobody is asked: it was decided, or nothing but the phone says that they are one


class MergeRefused(ValueError):
    """These two cannot be merged, or this merge cannot be undone; the message says why in English."""


class ErasedSince(MergeRefused):
    """One of those whom the merge made one was erased: there is nothing left to take apart."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a machine did with pairs: merges made, pairs left to people with what speaks against them."""

    merges: list[UUID]
    barred: list[tuple[Alike, Bar]]


def merge(
    kept: Customer,
    absorbed: Customer,
    *,
    by: StaffMember | None,
    reason: str,
    evidence: dict[str, Any] | None = None,
    at: datetime,
) -> Merge:
    """Make `absorbed` one with `kept`: all that is known of either leads to `kept`; `undo` takes it back.

    Whoever was merged before stands for whom they were merged into. Raises MergeRefused when they are one already, or
    when one of them was erased.
    """
    with alone():
        roots = root_of([kept.pk, absorbed.pk])
        one, other = roots[kept.pk], roots[absorbed.pk]
        if one == other:
            raise MergeRefused(f"customers {kept.pk} and {absorbed.pk} are one already")
        _hold([one, other])
        if Customer.objects.filter(pk__in=[one, other], erased_at__isnull=False).exists():
            raise MergeRefused("one of them was erased")
        (made,) = _absorb([Absorbed(one, other, Alike(one, other, reason, evidence or {}))], by=by, at=at)
    return Merge.objects.select_related("kept", "absorbed").get(pk=made)


def merge_many(alike: Sequence[Alike], *, at: datetime, weighing_facts: bool = True) -> Outcome:
    """Merge what a machine found to be alike, the surest first, in groups: a constant number of statements.

    Two people who each proved who they are, whom somebody decided to be two, or whose facts contradict are not merged:
    such a pair is kept for review. Numbers merged before stand for whom they were merged into. Whoever has
    weighed names and birth dates against all else turns `weighing_facts` off.
    """
    if not alike:
        return Outcome([], [])
    with alone():
        roots = root_of({id_ for pair in alike for id_ in (pair.one, pair.other)})
        pairs = _between_roots(alike, roots)
        _hold(sorted({id_ for pair in pairs for id_ in (pair.one, pair.other)}))
        decision = decide(pairs, weighing_facts=weighing_facts)
        made = _absorb(decision.merges, by=None, at=at)
        suggest([pair for pair in decision.barred if pair[1] not in LEFT_ALONE], at=at)
    return Outcome(made, decision.barred)


def decide(pairs: Sequence[Alike], *, weighing_facts: bool = True) -> grouping.Decision:
    """What the machine would do with pairs of roots; three reads."""
    roots = sorted({id_ for pair in pairs for id_ in (pair.one, pair.other)})
    people = people_of(roots)
    with connection.cursor() as cursor:
        cursor.execute(statements.APART, {"roots": roots})
        apart = cursor.fetchall()
    known = [pair for pair in pairs if {pair.one, pair.other} <= people.keys()]
    return grouping.decide(known, people, apart=apart, weighing_facts=weighing_facts)


def people_of(roots: Collection[int]) -> dict[int, Person]:
    """What speaks for and against each of these customers' being somebody else."""
    with connection.cursor() as cursor:
        cursor.execute(statements.PEOPLE, [list(roots)])
        rows = cursor.fetchall()
    people = {}
    for id_, birth_on, birthday, gender, first_name, last_name, patronymic, proved, restricted, known in rows:
        name = (first_name, last_name, patronymic)
        people[id_] = Person(id_, birth_on, birthday, gender, *name, frozenset(proved), restricted, known)
    return people


def undo(merge: Merge, *, by: StaffMember | None, at: datetime) -> Merge:
    """Make two customers of one again, as if this merge had never been; later ones stay.

    Both are then known to be two people, so that no machine merges them again. Raises MergeRefused when it was undone
    already, ErasedSince when one of them was erased.
    """
    with alone():
        undone = Merge.objects.select_for_update(no_key=True).filter(pk=merge.pk, undone_at__isnull=True).first()
        if undone is None:
            raise MergeRefused("this merge was undone already")
        root = root_of([undone.kept_id])[undone.kept_id]
        concerned = sorted({root, undone.kept_id, undone.absorbed_id})
        _hold(concerned)
        if Customer.objects.filter(pk__in=concerned, erased_at__isnull=False).exists():
            raise ErasedSince("one of them was erased since")
        Customer.objects.filter(pk=undone.absorbed_id).update(merged_into=None)
        undone.undone_at, undone.undone_by = at, by
        undone.save(update_fields=["undone_at", "undone_by"])
        back: dict[str, Any] = {
            "absorbed": undone.absorbed_id,
            "whole": whole(Customer(pk=undone.absorbed_id)),
        }
        with connection.cursor() as cursor:
            cursor.execute(statements.GIVE_BACK, back)
        rebuild([root, undone.absorbed_id])
        keep_apart([(undone.kept_id, undone.absorbed_id)], by=by, at=at)
        hooks.unmerged([hooks.Merged(undone.pk, undone.kept_id, undone.absorbed_id, root)], at)
    return Merge.objects.select_related("kept", "absorbed").get(pk=undone.pk)


def keep_apart(pairs: Iterable[tuple[int, int]], *, by: StaffMember | None, at: datetime) -> None:
    """Note that these are two people each: never suggested and never merged by a machine again."""
    rows = [{"one": one, "other": other, "evidence": []} for one, other in pairs]
    if rows:
        with connection.cursor() as cursor:
            given: dict[str, Any] = {"pairs": json.dumps(rows), "state": Pair.State.APART.value, "at": at}
            cursor.execute(statements.SETTLE, given | {"decided_at": at, "by": by.pk if by else None})


def suggest(barred: Sequence[tuple[Alike, Bar]], *, at: datetime) -> None:
    """Keep pairs for review that no machine may merge, with what says that they are one and what speaks against it."""
    rows = [
        {"one": pair.one, "other": pair.other, "evidence": [*_rows(pair.evidence), {"name": "bar", "bar": bar.value}]}
        for pair, bar in barred
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"pairs": json.dumps(rows, default=str), "state": Pair.State.WAITING.value, "at": at}
        cursor.execute(statements.SUGGEST, given | {"decided_at": None, "by": None})
        hooks.pairs_suggested([row[0] for row in cursor.fetchall()])


def rebuild(roots: Collection[int], *, absorbed: Collection[int] = ()) -> None:
    """Bring profile, consent, protocol and columns of these customers to what log, ledger and traits say.

    Whoever was absorbed has none of these of their own any more, but for the protocol that undoing brings back.
    """
    kept, all_ = sorted(set(roots)), sorted({*roots, *absorbed})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROJECTION_LOCK])
        cursor.execute(statements.DROP_PROFILES, [all_])
        cursor.execute(statements.EMPTY_PROFILES, [kept])
        cursor.execute(PROJECTION.format(who=statements.WHO), [kept])
        cursor.execute(statements.DROP_TAKEN_PROTOCOLS, [all_])
        cursor.execute(statements.TAKE_PROTOCOLS, [kept])
    hooks.profiles_changed(kept, timezone.now())
    consents.project(kept)
    traits.settle(kept)


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which nobody else merges."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [statements.MERGE_LOCK])
        yield


def _hold(customers: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements.HOLD, [list(customers)])


def _absorb(wanted: Sequence[Absorbed], *, by: StaffMember | None, at: datetime) -> list[UUID]:
    """Merge roots into roots, each absorbed once; returns the numbers of the merges. The caller holds them all."""
    if not wanted:
        return []
    rows = [
        {
            "kept": one.kept,
            "absorbed": one.absorbed,
            "reason": one.alike.reason[:REASON_LENGTH],
            "evidence": dict(one.alike.evidence),
        }
        for one in wanted
    ]
    both: dict[str, Any] = {"kept": [one.kept for one in wanted], "absorbed": [one.absorbed for one in wanted]}
    told: dict[str, Any] = {"at": at, "by": by.pk if by else None}
    with connection.cursor() as cursor:
        cursor.execute(statements.WRITE_LEDGER, told | {"wanted": json.dumps(rows, default=str)})
        made = [hooks.Merged(id_, kept, absorbed, kept) for id_, kept, absorbed in cursor.fetchall()]
        cursor.execute(statements.LEAD_TO, both)
        cursor.execute(statements.BRING, both)
        cursor.execute(statements.SETTLE_MERGED, both | told)
    rebuild(both["kept"], absorbed=both["absorbed"])
    hooks.merged(made, at)
    return [one.id for one in made]


def _between_roots(alike: Iterable[Alike], roots: dict[int, int]) -> list[Alike]:
    """The pairs between those to whom their numbers lead now, without pairs that are one already."""
    found = []
    for pair in alike:
        one, other = roots.get(pair.one), roots.get(pair.other)
        if one and other and one != other:
            found.append(replace(pair, one=one, other=other))
    return found


def _rows(evidence: Any) -> list[Any]:
    """What says that two are one as the rows of a pair's evidence."""
    if rows := evidence.get("rows"):
        return list(rows)
    return [dict(evidence)] if evidence else []


def identities_shown(merge: Merge) -> list[Identity]:
    """The identities that the absorbed customer brought along, as the ledger has them."""
    brought = merge.snapshot.get("absorbed", {}).get("identities", [])
    return list(Identity.objects.filter(pk__in=brought).exclude(kind="customer"))
