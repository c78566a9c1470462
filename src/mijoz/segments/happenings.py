"""What a rule asks of the log: how many events of a type, what they come to, how long ago the last one was.

Two who answer: SQL, for a few customers or for one rule alone, and one walk over the lake (walking.py) for everybody
and all rules at once. Days are those of the business's calendar; what lies after the day of the rule has not happened.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext
from pydantic import BaseModel, ConfigDict, StrictInt, field_serializer, model_validator
from pydantic import Field as Limits
from pydantic_core import PydanticCustomError

from mijoz.segments import fields
from mijoz.segments.fields import HAPPENED, Family, Field, Kind, Label
from mijoz.ui import formats

TYPE = r"^[A-Za-z0-9][A-Za-z0-9 _.:/-]{0,59}$"
KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")
NUMBER = r"^-?\d{1,9}([.]\d{1,4})?$"  # what counts as a number in a payload
LONGEST_WINDOW = 36_500
GROUPED = frozenset({"purchase_line", "refund_line", "gift_line"})  # rows of one reference are one happening
TEXTS = ("item", "reference", "channel", "branch", "source")
AMOUNTS = ("amount", "discount", "quantity")

# The type, how many there are of it, and the time since the last one. Further types are shown by their own name.
TYPES: dict[str, tuple[Label, Label, Label]] = {
    "purchase_line": (
        gettext_lazy("Purchases"),
        gettext_lazy("number of purchases"),
        gettext_lazy("time since the last purchase"),
    ),
    "refund_line": (
        gettext_lazy("Refunds"),
        gettext_lazy("number of refunds"),
        gettext_lazy("time since the last refund"),
    ),
    "gift_line": (gettext_lazy("Gifts"), gettext_lazy("number of gifts"), gettext_lazy("time since the last gift")),
    "visit": (gettext_lazy("Visits"), gettext_lazy("number of visits"), gettext_lazy("time since the last visit")),
    "booking_made": (
        gettext_lazy("Bookings"),
        gettext_lazy("number of bookings"),
        gettext_lazy("time since the last booking"),
    ),
    "booking_missed": (
        gettext_lazy("Missed bookings"),
        gettext_lazy("number of missed bookings"),
        gettext_lazy("time since the last missed booking"),
    ),
    "booking_cancelled": (
        gettext_lazy("Cancelled bookings"),
        gettext_lazy("number of cancelled bookings"),
        gettext_lazy("time since the last cancelled booking"),
    ),
    "case_opened": (
        gettext_lazy("Cases"),
        gettext_lazy("number of cases"),
        gettext_lazy("time since the last case"),
    ),
    "complaint": (
        gettext_lazy("Complaints"),
        gettext_lazy("number of complaints"),
        gettext_lazy("time since the last complaint"),
    ),
    "survey_answered": (
        gettext_lazy("Survey answers"),
        gettext_lazy("number of survey answers"),
        gettext_lazy("time since the last survey answer"),
    ),
    "message_sent": (
        gettext_lazy("Messages sent"),
        gettext_lazy("number of messages sent"),
        gettext_lazy("time since the last message"),
    ),
    "offer_made": (
        gettext_lazy("Offers made"),
        gettext_lazy("number of offers made"),
        gettext_lazy("time since the last offer"),
    ),
    "goal_reached": (
        gettext_lazy("Goals reached"),
        gettext_lazy("number of goals reached"),
        gettext_lazy("time since the last goal reached"),
    ),
}
COLUMNS: dict[str, Label] = {
    "item": gettext_lazy("service"),
    "reference": gettext_lazy("reference number"),
    "channel": gettext_lazy("channel"),
    "branch": gettext_lazy("branch"),
    "source": gettext_lazy("source"),
    "amount": gettext_lazy("amount"),
    "discount": gettext_lazy("discount"),
    "quantity": gettext_lazy("quantity"),
}


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(_Said):
    """When: within the last so many days, between so many days ago, since a day, or ever (nothing said)."""

    last_days: StrictInt | None = Limits(default=None, ge=0, le=LONGEST_WINDOW)
    days_ago: tuple[StrictInt, StrictInt] | None = None  # the nearer one first
    since: date | None = None

    @model_validator(mode="after")
    def _one(self) -> Window:
        if sum(said is not None for said in (self.last_days, self.days_ago, self.since)) > 1:
            raise _problem(_("Say only one of: the last days, days ago, since a day."))
        if self.days_ago is not None and not 0 <= self.days_ago[0] <= self.days_ago[1] <= LONGEST_WINDOW:
            raise _problem(_("Days ago go from the fewer to the more, such as 30 and 90."))
        if self.since is not None and not 1900 <= self.since.year <= 2200:
            raise _problem(_("The day lies between 1900 and 2200."))
        return self


class Where(_Said):
    """Which of the events: those whose column, or whose payload under `column` = "payload.key", is so."""

    column: str
    op: Literal["in", "not_in", ">=", "<="]
    value: list[str] | Decimal

    @field_serializer("value")
    def _as_json(self, value: list[str] | Decimal) -> list[str] | int | float:
        if isinstance(value, list):
            return value
        return int(value) if value == value.to_integral_value() else float(value)

    @model_validator(mode="after")
    def _fits(self) -> Where:
        key = self.column.removeprefix("payload.")
        in_payload = key != self.column
        if (in_payload and not KEY.match(key)) or (not in_payload and self.column not in COLUMNS):
            raise _problem(_("An event has no “%(column)s”.") % {"column": self.column})
        numeric = self.op in {">=", "<="}
        if not in_payload and numeric != (self.column in AMOUNTS):
            raise _problem(
                _("“%(op)s” does not go with %(column)s.") % {"op": self.op, "column": label_of(self.column)}
            )
        if numeric:
            if not isinstance(self.value, Decimal) or not self.value.is_finite() or abs(self.value) > 10**9:
                raise _problem(_("%(column)s needs a number.") % {"column": fields.capitalised(label_of(self.column))})
        elif (
            not isinstance(self.value, list)
            or not 1 <= len(self.value) <= 50
            or any(not text.strip() or len(text) > 400 or "\x00" in text for text in self.value)
        ):
            raise _problem(
                _("%(column)s needs at least one value.") % {"column": fields.capitalised(label_of(self.column))}
            )
        return self


class Of(_Said):
    """Which events."""

    type: str
    window: Window = Window()
    where: list[Where] = Limits(default=[], max_length=5)

    @model_validator(mode="after")
    def _typed(self) -> Of:
        if not re.match(TYPE, self.type):
            raise _problem(_("Say which events are meant."))
        return self


class SumOf(Of):
    """Which events, and which of their amounts is added up."""

    column: str = "amount"

    @model_validator(mode="after")
    def _amount(self) -> SumOf:
        key = self.column.removeprefix("payload.")
        if self.column not in AMOUNTS and (key == self.column or not KEY.match(key)):
            raise _problem(_("“%(column)s” cannot be added up.") % {"column": self.column})
        return self


class LastOf(_Said):
    """Of which events the last."""

    type: str
    where: list[Where] = Limits(default=[], max_length=5)

    _typed = Of._typed


Measure = Literal["count", "sum", "last"]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is asked of the log."""

    measure: Measure
    type: str
    window: Window
    where: tuple[Where, ...]
    column: str = "amount"

    @property
    def groups(self) -> bool:
        """Whether rows of one reference count once."""
        return self.measure == "count" and self.type in GROUPED


