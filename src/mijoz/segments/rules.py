"""A rule says which customers a segment selects. It is JSON:

    {"all": [{"field": "purchases", "op": ">=", "value": 3}, {"not": {"any": [...]}}]}

Some fields are told more by `of`: {"field": "events", "of": {"type": "visit", "window": {"last_days": 30}}, ...}.
It is checked here and compiled to one parameterised SQL condition; deciding.py asks it of everybody at once.
Whatever is not known about a customer fits no comparison, whichever its operator; `known` asks for just that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from mijoz.segments import fields
from mijoz.segments.fields import NUMBERS, OPERATORS, Kind

MOST_LEVELS = 5
MOST_COMPARISONS = 60
LARGEST = {
    Kind.SCORE: Decimal(5),
    Kind.MEAN: Decimal(5),
    Kind.SHARE: Decimal(1),
    Kind.DAYS: Decimal(36_500),
    Kind.YEARS: Decimal(150),
}
LARGEST_COUNT, LARGEST_AMOUNT = Decimal(2_000_000_000), Decimal(10) ** 11
AMOUNT_PLACES = Decimal("0.0001")
SMALLEST = {Kind.SCORE: Decimal(1), Kind.MEAN: Decimal(1), Kind.AMOUNT: -LARGEST_AMOUNT}
SQL_OPERATORS = {">=": ">=", "<=": "<=", ">": ">", "<": "<", "=": "=", "!=": "<>"}
SqlOf = Callable[[fields.Field], str]
Operator = Literal[">=", "<=", ">", "<", "=", "!=", "known", "in", "not_in", "contains", "lacks", "is"]


class RuleRefused(ValueError):
    """The rule cannot be used; `problems` lists (place in the JSON, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(sentence for _place, sentence in problems))
        self.problems = problems


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Comparison(_Node):
    """One fact of a customer compared with a value; `of` says which fact where a field has many."""

    field: str
    op: Operator
    value: Any
    of: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        """The fact: the field and what is said of it."""
        return fields.keyed(self.field, self.of)

    @property
    def asked(self) -> fields.Field:
        found = fields.known(self.key)
        assert found is not None
        return found

    @model_validator(mode="before")
    @classmethod
    def _fit(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not {"field", "op", "value"} <= given.keys():
            raise _problem(_("A condition needs field, op and value."))
        of, field = _asked(given["field"], given.get("of"))
        if given["op"] not in OPERATORS[field.kind]:
            allowed = ", ".join(OPERATORS[field.kind])
            raise _problem(
                _("“%(op)s” does not go with %(field)s; use one of %(allowed)s.")
                % {"op": given["op"], "field": field.label, "allowed": allowed}
            )
        said = {} if of is None else {"of": of}
        return {**given, **said, "value": _fitted(field, given["op"], given["value"])}


class All(_Node):
    """Every part fits."""

    all: list[Node] = Field(min_length=1)


class Any_(_Node):
    """At least one part fits."""

    any: list[Node] = Field(min_length=1)


class Not(_Node):
    """The part does not fit."""

    not_: Node = Field(alias="not")


def _shape(given: Any) -> str | None:
    if isinstance(given, BaseModel):
        return {All: "all", Any_: "any", Not: "not"}.get(type(given), "comparison")
    if not isinstance(given, dict):
        return None
    return next((shape for shape in ("all", "any", "not") if shape in given), "comparison")


Node = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Comparison, Tag("comparison")],
    Discriminator(_shape),
]


class Rule(BaseModel):
    """A checked rule."""

    model_config = ConfigDict(frozen=True)

    root: Node

    def document(self) -> dict[str, Any]:
        """The rule as JSON, as it is kept."""
        return _document(self.root)


