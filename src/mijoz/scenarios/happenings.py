"""Conditions on events as SQL over `e`, a row of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mijoz.scenarios.triggers import NUMBERS, Where
from mijoz.segments.rules import Condition

COMPARISONS = {"=": "=", "!=": "<>", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}


def fits(event: str, where: Sequence[Where], *, prefix: str = "h") -> Condition:
    """SQL of whether `e` is such an event; what is missing fits no comparison but `!=`."""
    parameters: dict[str, Any] = {f"{prefix}_event": event}
    parts = [f"e.type = %({prefix}_event)s"]
    for number, one in enumerate(where):
        name = f"{prefix}_{number}"
        parts.append(_part(one, name, parameters))
    return Condition(" AND ".join(parts), parameters)


def text_of(field: str, name: str, parameters: dict[str, Any]) -> str:
    """SQL of a field of `e` as text; the path into the payload is a parameter."""
    if not field.startswith("payload."):
        return f"e.{field}::text"  # one of COLUMNS: checked with the definition
    parameters[f"{name}_path"] = field.split(".")[1:]
    return f"(e.payload #>> %({name}_path)s::text[])"


def _part(one: Where, name: str, parameters: dict[str, Any]) -> str:
    told = text_of(one.field, name, parameters)
    parameters[name] = one.value
    if one.op == "known":
        is_there = f"nullif({told}, '') IS NOT NULL"
        return f"({is_there}) = %({name})s::boolean"
    if one.op == "contains":
        return f"position(lower(%({name})s::text) in lower({told})) > 0"
    if isinstance(one.value, bool):
        parameters[name] = "true" if one.value else "false"
        return f"({told} IS NOT DISTINCT FROM %({name})s) = {'true' if one.op == '=' else 'false'}"
    if isinstance(one.value, float):
        number = f"e.{one.field}" if one.field in NUMBERS else _number(told)
        return f"{number} {COMPARISONS[one.op]} %({name})s::double precision"
    return f"({told} IS NOT DISTINCT FROM %({name})s) = {'true' if one.op == '=' else 'false'}"


def _number(text: str) -> str:
    return f"CASE WHEN pg_input_is_valid({text}, 'double precision') THEN ({text})::double precision END"
