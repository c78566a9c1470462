"""Exercises on figures: whether a pilot works, what a change means, where it hurts, who is missing."""

from __future__ import annotations

from random import Random

from django.utils.translation import gettext as _

from mijoz.analysis.intervals import Difference, difference_of_shares
from mijoz.insights.training.exercises.exercise import Exercise, one_right
from mijoz.insights.training.world import World
from mijoz.segments.defaults import DEFAULT_SEGMENTS
from mijoz.segments.models import in_language
from mijoz.ui import formats

FEWEST = 30  # in each group, below which nothing is said


def pilot_result(world: World, chance: Random) -> Exercise:
    """A pilot beside its hold-out: what came of it."""
    case = chance.choice(["works", "nothing", "too_few", "harms"])
    size, beside = (
        (chance.randint(12, 24), chance.randint(6, 12))
        if case == "too_few"
        else (chance.randint(380, 620), chance.randint(260, 340))
    )
    rate = chance.uniform(0.22, 0.34)
    lift = {"works": 0.14, "nothing": 0.015, "too_few": 0.12, "harms": -0.13}[case]
    came, came_beside = round(size * (rate + lift)), round(beside * rate)
    found = difference_of_shares(came, size, came_beside, beside)
    heading = ("", _("Customers"), _("Came back"), _("Share"))
    table = (
        (_("With the scenario"), formats.number(size), formats.number(came), formats.share(came / size)),
        (_("Left aside"), formats.number(beside), formats.number(came_beside), formats.share(came_beside / beside)),
    )
    between = _said(found)
    few = min(size, beside) < FEWEST
    texts = {
        "works": (
            _("It works: go on, and let more customers in."),
            _("The difference is surely above zero: %(between)s.") % {"between": between}
            if case == "works"
            else _("The interval of the difference does not lie above zero, or there are too few: %(between)s.")
            % {"between": between},
        ),
        "nothing": (
            _("No difference can be seen: change something or stop."),
            _("Many took part, and the interval still has zero in it: %(between)s.") % {"between": between}
            if case == "nothing"
            else _("There are fewer than 30 in a group: not seeing a difference means nothing yet.")
            if few
            else _("The interval does not have zero in it: %(between)s.") % {"between": between},
        ),
        "too_few": (
            _("It is too early to say anything."),
            _("Fewer than 30 customers in a group: whatever the shares are, they may be chance.")
            if case == "too_few"
            else _("Hundreds took part: that is enough to see a difference like this one."),
        ),
        "harms": (
            _("It does harm: pause it."),
            _("Fewer came back with it, and surely so: %(between)s.") % {"between": between}
            if case == "harms"
            else _("Nothing shows that fewer come back with it: %(between)s.") % {"between": between},
        ),
    }
    task = _("A pilot has run for two months. Some customers were left aside by chance. What do you make of it?")
    return Exercise(task, one_right(texts, case, chance, keep_order=True), heading=heading, table=table)


def kpi_change(world: World, chance: Random) -> Exercise:
    """A KPI went up or down: whether that is more than chance."""
    case = chance.choice(["better", "worse", "chance"])
    n, m = (
        (chance.randint(900, 1_300), chance.randint(900, 1_300))
        if case != "chance"
        else (chance.randint(90, 160), chance.randint(90, 160))
    )
    rate = chance.uniform(0.38, 0.5)
    shift = {"better": 0.08, "worse": -0.08, "chance": chance.choice([0.03, -0.03])}[case]
    before, after = round(n * rate), round(m * (rate + shift))
    between = _said(difference_of_shares(after, m, before, n))
    heading = (_("Month"), _("Customers"), _("Came back"), _("Share"))
    table = (
        (_("The month before"), formats.number(n), formats.number(before), formats.share(before / n)),
        (_("Last month"), formats.number(m), formats.number(after), formats.share(after / m)),
    )
    told = {"between": between}
    texts = {
        "better": (
            _("It surely became better."),
            (
                _("The whole interval lies above zero: %(between)s.")
                if case == "better"
                else _("The interval of the change does not lie above zero: %(between)s.")
            )
            % told,
        ),
        "worse": (
            _("It surely became worse."),
            (
                _("The whole interval lies below zero: %(between)s.")
                if case == "worse"
                else _("The interval of the change does not lie below zero: %(between)s.")
            )
            % told,
        ),
        "chance": (
            _("It may be chance: wait for another month before you act."),
            (
                _("Zero lies in the interval: %(between)s.")
                if case == "chance"
                else _("Zero does not lie in the interval: %(between)s.")
            )
            % told,
        ),
    }
    task = _("The share of customers who came back has changed. What do you say in the meeting?")
    return Exercise(task, one_right(texts, case, chance, keep_order=True), heading=heading, table=table)


