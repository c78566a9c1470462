"""People of one phone whom one system numbers apart: what they are called tells whether they are one.

A source that tells a phone with its number of a person says that both are one person's, and the number joins whoever
has the phone before anything else is known. When two numbers of one system that came together in this way turn out to
bear different names or birth dates, the later one becomes a customer of its own, and the pair waits for a person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from mijoz.customers import traits
from mijoz.customers.identity import kinds, merging
from mijoz.customers.identity.grouping import Alike, Bar, Person, contradiction, may_be_relatives, name_of
from mijoz.customers.identity.holding import roots_held
from mijoz.customers.identity.linking import LINKED
from mijoz.customers.models import Customer, Ownership
from mijoz.events import hooks

TELLING = frozenset({"first_name", "last_name", "patronymic", "full_name", "birth_on", "birthday"})
NUMBERING = sorted(key for key, kind in kinds.KINDS.items() if kind.numbers_people)

# Numbers of one system that no merge brought together. Where the system itself renamed one to the other (alias), it
# said in so many words that both are one person's; the log is asked of the few alone who have several numbers.
NUMBERED_APART = """
    WITH numbered AS MATERIALIZED (
        SELECT DISTINCT o.customer_id, o.home_id, i.kind, i.account, p.identity_id
        FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
        JOIN customers_ownership p ON p.customer_id = o.customer_id AND p.home_id = o.home_id
        JOIN events_identity j ON j.id = p.identity_id AND (j.kind, j.account) = (i.kind, i.account)
        WHERE o.identity_id = ANY(%s) AND i.kind = ANY(%s)
    ), several AS MATERIALIZED (
        SELECT n.* FROM numbered n JOIN numbered other USING (customer_id, home_id, kind, account)
        WHERE n.identity_id <> other.identity_id
    )
    SELECT s.customer_id, s.home_id, s.kind, s.account, array_agg(DISTINCT s.identity_id ORDER BY s.identity_id)
    FROM several s LEFT JOIN LATERAL (
        SELECT true AS is_renamed FROM events_event e WHERE e.identity_id = s.identity_id AND e.type = 'alias' LIMIT 1
    ) said ON true
    WHERE said.is_renamed IS NULL
    GROUP BY s.customer_id, s.home_id, s.kind, s.account HAVING count(DISTINCT s.identity_id) > 1
    ORDER BY 1, 2, 3, 4
"""
TOLD = """
    SELECT DISTINCT ON (identity_id, name) identity_id, name, value FROM customers_trait
    WHERE identity_id = ANY(%s) AND value <> ''
      AND name IN ('first_name', 'last_name', 'patronymic', 'birth_on', 'birthday', 'phone', 'email')
    ORDER BY identity_id, name, told_at DESC, source_id
"""
CONTACTS = """
    SELECT i.id, i.kind, i.value FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
    WHERE o.customer_id = %s AND i.kind IN ('phone', 'email') AND i.account = ''
"""


@dataclass(frozen=True, slots=True)
class Parted:
    """Identities that leave a customer together, and one by which they came to be there."""

    customer: int
    leaving: list[int]
    bar: Bar
    through: list[int]


def look(told: list[hooks.Told]) -> None:
    """Part those of whom a source has just told names or birth dates that are not one person's."""
    named = {one.identity_id for one in told if any(traits.known_as(name) in TELLING for name in one.traits)}
    if named:
        part(named)


def part(identities: Collection[int]) -> int:
    """Part the numbers of one system that lead to one customer with these, where they are two people's by what is told
    of them; returns how many left."""
    if not _found(identities):  # nearly always, and it costs one read
        return 0
    with merging.alone():
        parted = _found(identities)
        for one in parted:
            _leave(one)
    return len(parted)


def _found(identities: Collection[int]) -> list[Parted]:
    with connection.cursor() as cursor:
        cursor.execute(NUMBERED_APART, [sorted(identities), NUMBERING])
        groups = cursor.fetchall()
        if not groups:
            return []
        cursor.execute(TOLD, [sorted({number for *_of, numbers in groups for number in numbers})])
        told: dict[int, dict[str, str]] = {}
        for identity, name, value in cursor.fetchall():
            told.setdefault(identity, {})[name] = value
        found = []
        for customer, _home, _kind, _account, (first, *later) in groups:
            bars = {number: _bar(told.get(first, {}), told.get(number, {})) for number in later}
            leaving = {number: bar for number, bar in bars.items() if bar}
            if not leaving:
                continue
            cursor.execute(CONTACTS, [customer])
            contacts = cursor.fetchall()
            for number, bar in leaving.items():
                others = [told.get(other, {}) for other in (first, *later) if other != number]
                theirs = [row for row in contacts if told[number].get(row[1]) == row[2]]
                alone = [id_ for id_, kind, value in theirs if all(other.get(kind) != value for other in others)]
                shared = [id_ for id_, _kind, _value in theirs if id_ not in alone]
                found.append(Parted(customer, [number, *alone], bar, [number, *shared[:1]]))
    return found


def _bar(one: dict[str, str], other: dict[str, str]) -> Bar | None:
    """What is told of two numbers that is not told of one person; what is not known says nothing."""
    parts = ("first_name", "last_name", "patronymic")
    names = [name_of(*(told.get(part, "") for part in parts)) for told in (one, other)]
    if may_be_relatives(*names):
        return Bar.RELATIVES
    left, right = (
        Person(place, birth_on=_day(told.get("birth_on", "")), birthday=told.get("birthday", ""))
        for place, told in enumerate((one, other))
    )
    return contradiction(left, right, by_contact=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _leave(parted: Parted) -> None:
    at = timezone.now()
    with transaction.atomic():
        old = roots_held([parted.customer], alone=True)[parted.customer]
        new = Customer.objects.create()
        Ownership.objects.filter(pk__in=parted.leaving, customer=old).update(customer=new, home=new, since=at)
        merging.rebuild([old, new.pk])
        evidence = {"name": LINKED, "identities": parted.through}
        merging.suggest([(Alike(old, new.pk, LINKED, evidence), parted.bar)], at=at)
