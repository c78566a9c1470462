"""The evidence of a pair in words and as a waterfall, and its two records side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mijoz.customers import contacts
from mijoz.customers.models import Customer, Pair
from mijoz.ui import formats

Label = str | Promise
COMPARED: dict[str, Label] = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "patronymic": gettext_lazy("Patronymic"),
    "birth": gettext_lazy("Birth date"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "street": gettext_lazy("Street"),
    "house": gettext_lazy("House and flat"),
    "city": gettext_lazy("City"),
    "visits": gettext_lazy("Visits at one moment"),
    "prior": gettext_lazy("Any two records"),
    "relatives": gettext_lazy("Relatives share this too"),
}
SAME = pgettext_lazy("two records", "the same")
LEVELS: dict[str, Label] = {
    "same": SAME,
    "swapped": pgettext_lazy("two records", "the parts change places"),
    "slip": pgettext_lazy("two records", "a slip of the pen apart"),
    "two slips": pgettext_lazy("two records", "two slips apart"),
    "beginning": pgettext_lazy("two records", "one is short for the other"),
    "alike": pgettext_lazy("two records", "alike"),
    "day without year": pgettext_lazy("two records", "the same day, once without the year"),
    "most": pgettext_lazy("two records", "mostly the same"),
    "some": pgettext_lazy("two records", "in part the same"),
    "several": pgettext_lazy("two records", "several"),
    "one": pgettext_lazy("two records", "one visit"),
    "different": pgettext_lazy("two records", "different"),
}
BARS: dict[str, Label] = {
    "proved": gettext_lazy("Each of them showed who they are, so only a person may decide."),
    "apart": gettext_lazy("Somebody said before that they are two people."),
    "birth": gettext_lazy("Something says that they are one, but the birth dates differ."),
    "names": gettext_lazy("Something says that they are one, but gender and first name differ."),
    "relatives": gettext_lazy("They share a phone or an e-mail, and their names differ: relatives, perhaps."),
    "restricted": gettext_lazy("One of them asked that nothing be done with the record."),
}
WITHOUT_VALUES = ("prior", "relatives")
LEAST_WORTH_SAYING = 1.0  # bits
MORE_THAN_ANYBODY_COUNTS = 1_000_000
NEAR_ENOUGH = {"same", "swapped", "slip", "two slips", "beginning", "alike", "day without year", "most", "some"}


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall: `start` and `width` in percent of its length, and what it says in words."""

    label: str
    level: str
    left: str
    right: str
    weight: float
    times: str
    start: str
    width: str

    @property
    def is_for(self) -> bool:
        return self.weight > 0


@dataclass(frozen=True, slots=True)
class Explained:
    steps: list[Step]
    zero: str  # where neither is likelier, in percent
    speaks_for: str
    speaks_against: str
    bar: str


def explained(pair: Pair) -> Explained:
    """The pair's evidence: its waterfall, and what speaks most for and against it."""
    rows = [row for row in pair.evidence if row.get("name") in COMPARED and "weight" in row]
    total, reached = 0.0, [0.0]
    for row in rows:
        total += row["weight"]
        reached.append(total)
    low, high = min(reached), max(reached)
    span = (high - low) or 1.0
    steps = []
    for row, before, after in zip(rows, reached[:-1], reached[1:], strict=True):
        start = 100 * (min(before, after) - low) / span
        steps.append(_step(row, start=start, width=100 * abs(after - before) / span))
    told = [row for row in rows if row["name"] not in WITHOUT_VALUES and abs(row["weight"]) >= LEAST_WORTH_SAYING]
    told.sort(key=lambda row: -abs(row["weight"]))
    bars = [row["bar"] for row in pair.evidence if row.get("name") == "bar"]
    return Explained(
        steps=steps,
        zero=f"{100 * (0 - low) / span:.2f}",
        speaks_for=_named(row for row in told if row["weight"] > 0),
        speaks_against=_named(row for row in told if row["weight"] < 0),
        bar=str(BARS.get(bars[0], "")) if bars else "",
    )


def _named(rows: Any) -> str:
    return ", ".join(str(COMPARED[row["name"]]).lower() for row in rows)


def _step(row: Mapping[str, Any], *, start: float, width: float) -> Step:
    return Step(
        label=str(COMPARED[row["name"]]),
        level=str(LEVELS.get(row["level"], "")) if row["name"] not in WITHOUT_VALUES else "",
        left=row["left"],
        right=row["right"],
        weight=row["weight"],
        times=times(row["weight"]),
        start=f"{start:.2f}",
        width=f"{max(width, 0.5):.2f}",
    )


def times(weight: float) -> str:
    """What a weight means: how many times likelier it makes one person."""
    factor = 2.0 ** abs(weight)
    if factor < 1.05:
        return _("says nothing")
    count = _count(factor)
    if weight > 0:
        return _("%(count)s times likelier") % {"count": count}
    return _("%(count)s times less likely") % {"count": count}


def _count(factor: float) -> str:
    if factor >= MORE_THAN_ANYBODY_COUNTS:
        return _("over a million")
    if factor < 10:
        return formats.number(round(factor, 1), 1)
    digits = int(math.log10(factor)) - 1
    return formats.number(round(factor / 10**digits) * 10**digits, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """What both records say of one thing; `mark` is same, near, different, or "" when one says nothing."""

    label: str
    left: str
    right: str
    mark: str


def side_by_side(pair: Pair, *, role: str) -> list[Line]:
    """The two records, line by line; where neither says anything there is no line."""
    hidden = contacts.hidden_from(role)
    levels = {row["name"]: row.get("level", "") for row in pair.evidence if "name" in row}
    if levels.get("first_name") == "swapped":  # the row of the last name is left out then
        levels["last_name"] = "swapped"
    shown: list[tuple[Label, str, Callable[[Customer], str]]] = [
        (COMPARED["last_name"], "last_name", lambda one: one.last_name),
        (COMPARED["first_name"], "first_name", lambda one: one.first_name),
        (COMPARED["patronymic"], "patronymic", lambda one: one.patronymic),
        (COMPARED["birth"], "birth", _birth),
        (COMPARED["phone"], "phone", lambda one: contacts.shown("phone", one.phone, hidden=hidden)),
        (COMPARED["email"], "email", lambda one: contacts.shown("email", one.email, hidden=hidden)),
        (gettext_lazy("Address"), "street", lambda one: one.address),
        (COMPARED["city"], "city", lambda one: one.city),
        (gettext_lazy("Gender"), "", lambda one: one.get_gender_display()),
        (gettext_lazy("Number"), "", lambda one: one.number),
    ]
    lines = []
    for label, key, read in shown:
        left, right = read(pair.left), read(pair.right)
        if left or right:
            lines.append(Line(str(label), left, right, _mark(left, right, levels.get(key, ""))))
    return lines


def _mark(left: str, right: str, level: str) -> str:
    if not left or not right:
        return ""
    if left.casefold() == right.casefold():
        return "same"
    return "near" if level in NEAR_ENOUGH else "different"


def _birth(one: Customer) -> str:
    if one.birth_on:
        return formats.day(one.birth_on)
    if one.birthday:
        month, _dash, day = one.birthday.partition("-")
        return date_format(date(2000, int(month), int(day)), "MONTH_DAY_FORMAT")
    return ""
