"""From a call in its sender's own format to events: which path holds what. Pure.

`read` takes any tree whatsoever: what does not fit comes back as troubles that say where and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, ValidationError

from mijoz.events.sources import paths, values
from mijoz.events.sources.values import Wrong

TARGETS = (
    "type",
    "message_id",
    "occurred_at",
    "reference",
    "number",
    "phone",
    "email",
    "card",
    "name",
    "item",
    "quantity",
    "amount",
    "discount",
    "currency",
    "branch",
    "channel",
    "text",
    "score",
    "starts_at",
)
LONGEST = {
    "message_id": 120,
    "reference": 200,
    "item": 400,
    "branch": 40,
    "channel": 40,
    "number": 200,
    "card": 200,
    "text": 4_000,
}
MOST_LINES = 1_000
MONEY = frozenset({"amount", "discount"})
WITH_AMOUNT = frozenset({"purchase_line", "refund_line"})
LATEST = timedelta(days=1)  # ahead of now
TYPE = re.compile(r"[a-z][a-z0-9_]{0,59}")
NOTHING = frozenset({"", "-", "0", "null", "none", "n/a", "undefined"})  # where a customer's identifier should be

WHY = {
    "not_mapped": gettext_noop("Nothing says what kind of event this is: choose it in the mapping."),
    "no_lines": gettext_noop("The list of lines is not in the call."),
    "too_many_lines": gettext_noop("There are more than 1,000 lines in one call."),
    "missing": gettext_noop("There is nothing at this path."),
    "not_in_values": gettext_noop("This value stands for nothing yet: say in the mapping what it means."),
    "bad_type": gettext_noop("A kind of event has only small letters, digits and _."),
    "no_amount": gettext_noop("A purchase needs an amount."),
    "bad_phone": gettext_noop("This is no phone number."),
    "bad_email": gettext_noop("This is no e-mail address."),
    "too_long": gettext_noop("This text is too long."),
    "in_future": gettext_noop("This moment is in the future."),
    "bad_path": gettext_noop("This is no path."),
    **values.WHY,
}


class MappingWrong(ValueError):
    """What is kept or was sent is no mapping."""


class Field(BaseModel):
    """Where a target is from: a path, or always the same. `values` says what a value stands for."""

    model_config = ConfigDict(extra="forbid")
    path: str = ""
    constant: str = ""
    values: dict[str, str] = {}


class Mapping(BaseModel):
    """Which path holds what. With `each` every place of that list is an event of its own."""

    model_config = ConfigDict(extra="forbid")
    each: str = ""
    fields: dict[str, Field] = {}
    time: Literal["auto", "unix", "unix_ms", "day_first", "month_first"] = "auto"
    money: Literal["soum", "tiyin"] = "soum"

    def of(self, target: str) -> Field:
        return self.fields.get(target) or Field()


def load(kept: Any) -> Mapping:
    """The mapping of what is kept as JSON. Raises MappingWrong."""
    try:
        mapping = Mapping.model_validate(kept or {})
        for path in (mapping.each, *(one.path for one in mapping.fields.values())):
            paths.parse(path)
    except (ValidationError, paths.PathWrong) as error:
        raise MappingWrong(str(error)[:400]) from error
    return mapping


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a call does not say itself."""

    call_id: str  # the sender's number of the call, else made from its body: the same call, the same number
    at: datetime
    zone: tzinfo
    currency: str
    clean: Callable[[str, str], str] = field(default=lambda _kind, text: text)  # "" for what is no phone or e-mail


