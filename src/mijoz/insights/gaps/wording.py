"""Gaps and what scenarios changed of them, in words."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Any

from django.utils.translation import gettext as _

from mijoz.analysis.experiments import FEWEST_IN_AN_ARM, Verdict
from mijoz.analysis.proof.pain_map import COMPLAINT, FIRST_TIME, RESOLUTION, WAITING
from mijoz.insights.gaps.queries import Change, Delivery
from mijoz.surveys.wording import part as dimension
from mijoz.ui import formats

__all__ = ["change", "correlation", "delivered", "dimension", "kpi_change", "verdict_name", "verdict_tone"]


def verdict_name(change: Change) -> str:
    return {
        Verdict.WORKS: _("Closes the gap"),
        Verdict.HARMS: _("Widens the gap"),
        Verdict.NO_DIFFERENCE_SEEN: _("No difference seen"),
        Verdict.TOO_FEW: _("Too few to tell"),
    }[change.verdict]


def verdict_tone(change: Change) -> str:
    return {Verdict.WORKS: "good", Verdict.HARMS: "bad"}.get(change.verdict, "neutral")


def change(change: Change) -> str:
    """What the scenario did to the gap, in one sentence."""
    treated, held_out = change.answered
    if change.verdict == Verdict.TOO_FEW:
        return _(
            "%(treated)s of those served by it and %(held_out)s of those kept for comparison have answered since; "
            "each side needs %(fewest)s before anything is said."
        ) % {
            "treated": formats.number(treated),
            "held_out": formats.number(held_out),
            "fewest": formats.number(FEWEST_IN_AN_ARM),
        }
    told = {
        "value": signed(change.value),
        "low": signed(change.low),
        "high": signed(change.high),
        "treated": formats.number(treated),
        "held_out": formats.number(held_out),
    }
    return (
        _(
            "Against those kept for comparison the gap moved by %(value)s points of the scale, with 95 %% sureness "
            "from %(low)s to %(high)s; %(treated)s and %(held_out)s customers answered."
        )
        % told
    )


def kpi_change(change: Change) -> str:
    """What the scenario did to the figure of the process that goes with the dimension: an effect as well."""
    value, low, high = (change.kpi_change[end] for end in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return ""
    if change.kpi == WAITING:
        return _("Waiting, by the same comparison: %(value)s minutes (from %(low)s to %(high)s).") % {
            "value": signed(value, 1),
            "low": signed(low, 1),
            "high": signed(high, 1),
        }
    if change.kpi == FIRST_TIME:
        return _("Cases not right the first time, by the same comparison: %(value)s (from %(low)s to %(high)s).") % {
            "value": formats.points(value),
            "low": formats.points(low),
            "high": formats.points(high),
        }
    return _("Time until a case is resolved, by the same comparison: × %(value)s (from %(low)s to %(high)s).") % {
        "value": formats.number(exp(value), 2),
        "low": formats.number(exp(low), 2),
        "high": formats.number(exp(high), 2),
    }


def kpi(key: str) -> str:
    return {
        WAITING: _("minutes of waiting"),
        FIRST_TIME: _("cases not right the first time"),
        COMPLAINT: _("complaints for each visit"),
        RESOLUTION: _("time until a case is resolved"),
    }[key]


def correlation(measure: str, told: Mapping[str, Any]) -> str:
    """How a dimension goes with a figure of the process, called what it is."""
    estimate = told["estimate"]
    if estimate["value"] is None or estimate["low"] is None:
        return _("Too few customers have both an answer and this figure to tell.")
    figures = {
        "kpi": kpi(measure),
        "value": signed(estimate["value"]),
        "low": signed(estimate["low"]),
        "high": signed(estimate["high"]),
        "n": formats.number(told["n"]),
    }
    if estimate["high"] < 0:
        sentence = _("The more, the lower the answer: correlation %(value)s with %(kpi)s (from %(low)s to %(high)s).")
    elif estimate["low"] > 0:
        sentence = _("The more, the higher the answer: correlation %(value)s with %(kpi)s (from %(low)s to %(high)s).")
    else:
        sentence = _("No connection seen: correlation %(value)s with %(kpi)s (from %(low)s to %(high)s).")
    return sentence % figures


def delivered(delivery: Delivery) -> str:
    told = {
        "share": formats.share(delivery.share, 0),
        "done": formats.number(delivery.done),
        "asked": formats.number(delivery.asked),
    }
    if delivery.is_confirmed:
        return _("%(share)s of the protocol was followed (%(done)s of %(asked)s steps confirmed).") % told
    return _("%(share)s of the tasks for staff were done (%(done)s of %(asked)s).") % told


def signed(value: float | None, places: int = 2) -> str:
    return formats.NOTHING if value is None else formats.signed(formats.number(value, places))
