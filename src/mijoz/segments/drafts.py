"""A rule as the page edits it: groups of conditions, and how conditions and groups go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from mijoz.segments import fields, saying
from mijoz.segments.fields import NUMBERS, Kind
from mijoz.segments.rules import All, Any_, Comparison, Node, Not, Rule, comparisons
from mijoz.segments.saying import Said

LONGEST = Decimal(10) ** 15
Match = Literal["all", "any", "none"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One row as typed. `operator` is one of the rule's, or `unknown` for known = false; values are texts.

    `said` is what the row says more of a field that has many facts, see saying.py.
    """

    field: str = "purchases"
    operator: str = ">="
    values: tuple[str, ...] = ()
    said: Said = ()

    def document(self) -> dict[str, Any]:
        """The comparison as JSON, not checked yet."""
        kind = kind_of(self.field)
        of = saying.document(self.field, self.said)
        asked = {"field": self.field} | ({} if of is None else {"of": of})
        if self.operator in {"known", "unknown"}:
            return {**asked, "op": "known", "value": self.operator == "known"}
        if kind is Kind.FLAG:
            return {**asked, "op": "is", "value": self.values != ("no",)}
        value: Any = [text.strip() for text in self.values if text.strip()]
        if kind in NUMBERS:
            value = _number(self.values[0] if self.values else "", kind)
        return {**asked, "op": self.operator, "value": value}


@dataclass(frozen=True, slots=True)
class Group:
    match: Match = "all"
    conditions: tuple[Condition, ...] = (Condition(),)


@dataclass(frozen=True, slots=True)
class Draft:
    match: Literal["all", "any"] = "all"
    groups: tuple[Group, ...] = field(default=(Group(),))

    def document(self) -> dict[str, Any]:
        """The rule as JSON, not checked yet."""
        parts = [_group_document(group) for group in self.groups]
        return parts[0] if len(parts) == 1 else {self.match: parts}

    def changed(self, what: str) -> Draft:
        """The draft after a press of a button: add-group, add-0 (a condition to group 0), remove-0-1."""
        if what == "add-group":
            return replace(self, groups=(*self.groups, Group()))
        verb, *places = what.split("-")
        if not places or not all(map(_is_place, places)) or int(places[0]) >= len(self.groups):
            return self
        group, *rest = map(int, places)
        conditions = list(self.groups[group].conditions)
        if verb == "add":
            conditions.append(Condition())
        elif verb == "remove" and rest and rest[0] < len(conditions):
            conditions.pop(rest[0])
        groups = list(self.groups)
        groups[group : group + 1] = [replace(groups[group], conditions=tuple(conditions))] if conditions else []
        return replace(self, groups=tuple(groups) or (Group(),))


def from_rule(rule: Rule) -> Draft | None:
    """The rule as groups of conditions; None when it is nested deeper than the page can show."""
    if any(one.of is not None and saying.typed(one.field, one.of) is None for one in comparisons(rule)):
        return None
    alone = _group(rule.root)
    if alone is not None:
        return Draft(groups=(alone,))
    if not isinstance(rule.root, All | Any_):
        return None
    parts = rule.root.all if isinstance(rule.root, All) else rule.root.any
    groups = [_group(part) for part in parts]
    if any(group is None for group in groups):
        return None
    return Draft("all" if isinstance(rule.root, All) else "any", tuple(group for group in groups if group))


def from_form(posted: Mapping[str, list[str]]) -> Draft:
    """The draft that a page sent: texts by `match`, `0-match`, `0-1-field`, `0-1-operator`, `0-1-value`."""
    rows: dict[int, dict[int, Condition]] = {}
    for name in posted:
        group, _dash, rest = name.partition("-")
        row, _dash, part = rest.partition("-")
        if part == "field" and _is_place(group) and _is_place(row):
            rows.setdefault(int(group), {})[int(row)] = _condition(posted, f"{group}-{row}")
    groups = tuple(
        Group(
            _match(_first(posted, f"{place}-match")),
            tuple(found for _row, found in sorted(rows[place].items())),
        )
        for place in sorted(rows)
    )
    return Draft("any" if _first(posted, "match") == "any" else "all", groups or (Group(),))


def _condition(posted: Mapping[str, list[str]], prefix: str) -> Condition:
    """The row as posted; when its field was just changed, what no longer fits is dropped."""
    key = _first(posted, f"{prefix}-field")
    operator = _first(posted, f"{prefix}-operator")
    values = tuple(posted.get(f"{prefix}-value", []))
    if fields.known(key) is None and fields.family(key) is None:
        return Condition(key, operator, values)
    kind = kind_of(key)
    allowed = operators(kind)
    if kind in {Kind.WORDS, Kind.TEXT}:
        values = tuple(line for text in values for line in text.splitlines())
    kept = _first(posted, f"{prefix}-was") in {"", key}
    said = saying.of_form(key, posted if kept else {}, prefix)
    return Condition(key, operator if operator in allowed else allowed[0], values if kept else (), said)


def kind_of(key: str) -> Kind:
    """Of which kind the field or the family is."""
    known = fields.known(key) or fields.family(key)
    return known.kind if known else Kind.COUNT


def operators(kind: Kind) -> tuple[str, ...]:
    """The operators of a row: those of rules, with `unknown` beside `known`."""
    return (*fields.OPERATORS[kind], "unknown") if "known" in fields.OPERATORS[kind] else fields.OPERATORS[kind]


def _group_document(group: Group) -> dict[str, Any]:
    parts = [condition.document() for condition in group.conditions]
    if group.match == "none":
        return {"not": parts[0] if len(parts) == 1 else {"any": parts}}
    return parts[0] if len(parts) == 1 else {group.match: parts}


def _group(node: Node) -> Group | None:
    """A node whose parts are comparisons, as a group."""
    match node:
        case Comparison():
            return Group("all", (_row(node),))
        case Not(not_=Comparison() as inner):
            return Group("none", (_row(inner),))
        case Not(not_=Any_() as inner):
            found = _group(inner)
            return replace(found, match="none") if found else None
        case All() | Any_():
            parts = node.all if isinstance(node, All) else node.any
            if not all(isinstance(part, Comparison) for part in parts):
                return None
            rows = tuple(_row(part) for part in parts if isinstance(part, Comparison))
            return Group("all" if isinstance(node, All) else "any", rows)
    return None


def _row(comparison: Comparison) -> Condition:
    value, key = comparison.value, comparison.field
    said = () if comparison.of is None else saying.typed(key, comparison.of) or ()
    if comparison.op == "known":
        return Condition(key, "known" if value else "unknown", said=said)
    if comparison.op == "is":
        return Condition(key, "is", ("yes" if value else "no",), said)
    if isinstance(value, list):
        return Condition(key, comparison.op, tuple(value), said)
    if kind_of(key) is Kind.SHARE:
        value = (Decimal(str(value)) * 100).normalize()
    return Condition(key, comparison.op, (f"{value:f}" if isinstance(value, Decimal) else str(value),), said)


def _number(text: str, kind: Kind) -> str | float:
    """A number as people write it (1 234,50; 40 %) as a rule has it; the rule refuses what is none."""
    plain = "".join(text.split()).removesuffix("%").replace(",", ".")
    try:
        number = Decimal(plain) / (100 if kind is Kind.SHARE else 1)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number) >= LONGEST:
        return text
    return int(number) if number == number.to_integral_value() else float(number)


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5


def _match(text: str) -> Match:
    return "any" if text == "any" else "none" if text == "none" else "all"


def _first(posted: Mapping[str, list[str]], name: str) -> str:
    return (posted.get(name) or [""])[0]
