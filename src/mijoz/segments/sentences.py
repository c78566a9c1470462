"""Rules, facts and reasons in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from mijoz.segments import fields
from mijoz.segments.fields import Field, Kind
from mijoz.segments.rules import All, Any_, Comparison, Node, Not, Rule
from mijoz.ui import formats


def of_rule(rule: Rule) -> str:
    """The rule as one sentence: Number of purchases is at least 3 and (… or …). Groups stand apart by “; or”."""
    root = _unwrapped(rule.root)
    parts = [_unwrapped(part) for part in root.any] if isinstance(root, Any_) else []
    if any(isinstance(part, All) for part in parts):
        phrase = f"; {_('or')} ".join(_phrase(part, outermost=isinstance(part, All)) for part in parts)
    else:
        phrase = _phrase(root, outermost=True)
    return fields.capitalised(phrase) + "."


def of_comparison(comparison: Comparison) -> str:
    """One condition without a full stop: time since the last purchase is at most 60 days."""
    field = comparison.asked
    if field.none and _not_one(comparison):
        return str(field.none)
    if field.some and (comparison.op, comparison.value) in {(">=", 1), (">", 0)}:
        return str(field.some)
    if comparison.op == "is":
        return str(field.label if comparison.value else field.denied)
    if comparison.op == "known":
        asked = _("%(field)s is known") if comparison.value else _("%(field)s is not known")
        return asked % {"field": field.label}
    pattern = {
        ">=": _("%(field)s is at least %(value)s"),
        "<=": _("%(field)s is at most %(value)s"),
        ">": _("%(field)s is more than %(value)s"),
        "<": _("%(field)s is less than %(value)s"),
        "=": _("%(field)s is exactly %(value)s"),
        "!=": _("%(field)s is not %(value)s"),
        "in": _("%(field)s is %(value)s"),
        "not_in": _("%(field)s is known and not %(value)s"),
        "contains": _("%(field)s include %(value)s"),
        "lacks": _("%(field)s do not include %(value)s"),
    }[comparison.op]
    return pattern % {"field": field.label, "value": _value_text(field, comparison.value)}


def _not_one(comparison: Comparison) -> bool:
    return (comparison.op, comparison.value) in {("=", 0), ("<=", 0), ("<", 1)}


def operator_label(operator: str) -> str:
    """The operator as a choice between field and value."""
    return {
        ">=": _("at least"),
        "<=": _("at most"),
        ">": _("more than"),
        "<": _("less than"),
        "=": _("exactly"),
        "!=": _("not equal to"),
        "in": _("is one of"),
        "not_in": _("is none of"),
        "contains": _("include"),
        "lacks": _("do not include"),
        "known": _("is known"),
        "is": _("it is so"),
    }[operator]


def fact(field: Field, value: Any) -> str:
    """A fact of one customer: 12 days, 35 %, yes."""
    if value is None or value in ("", []):
        return _("not known")
    if field.kind is Kind.FLAG:
        return _("yes") if value else _("no")
    if field.kind is Kind.TEXT:
        return quoted(str(value))
    if field.kind is Kind.MEAN:
        value = round(float(value), 2)
    return _value_text(field, value)


def facts(keys: Iterable[str], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, text) of each fact of `values` among `keys`, fields that no app registers any more left out."""
    known = ((fields.known(key), values.get(key)) for key in keys if key in values)
    return [(field.title, fact(field, value)) for field, value in known if field is not None]


def quoted(text: str) -> str:
    """The text in the quotation marks of the page's language."""
    return _("“%(text)s”") % {"text": text}


def names(listed: list[str], word: str) -> str:
    """A, B and C."""
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {word} {listed[-1]}"


def _phrase(node: Node, *, outermost: bool = False) -> str:
    match _unwrapped(node):
        case Comparison() as comparison:
            return of_comparison(comparison)
        case Not(not_=inner):
            denied = _unwrapped(inner)
            if isinstance(denied, Comparison) and denied.op == "is":
                return of_comparison(denied.model_copy(update={"value": not denied.value}))
            return _("it is not so that (%(phrase)s)") % {"phrase": _phrase(denied, outermost=True)}
        case All(all=parts):
            joined = names([_phrase(part) for part in parts], _("and"))
        case Any_(any=parts):
            joined = names([_phrase(part) for part in parts], _("or"))
    return joined if outermost else f"({joined})"


def _unwrapped(node: Node) -> Node:
    """The node without the groups around it that hold nothing else."""
    match node:
        case All(all=[alone]) | Any_(any=[alone]):
            return _unwrapped(alone)
    return node


def _value_text(field: Field, value: Any) -> str:
    match field.kind:
        case Kind.DAYS:
            return npgettext("rule", "%(n)s day", "%(n)s days", int(value)) % {"n": formats.number(value)}
        case Kind.YEARS:
            return npgettext("rule", "%(n)s year", "%(n)s years", int(value)) % {"n": formats.number(value)}
        case Kind.SCORE:
            return _("%(score)s of 5") % {"score": value}
        case Kind.SHARE:
            return formats.share(Decimal(str(value)), 0 if round(float(value) * 100, 6) % 1 == 0 else 1)
        case Kind.CHOICE:
            labels = {choice: str(label) for choice, label in field.choices()} if field.choices else {}
            listed: list[str] = value if isinstance(value, list) else [value]
            return names([labels.get(text, text) for text in listed], _("or"))
        case Kind.WORDS | Kind.TEXT:
            return names([quoted(text) for text in value], _("or"))
        case Kind.FLAG:
            return ""
    return formats.number(Decimal(str(value)))
