"""What customers answer when they are asked, out of what they lived: planted coefficients, written to the truth.

Four surveys ask about a visit: service quality expected and perceived (22 statements), recommendation, ease, and the
six indicators of personalisation. What a customer perceived of a dimension is

    PERCEIVED + own view + what the visit was like (LIVED) + what a pilot scenario added + chance

and each statement is that with chance of its own, rounded to 1 to 7. Both what an enrolled customer would perceive when
treated and when held out are drawn from the same chance: the mean of their difference is the planted effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis.simulator.cases import Cases
from mijoz.analysis.simulator.kinds import KINDS, Flags, Floats, Ints
from mijoz.analysis.simulator.log import Story
from mijoz.analysis.simulator.period import DAY_SECONDS
from mijoz.analysis.simulator.pilots import PILOTS
from mijoz.analysis.simulator.purchases import ANONYMOUS
from mijoz.analysis.simulator.responses import EAGERNESS
from mijoz.analysis.simulator.visits import PRIORITY_WAIT_FACTOR

DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
ITEMS = (4, 5, 4, 4, 5)
INDICATORS = (
    "fitting_offer",
    "fitting_channel",
    "fitting_time",
    "individual_treatment",
    "proactive_service",
    "protocol_followed",
)
HIGH = 7
EXPECTED = np.array([5.6, 6.1, 5.9, 6.0, 5.7])
PERCEIVED = np.array([5.6, 5.7, 5.6, 5.6, 5.2])  # of a visit without waiting at which nothing went wrong
LIVED: dict[str, dict[str, float]] = {
    "ten_minutes_of_waiting": {"responsiveness": -0.45},
    "not_right_the_first_time": {"reliability": -1.3, "assurance": -0.4},
    "case_not_right_the_first_time": {"reliability": -1.1},
    "complained": {"empathy": -0.5, "assurance": -0.3},
}
CASE_REMEMBERED_DAYS = 120
SPREAD_OF_VIEWS = 0.4  # between customers, of all dimensions alike
SPREAD_OF_VISITS = 0.35
SPREAD_OF_ITEMS = 0.6

# Which share of visits is asked about, by survey; so many of those answer, by the eagerness of their kind.
ASKED = {"servqual": 0.45, "nps": 0.2, "ces": 0.08, "indicators": 0.12}
ANSWERED_SHARE = 0.42
SURVEYS = tuple(ASKED)

RESPONSE_SCHEMA: dict[str, Any] = {
    "survey": pl.String,  # key and kind
    "customer_number": pl.String,
    "episode": pl.String,  # reference of the visit
    "branch": pl.String,
    "channel": pl.String,
    "language": pl.String,
    "segment": pl.String,  # the kind of the customer
    "invited_at": pl.Datetime("us", "UTC"),
    "answered_at": pl.Datetime("us", "UTC"),  # null when not answered
    "answers": pl.List(pl.Int64),  # in the order of the ready questions; null when not answered
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked about which visit by one survey; `answers` has a row for each who answered, one column a question.

    `perceived` and `expected` are means by dimension, of the survey of service quality alone.
    """

    survey: str
    purchase: Ints
    answered: Flags
    answers: Ints
    perceived: Floats | None = None
    expected: Floats | None = None

    @property
    def who(self) -> Ints:
        """The purchases of those who answered."""
        return self.purchase[self.answered]


@dataclass(frozen=True, slots=True)
class Lived:
    """What each purchase was like for the customer, treated as it was and had it been the other way round."""

    waited_tens: Floats
    waited_tens_if_treated: Floats
    waited_tens_if_held_out: Floats
    complained: Flags
    not_right: Flags
    bad_case: Flags
    pilot: Ints  # place in PILOTS of those enrolled before the visit, else -1
    treated: Flags


def lived_by(story: Story, cases: Cases, *, not_right: Flags) -> Lived:
    """What all purchases were like."""
    purchases, enrolments = story.purchases, story.enrolments
    known = purchases.customer != ANONYMOUS
    people = len(story.lives_kind)
    day_enrolled = np.full(people, np.iinfo(np.int32).max)
    place, is_treated = np.full(people, -1), np.zeros(people, dtype=bool)
    day_enrolled[enrolments.customer] = enrolments.day
    place[enrolments.customer] = enrolments.pilot
    is_treated[enrolments.customer] = enrolments.treated
    enrolled = known & (purchases.day > day_enrolled[purchases.customer])
    pilot = np.where(enrolled, place[purchases.customer], -1)
    treated = enrolled & is_treated[purchases.customer]

    waited = story.visits.waited_minutes / 10
    served_first = np.append([one.priority > 0 for one in PILOTS], False)[pilot]
    return Lived(
        waited_tens=waited,
        waited_tens_if_treated=np.where(served_first & ~treated, waited * PRIORITY_WAIT_FACTOR, waited),
        waited_tens_if_held_out=np.where(served_first & treated, waited / PRIORITY_WAIT_FACTOR, waited),
        complained=story.visits.complained,
        not_right=not_right,
        bad_case=_remembered(story, cases),
        pilot=pilot,
        treated=treated,
    )