for _model in (All, Any_, Not, Rule):
    _model.model_rebuild()


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that is true for the customers whom a rule selects, with its parameters."""

    sql: str
    parameters: dict[str, Any]


def parse(document: Any) -> Rule:
    """The rule that `document` (JSON) holds. Raises RuleRefused with a sentence for each fault."""
    if _levels(document) > MOST_LEVELS:
        raise RuleRefused([("", _("The rule is nested more than %(n)s levels deep.") % {"n": MOST_LEVELS})])
    try:
        rule = Rule(root=document)
    except ValidationError as refusal:
        raise RuleRefused([_place_and_sentence(error) for error in refusal.errors()]) from refusal
    if len(list(comparisons(rule))) > MOST_COMPARISONS:
        raise RuleRefused([("", _("The rule has more than %(n)s conditions.") % {"n": MOST_COMPARISONS})])
    return rule


def comparisons(rule: Rule | Node) -> Iterator[Comparison]:
    """All comparisons of the rule, as they are read."""
    match rule:
        case Rule():
            yield from comparisons(rule.root)
        case Comparison():
            yield rule
        case Not():
            yield from comparisons(rule.not_)
        case All() | Any_():
            for part in _parts(rule):
                yield from comparisons(part)


def field_keys(rule: Rule) -> list[str]:
    """The fields that the rule asks for, each once, as they are read."""
    return list(dict.fromkeys(comparison.key for comparison in comparisons(rule)))


def compile_rule(rule: Rule, *, prefix: str = "v", sql_of: SqlOf | None = None) -> Condition:
    """The rule as one SQL condition over c, p and s (see fields.py); names of parameters begin with `prefix`.

    Rules that stand in one statement need prefixes of their own, none of them another one followed by digits.
    `sql_of` says how a fact is written where it was joined already.
    """
    parameters: dict[str, Any] = {}
    sql = _sql(rule.root, parameters, prefix, sql_of or _alone)
    return Condition(sql, parameters)


def _alone(field: fields.Field) -> str:
    return field.sql


def _document(node: Node) -> dict[str, Any]:
    match node:
        case All():
            return {"all": [_document(part) for part in node.all]}
        case Any_():
            return {"any": [_document(part) for part in node.any]}
        case Not():
            return {"not": _document(node.not_)}
        case Comparison():
            value = node.value
            if isinstance(value, Decimal):
                value = int(value) if value == value.to_integral_value() else float(value)
            said = {} if node.of is None else {"of": node.of}
            return {"field": node.field, **said, "op": node.op, "value": value}


def _parts(group: All | Any_) -> list[Node]:
    return group.all if isinstance(group, All) else group.any


def _sql(node: Node, parameters: dict[str, Any], prefix: str, sql_of: SqlOf) -> str:
    match node:
        case Not():
            return f"NOT {_sql(node.not_, parameters, prefix, sql_of)}"
        case All() | Any_():
            word = " AND " if isinstance(node, All) else " OR "
            return f"({word.join(_sql(part, parameters, prefix, sql_of) for part in _parts(node))})"
        case Comparison():
            return _comparison_sql(node, parameters, prefix, sql_of)


def _comparison_sql(comparison: Comparison, parameters: dict[str, Any], prefix: str, sql_of: SqlOf) -> str:
    field = comparison.asked
    sql = sql_of(field)
    parameters.update(field.parameters)
    if comparison.op == "known":
        return f"({sql} IS {'NOT ' if comparison.value else ''}NULL)"
    if comparison.op == "is":
        return f"({sql})" if comparison.value else f"(NOT {sql})"
    name = f"{prefix}{len(parameters)}"
    parameters[name] = comparison.value
    match comparison.op:
        case "in":
            test = f"{sql} = ANY(%({name})s)"
        case "not_in":
            test = f"{sql} <> '' AND {sql} <> ALL(%({name})s)"
        case "contains":
            test = f"{sql}::text[] && %({name})s::text[]"
        case "lacks":
            test = f"NOT {sql}::text[] && %({name})s::text[]"
        case operator:
            test = f"{sql} {SQL_OPERATORS[operator]} %({name})s"
    return f"coalesce({test}, false)"


def _asked(name: Any, of: Any) -> tuple[dict[str, Any] | None, fields.Field]:
    """What is said of the field, as it is kept, and the field. Raises a problem."""
    family = fields.family(name) if isinstance(name, str) else None
    if family is not None:
        try:
            said = family.of.model_validate({} if of is None else of)
        except ValidationError as refusal:
            raise _problem(_first_fault(family, refusal)) from refusal
        kept = said.model_dump(mode="json", exclude_defaults=True)
        return kept, family.field(fields.keyed(name, kept), said)
    field = fields.known(name) if isinstance(name, str) and ":" not in name else None
    if field is None:
        raise _problem(_("There is no field “%(field)s”.") % {"field": name})
    if of is not None:
        raise _problem(_("“%(key)s” does not belong here.") % {"key": "of"})
    return None, field


def _first_fault(family: fields.Family, refusal: ValidationError) -> str:
    fault = refusal.errors()[0]
    if fault["type"] == "rule":
        return str(fault["msg"])
    place = ".".join(str(part) for part in fault["loc"] if not isinstance(part, int))
    given = {"field": family.title, "place": _place_names().get(place.split("[")[0], place)}
    return _("%(field)s: “%(place)s” is missing or not what it should be.") % given


def _place_names() -> dict[str, str]:
    """What people call a part of what is said of a field."""
    return {
        "window.last_days": _("number of days"),
        "window.days_ago": _("number of days"),
        "window.since": _("day"),
        "name": _("name"),
        "key": _("segment"),
    }


def _fitted(field: fields.Field, op: str, value: Any) -> Any:
    """The value as SQL and Python compare it. Raises a problem when it does not fit the field."""
    if op in {"known", "is"}:
        if not isinstance(value, bool):
            raise _problem(_("%(field)s takes yes or no.") % {"field": field.title})
        return value
    if field.kind in {Kind.CHOICE, Kind.TEXT, Kind.WORDS}:
        return _texts(field, value)
    return _number(field, value)


def _texts(field: fields.Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(text, str) and text.strip() for text in value):
        raise _problem(_("%(field)s needs at least one value.") % {"field": field.title})
    if any("\x00" in text or len(text) > 400 for text in value):
        raise _problem(_("A value of %(field)s is too long or not a text.") % {"field": field.label})
    if field.choices is not None:
        allowed = {choice for choice, _label in field.choices()}
        if strange := [text for text in value if text not in allowed]:
            raise _problem(_("%(field)s has no value “%(value)s”.") % {"field": field.title, "value": strange[0]})
    return list(dict.fromkeys(value))


def _number(field: fields.Field, value: Any) -> int | float | Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("nan")
    except (InvalidOperation, ValueError):  # ValueError: an integer of thousands of digits
        number = Decimal("nan")
    if not number.is_finite():
        raise _problem(_("%(field)s needs a number.") % {"field": field.title})
    whole = field.kind in NUMBERS - {Kind.SHARE, Kind.AMOUNT, Kind.MEAN}
    if whole and number != number.to_integral_value():
        raise _problem(_("%(field)s needs a whole number.") % {"field": field.title})
    smallest = SMALLEST.get(field.kind, Decimal(0))
    largest = LARGEST.get(field.kind, LARGEST_COUNT if whole else LARGEST_AMOUNT)
    if not smallest <= number <= largest:
        raise _problem(
            _("%(field)s lies between %(low)s and %(high)s.")
            % {"field": field.title, "low": f"{smallest:f}", "high": f"{largest:f}"}
        )
    if field.kind in {Kind.SHARE, Kind.MEAN}:
        return float(number)
    return int(number) if whole else number.quantize(AMOUNT_PLACES).normalize()


def _problem(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{sentence}", {"sentence": sentence})


def _place_and_sentence(error: Any) -> tuple[str, str]:
    """Where in the JSON (`all.1`), and what is wrong, without the words of the checking library."""
    place = _place(error["loc"])
    if error["type"] == "rule":
        return place, error["msg"]
    if error["type"] == "too_short":
        return place, _("A group needs at least one condition.")
    if error["type"] == "extra_forbidden":
        return place, _("“%(key)s” does not belong here.") % {"key": error["loc"][-1]}
    return place, _("A rule is an object with all, any, not, or with field, op and value.")


def _place(location: tuple[str | int, ...]) -> str:
    """The place without `root` and without the tags that stand before each node."""
    kept: list[str] = []
    before_tag = True
    for part in location[1:]:
        if before_tag:
            before_tag = False
        else:
            kept.append(str(part))
            before_tag = isinstance(part, int) or part == "not"
    return ".".join(kept)


def _levels(document: Any) -> int:
    deepest, left = 0, [(document, 1)]
    while left:
        node, level = left.pop()
        deepest = max(deepest, level)
        if level > MOST_LEVELS or not isinstance(node, dict):
            continue
        for key in ("all", "any", "not"):
            if key in node:
                inner = node[key] if isinstance(node[key], list) else [node[key]]
                left += [(part, level + 1) for part in inner]
    return deepest
