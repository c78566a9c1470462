"""Where each value of the customer page comes from: who told it, when, how it was given, and what others say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mijoz.business.models import StaffMember
from mijoz.customers import cleaning, contacts
from mijoz.customers.choosing import SHOWN
from mijoz.customers.models import LANGUAGES, Customer, Trait
from mijoz.ui import formats

BY_CUSTOMER = "customer"
SECRET = re.compile(r"@|(\d\D*){5}")
MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class Value:
    """One value that somebody told, in words."""

    trait_id: int
    text: str  # "" when it could not be read
    origin: str
    given_as: str  # "" when it was given as it stands
    trouble: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the profile: what stands there, where it is from, and what else was told."""

    name: str
    label: str
    text: str
    origin: str
    given_as: str
    others: list[Value]
    is_column: bool

    @property
    def is_editable(self) -> bool:
        return self.is_column and self.name not in {"number", "birthday"}


def facts(customer: Customer, *, hidden: bool) -> list[Fact]:
    """What was told of the customer, the columns first, then traits we have no column for. Two queries.

    With `hidden` contacts are masked and nothing is shown as it was given.
    """
    told: dict[str, list[Trait]] = {}
    rows = list(Trait.objects.filter(identity__ownership__customer=customer).select_related("source"))
    for trait in sorted(rows, key=_precedence):
        told.setdefault(trait.name, []).append(trait)
    staff = _names_of_staff(rows)
    names = [name for name in SHOWN if told.get(name) or _column(customer, name)]
    found = [_fact(customer, name, told.get(name, []), staff, hidden) for name in names]
    found += [_fact(customer, name, told[name], staff, hidden) for name in sorted(told) if name not in SHOWN]
    return [fact for fact in found if fact.text or fact.others]


def _precedence(trait: Trait) -> tuple[int, float, int, int]:
    """As choosing.CHOOSE orders: staff, the customer, systems; then the latest."""
    if not trait.told_by:
        rank = 2
    elif trait.told_by == BY_CUSTOMER and trait.name != "language":
        rank = 1
    else:
        rank = 0
    return rank, -trait.told_at.timestamp(), trait.source_id, trait.identity_id


def _column(customer: Customer, name: str) -> str:
    value = getattr(customer, name)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _fact(customer: Customer, name: str, told: Sequence[Trait], staff: dict[str, str], hidden: bool) -> Fact:
    is_column = name in SHOWN
    shown = _column(customer, name) if is_column else next((trait.value for trait in told if trait.value), "")
    winner = next((trait for trait in told if trait.value == shown and shown), None)
    others = [_value(trait, staff, hidden) for trait in told if trait is not winner and trait.value != shown]
    origin, given_as = _("Known by it."), ""
    if winner:
        value = _value(winner, staff, hidden)
        origin, given_as = value.origin, value.given_as
    return Fact(
        name=name,
        label=label_of(name),
        text=in_words(name, shown, hidden=hidden),
        origin=origin if shown else "",
        given_as=given_as,
        others=[value for value in others if value.text or value.given_as][:MOST_VALUES],
        is_column=is_column,
    )


def _value(trait: Trait, staff: dict[str, str], hidden: bool) -> Value:
    text = in_words(trait.name, trait.value, hidden=hidden)
    return Value(
        trait_id=trait.pk,
        text=text,
        origin=_origin(trait, staff),
        given_as="" if hidden or trait.original in (trait.value, text) else trait.original,
        trouble=cleaning.sentence(trait.trouble) if trait.trouble else "",
    )


def _origin(trait: Trait, staff: dict[str, str]) -> str:
    day = formats.day(trait.told_at)
    if trait.told_by == BY_CUSTOMER:
        return _("told by the customer on %(day)s") % {"day": day}
    if trait.told_by:
        return _("told by %(who)s on %(day)s") % {"who": staff.get(trait.told_by, trait.told_by), "day": day}
    return _("from %(source)s on %(day)s") % {"source": trait.source.name, "day": day}


def label_of(name: str) -> str:
    """What people call a trait."""
    if name in SHOWN:
        label = str(getattr(Customer._meta.get_field(name), "verbose_name", name))
        return label[:1].upper() + label[1:]
    return name.replace("_", " ").replace(".", " ").strip().capitalize()


def in_words(name: str, value: str, *, hidden: bool) -> str:
    """A trait's value as people read it; contacts masked when they are hidden."""
    if not value:
        return ""
    if name in {"phone", "email"}:
        return contacts.shown(name, value, hidden=hidden)
    if hidden and name not in SHOWN and SECRET.search(value):
        return contacts.DOTS
    if name == "birth_on":
        return _day(value)
    if name == "birthday":
        return ".".join(reversed(value.split("-")))
    choices: dict[str, Any] = {"language": dict(LANGUAGES), "gender": dict(Customer.Gender.choices)}
    return str(choices.get(name, {}).get(value, value))


def _day(value: str) -> str:
    try:
        return formats.day(date.fromisoformat(value))
    except ValueError:
        return value


def _names_of_staff(traits: Sequence[Trait]) -> dict[str, str]:
    addresses = {trait.told_by for trait in traits} - {"", BY_CUSTOMER}
    members = StaffMember.objects.filter(email__in=addresses) if addresses else ()
    return {member.email: str(member) for member in members}
