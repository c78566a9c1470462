"""What somebody allows after merges: a function of the answers in the log and of the ledger of merges.

Going forward in time, an answer takes the place of the one before. A merge takes the stricter of what both sides had
answered until then. So a later answer of the person counts, and an undone merge leaves each side with its own, as if it
had never been: what was answered in the meantime stays with the customer under whose identity it was given.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q

from mijoz.business.models import StaffMember
from mijoz.customers.models import Purpose


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `place` orders those of one moment as they were written."""

    purpose: str
    channel: str
    granted: bool
    at: datetime
    proof: str = ""
    through: str = ""
    by: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """A merge that holds: `absorbed` came in at `at`."""

    absorbed: int
    at: datetime


Answers = Mapping[int, Sequence[Answer]]  # by the customer who is home to the identity it was given under
Ledger = Mapping[int, Sequence[Joined]]  # by the customer kept
State = dict[tuple[str, str], Answer]  # by purpose and channel

EDGES = """
    WITH RECURSIVE tree AS (
        SELECT m.kept_id, m.absorbed_id, m.merged_at FROM customers_merge m
        WHERE m.kept_id = ANY(%(roots)s) AND m.undone_at IS NULL
        UNION ALL
        SELECT m.kept_id, m.absorbed_id, m.merged_at
        FROM customers_merge m JOIN tree ON m.kept_id = tree.absorbed_id WHERE m.undone_at IS NULL
    )
    SELECT kept_id, absorbed_id, merged_at FROM tree ORDER BY merged_at, absorbed_id
"""
ANSWERS = """
    SELECT o.home_id, e.payload->>'purpose', left(coalesce(e.payload->>'channel', ''), 20), e.type = 'consent_given',
           e.occurred_at, coalesce(e.payload->>'proof', ''), left(coalesce(e.payload->>'through', ''), 40),
           coalesce(e.payload->>'by', ''), e.id
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = ANY(%(roots)s) AND e.type IN ('consent_given', 'consent_withdrawn')
      AND NOT EXISTS (  -- erased since: a yes of before does not count
        SELECT FROM customers_metagain m
        WHERE e.type = 'consent_given' AND m.customer_id = o.home_id AND e.occurred_at <= m.erased_at
      )
    ORDER BY e.occurred_at, e.id
"""
# How each stood before their first merge: the log may have lost what is older than it is kept for.
STOOD = """
    WITH stood AS (
        SELECT kept_id AS customer_id, merged_at, snapshot->'kept' AS side FROM customers_merge
        WHERE kept_id = ANY(%(members)s)
        UNION ALL
        SELECT absorbed_id, merged_at, snapshot->'absorbed' FROM customers_merge WHERE absorbed_id = ANY(%(members)s)
    ), first AS (
        SELECT DISTINCT ON (customer_id) customer_id, side FROM stood
        ORDER BY customer_id, merged_at, jsonb_array_length(side->'identities')
    )
    SELECT first.customer_id, n.purpose, n.channel, n.granted, n.answered_at, n.proof, n.given_through,
           coalesce('#' || n.recorded_by_id, '')
    FROM first, jsonb_to_recordset(first.side->'consents') AS n(
        purpose text, channel text, granted boolean, answered_at timestamptz, proof text, given_through text,
        recorded_by_id bigint
    )
"""
WRITE = """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(
            customer_id bigint, purpose text, channel text, granted boolean, answered_at timestamptz, proof text,
            given_through text, recorded_by_id bigint
        )
    ), gone AS (
        DELETE FROM customers_consent c WHERE c.customer_id = ANY(%(members)s) AND NOT EXISTS (
            SELECT FROM given
            WHERE (given.customer_id, given.purpose, given.channel) = (c.customer_id, c.purpose, c.channel)
        )
    )
    INSERT INTO customers_consent AS known (
        customer_id, purpose, channel, granted, answered_at, proof, given_through, recorded_by_id
    )
    SELECT * FROM given ORDER BY customer_id, purpose, channel
    ON CONFLICT (customer_id, purpose, channel) DO UPDATE SET
        granted = excluded.granted, answered_at = excluded.answered_at, proof = excluded.proof,
        given_through = excluded.given_through, recorded_by_id = excluded.recorded_by_id
    WHERE (known.granted, known.answered_at, known.proof, known.given_through, known.recorded_by_id) IS DISTINCT FROM
          (excluded.granted, excluded.answered_at, excluded.proof, excluded.given_through, excluded.recorded_by_id)
"""
MERGED = "SELECT DISTINCT kept_id FROM customers_merge WHERE undone_at IS NULL AND kept_id = ANY(%s)"


