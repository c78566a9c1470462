"""Pain points in words, each as one sentence."""

from __future__ import annotations

from math import exp
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mijoz.analysis.proof.pain_map import COMPLAINT, FIRST_TIME, RESOLUTION, SATISFACTION, WAITING
from mijoz.insights.dimensions import Names
from mijoz.insights.pain.queries import Behind, Point
from mijoz.ui import formats

LEAST_P_VALUE = 0.0001


def measure(key: str) -> str:
    return {
        WAITING: pgettext("pain point", "Waiting"),
        SATISFACTION: pgettext("pain point", "Satisfaction"),
        FIRST_TIME: _("Not right the first time"),
        RESOLUTION: _("Time until it is resolved"),
        COMPLAINT: pgettext("pain point", "Complaints"),
    }[key]


def who(point: Point, names: Names) -> str:
    """Whose pain it is: a segment, a branch, a channel, or a segment in a branch."""
    spot = point.spot
    return " · ".join(names.of(part, getattr(spot, part)) for part in spot.told_apart_by)


def sentence(point: Point) -> str:
    """How much worse it is than elsewhere."""
    told = {"here": value(point, point.here), "rest": value(point, point.rest)}
    return {
        WAITING: _("They wait %(here)s on average, the others %(rest)s."),
        SATISFACTION: _("They give %(here)s of 5 on average, the others %(rest)s."),
        FIRST_TIME: _(
            "The last case was not right the first time for %(here)s of them, and for %(rest)s of the others."
        ),
        RESOLUTION: _("Their cases typically take %(here)s, those of the others %(rest)s."),
        COMPLAINT: _("They complain %(here)s times in a hundred visits, the others %(rest)s times."),
    }[point.spot.measure] % told


def value(point: Point, group: dict[str, Any]) -> str:
    return figure(point.spot.measure, group["value"])


def figure(measure: str, value: float) -> str:
    """A value of the measure in its unit."""
    if measure == WAITING:
        return formats.duration(round(value) * 60)
    if measure == RESOLUTION:
        return formats.duration(round(exp(value)) * 60)
    if measure == FIRST_TIME:
        return formats.share(value, 0)
    if measure == COMPLAINT:
        return formats.number(value * 100, 1)
    return formats.number(value, 2)


def stake(point: Point, currency: str) -> str:
    """The money at stake with its formula."""
    return _(
        "At stake: %(stake)s a year. That is the revenue of these customers in the last 12 months (%(revenue)s) × the "
        "%(excess)s of them who fare badly beyond the share among the others."
    ) % {
        "stake": formats.money(point.at_stake, currency, short=True),
        "revenue": formats.money(point.here["revenue"], currency, short=True),
        "excess": formats.share(point.excess, 0),
    }


def badly(key: str) -> str:
    """What faring badly means for the measure."""
    return {
        WAITING: _("Badly means: waiting on average over one and a half times as long as is usual there."),
        SATISFACTION: _("Badly means: giving 3 or less on average."),
        FIRST_TIME: _("Badly means: the last case was not right the first time."),
        RESOLUTION: _("Badly means: cases take over twice as long as is usual there."),
        COMPLAINT: _("Badly means: complaining over twice as often for each visit as is usual there."),
    }[key]


def customers(point: Point) -> str:
    """How many it is about, and how many of them suffer from it."""
    n = int(point.here["n"])
    affected = round(point.affected)
    return ngettext(
        "%(n)s customer, about %(affected)s of them worse off than elsewhere",
        "%(n)s customers, about %(affected)s of them worse off than elsewhere",
        n,
    ) % {"n": formats.number(n), "affected": formats.number(affected)}


def sureness(point: Point, comparisons: int) -> str:
    """How sure it is, all comparisons taken together."""
    if point.p_value < LEAST_P_VALUE:
        p_value = "< " + formats.number(LEAST_P_VALUE, 4)
    else:
        p_value = "= " + formats.number(point.p_value, 4)
    return _("Beyond chance: p %(p)s after correction for %(n)s comparisons.") % {
        "p": p_value,
        "n": formats.number(comparisons),
    }


def lived(spot_measure: str, one: Behind) -> str:
    """What a customer behind a pain point lived."""
    if spot_measure == FIRST_TIME:
        return _("not right the first time") if one.value else _("right the first time")
    if spot_measure == COMPLAINT:
        return ngettext("%(n)s complaint", "%(n)s complaints", one.times) % {"n": formats.number(one.times)}
    return figure(spot_measure, one.value)


def unit(key: str) -> str:
    """In what the picture is drawn."""
    return {
        WAITING: _("Minutes of waiting"),
        SATISFACTION: _("Mean score, 1 to 5"),
        FIRST_TIME: _("Share of customers"),
        RESOLUTION: _("Hours, geometric mean"),
        COMPLAINT: _("Complaints for each visit"),
    }[key]
