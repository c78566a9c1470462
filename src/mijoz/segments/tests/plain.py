"""What a rule means, in plain Python: SQL and the columns of a refresh must select the same customers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mijoz.segments.rules import All, Any_, Comparison, Node, Not, Rule


def fits(rule: Rule | Node, facts: Mapping[str, Any]) -> bool:
    """Whether a customer with these facts (values by field key, None for unknown) is selected."""
    match rule:
        case Rule():
            return fits(rule.root, facts)
        case All():
            return all(fits(part, facts) for part in rule.all)
        case Any_():
            return any(fits(part, facts) for part in rule.any)
        case Not():
            return not fits(rule.not_, facts)
        case Comparison():
            return _compare(facts.get(rule.key), rule.op, rule.value)


def _compare(fact: Any, op: str, value: Any) -> bool:
    if op == "known":
        return (fact is not None) == value
    if fact is None:
        return False
    if isinstance(fact, float) and isinstance(value, Decimal):
        value = float(value)
    match op:
        case "is":
            return bool(fact == value)
        case "in":
            return fact in value
        case "not_in":
            return fact != "" and fact not in value
        case "contains":
            return bool(set(fact) & set(value))
        case "lacks":
            return not set(fact) & set(value)
        case ">=":
            return bool(fact >= value)
        case "<=":
            return bool(fact <= value)
        case ">":
            return bool(fact > value)
        case "<":
            return bool(fact < value)
        case "=":
            return bool(fact == value)
        case _:
            return bool(fact != value)
