"""The figures that can stand beside a theme, and which ones come ready for each theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.surveys import wording as surveys

Side = Literal["survey", "log"]
SURVEY, LOG = "survey", "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`unit` is share, score, points, hours; without a `target` a figure is set beside its own period before."""

    key: str
    side: Side
    label: str | Promise
    unit: str
    higher_is_better: bool = True
    target: float | None = None


DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")

_ALL = (
    Figure(key="nps", side="survey", label=_("NPS"), unit="points"),
    Figure(key="csat", side="survey", label=_("Satisfaction in surveys"), unit="score"),
    Figure(key="ces", side="survey", label=_("Ease in surveys"), unit="score"),
    *(Figure(key=f"perceived.{key}", side="survey", label=key, unit="score", target=None) for key in DIMENSIONS),
    Figure(key="audit_score", side="log", label=_("Data score of the audit"), unit="score", target=70),
    Figure(key="channels_share", side="log", label=_("Known in more than one channel"), unit="share", target=0.5),
    Figure(key="consent_share", side="log", label=_("Agreed to advertising"), unit="share", target=0.5),
    Figure(
        key="complaint_share", side="log", label=_("Customers who complained"), unit="share", higher_is_better=False
    ),
    Figure(key="first_time_right", side="log", label=_("Right the first time"), unit="share", target=0.8),
    Figure(
        key="resolution_hours",
        side="log",
        label=_("Hours until a case is solved"),
        unit="hours",
        higher_is_better=False,
        target=24,
    ),
    Figure(key="waited_minutes", side="log", label=_("Minutes of waiting"), unit="minutes", higher_is_better=False),
)
FIGURES = {figure.key: figure for figure in _ALL}

READY: dict[str, tuple[str, ...]] = {  # by key of the theme
    "data_quality": ("perceived.reliability", "csat", "audit_score"),
    "staff_skill": ("perceived.assurance", "csat", "first_time_right"),
    "channel_integration": ("ces", "perceived.empathy", "channels_share"),
    "consent": ("nps", "perceived.empathy", "consent_share"),
    "complaints": ("csat", "nps", "complaint_share", "resolution_hours"),
}


def label(figure: Figure) -> str:
    """What it is called on pages; a dimension of service quality by its own name."""
    kind, _point, part = figure.key.partition(".")
    return surveys.part(part) if kind == "perceived" else str(figure.label)