def ask(rng: np.random.Generator, story: Story, survey: str) -> tuple[Ints, Flags]:
    """The purchases that a survey asks about, and which of them are answered."""
    known = story.purchases.customer != ANONYMOUS
    purchase = np.flatnonzero(known & (rng.random(len(known)) < ASKED[survey]))
    eager = np.array([EAGERNESS[kind.key] for kind in KINDS])[story.lives_kind[story.purchases.customer[purchase]]]
    return purchase, rng.random(len(purchase)) < ANSWERED_SHARE * eager


def draw_views(rng: np.random.Generator, story: Story) -> Floats:
    """How much better or worse each customer sees everything than others do."""
    return rng.normal(0.0, SPREAD_OF_VIEWS, len(story.lives_kind))


def draw_servqual(
    rng: np.random.Generator, story: Story, lived: Lived, views: Floats, *, effect: float
) -> tuple[Asked, dict[str, Any]]:
    """The long form with its truth: the planted effect of each pilot on each dimension."""
    purchase, answered = ask(rng, story, "servqual")
    who = purchase[answered]
    chance = (
        views[story.purchases.customer[who]][:, None]
        + rng.normal(0.0, SPREAD_OF_VISITS, (len(who), len(DIMENSIONS)))
    )  # fmt: skip
    noise = rng.normal(0.0, SPREAD_OF_ITEMS, (len(who), sum(ITEMS)))
    wish = rng.normal(0.0, SPREAD_OF_VIEWS, (len(who), 1)) + rng.normal(0.0, SPREAD_OF_ITEMS, (len(who), sum(ITEMS)))
    of = np.repeat(np.arange(len(DIMENSIONS)), ITEMS)

    def items(treated: Flags, waited_tens: Floats) -> Ints:
        level = chance + _level(lived, who, waited_tens=waited_tens, treated=treated, effect=effect)
        return np.clip(np.rint(level[:, of] + noise), 1, HIGH).astype(np.int64)

    seen = items(lived.treated[who], lived.waited_tens[who])
    yes, no = np.ones(len(who), dtype=bool), np.zeros(len(who), dtype=bool)
    if_treated = _means(items(yes, lived.waited_tens_if_treated[who]))
    if_held_out = _means(items(no, lived.waited_tens_if_held_out[who]))
    wanted = np.clip(np.rint(EXPECTED[of] + wish), 1, HIGH).astype(np.int64)
    truth = _effects(lived.pilot[who], story.purchases.customer[who], if_treated - if_held_out)
    satisfied = np.clip(np.rint(4.2 + 0.6 * (seen.mean(axis=1) - 5.4) + rng.normal(0.0, 0.5, len(who))), 1, 5)
    answers = np.column_stack([seen, wanted, satisfied]).astype(np.int64)
    asked = Asked("servqual", purchase, answered, answers, _means(seen), _means(wanted))
    return asked, truth


def draw_short(rng: np.random.Generator, story: Story, lived: Lived, views: Floats, *, effect: float) -> list[Asked]:
    """Recommendation (0 to 10), ease (1 to 7), and the indicators (1 to 5) with what goes with them."""
    found = []
    for survey in ("nps", "ces", "indicators"):
        purchase, answered = ask(rng, story, survey)
        who = purchase[answered]
        waited, view = lived.waited_tens[who], views[story.purchases.customer[who]]
        wrong = 1.0 * lived.not_right[who] + 0.7 * lived.bad_case[who]
        if survey == "ces":
            level = 6.2 + view - 0.35 * waited - 0.9 * wrong
            answers = np.clip(np.rint(level + rng.normal(0.0, 0.8, len(who))), 1, 7)[:, None]
        else:
            personal = _indicators(rng, lived, who, view, effect=effect)
            better = (personal.mean(axis=1) - 3.8) * 0.8
            unhappy = 0.5 * waited + 1.6 * wrong + 1.2 * lived.complained[who]
            nps = np.clip(np.rint(8.7 + 1.2 * view + better - unhappy + rng.normal(0.0, 1.3, len(who))), 0, 10)
            answers = nps[:, None]
            if survey == "indicators":
                csat = 4.5 + 0.6 * better - 0.4 * waited - 0.6 * wrong - 1.2 * lived.complained[who]
                csat = np.clip(np.rint(csat + rng.normal(0.0, 0.6, len(who))), 1, 5)
                safe, fast = (np.clip(np.rint(level + rng.normal(0.0, 0.8, len(who))), 1, 5)
                              for level in (4.1 + view, 4.4 + view - 0.4 * waited))  # fmt: skip
                answers = np.column_stack([personal, safe, fast, csat, nps])
        found.append(Asked(survey, purchase, answered, answers.astype(np.int64)))
    return found


