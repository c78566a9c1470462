"""Alerts and states in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mijoz.analysis.kpis.targets import State
from mijoz.insights import wording
from mijoz.insights.models import KpiAlert
from mijoz.insights.register import Words, definition


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert with its sentence."""

    alert: KpiAlert
    label: Words
    sentence: str
    since: str


def sentence(alert: KpiAlert, currency: str) -> AlertRow:
    """What is wrong, how sure that is, and what it was when it began."""
    known = definition(alert.name)

    def figure(value: float | None) -> str:
        return wording.figure(value, known.unit, currency, short=True)

    figures = {"label": known.label, "value": figure(alert.last_value), "target": figure(alert.target)}
    if not alert.is_open:
        said = _("%(label)s is good again: %(value)s, wanted was %(target)s.") % figures
    elif alert.certainty == KpiAlert.Certainty.SURELY:
        said = _("%(label)s is surely worse than wanted: %(value)s, wanted is %(target)s.") % figures
    else:
        said = _("%(label)s is perhaps worse than wanted: %(value)s, wanted is %(target)s. It may be chance.") % figures
    return AlertRow(alert, known.label, said, figure(alert.value))


STATE_ICONS: dict[State, str] = {"good": "check", "near": "alert-triangle", "bad": "x"}


def state_name(state: State) -> str:
    return {
        "good": _("On target"),
        "near": _("Nearly"),
        "bad": _("Off target"),
        "unknown": _("No target"),
    }[state]


def state_tone(state: State) -> str:
    return {"good": "good", "near": "warning", "bad": "bad"}.get(state, "neutral")


def state_icon(state: State) -> str:
    return STATE_ICONS.get(state, "")
