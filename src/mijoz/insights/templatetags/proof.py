"""Proofs as the pages show them: each in one sentence, with its verdict and its state."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from mijoz.insights.models import Comparison, PilotPlan
from mijoz.insights.proof import register_views, wording
from mijoz.insights.proof.improvements import Line
from mijoz.insights.proof.queries import ListRow, ProofPage
from mijoz.insights.proof.reading import Reading
from mijoz.insights.wording import figure
from mijoz.ui.templatetags.mijoz import badge

register = template.Library()
IMPROVEMENT_TONES = {"found": "warning", "planned": "neutral", "tried": "accent", "kept": "good", "dropped": "neutral"}


@register.simple_tag
def verdict_badge(verdict: str) -> SafeString | str:
    return badge(wording.verdict_name(verdict), wording.verdict_tone(verdict)) if verdict else ""


@register.simple_tag
def state_badge(state: str) -> SafeString:
    return badge(wording.state_name(state), wording.STATE_TONES.get(state, "neutral"))


@register.simple_tag
def improvement_badge(state: str, label: str) -> SafeString:
    return badge(label, IMPROVEMENT_TONES.get(state, "neutral"))


@register.filter
def kind_name(kind: str) -> str:
    return str(wording.KINDS.get(kind, kind))


@register.simple_tag
def proof_sentence(row: ListRow | Reading, currency: str) -> str:
    """The answer in one sentence."""
    if isinstance(row, Reading):
        return wording.sentence(row, currency)
    if row.reading is not None:
        return wording.sentence(row.reading, currency)
    return wording.comparison_sentence(row.comparison, currency) if row.comparison else ""


@register.simple_tag
def effect_of(line: Line, currency: str) -> str:
    return register_views.effect_text(line, currency)


@register.simple_tag
def comparison_sentence(one: Comparison, currency: str) -> str:
    return wording.comparison_sentence(one, currency)


@register.simple_tag
def effect_end(one: Comparison, value: float | None, currency: str) -> str:
    """An end of the effect, or the change of a group, which is told in the same way."""
    return wording.effect_figure(one, value, currency)


@register.simple_tag
def money_sentence(reading: Reading, currency: str) -> str:
    return wording.money_sentence(reading, currency)


@register.simple_tag
def goal_difference(value: float | None, of_money: bool, currency: str) -> str:
    """A difference on the goal: points, or money."""
    return wording.difference(value, of_money=of_money, currency=currency)


@register.simple_tag
def signed_money(value: float | None, currency: str) -> str:
    return wording.signed(value, currency)


@register.simple_tag
def each(total: float, n: int, currency: str) -> str:
    """Money for each customer."""
    return figure(total / n if n else None, "money", currency, short=True)


@register.simple_tag
def rate(part: int, n: int) -> str:
    return figure(part / n if n else None, "share", "")


@register.simple_tag
def smallest_of(plan: PilotPlan, currency: str) -> str:
    return wording.smallest(plan, currency)


@register.filter
def mismatch(reading: Reading) -> str:
    return wording.mismatch(reading)


@register.filter
def ratio_holds(reading: Reading) -> str:
    return wording.ratio_holds(reading)


@register.filter
def doubts(found: ProofPage | Comparison) -> list[str]:
    return wording.comparison_doubts(found) if isinstance(found, Comparison) else wording.doubts(found)


@register.filter
def surer(found: ProofPage | Comparison) -> list[str]:
    return wording.comparison_surer(found) if isinstance(found, Comparison) else wording.surer(found)


@register.filter
def beside_board(page: ProofPage) -> str:
    return wording.beside_board(page)


@register.filter
def segments_sentence(page: ProofPage) -> str:
    return wording.segments_sentence(page)


@register.filter
def counts_of(reading: Reading) -> str:
    return wording.counts(reading)


@register.filter
def progress_of(reading: Reading) -> float | None:
    return wording.progress(reading)


@register.filter
def why_weaker(one: Comparison) -> str:
    return wording.why_weaker(one)


@register.filter
def trend_sentence(one: Comparison) -> str:
    return wording.trend_sentence(one)


@register.filter
def metric_name(metric: str) -> str:
    return str(wording.METRIC_NAMES.get(metric, metric))


@register.filter
def percent(share: float | None) -> Any:
    """Whole per cent of a share, for a field."""
    return None if share is None else round(share * 100)