def project(roots: Collection[int]) -> None:
    """Write what these customers allow now, from the log and the ledger; five statements, however many there are.

    Under the numbers that they absorbed stands the same, so that whoever still asks by one of these gets it too.
    """
    with connection.cursor() as cursor:
        cursor.execute(EDGES, {"roots": list(roots)})
        ledger: dict[int, list[Joined]] = {}
        for kept, absorbed, at in cursor.fetchall():
            ledger.setdefault(kept, []).append(Joined(absorbed, at))
        members = [member for root in roots for member in _members(root, ledger)]
        cursor.execute(STOOD, {"members": members})
        told_of = cursor.fetchall()
        cursor.execute(ANSWERS, {"roots": list(roots)})
        answers: dict[int, list[Answer]] = {}
        for home, *told in [*told_of, *cursor.fetchall()]:
            if told[0] in Purpose.values:
                answers.setdefault(home, []).append(Answer(*told))
        states: dict[int, State] = {}
        for root in roots:
            states |= dict.fromkeys(_members(root, ledger), standing(root, answers, ledger))
        staff = _staff(states.values())
        rows = [
            {
                "customer_id": member,
                "purpose": answer.purpose,
                "channel": channel,
                "granted": answer.granted,
                "answered_at": answer.at.isoformat(),
                "proof": answer.proof,
                "given_through": answer.through,
                "recorded_by_id": staff.get(answer.by),
            }
            for member, state in states.items()
            for (_purpose, channel), answer in state.items()
        ]
        cursor.execute(WRITE, {"members": list(states), "rows": json.dumps(rows)})


def merged_among(customers: Collection[int]) -> set[int]:
    """Those of these customers that absorbed somebody: their consent follows from the ledger too."""
    with connection.cursor() as cursor:
        cursor.execute(MERGED, [list(customers)])
        return {row[0] for row in cursor.fetchall()}


def standing(customer: int, answers: Answers, ledger: Ledger, *, until: datetime | None = None) -> State:
    """What counts for the customer and all whom they absorbed, at the end or at the moment `until`."""
    given = [answer for answer in answers.get(customer, ()) if until is None or answer.at <= until]
    joined = list(ledger.get(customer, ()))
    for one in joined:
        late = (answer for member in _members(one.absorbed, ledger) for answer in answers.get(member, ()))
        given += [answer for answer in late if answer.at > one.at and (until is None or answer.at <= until)]
    steps: list[tuple[datetime, int, int, Answer | Joined]] = [(each.at, 0, each.place, each) for each in given]
    steps += [(each.at, 1, each.absorbed, each) for each in joined]
    state: State = {}
    for _at, _sort, _place, step in sorted(steps, key=lambda step: step[:3]):
        if isinstance(step, Answer):
            state[step.purpose, step.channel] = step
        else:
            state = stricter(state, standing(step.absorbed, answers, ledger, until=step.at))
    return state


def effective(state: State, purpose: str, channel: str) -> Answer | None:
    """The answer that counts for one channel: the latest of those for it and for all, of two at one moment the no."""
    found = [state[key] for key in {(purpose, ""), (purpose, channel)} if key in state]
    return max(found, key=lambda answer: (answer.at, not answer.granted), default=None)


def stricter(one: State, other: State) -> State:
    """The no of either side counts, channel by channel; a side that never answered says nothing."""
    merged: State = {}
    for purpose, channel in sorted({*one, *other}):
        found = [answer for answer in (effective(side, purpose, channel) for side in (one, other)) if answer]
        refusals = [answer for answer in found if not answer.granted]
        latest = max(refusals or found, key=lambda answer: answer.at)
        merged[purpose, channel] = replace(latest, channel=channel)
    for (purpose, channel), answer in merged.items():
        everywhere = merged.get((purpose, ""))
        if everywhere and everywhere.granted and not answer.granted and answer.at < everywhere.at:
            merged[purpose, channel] = replace(answer, at=everywhere.at)  # the later yes was not this channel's
    return merged


def _members(customer: int, ledger: Ledger) -> Iterator[int]:
    yield customer
    for one in ledger.get(customer, ()):
        yield from _members(one.absorbed, ledger)


def _staff(states: Iterable[State]) -> dict[str, int]:
    """The numbers of the members of staff who wrote answers down, by address and by number as STOOD has it."""
    named = {answer.by for state in states for answer in state.values() if answer.by}
    if not named:
        return {}
    numbers = [int(name[1:]) for name in named if name.startswith("#")]
    found = StaffMember.objects.filter(Q(email__in=named) | Q(pk__in=numbers)).values_list("email", "pk")
    return {name: pk for email, pk in found for name in (email, f"#{pk}")}
