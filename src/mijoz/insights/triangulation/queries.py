"""Each theme with what survey, interview and log say of it, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mijoz.analysis.intervals import Estimate, share
from mijoz.analysis.triangulation import Judged, Says, against_before, against_target, of_source, together
from mijoz.insights.models import KpiAim, ThemeFigure
from mijoz.insights.triangulation.figures import FIGURES, READY, Figure
from mijoz.insights.triangulation.measuring import NOTHING, Measured, measured
from mijoz.surveys.listening import queries as listening
from mijoz.surveys.listening.models import Passage, Theme
from mijoz.surveys.listening.queries import Finding, Held

QUOTES = 4
EVEN = 0.5  # of passages that are good or bad, as many good as bad


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure beside a theme with what it says; `target` is None when it is set beside the period before."""

    figure: Figure
    measured: Measured
    target: float | None
    says: Says


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said in interviews and open answers: the share of good ones among the good and the bad."""

    finding: Finding
    good_share: Estimate
    says: Says


@dataclass(frozen=True, slots=True)
class Row:
    """A theme with its three sources."""

    theme: Theme
    survey: tuple[Shown, ...]
    heard: Heard
    log: tuple[Shown, ...]
    survey_says: Says
    log_says: Says
    judged: Judged
    quotes: tuple[tuple[Passage, str], ...]


def chosen(theme: Theme, rows: Iterable[ThemeFigure] | None = None) -> dict[str, float | None]:
    """The figures beside a theme with their targets: those chosen, else the ready ones."""
    kept = list(theme.figures.all() if rows is None else rows)
    if kept:
        return {row.figure: row.target for row in kept if row.figure in FIGURES}
    return {key: FIGURES[key].target for key in READY.get(theme.key, ())}


def aims() -> dict[str, float]:
    """Targets of the KPI register, which count where a figure of a theme has none of its own."""
    rows = KpiAim.objects.filter(target__isnull=False).values_list("name", "target")
    return {name: target for name, target in rows if target is not None}


def rows(as_of: date) -> list[Row]:
    """All themes in use, in their order."""
    found, held, wanted = measured(as_of), listening.held(), aims()
    by_theme: dict[int, list[ThemeFigure]] = {}
    for row in ThemeFigure.objects.all():
        by_theme.setdefault(row.theme_id, []).append(row)
    findings = {one.theme.pk: one for one in listening.findings(held)}
    return [
        _row(theme, chosen(theme, by_theme.get(theme.pk, [])), found, findings[theme.pk], held, wanted)
        for theme in listening.themes()
    ]


def _row(
    theme: Theme,
    figures: Mapping[str, float | None],
    found: Mapping[str, Measured],
    finding: Finding,
    held: list[Held],
    wanted: Mapping[str, float],
) -> Row:
    shown = [
        judged_figure(FIGURES[key], found.get(key, NOTHING), target if target is not None else wanted.get(key))
        for key, target in figures.items()
    ]
    survey = tuple(one for one in shown if one.figure.side == "survey")
    log = tuple(one for one in shown if one.figure.side == "log")
    heard = judged_words(finding)
    survey_says, log_says = of_source(one.says for one in survey), of_source(one.says for one in log)
    return Row(
        theme=theme,
        survey=survey,
        heard=heard,
        log=log,
        survey_says=survey_says,
        log_says=log_says,
        judged=together([survey_says, heard.says, log_says]),
        quotes=tuple(listening.quotes(theme.key, held)[:QUOTES]),
    )


def judged_figure(figure: Figure, found: Measured, target: float | None) -> Shown:
    """A figure against its target, without one against the period before."""
    if target is not None:
        says = against_target(found.found, found.n, target=target, higher_is_better=figure.higher_is_better)
    else:
        says = against_before(found.change, found.n, found.n_before, higher_is_better=figure.higher_is_better)
    return Shown(figure, found, target, says)


def judged_words(finding: Finding) -> Heard:
    """Whether surely more of the passages are good than bad; mixed ones speak for neither."""
    told = share(finding.good, finding.good + finding.bad)
    says = against_target(told, finding.good + finding.bad, target=EVEN, higher_is_better=True)
    return Heard(finding, told, "unclear" if says == "nothing" and finding.n else says)