@dataclass(frozen=True, slots=True)
class Made:
    """One event as the mapping reads it."""

    message_id: str
    type: str
    occurred_at: datetime
    reference: str = ""
    number: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""
    name: str = ""
    item: str = ""
    quantity: float | None = None
    amount: Decimal | None = None
    discount: Decimal | None = None
    currency: str = ""
    branch: str = ""
    channel: str = ""
    text: str = ""
    score: float | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a line made no event: which target, from which path, what stood there."""

    why: str  # a key of WHY
    target: str = ""
    path: str = ""
    value: str = ""

    @property
    def reason(self) -> str:
        """In English; gettext has it in the other languages."""
        return WHY[self.why]


@dataclass(frozen=True, slots=True)
class Reading:
    made: list[Made]
    troubles: list[Trouble]


def read(mapping: Mapping, call: Any, circumstances: Circumstances) -> Reading:
    """The events of a call, and what of it made none; never raises, whatever the call holds."""
    each = paths.parse(mapping.each)
    if not mapping.each:
        lines: list[paths.Place] = [()]
    else:
        lines = [place for place, _value in paths.find(call, each, most=MOST_LINES + 1)]
        if not lines:
            return Reading([], [Trouble("no_lines", "each", mapping.each)])
        if len(lines) > MOST_LINES:
            return Reading([], [Trouble("too_many_lines", "each", mapping.each)])
    made: list[Made] = []
    troubles: list[Trouble] = []
    for number, place in enumerate(lines, start=1):
        line = _Line(mapping, call, each, place, circumstances)
        try:
            made.append(line.event(number))
        except _NotMade as refusal:
            troubles.append(refusal.trouble)
    return Reading(made, troubles)


class _NotMade(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.why)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a call, or the whole call where each call is one event."""

    mapping: Mapping
    call: Any
    each: Sequence[paths.Part]
    place: paths.Place
    around: Circumstances

    def event(self, number: int) -> Made:
        """Raises _NotMade."""
        kind, amount = self._type(), self._number("amount")
        if kind == "purchase_line" and amount is not None and amount < 0:
            kind = "refund_line"
        if kind == "refund_line" and amount is not None:
            amount = -abs(amount)
        if kind in WITH_AMOUNT and amount is None:
            raise self._not("no_amount", "amount")
        discount, quantity, score = self._number("discount"), self._number("quantity"), self._number("score")
        told_id = self._text("message_id")
        made = Made(
            message_id=self._message_id(kind, told_id, number),
            type=kind,
            occurred_at=self._happened(),
            reference=self._text("reference") or ("" if self._is_own("message_id") else told_id),
            item=self._text("item"),
            quantity=None if quantity is None else float(quantity),
            amount=amount,
            discount=None if discount is None else abs(discount),
            currency=self._currency() if amount is not None else "",
            branch=self._text("branch"),
            channel=self._text("channel"),
            text=self._text("text"),
            score=None if score is None else float(score),
            starts_at=self._moment("starts_at"),
        )
        return replace(made, **self._customer())

    def _message_id(self, kind: str, told: str, number: int) -> str:
        """The same for the same event whenever it comes; another for the sale and the refund of one receipt."""
        begin = f"{kind}/{told}" if told else self.around.call_id
        return begin if not self.each or (told and self._is_own("message_id")) else f"{begin}/{number}"

    def _is_own(self, target: str) -> bool:
        """Whether each line has its own, not all of them that of the call."""
        parts = paths.parse(self.mapping.of(target).path)
        return bool(self.each) and len(parts) >= len(self.each) and tuple(parts[: len(self.each)]) == tuple(self.each)

    def _type(self) -> str:
        mapped = self.mapping.of("type")
        if not mapped.path and not mapped.constant:
            raise self._not("not_mapped", "type")
        kind = self._text("type")
        if not kind:
            raise self._not("missing", "type")
        if not TYPE.fullmatch(kind):
            raise self._not("bad_type", "type", kind)
        return kind

    def _customer(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for target in ("number", "phone", "email", "card", "name"):
            text = self._text(target)
            text = "" if text.lower() in NOTHING else text
            if target in {"phone", "email"} and text:
                clean = self.around.clean(target, text)
                if not clean:
                    raise self._not(f"bad_{target}", target, text)
            told[target] = text
        return told

    def _happened(self) -> datetime:
        moment = self._moment("occurred_at")
        if moment is not None and moment > self.around.at + LATEST:
            raise self._not("in_future", "occurred_at", self._value("occurred_at"))
        return moment or self.around.at

    def _moment(self, target: str) -> datetime | None:
        value = self._value(target)
        if value in (None, ""):
            return None
        moment: datetime = self._read(target, value, lambda: values.moment(value, self.mapping.time, self.around.zone))
        return moment

    def _number(self, target: str) -> Decimal | None:
        value = self._value(target)
        if value in (None, ""):
            return None
        number = self._read(target, value, lambda: values.number(value))
        return number / 100 if target in MONEY and self.mapping.money == "tiyin" else number

    def _currency(self) -> str:
        text = self._text("currency").upper()
        return text if re.fullmatch(r"[A-Z]{3}", text) else self.around.currency

    def _text(self, target: str) -> str:
        value = self._value(target)
        text = self._read(target, value, lambda: values.text(value))
        if len(text) > LONGEST.get(target, 400):
            raise self._not("too_long", target, value)
        return text

    def _value(self, target: str) -> Any:
        """What stands at the target's path, by way of its values; the constant where nothing does."""
        mapped = self.mapping.of(target)
        found = self._found(mapped.path) if mapped.path else None
        if found in (None, ""):
            return mapped.constant
        if not mapped.values:
            return found
        told = self._read(target, found, lambda: values.text(found))
        meanings = {given.strip().casefold(): meaning for given, meaning in mapped.values.items() if meaning}
        if told.casefold() not in meanings:
            raise self._not("not_in_values", target, found)
        return meanings[told.casefold()]

    def _found(self, path: str) -> Any:
        """The first value at the path that is not empty; what the path has in common with the list is this line's."""
        parts = paths.parse(path)
        common = 0
        while common < min(len(parts), len(self.each)) and parts[common] == self.each[common]:
            common += 1
        here = (*self.place[:common], *parts[common:])
        found = (value for _place, value in paths.find(self.call, here, most=MOST_LINES))
        return next((value for value in found if value not in (None, "")), None)

    def _read(self, target: str, value: Any, reading: Callable[[], Any]) -> Any:
        try:
            return reading()
        except Wrong as wrong:
            raise self._not(wrong.why, target, value) from wrong

    def _not(self, why: str, target: str, value: Any = "") -> _NotMade:
        return _NotMade(Trouble(why, target, self.mapping.of(target).path, paths.shown(value)))
