"""What a rule may ask of a customer. Apps above add facts of their own with `register` in their apps.py.

A field's SQL sees `c` (customers_customer), `p` (the profile) and the parameters %(as_of)s, the day, and %(zone)s, the
business's time zone. The RFM scores alone read `s` (segments_score, may be missing): a refresh takes them from what it
has just computed. Everything else about a customer is reached by a subquery on c.id, or by a `relation` that tells it
of all customers at once. A family makes a field of what a condition says `of` it: which events, which purpose.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

if TYPE_CHECKING:
    from mijoz.segments.happenings import Counted

Label = str | Promise


class Kind(StrEnum):
    COUNT = "count"  # a whole number
    DAYS = "days"  # a whole number of days
    YEARS = "years"
    SCORE = "score"  # 1 to 5
    MEAN = "mean"  # of scores, 1 to 5
    SHARE = "share"  # 0 to 1
    AMOUNT = "amount"  # money or another decimal
    CHOICE = "choice"  # one of a few words
    TEXT = "text"  # any text
    WORDS = "words"  # a list of texts
    FLAG = "flag"  # yes or no


NUMBERS = frozenset({Kind.COUNT, Kind.DAYS, Kind.YEARS, Kind.SCORE, Kind.MEAN, Kind.SHARE, Kind.AMOUNT})
OPERATORS: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(NUMBERS, (">=", "<=", ">", "<", "=", "!=", "known")),
    Kind.CHOICE: ("in", "not_in"),
    Kind.TEXT: ("in", "not_in", "known"),
    Kind.WORDS: ("contains", "lacks"),
    Kind.FLAG: ("is",),
}

PURCHASES, RFM, SERVICE = _("Purchases"), _("RFM scores"), _("Service")
PERSON, CONSENT = _("Person and consent"), _("Consent by channel")
HAPPENED, DATES, SEGMENTS = _("What happened"), _("Dates that come round"), _("Other segments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A fact of a customer with its SQL; `denied` is how a flag reads when it is not so.

    `choices` lists (value, label) of a CHOICE, `suggestions` texts that a TEXT or WORDS field often has. `relation` is
    a SELECT of customer_id and value, at most a row for each customer; who has none has `absent`. `parameters` are
    those of the SQL, by names that no other field has. `counted` says that the lake answers when all are asked,
    `in_segment` that the refresh itself does. `some` and `none` read at least one and not one of what is counted.
    """

    key: str
    label: Label
    kind: Kind
    group: Label
    sql: str = ""
    relation: str = ""
    absent: str = "NULL"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    denied: Label = ""
    some: Label = ""
    none: Label = ""
    choices: Callable[[], list[tuple[str, Label]]] | None = None
    suggestions: Callable[[], list[str]] | None = None
    counted: Counted | None = None
    in_segment: str = ""

    def __post_init__(self) -> None:
        if self.relation and not self.sql:
            alone = f"(SELECT told.value FROM ({self.relation}) told WHERE told.customer_id = c.id)"  # noqa: S608
            object.__setattr__(self, "sql", self.joined(alone))

    def joined(self, value: str) -> str:
        """SQL of the fact, where `value` is what the relation says of a customer, null when nothing."""
        return value if self.absent == "NULL" else f"coalesce({value}, {self.absent})"

    @property
    def title(self) -> str:
        """The label with a capital at its beginning."""
        return capitalised(str(self.label))


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Facts of one make: `of` is the schema of what a condition says of it, `field` makes the fact of both."""

    key: str
    label: Label
    group: Label
    kind: Kind
    of: type[BaseModel]
    field: Callable[[str, Any], Field]
    choices: Callable[[], list[tuple[str, Label]]] | None = None
    suggestions: Callable[[], list[str]] | None = None

    @property
    def title(self) -> str:
        return capitalised(str(self.label))


def capitalised(text: str) -> str:
    """The text with a capital at its beginning."""
    first = next((place for place, letter in enumerate(text) if letter.isalpha()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


_fields: dict[str, Field] = {}
_families: dict[str, Family] = {}


def register(one: Field) -> None:
    """Let rules use the field; the last one of a key counts."""
    _fields[one.key] = one


def register_family(family: Family) -> None:
    """Let rules use the fields of the family; the last one of a key counts."""
    _families[family.key] = family


def known(key: str) -> Field | None:
    """The field of this key, which for one of a family is what `keyed` made of it."""
    name, colon, written = key.partition(":")
    if not colon:
        return _fields.get(key)
    try:
        return asked(name, json.loads(written))
    except ValueError:  # a key that nobody made
        return None


def family(key: str) -> Family | None:
    return _families.get(key)


def asked(name: str, of: Mapping[str, Any] | None) -> Field | None:
    """The field that a condition asks for, None for one that nobody knows.

    Raises pydantic's ValidationError when `of` is wrong.
    """
    if of is None:
        return _fields.get(name)
    found = _families.get(name)
    return found.field(keyed(name, of), found.of.model_validate(of)) if found else None


def keyed(name: str, of: Mapping[str, Any] | None) -> str:
    """One key for a field and what is said of it."""
    if of is None:
        return name
    return f"{name}:{json.dumps(of, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"


def every() -> list[Field]:
    """All fields in the order in which they were registered."""
    return list(_fields.values())


def families() -> list[Family]:
    """All families in the order in which they were registered."""
    return list(_families.values())


def days_since(moment: str) -> str:
    """SQL of the whole days from `moment` to the day of the rule, by the business's calendar."""
    return f"(%(as_of)s::date - ({moment} AT TIME ZONE %(zone)s)::date)"
