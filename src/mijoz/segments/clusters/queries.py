"""A run as its page shows it: numbers of groups, cards, a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mijoz.segments import rules, sentences
from mijoz.segments.clusters import finding
from mijoz.segments.clusters.models import ClusterRun
from mijoz.segments.fields import known

RUNS_SHOWN = 8
WIDTH, HEIGHT, EDGE = 640, 360, 12


@dataclass(frozen=True, slots=True)
class MarkInWords:
    label: str
    inside: str
    outside: str
    is_high: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A group: `number` from 1; `sentence` reads its rule, "" without one."""

    number: int
    customers: int
    share: float
    revenue_share: float
    title: str
    marks: list[MarkInWords]
    sentence: str
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    number: int


def runs() -> list[ClusterRun]:
    """The latest runs, newest first."""
    return list(ClusterRun.objects.select_related("asked_by")[:RUNS_SHOWN])


def cards(run: ClusterRun) -> list[Card]:
    """The groups of a run, the largest first."""
    found = (run.result or {}).get("clusters", [])
    return [_card(number, one, run.customers or 1) for number, one in enumerate(found, start=1)]


def _card(number: int, cluster: dict[str, Any], customers: int) -> Card:
    marks = [_mark(one) for one in cluster["marks"] if known(one["field"])]
    high, low = _("%(trait)s: high"), _("%(trait)s: low")
    title = ", ".join((high if mark.is_high else low) % {"trait": mark.label} for mark in marks[:2])
    document, sentence = finding.rule_of(cluster), ""
    if document is not None:
        try:
            sentence = sentences.of_rule(rules.parse(document))
        except rules.RuleRefused:
            document = None
    return Card(
        number=number, customers=cluster["customers"], share=cluster["customers"] / customers,
        revenue_share=cluster["revenue_share"], title=title[:1].upper() + title[1:], marks=marks, sentence=sentence,
        precision=cluster["precision"], recall=cluster["recall"],
    )  # fmt: skip


def _mark(mark: dict[str, Any]) -> MarkInWords:
    key = mark["field"]
    texts = []
    for value in (mark["inside"], mark["outside"]):
        [(label, text)] = sentences.facts([key], {key: value})
        texts.append(text)
    return MarkInWords(label, texts[0], texts[1], mark["effect"] > 0)


def dots(run: ClusterRun) -> list[Dot]:
    """The picture: places in a field of WIDTH times HEIGHT."""
    points = (run.result or {}).get("points", [])
    if not points:
        return []
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    wide, high = max(max(xs) - min(xs), 1e-9), max(max(ys) - min(ys), 1e-9)
    return [
        Dot(
            x=round(EDGE + (x - min(xs)) / wide * (WIDTH - 2 * EDGE), 1),
            y=round(HEIGHT - EDGE - (y - min(ys)) / high * (HEIGHT - 2 * EDGE), 1),
            number=group + 1,
        )
        for x, y, group in points
    ]
