"""Reads for the page of channel and hours: what was learned of everybody or of one segment, as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mijoz.analysis.learning import bandit
from mijoz.customers.wording import channel as channel_name
from mijoz.scenarios.choosing.hours import PARTS, WORKDAYS
from mijoz.scenarios.choosing.models import Lesson, SegmentCount
from mijoz.segments.models import Segment


@dataclass(frozen=True, slots=True)
class Cell:
    """A channel in a part of the day: what really happened, and the share of answers expected; `warmth` from 0 to 1."""

    messages: int
    answers: int
    expected: float
    warmth: float
    is_best: bool


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    is_workday: bool
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Map:
    """The heat map of one segment, "" for everybody."""

    segment: str
    channels: list[str]  # their names
    rows: list[Row]
    messages: int
    answers: int

    @property
    def best(self) -> tuple[str, Row, Cell] | None:
        """The channel and the hours that are expected to do best; None when nobody was written to."""
        if not self.messages:
            return None
        found = [
            (name, row, cell)
            for row in self.rows
            for name, cell in zip(self.channels, row.cells, strict=True)
            if cell.is_best
        ]
        return found[0] if found else None


def segments() -> list[Segment]:
    return list(Segment.objects.filter(is_default=True).order_by("order"))


def heat_map(segment: str) -> Map:
    """What was learned: of a default segment by its key, of everybody for ""."""
    counts = list(SegmentCount.objects.all())
    channels = sorted({one.channel for one in counts})
    keys = ["", *(found.key for found in segments())]
    shape = (len(keys), len(channels), len(PARTS))
    sent, answered, real = np.zeros(shape), np.zeros(shape), np.zeros((*shape, 2), dtype=np.int64)
    for one in counts:
        place = (keys.index(one.segment) if one.segment in keys else 0, channels.index(one.channel), one.part)
        sent[place] += one.sent
        answered[place] += one.answered
        real[place] += (one.messages, one.answers)
    if segment not in keys:
        segment = ""
    if segment:
        row = keys.index(segment)
        expected = bandit.learn(bandit.Counts(sent, answered)).rates()[row] if channels else np.zeros(shape[1:])
        shown = real[row]
    else:
        whole = bandit.Counts(sent.sum(axis=0, keepdims=True), answered.sum(axis=0, keepdims=True))
        expected = bandit.learn(whole).rates()[0] if channels else np.zeros(shape[1:])
        shown = real.sum(axis=0)
    return Map(
        segment=segment,
        channels=[channel_name(channel) for channel in channels],
        rows=_rows(expected, shown),
        messages=int(shown[..., 0].sum()),
        answers=int(shown[..., 1].sum()),
    )


def _rows(expected: bandit.Floats, shown: np.ndarray) -> list[Row]:
    least, most = (expected.min(), expected.max()) if expected.size else (0.0, 0.0)
    best = int(expected.argmax()) if expected.size else -1
    return [
        Row(
            name=part.name,
            is_workday=part.days == WORKDAYS,
            cells=[
                Cell(
                    messages=int(shown[channel, place, 0]),
                    answers=int(shown[channel, place, 1]),
                    expected=float(expected[channel, place]),
                    warmth=float((expected[channel, place] - least) / (most - least)) if most > least else 0.0,
                    is_best=channel * len(PARTS) + place == best,
                )
                for channel in range(len(expected))
            ],
        )
        for place, part in enumerate(PARTS)
    ]


def lesson() -> Lesson | None:
    """The last lesson."""
    return Lesson.objects.first()


def is_learned_after(number: int) -> bool:
    return Lesson.objects.filter(pk__gt=number).exists()
