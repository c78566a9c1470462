"""Who belongs where: the rules asked of all customers at once.

A comparison is answered by the database, which knows every field, as a column of yes and no; those about RFM scores
are answered here, since the scores are fresh. What the answers mean together is decided on the columns.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl

from mijoz.segments.membership import RuledSegment
from mijoz.segments.rules import All, Any_, Comparison, Condition, Node, Not, Rule, comparisons, compile_rule

SCORES = frozenset({"r_score", "f_score", "m_score"})
OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
Names = Mapping[str, str]


def questions(segments: Sequence[RuledSegment]) -> dict[str, Condition]:
    """What the database is asked of each customer: SQL of each comparison, by the name of the column of answers."""
    asked = {name: rule for rule, name in _names(segments).items()}
    return {
        name: compile_rule(Rule.model_validate({"root": json.loads(rule)}), prefix=f"{name}_")
        for name, rule in asked.items()
    }


def wanted(customers: pl.DataFrame, segments: Sequence[RuledSegment]) -> pl.DataFrame:
    """Who belongs where: customer_id, segment_id and the customer's revenue, a row for each stay.

    `customers` has customer_id, purchases, revenue, the scores (null for who has not bought) and an answer to each of
    the `questions`. Every buyer is in the first default segment whose rule fits; all others stand for themselves.
    """
    names = _names(segments)
    nobody = pl.lit(None, pl.Int64)
    chosen = nobody
    for segment in reversed([segment for segment in segments if segment.is_default]):
        chosen = pl.when(_fits(segment.rule.root, names)).then(pl.lit(segment.id, pl.Int64)).otherwise(chosen)
    choices = [pl.when(pl.col("purchases") > 0).then(chosen).otherwise(nobody)]
    for segment in segments:
        if not segment.is_default:
            choices.append(pl.when(_fits(segment.rule.root, names)).then(pl.lit(segment.id, pl.Int64)))
    stays = [
        customers.lazy().select("customer_id", choice.alias("segment_id"), "revenue").filter(pl.col("segment_id") > 0)
        for choice in choices
    ]
    return pl.concat(pl.collect_all(stays))


def _names(segments: Sequence[RuledSegment]) -> dict[str, str]:
    """A name for each comparison that the database answers, by the comparison as JSON; equal ones share it."""
    asked = (one for segment in segments for one in comparisons(segment.rule) if one.field not in SCORES)
    return {rule: f"answer{place}" for place, rule in enumerate(dict.fromkeys(map(_as_json, asked)))}


def _as_json(comparison: Comparison) -> str:
    return json.dumps(Rule(root=comparison).document())


def _fits(node: Node, names: Names) -> pl.Expr:
    match node:
        case Comparison() if node.field in SCORES:
            return _of_score(node)
        case Comparison():
            return pl.col(names[_as_json(node)])
        case Not():
            return ~_fits(node.not_, names)
        case All():
            return reduce(operator.and_, (_fits(part, names) for part in node.all))
        case Any_():
            return reduce(operator.or_, (_fits(part, names) for part in node.any))


def _of_score(comparison: Comparison) -> pl.Expr:
    score, value = pl.col(comparison.field), comparison.value
    if comparison.op == "known":
        return score.is_not_null() if value else score.is_null()
    fits: pl.Expr = OPERATORS[comparison.op](score, value)
    return fits.fill_null(False)