def _problem(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{sentence}", {"sentence": sentence})


def _counted(measure: Measure, said: Any) -> Counted:
    window = getattr(said, "window", Window())
    return Counted(measure, said.type, window, tuple(said.where), getattr(said, "column", "amount"))


# ---- in SQL

RELATION = """
    SELECT o.customer_id, {value} AS value
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE {rows} GROUP BY o.customer_id
"""
DAY_BEGINS = "(%(as_of)s::date{days})::timestamp AT TIME ZONE %(zone)s"


class _Sql:
    """SQL of one fact of the log, with its parameters under names that no other fact has."""

    def __init__(self, key: str) -> None:
        self.name = "f" + hashlib.sha256(key.encode()).hexdigest()[:12] + "_"
        self.parameters: dict[str, Any] = {}

    def of(self, value: Any) -> str:
        name = f"{self.name}{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def relation(self, counted: Counted) -> str:
        rows = [f"e.type = {self.of(counted.type)}", *self._when(counted.window)]
        rows += [self._where(where) for where in counted.where]
        if counted.measure == "last":
            value = "(%(as_of)s::date - (max(e.occurred_at) AT TIME ZONE %(zone)s)::date)"
        elif counted.measure == "sum":
            value = f"round(coalesce(sum({self._number(counted.column)}), 0), 4)"
        else:
            value = "count(DISTINCT (e.source_id, e.reference))" if counted.groups else "count(*)"
        return RELATION.format(value=value, rows=" AND ".join(rows))

    def _when(self, window: Window) -> list[str]:
        until = DAY_BEGINS.format(days=" + 1")
        first = None
        if window.last_days is not None:
            first = DAY_BEGINS.format(days=f" - {int(window.last_days)}")
        elif window.days_ago is not None:
            nearer, farther = window.days_ago
            first, until = DAY_BEGINS.format(days=f" - {int(farther)}"), DAY_BEGINS.format(days=f" - {int(nearer) - 1}")
        elif window.since is not None:
            first = f"{self.of(window.since)}::date::timestamp AT TIME ZONE %(zone)s"
        return [*([f"e.occurred_at >= {first}"] if first else []), f"e.occurred_at < {until}"]

    def _where(self, where: Where) -> str:
        if where.op in {">=", "<="}:
            return f"coalesce({self._number(where.column)} {where.op} {self.of(where.value)}::numeric, false)"
        text = self._text(where.column)
        listed = f"= ANY({self.of(where.value)}::text[])"
        return f"coalesce({text} {listed}, false)" if where.op == "in" else f"NOT coalesce({text} {listed}, false)"

    def _text(self, column: str) -> str:
        if column == "source":
            return "(SELECT source.name FROM events_source source WHERE source.id = e.source_id)"
        if column.startswith("payload."):
            return f"(e.payload->>'{column.removeprefix('payload.')}')"
        return f"e.{column}"

    def _number(self, column: str) -> str:
        if column.startswith("payload."):
            text = self._text(column)
            return f"CASE WHEN {text} ~ '{NUMBER}' THEN {text}::numeric END"
        return f"e.{column}::numeric"


def _field(measure: Measure, key: str, said: Any) -> Field:
    counted = _counted(measure, said)
    sql = _Sql(key)
    kind = {"count": Kind.COUNT, "sum": Kind.AMOUNT, "last": Kind.DAYS}[measure]
    relation = sql.relation(counted)
    return Field(
        key=key,
        label=_lazily(lambda: in_words(counted)),
        kind=kind,
        group=HAPPENED,
        relation=relation,
        absent="NULL" if measure == "last" else "0",
        parameters=sql.parameters,
        some=_lazily(lambda: _phrase(_("%(events)s: at least one"), counted)) if measure == "count" else "",
        none=_lazily(lambda: _phrase(_("%(events)s: not one"), counted)) if measure == "count" else "",
        counted=counted,
    )


# ---- in words


def in_words(counted: Counted) -> str:
    """Number of visits within the last 30 days (service: “Plov”)."""
    name, number, since = _names(counted.type)
    what: Any = {"count": number, "last": since}.get(counted.measure)
    if what is None:
        what = _("%(amount)s in all (%(events)s)") % {"amount": label_of(counted.column), "events": str(name).lower()}
    return _around(str(what), counted)


def label_of(column: str) -> str:
    """What people call a column of an event; a payload's own words stand as they are."""
    return str(COLUMNS.get(column, column.removeprefix("payload.")))


def type_label(type_: str) -> str:
    return str(_names(type_)[0])


def _names(type_: str) -> tuple[Label, Label, Label]:
    if type_ in TYPES:
        return TYPES[type_]
    named = {"type": type_}
    return (
        _("events “%(type)s”") % named,
        _("number of events “%(type)s”") % named,
        _("time since the last event “%(type)s”") % named,
    )


def _phrase(pattern: str, counted: Counted) -> str:
    name = str(_names(counted.type)[0])
    return pattern % {"events": _around(name[:1].lower() + name[1:], counted)}


def _around(what: str, counted: Counted) -> str:
    if window := _window(counted.window):
        what = _("%(what)s %(window)s") % {"what": what, "window": window}
    return f"{what} ({'; '.join(map(_which, counted.where))})" if counted.where else what


def _window(window: Window) -> str:
    if window.last_days is not None:
        n = window.last_days
        if n == 0:
            return _("on the day itself")
        return npgettext("rule", "within the last %(n)s day", "within the last %(n)s days", n) % {
            "n": formats.number(n)
        }
    if window.days_ago is not None:
        nearer, farther = window.days_ago
        given = {"nearer": formats.number(nearer), "farther": formats.number(farther)}
        return npgettext("rule", "%(nearer)s–%(farther)s day ago", "%(nearer)s–%(farther)s days ago", farther) % given
    if window.since is not None:
        return _("since %(day)s") % {"day": formats.day(window.since)}
    return ""


def _which(where: Where) -> str:
    given: dict[str, str] = {"column": label_of(where.column)}
    if isinstance(where.value, Decimal):
        given["value"] = formats.number(where.value)
        return (_("%(column)s at least %(value)s") if where.op == ">=" else _("%(column)s at most %(value)s")) % given
    quoted = [_("“%(text)s”") % {"text": text} for text in where.value]
    given["value"] = ", ".join(quoted[:-1]) + f" {_('or')} {quoted[-1]}" if len(quoted) > 1 else quoted[0]
    return (_("%(column)s: %(value)s") if where.op == "in" else _("%(column)s: not %(value)s")) % given


def _lazily(say: Any) -> Any:
    from django.utils.functional import lazy

    return lazy(say, str)()


def register() -> None:
    for family in (
        Family(
            key="events",
            label=gettext_lazy("number of events"),
            group=HAPPENED,
            kind=Kind.COUNT,
            of=Of,
            field=lambda key, said: _field("count", key, said),
        ),
        Family(
            key="events_sum",
            label=gettext_lazy("what events come to"),
            group=HAPPENED,
            kind=Kind.AMOUNT,
            of=SumOf,
            field=lambda key, said: _field("sum", key, said),
        ),
        Family(
            key="events_last",
            label=gettext_lazy("time since the last event"),
            group=HAPPENED,
            kind=Kind.DAYS,
            of=LastOf,
            field=lambda key, said: _field("last", key, said),
        ),
    ):
        fields.register_family(family)