def truth_of_answers(gaps: dict[str, Any]) -> dict[str, Any]:
    """The planted coefficients, JSON-able."""
    return {"lived": {"perceived": LIVED, "case_remembered_days": CASE_REMEMBERED_DAYS}, "gap_effects": gaps}


def _level(lived: Lived, who: Ints, *, waited_tens: Floats, treated: Flags, effect: float) -> Floats:
    """What is perceived of each dimension without chance, shape (answers, dimensions)."""
    happened: dict[str, Floats | Flags] = {
        "ten_minutes_of_waiting": waited_tens,
        "not_right_the_first_time": lived.not_right[who],
        "case_not_right_the_first_time": lived.bad_case[who],
        "complained": lived.complained[who],
    }
    level = np.tile(PERCEIVED, (len(who), 1))
    for what, amount in happened.items():
        level += amount[:, None] * _by_dimension(LIVED[what])
    lifts = np.array([*(_by_dimension(pilot.gap_lift) for pilot in PILOTS), np.zeros(len(DIMENSIONS))])
    return level + lifts[lived.pilot[who]] * (effect * treated[:, None])


def _by_dimension(lifts: dict[str, float]) -> Floats:
    return np.array([lifts.get(dimension, 0.0) for dimension in DIMENSIONS])


def _means(items: Ints) -> Floats:
    """Of each respondent the mean of each dimension."""
    starts = np.concatenate([[0], np.cumsum(ITEMS)[:-1]])
    return np.asarray(np.add.reduceat(items, starts, axis=1) / np.array(ITEMS))


def _effects(pilot: Ints, customer: Ints, difference: Floats) -> dict[str, Any]:
    """The mean difference by pilot and dimension over customers who answered after they were enrolled, each counted
    once by the mean of their answers, with how many they are."""
    truth: dict[str, Any] = {}
    for place, one in enumerate(PILOTS):
        mine = pilot == place
        who, number = np.unique(customer[mine], return_inverse=True)
        count = np.bincount(number, minlength=len(who))
        own = [np.bincount(number, column, minlength=len(who)) / count for column in difference[mine].T]
        effects = [float(column.mean()) if len(who) else None for column in own]
        truth[one.key] = {"customers": len(who), **dict(zip(DIMENSIONS, effects, strict=True))}
    return truth


def _indicators(rng: np.random.Generator, lived: Lived, who: Ints, view: Floats, *, effect: float) -> Floats:
    """The six indicators, 1 to 5: better for those whom a pilot treated with what the indicator asks about."""
    treated = lived.treated[who]
    served = {
        "fitting_offer": [bool(pilot.offer) for pilot in PILOTS],
        "individual_treatment": [pilot.priority > 0 for pilot in PILOTS],
        "proactive_service": [bool(pilot.task) for pilot in PILOTS],
    }
    level = np.full((len(who), len(INDICATORS)), 3.8) + view[:, None]
    for name, does in served.items():
        level[:, INDICATORS.index(name)] += 0.7 * effect * treated * np.append(does, False)[lived.pilot[who]]
    level[:, INDICATORS.index("fitting_time")] -= 0.2 * lived.waited_tens[who]
    level[:, INDICATORS.index("protocol_followed")] -= 0.9 * lived.not_right[who]
    return np.asarray(np.clip(np.rint(level + rng.normal(0.0, 0.7, level.shape)), 1, 5))


def _remembered(story: Story, cases: Cases) -> Flags:
    """For each purchase whether a case of the customer was not right the first time in the days before."""
    bad = np.flatnonzero(~cases.first_time)
    span = story.period.days + CASE_REMEMBERED_DAYS + 1
    keys = np.sort(story.purchases.customer[cases.purchase[bad]] * span + cases.opened[bad] // DAY_SECONDS)
    visits = story.purchases.customer * span + story.purchases.day
    before = np.searchsorted(keys, visits, side="left") - 1
    latest = np.where(before >= 0, keys[np.maximum(before, 0)], -span) if len(keys) else np.full(len(visits), -span)
    return (story.purchases.customer != ANONYMOUS) & (visits - latest <= CASE_REMEMBERED_DAYS)
