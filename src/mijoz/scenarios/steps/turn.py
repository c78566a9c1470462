"""What a step is given and gives back: the enrolments that take it at the same moment, and what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from mijoz.business.models import Business
from mijoz.scenarios.definition import Definition
from mijoz.scenarios.log_rows import Done


class Claimed(NamedTuple):
    """An enrolment with a due step. `withheld` is what it goes without, "" for one that is served."""

    id: int
    customer_id: int
    version_id: int
    next_step: int
    offer_until: date | None
    has_reached_goal: bool
    withheld: str = ""
    is_test: bool = False
    waits_since: datetime | None = None
    offer_code: str = ""

    @property
    def done(self) -> Done:
        return (self.id, self.customer_id)


@dataclass(frozen=True, slots=True)
class Course:
    """A version as it runs: its scenario, its number, and its definition."""

    scenario_id: int
    scenario: str  # its key
    number: int
    definition: Definition


@dataclass(slots=True)
class Turn:
    """One turn of enrolments of one version: what they have in common, and what steps leave for later ones."""

    course: Course
    at: datetime
    business: Business
    is_test: bool = False
    reached_goal: frozenset[int] = frozenset()
    offers_until: dict[int, date] = field(default_factory=dict)  # by enrolment: the last day of an offer made now
    codes: dict[int, str] = field(default_factory=dict)  # by enrolment: its own code of that offer
    made: dict[str, dict[int, str]] = field(default_factory=dict)  # by step and enrolment: offers of the offers page
    came_to: dict[str, dict[int, str]] = field(default_factory=dict)  # by step and enrolment: outcomes of this turn

    def until(self, one: Claimed) -> date | None:
        return self.offers_until.get(one.id, one.offer_until)

    def code(self, one: Claimed) -> str:
        return self.codes.get(one.id, one.offer_code)

    @property
    def today(self) -> date:
        return self.at.astimezone(self.business.zone).date()


@dataclass(frozen=True, slots=True)
class Rest:
    """Enrolments that stay at the step until a moment, or until the step `waits_for` has come to its outcome."""

    members: Sequence[Claimed]
    due_at: datetime
    waits_for: str = ""


@dataclass(slots=True)
class Taken:
    """What came of a step: outcomes, each with its detail and members; who goes on before the outcome is known; who
    stays; who was woken too early and waits on until so long after they began."""

    outcomes: list[tuple[str, str, Sequence[Claimed]]] = field(default_factory=list)
    open: list[Claimed] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)
    waits_on: list[tuple[Sequence[Claimed], timedelta]] = field(default_factory=list)

    def wait(self, members: Iterable[Claimed], length: timedelta, *, waits_for: str, at: datetime) -> list[Claimed]:
        """Let them wait for what comes of `waits_for`, so long from when they began; returns those whose time is up."""
        begin: list[Claimed] = []
        waiting: list[Claimed] = []
        over: list[Claimed] = []
        for one in members:
            if one.waits_since is None:
                begin.append(one)
            else:
                (waiting if at < one.waits_since + length else over).append(one)
        if begin:
            self.rests.append(Rest(begin, at + length, waits_for=waits_for))
        if waiting:
            self.waits_on.append((waiting, length))
        return over

    def came_to(self, outcome: str, members: Iterable[Claimed], detail: str = "") -> Taken:
        if found := list(members):
            self.outcomes.append((outcome, detail, found))
        return self


def divided(members: Iterable[Claimed], chosen: Iterable[int]) -> tuple[list[Claimed], list[Claimed]]:
    """Those whose enrolment is among the chosen, and the others."""
    ids = set(chosen)
    yes: list[Claimed] = []
    no: list[Claimed] = []
    for one in members:
        (yes if one.id in ids else no).append(one)
    return yes, no
