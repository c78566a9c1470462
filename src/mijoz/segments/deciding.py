"""Who belongs where: the rules asked of all customers at once.

What a rule compares is read once for all rules: numbers as columns, events from the lake, whatever else as an answer of
yes or no, which only the database knows to give. The RFM scores are fresh, and so is who is in another segment: the
segments are decided in the order in which they ask for each other.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

from mijoz.segments.fields import NUMBERS, Field, known
from mijoz.segments.happenings import Counted
from mijoz.segments.membership import RuledSegment
from mijoz.segments.rules import All, Any_, Comparison, Node, Not, Rule, comparisons, compile_rule

SCORES = frozenset({"r_score", "f_score", "m_score", "rfm_score"})
BITS = 60  # answers of yes or no that one number carries
OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be known of a customer to decide, each with the name of its column.

    `numbers` by key of the field, `answers` by the comparison as JSON (its place among the bits), `counted` as a part
    of the numbers, which the lake can answer. `inside` are segments that rules ask for.
    """

    numbers: Mapping[str, str]
    fields: Mapping[str, Field]
    answers: Mapping[str, int]
    counted: Mapping[str, Counted]
    inside: frozenset[str]

    @property
    def bit_columns(self) -> list[str]:
        return [f"bits{place}" for place in range(-(-len(self.answers) // BITS))]


def asked(segments: Sequence[RuledSegment], *, also: Sequence[str] = ()) -> Asked:
    """What the rules of these segments ask for, each fact once; `also` are keys of numbers that somebody else needs."""
    numbers: dict[str, str] = {}
    fields: dict[str, Field] = {}
    answers: dict[str, int] = {}
    inside: set[str] = set()
    for key in also:
        if (number := known(key)) is not None:
            numbers[key], fields[key] = f"number{len(numbers)}", number
    for one in (one for segment in segments for one in comparisons(segment.rule)):
        field = one.asked
        if field.in_segment:
            inside.add(field.in_segment)
        elif one.key in SCORES:
            continue
        elif field.kind in NUMBERS:
            numbers.setdefault(one.key, f"number{len(numbers)}")
            fields[one.key] = field
        else:
            answers.setdefault(_as_json(one), len(answers))
    counted = {numbers[key]: field.counted for key, field in fields.items() if field.counted is not None}
    return Asked(numbers, fields, answers, counted, frozenset(inside))


@dataclass(frozen=True, slots=True)
class Columns:
    """SQL of the columns that the database answers, the relations they read, and their parameters."""

    sql: dict[str, str]
    kinds: dict[str, Any]
    joins: str
    parameters: dict[str, Any]


def columns(wanted: Asked, *, of_few: bool) -> Columns:
    """How the database is asked. Of everybody each relation is joined, and the lake answers for the log; of a few
    customers each is asked by itself."""
    joins: dict[str, str] = {}
    parameters: dict[str, Any] = {}

    def sql_of(field: Field) -> str:
        if of_few or not field.relation:
            return field.sql
        alias = joins.setdefault(field.key, f"told{len(joins)}")
        relations[alias] = field.relation
        return field.joined(f"{alias}.value")

    relations: dict[str, str] = {}
    sql: dict[str, str] = {}
    kinds: dict[str, Any] = {}
    for key, name in wanted.numbers.items():
        field = wanted.fields[key]
        if name in wanted.counted and not of_few:
            continue
        sql[name], kinds[name] = f"coalesce(({sql_of(field)})::double precision, 'NaN')", pl.Float64
        parameters.update(field.parameters)
    bits: list[list[str]] = [[] for _column in wanted.bit_columns]
    for written, place in wanted.answers.items():
        rule = Rule.model_validate({"root": json.loads(written)})
        condition = compile_rule(rule, prefix=f"a{place}_", sql_of=sql_of)
        parameters |= condition.parameters
        bits[place // BITS].append(f"(({condition.sql})::integer::bigint << {place % BITS})")
    for name, listed in zip(wanted.bit_columns, bits, strict=True):
        sql[name], kinds[name] = " | ".join(listed), pl.Int64
    joined = (
        f" LEFT JOIN ({told}) {alias} ON {alias}.customer_id = p.customer_id" for alias, told in relations.items()
    )
    return Columns(sql, kinds, "".join(joined), parameters)


def wanted(
    customers: pl.DataFrame,
    segments: Sequence[RuledSegment],
    need: Asked,
    *,
    since: Mapping[str, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """Who belongs where: customer_id, segment_id and the customer's revenue, a row for each stay.

    `customers` has customer_id, purchases, revenue, the scores (null for who has not bought) and the columns that
    `need` names. `since` says of segments that rules ask for who has been there for how many days (customer_id, days).
    Every buyer is in the first default segment whose rule fits; all others stand for themselves.
    """
    table = customers.lazy()
    for key in sorted(need.inside):
        days = (since or {}).get(key, pl.DataFrame(schema={"customer_id": pl.Int64, "days": pl.Float64}))
        table = table.join(days.lazy().rename({"days": _since(key)}), on="customer_id", how="left")
        table = table.with_columns(pl.lit(False).alias(_inside(key)))  # until it is decided, or as it is out of use
    nobody = pl.lit(None, pl.Int64)
    for step in in_order(segments):
        if step[0].is_default:
            chosen = nobody
            for segment in reversed(step):
                chosen = pl.when(_fits(segment.rule.root, need)).then(pl.lit(segment.id, pl.Int64)).otherwise(chosen)
            table = table.with_columns(default=pl.when(pl.col("purchases") > 0).then(chosen).otherwise(nobody))
            table = table.with_columns(
                (pl.col("default") == segment.id).fill_null(False).alias(_inside(segment.key)) for segment in step
            )
        else:
            table = table.with_columns(_fits(segment.rule.root, need).alias(_inside(segment.key)) for segment in step)
    decided = table.select("customer_id", "revenue", *(_inside(segment.key) for segment in segments)).collect()
    stays = [
        decided.lazy()
        .filter(pl.col(_inside(segment.key)))
        .select("customer_id", pl.lit(segment.id, pl.Int64).alias("segment_id"), "revenue")
        for segment in segments
    ]
    if not stays:
        return pl.DataFrame(schema={"customer_id": pl.Int64, "segment_id": pl.Int64, "revenue": pl.Int64})
    return pl.concat(pl.collect_all(stays))


def in_order(segments: Sequence[RuledSegment]) -> list[list[RuledSegment]]:
    """The segments in steps, so that each comes after those it asks for; the default ones are one step.

    Raises ValueError when some ask for each other in a circle, which is refused when a rule is written.
    """
    defaults = [segment for segment in segments if segment.is_default]
    left = [*([defaults] if defaults else []), *([segment] for segment in segments if not segment.is_default)]
    known = {segment.key for segment in segments}
    done: set[str] = set()
    steps: list[list[RuledSegment]] = []
    while left:
        ready = [step for step in left if all(asks_for(segment) & known <= done for segment in step)]
        if not ready:
            raise ValueError("segments ask for each other in a circle")
        left = [step for step in left if step not in ready]
        done |= {segment.key for step in ready for segment in step}
        steps += [step for step in ready if step[0].is_default]
        if others := [segment for step in ready for segment in step if not segment.is_default]:
            steps.append(others)
    return steps


def asks_for(segment: RuledSegment) -> set[str]:
    """The keys of the segments that its rule asks for."""
    return asked_by(segment.rule)


def asked_by(rule: Rule) -> set[str]:
    """The keys of the segments that the rule asks for."""
    return {one.asked.in_segment for one in comparisons(rule) if one.asked.in_segment}


def _inside(key: str) -> str:
    return f"in {key}"


def _since(key: str) -> str:
    return f"since {key}"


def _as_json(comparison: Comparison) -> str:
    return json.dumps(Rule(root=comparison).document())


def _fits(node: Node, need: Asked) -> pl.Expr:
    match node:
        case Comparison():
            return _compared(node, need)
        case Not():
            return ~_fits(node.not_, need)
        case All():
            return reduce(operator.and_, (_fits(part, need) for part in node.all))
        case Any_():
            return reduce(operator.or_, (_fits(part, need) for part in node.any))


def _compared(comparison: Comparison, need: Asked) -> pl.Expr:
    field = comparison.asked
    number: pl.Expr
    if field.in_segment:
        inside = pl.col(_inside(field.in_segment))
        if comparison.op == "is":
            return inside if comparison.value else ~inside
        number = pl.when(inside).then(pl.col(_since(field.in_segment)).fill_null(0.0))
    elif comparison.key in SCORES:
        number = pl.col(comparison.key)
    elif comparison.key in need.numbers:
        number = pl.col(need.numbers[comparison.key])
    else:
        place = need.answers[_as_json(comparison)]
        return (pl.col(f"bits{place // BITS}") & (1 << place % BITS)) != 0
    if comparison.op == "known":
        return number.is_not_null() if comparison.value else number.is_null()
    value = comparison.value if comparison.key in SCORES - {"rfm_score"} else float(comparison.value)
    fits: pl.Expr = OPERATORS[comparison.op](number, value)
    return fits.fill_null(False)
