"""A rule as the page edits it: groups of conditions, and how conditions and groups go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from mijoz.segments import fields
from mijoz.segments.fields import NUMBERS, Kind
from mijoz.segments.rules import All, Any_, Comparison, Node, Not, Rule, comparisons

LONGEST = Decimal(10) ** 15
Match = Literal["all", "any", "none"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One row as typed. `operator` is one of the rule's, or `unknown` for known = false; values are texts."""

    field: str = "purchases"
    operator: str = ">="
    values: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The comparison as JSON, not checked yet."""
        known = fields.known(self.field)
        kind = known.kind if known else Kind.COUNT
        if self.operator in {"known", "unknown"}:
            return {"field": self.field, "op": "known", "value": self.operator == "known"}
        if kind is Kind.FLAG:
            return {"field": self.field, "op": "is", "value": self.values != ("no",)}
        value: Any = [text.strip() for text in self.values if text.strip()]
        if kind in NUMBERS:
            value = _number(self.values[0] if self.values else "", kind)
        return {"field": self.field, "op": self.operator, "value": value}


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
    if any(one.of is not None for one in comparisons(rule)):
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
    known = fields.known(key)
    if known is None:
        return Condition(key, operator, values)
    allowed = operators(known.kind)
    if known.kind is Kind.WORDS:
        values = tuple(line for text in values for line in text.splitlines())
    kept = _first(posted, f"{prefix}-was") in {"", key}
    return Condition(key, operator if operator in allowed else allowed[0], values if kept else ())


def operators(kind: Kind) -> tuple[str, ...]:
    """The operators of a row: those of rules, with `unknown` beside `known`."""
    return (*fields.OPERATORS[kind], "unknown") if kind in NUMBERS else fields.OPERATORS[kind]


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
    value = comparison.value
    if comparison.op == "known":
        return Condition(comparison.field, "known" if value else "unknown")
    if comparison.op == "is":
        return Condition(comparison.field, "is", ("yes" if value else "no",))
    if isinstance(value, list):
        return Condition(comparison.field, comparison.op, tuple(value))
    known = fields.known(comparison.field)
    if known is not None and known.kind is Kind.SHARE:
        value = (Decimal(str(value)) * 100).normalize()
    return Condition(comparison.field, comparison.op, (f"{value:f}" if isinstance(value, Decimal) else str(value),))


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
