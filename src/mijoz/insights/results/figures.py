"""The figures of a month as plain values: what is kept, and what the words are made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

FEWEST = 30  # below, a figure is shown with a warning


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its 95 % interval; `count` is what it rests on. A `value` of None was not measured.

    `facts` are further numbers and keys that its words need, such as the plain rule of a forecast.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    count: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_small(self) -> bool:
        return self.value is not None and self.count < FEWEST


NOT_MEASURED = Figure()


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    """A segment at the month's end: its customers, how many of them bought, and what most of those bought."""

    key: str
    names: dict[str, str]
    customers: int
    before: int
    buyers: int
    favourite: str = ""
    favourite_buyers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The report of a month: its figures, those of the month before, the segments, and the aims of that time."""

    month: str  # 2026-03
    business: str
    currency: str
    now: dict[str, Figure]
    before: dict[str, Figure]
    aims: dict[str, float | None]
    segments: tuple[SegmentLine, ...] = ()

    @property
    def first(self) -> date:
        return date.fromisoformat(f"{self.month}-01")

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"segments": [asdict(one) for one in self.segments]}


def read(document: dict[str, Any]) -> Figures:
    """The figures of a document that was kept."""
    return Figures(
        month=document["month"],
        business=document["business"],
        currency=document["currency"],
        now={key: Figure(**figure) for key, figure in document["now"].items()},
        before={key: Figure(**figure) for key, figure in document["before"].items()},
        aims=document["aims"],
        segments=tuple(SegmentLine(**one) for one in document["segments"]),
    )
