"""The mapping as a form: what the page asks for each target, and the mapping of what was typed."""

from __future__ import annotations

from collections.abc import Mapping as Typed
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.events.sources import mapping
from mijoz.events.sources.mapping import Field, Mapping

TYPES: dict[str, str | Promise] = {
    "purchase_line": _("a line of a purchase"),
    "refund_line": _("money given back"),
    "gift_line": _("a gift"),
    "visit": _("a visit or a call"),
    "booking_made": _("a booking made"),
    "booking_missed": _("a booking missed"),
    "booking_cancelled": _("a booking cancelled"),
    "complaint": _("a complaint"),
    "survey_answered": _("a rating"),
}
LABELS: dict[str, str | Promise] = {
    "type": _("Kind of event"),
    "message_id": _("Number of the receipt, booking or call"),
    "occurred_at": _("Date and time"),
    "reference": _("Number of the purchase"),
    "number": _("Customer's number in that system"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "card": _("Card"),
    "name": pgettext_lazy("person", "Name"),
    "item": _("What was bought or booked"),
    "quantity": _("Quantity"),
    "amount": _("Amount of the line"),
    "discount": _("Discount"),
    "currency": _("Currency"),
    "branch": _("Branch"),
    "channel": _("Channel"),
    "text": _("Text of a complaint"),
    "score": _("Score of a rating"),
    "starts_at": _("Booked for"),
}
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (pgettext_lazy("mapping", "What happened"), ("type", "message_id", "occurred_at")),
    (_("Who"), ("phone", "number", "card", "email", "name")),
    (_("What and how much"), ("item", "quantity", "amount", "discount")),
    (_("More"), ("reference", "branch", "channel", "currency", "starts_at", "score", "text")),
)
WITH_VALUES = frozenset({"type", "branch", "channel"})
TIMES: dict[str, str | Promise] = {
    "auto": _("Known by itself"),
    "day_first": _("Day.month.year"),
    "month_first": _("Month/day/year"),
    "unix": _("Seconds since 1970"),
    "unix_ms": _("Milliseconds since 1970"),
}
MONEYS: dict[str, str | Promise] = {"soum": _("Soum (or the whole unit)"), "tiyin": _("Tiyin (hundredths)")}
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One target as the page asks for it."""

    target: str
    label: str | Promise
    path: str
    constant: str
    values: str
    has_values: bool


def rows(given: Mapping) -> list[tuple[str | Promise, list[Row]]]:
    """The targets by group, with what the mapping says of each."""
    return [(title, [_row(target, given.of(target)) for target in targets]) for title, targets in GROUPS]


def _row(target: str, told: Field) -> Row:
    values = "\n".join(f"{one} = {meaning}" for one, meaning in told.values.items())
    return Row(target, LABELS[target], told.path, told.constant, values, target in WITH_VALUES)


def read(typed: Typed[str, Any]) -> Mapping:
    """The mapping that was typed. Raises mapping.MappingWrong."""
    fields = {}
    for target in mapping.TARGETS:
        told = {
            "path": _text(typed, f"path_{target}"),
            "constant": _text(typed, f"constant_{target}"),
            "values": _values(_text(typed, f"values_{target}")),
        }
        if any(told.values()):
            fields[target] = told
    return mapping.load(
        {
            "each": _text(typed, "each"),
            "time": _text(typed, "time") or "auto",
            "money": _text(typed, "money") or "soum",
            "fields": fields,
        }
    )


def _text(typed: Typed[str, Any], name: str) -> str:
    return str(typed.get(name, "")).replace("\0", "").strip()[:LONGEST]


def _values(text: str) -> dict[str, str]:
    """`SALE = purchase_line`, one a line; a line without a sign of equality says nothing."""
    pairs = (line.rpartition("=") for line in text.splitlines() if "=" in line)
    return {given.strip(): meaning.strip() for given, _sign, meaning in pairs if given.strip()}