def pain_point(world: World, chance: Random) -> Exercise:
    """Satisfaction by touchpoint: where to begin."""
    places = {
        "queue": _("Queue"),
        "performance": _("The service being done"),
        "order": _("Order taken"),
        "follow_up": _("Follow-up"),
    }
    keys = chance.sample(list(places), 4)
    worst, few, *good = keys
    rows = {
        worst: (chance.uniform(3.1, 3.5), chance.randint(180, 320)),
        few: (chance.uniform(2.5, 2.9), chance.randint(2, 4)),
        **{key: (chance.uniform(4.3, 4.7), chance.randint(150, 400)) for key in good},
    }
    shown = chance.sample(keys, 4)
    table = tuple((places[key], formats.number(rows[key][0], 1), formats.number(rows[key][1])) for key in shown)
    heading = (_("Touchpoint"), _("Satisfaction, of 5"), _("Answers"))
    because = {
        worst: _("The lowest figure that rests on many answers: here most customers are unhappy, surely."),
        few: _("Lower still, but only %(n)s people answered: ask more of them before you change anything.")
        % {"n": rows[few][1]},
        **{key: _("Customers are content here.") for key in good},
    }
    texts = {key: (places[key], because[key]) for key in shown}
    task = _("You can improve one thing this month. Where do you begin?")
    return Exercise(task, one_right(texts, worst, chance, keep_order=True), heading=heading, table=table)


def keep_holdout(world: World, chance: Random) -> Exercise:
    """Somebody wants to serve those who were left aside too."""
    part = chance.choice([10, 20, 30])
    texts = {
        "keep": (
            _("No: leave them aside until the pilot ends, then give it to all if it works."),
            _(
                "Only the comparison shows what the scenario changes. A good one loses a few weeks, a useless one is "
                "found out."
            ),
        ),
        "give": (
            _("Yes: more messages, more sales."),
            _("Afterwards nobody can tell whether customers came because of it or would have come anyway."),
        ),
        "best": (
            _("Only to the best customers among them."),
            _("Then the two groups differ from the start, and the comparison says nothing any more."),
        ),
        "swap": (
            _("Yes, and leave out those who are quiet anyway instead."),
            _("Groups must be drawn by chance. Chosen ones differ in more than the scenario."),
        ),
    }
    task = _(
        "A pilot runs, and %(part)s of the customers are left aside by chance. A colleague wants to send it to them "
        "too. What do you say?"
    )
    return Exercise(task % {"part": formats.share(part / 100, 0)}, one_right(texts, "keep", chance))


def who_is_missing(world: World, chance: Random) -> Exercise:
    """Who answered a survey, by segment."""
    known = {segment.key: in_language(segment.names) for segment in DEFAULT_SEGMENTS}
    silent = chance.choice(["at_risk", "price_sensitive", "new"])
    rows = []
    for key in ("new", "regular", "high_value", "price_sensitive", "at_risk"):
        invited = chance.randint(180, 320)
        answered = round(invited * (chance.uniform(0.03, 0.05) if key == silent else chance.uniform(0.24, 0.34)))
        rows.append(
            (known[key], formats.number(invited), formats.number(answered), formats.share(answered / invited, 0))
        )
    heading = (_("Segment"), _("Invited"), _("Answered"), _("Share"))
    name = {"name": known[silent]}
    texts = {
        "weight": (
            _("It says little of “%(name)s”: weight the segments, and ask these people in another way.") % name,
            _("They answered much more rarely than all others, so the mean is that of the others."),
        ),
        "mean": (
            _("The mean holds for all customers: many answered."),
            _("Many answers of some do not make up for the silence of others."),
        ),
        "drop": (
            _("Leave “%(name)s” out and report the rest as all customers.") % name,
            _("Then the report hides that a segment is missing."),
        ),
        "repeat": (
            _("Send the same survey again to everybody."),
            _("Those who answer will answer again; those who are silent stay silent, and all are disturbed."),
        ),
    }
    task = _("The survey gave a good mean. Before you report it you look at who answered. What do you conclude?")
    return Exercise(task, one_right(texts, "weight", chance), heading=heading, table=tuple(rows))


def _said(found: Difference) -> str:
    low, high = formats.points(found.low), formats.points(found.high)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}
