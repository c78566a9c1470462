"""Proofs in words: one sentence for the answer, then its doubts and what would make it surer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mijoz.analysis.intervals import Difference
from mijoz.analysis.proof.always_valid import FEWEST_IN_AN_ARM
from mijoz.analysis.proof.series import METRICS
from mijoz.insights.models import Comparison, PilotPlan
from mijoz.insights.proof.queries import ProofPage
from mijoz.insights.proof.reading import Reading, State
from mijoz.insights.wording import figure
from mijoz.insights.wording import verdict_name as verdict_name_on_board
from mijoz.ui import formats

LEANING = 0.2  # errors that lean more than this on the one before are told of
UNLIKE = 0.05
UNDECIDED = ("too_few", "no_difference_seen")
FORETELLS_LITTLE = 0.95  # of the variance left by CUPED

STATES: dict[str, str | Promise] = {
    "planned": gettext_lazy("Planned"),
    "running": gettext_lazy("Running"),
    "decided": gettext_lazy("Decided"),
    "broken": gettext_lazy("Broken"),
}
STATE_TONES = {"planned": "neutral", "running": "accent", "decided": "brand", "broken": "bad"}
VERDICTS: dict[str, str | Promise] = {
    "works": gettext_lazy("Works"),
    "harms": gettext_lazy("Harms"),
    "no_difference_seen": gettext_lazy("No difference seen"),
    "too_few": gettext_lazy("Too few to tell"),
    "broken": gettext_lazy("Cannot be trusted"),
    "planned": gettext_lazy("Not started"),
}
VERDICT_TONES = {"works": "good", "harms": "bad", "broken": "bad"}
KINDS: dict[str, str | Promise] = {
    "plan": gettext_lazy("Pilot with a plan"),
    "scenario": gettext_lazy("Scenario without a plan"),
    "before_after": gettext_lazy("Before and after"),
    "differences": gettext_lazy("Difference in differences"),
}
METRIC_NAMES: dict[str, str | Promise] = {
    "revenue": gettext_lazy("Revenue"),
    "purchases": gettext_lazy("Purchases"),
    "average_check": gettext_lazy("Average check"),
    "satisfaction": gettext_lazy("Satisfaction"),
    "complaint_rate": gettext_lazy("Complaints for each purchase"),
    "waiting": gettext_lazy("Waiting, minutes"),
    "service_time": gettext_lazy("Service time, minutes"),
}


def signed(value: float | None, currency: str) -> str:
    """A difference in money with its sign."""
    return formats.signed(figure(value, "money", currency, short=True))


def difference(value: float | None, *, of_money: bool, currency: str) -> str:
    """A difference on a pilot's goal: points, or money."""
    return signed(value, currency) if of_money else formats.points(value).replace(" ", formats.SPACE)


def smallest(plan: PilotPlan, currency: str) -> str:
    return difference(plan.smallest, of_money=plan.of_money, currency=currency)


def _of_arms(reading: Reading, currency: str) -> dict[str, str]:
    treated, held = reading.compared.treated, reading.compared.held_out
    if reading.pilot.of_money:
        with_it = figure(treated.spent / treated.n if treated.n else None, "money", currency, short=True)
        without = figure(held.spent / held.n if held.n else None, "money", currency, short=True)
    else:
        with_it = formats.share(treated.reached / treated.n if treated.n else None)
        without = formats.share(held.reached / held.n if held.n else None)
    return {"with": with_it, "without": without}


def sentence(reading: Reading, currency: str) -> str:
    """The answer in one sentence."""
    plan = reading.pilot.plan
    if plan is not None and plan.started_at is None:
        return _("Not started: the plan wants %(customers)s customers and is fixed when the pilot starts.") % {
            "customers": formats.number(plan.customers)
        }
    if reading.is_mismatched:
        return _("It cannot be told: the groups are not as chance makes them, so their difference says nothing.")
    told = _of_arms(reading, currency) | {
        "treated": formats.number(reading.compared.treated.n),
        "held_out": formats.number(reading.compared.held_out.n),
        "fewest": formats.number(FEWEST_IN_AN_ARM),
        **_ends(reading.answer, reading, currency),
    }
    if reading.verdict == "too_few":
        return (
            _(
                "Too few to tell: %(treated)s customers with it and %(held_out)s without it have had their time, "
                "and at least %(fewest)s are needed in each group."
            )
            % told
        )
    sentences = {
        ("works", True): _(
            "It works: with it a customer brought %(with)s, without it %(without)s, "
            "a difference of %(difference)s (between %(low)s and %(high)s)."
        ),
        ("harms", True): _(
            "It harms: with it a customer brought %(with)s, without it %(without)s, "
            "a difference of %(difference)s (between %(low)s and %(high)s)."
        ),
        ("no_difference_seen", True): _(
            "No difference seen: with it a customer brought %(with)s, without it %(without)s, "
            "and the true difference may lie anywhere between %(low)s and %(high)s."
        ),
        ("works", False): _(
            "It works: with it %(with)s reached the goal, without it %(without)s, "
            "a difference of %(difference)s (between %(low)s and %(high)s)."
        ),
        ("harms", False): _(
            "It harms: with it %(with)s reached the goal, without it %(without)s, "
            "a difference of %(difference)s (between %(low)s and %(high)s)."
        ),
        ("no_difference_seen", False): _(
            "No difference seen: with it %(with)s reached the goal, without it %(without)s, "
            "and the true difference may lie anywhere between %(low)s and %(high)s."
        ),
    }
    return sentences[reading.verdict.value, reading.pilot.of_money] % told


def _ends(found: Difference, reading: Reading, currency: str) -> dict[str, str]:
    ends = {"difference": found.value, "low": found.low, "high": found.high}
    return {name: difference(end, of_money=reading.pilot.of_money, currency=currency) for name, end in ends.items()}


def mismatch(reading: Reading) -> str:
    """What is wrong with the groups' sizes; empty when nothing is."""
    ratio = reading.ratio
    if ratio is None or not ratio.mismatch or reading.expected_share is None:
        return ""
    n = reading.enrolled_in_all
    return _(
        "Of %(customers)s customers %(held_out)s were kept for comparison, and it should be about %(expected)s: chance "
        "does that less than once in %(once)s times. Something lets customers into one group rather than the other: "
        "an import that knows only those who were served, somebody who enrols by hand, customers who were erased. "
        "Find it before anybody believes a figure on this page."
    ) % {
        "customers": formats.number(n),
        "held_out": formats.number(reading.enrolled_held_out),
        "expected": formats.number(round(n * reading.expected_share)),
        "once": formats.number(round(1 / max(ratio.p_value or 0.0, 1e-6))),
    }


def ratio_holds(reading: Reading) -> str:
    """That the groups are as they should be; empty where that cannot be said."""
    ratio = reading.ratio
    if ratio is None or ratio.mismatch or ratio.holdout_share is None or reading.expected_share is None:
        return ""
    return _("The groups are as chance makes them: %(share)s were kept for comparison, %(expected)s was planned.") % {
        "share": formats.share(ratio.holdout_share),
        "expected": formats.share(reading.expected_share),
    }


def doubts(page: ProofPage) -> list[str]:
    """What speaks against the answer, the gravest first."""
    return list(_doubts(page))


def _doubts(page: ProofPage) -> Iterator[str]:
    reading, plan = page.reading, page.reading.pilot.plan
    if plan is None:
        yield _("No goal was fixed before it started, so this reads like a pilot and is weaker than one.")
    if plan is not None and plan.method == PilotPlan.Method.POOLED:
        yield _("The plan said that it cannot tell enough by itself: read it with the others, which is weaker.")
    if reading.was_changed and reading.pilot.changed_at is not None:
        yield _(
            "The scenario was changed on %(day)s: that ended the comparison, which holds those enrolled before."
        ) % {"day": formats.day(reading.pilot.changed_at)}
    if reading.compared.customers and reading.compared.smaller_arm < FEWEST_IN_AN_ARM:
        yield _("The smaller group has %(n)s customers: one more or less would change the picture.") % {
            "n": formats.number(reading.compared.smaller_arm)
        }
    if reading.waiting:
        yield ngettext(
            "%(n)s customer is enrolled whose %(days)s days are not over, and does not count yet.",
            "%(n)s customers are enrolled whose %(days)s days are not over, and do not count yet.",
            reading.waiting,
        ) % {"n": formats.number(reading.waiting), "days": formats.number(reading.pilot.window_days)}
    if page.fidelity is not None and not page.fidelity.is_good:
        yield _("Only %(share)s of what staff had to do was done: this may be the delivery and not the scenario.") % {
            "share": formats.share(page.fidelity.share)
        }
    if reading.pilot.definition.holdout_of != "everything":
        yield _("Those kept for comparison went without a part only, so the effect is that of the part.")
    money = reading.compared.money.answer
    if money.low is not None and money.high is not None and not reading.pilot.of_money and money.low <= 0 <= money.high:
        yield _("In money the difference is not told apart from none yet: a few large purchases weigh much.")
    if reading.pilot.definition.again_after_days is not None:
        yield _("A customer counts once, by the first time in it; what later times did is not in here.")


def surer(page: ProofPage) -> list[str]:
    """What would make the answer surer."""
    return list(_surer(page))


def _surer(page: ProofPage) -> Iterator[str]:
    reading, plan = page.reading, page.reading.pilot.plan
    if reading.is_mismatched:
        yield _("Find out why the groups are uneven, mend it, and start a new pilot: no figure mends it afterwards.")
        return
    if reading.was_changed:
        yield _("Plan a new pilot for the scenario as it is now.")
    elif reading.missing and reading.verdict in UNDECIDED:
        told = {"n": formats.number(_rounded(reading.missing)), "weeks": _weeks(reading)}
        if not told["weeks"] and plan is not None and plan.ends_on is not None and plan.ends_on > reading.as_of:
            yield _("About %(n)s customers more: by the plan that is until %(day)s.") % {
                "n": told["n"],
                "day": formats.day(plan.ends_on),
            }
        elif told["weeks"]:
            yield _("About %(n)s customers more: at the present pace that is %(weeks)s weeks.") % told
        else:
            yield _("About %(n)s customers more; at present nobody is being enrolled.") % told
    elif reading.waiting and reading.verdict in UNDECIDED:
        yield _("Wait: enough are enrolled, and the last of them has had the time in %(days)s days.") % {
            "days": formats.number(reading.pilot.window_days)
        }
    share = reading.expected_share
    if share is not None and 0 < share < 0.35 and reading.verdict in UNDECIDED:
        yield _("A larger hold-out: half and half tells soonest; now %(share)s are kept for comparison.") % {
            "share": formats.share(share)
        }
    left = reading.measured.variance_left
    if left is not None and left > FORETELLS_LITTLE:
        yield _("A longer history: what these customers did before foretells little of what they did afterwards.")
    if plan is None:
        yield _("A plan made before it starts: the goal is fixed, and nobody can pick the one that looks best.")
    if page.fidelity is not None and not page.fidelity.is_good:
        yield _("Staff who do what the scenario asks of them: see its page for which step and which branch.")


def _weeks(reading: Reading) -> str:
    if not reading.a_week:
        return ""
    return formats.number(max(1, round(reading.missing / reading.a_week + reading.pilot.window_days / 7)))


def beside_board(page: ProofPage) -> str:
    """Whether the KPI board says the same, and if not, why."""
    board, reading = page.board, page.reading
    if board is None or (reading.pilot.plan is not None and reading.pilot.plan.started_at is None):
        return ""
    said = {
        "board": verdict_name_on_board(board),
        "here": str(VERDICTS["broken" if reading.is_mismatched else reading.verdict.value]),
        "n": formats.number(board.treated + board.held_out),
        "counted": formats.number(reading.compared.customers),
    }
    if said["board"] == said["here"]:
        return _("The KPI board says the same: “%(board)s”.") % said
    if reading.is_mismatched:
        return _("The KPI board says “%(board)s”, without asking whether the groups are as chance makes them.") % said
    if reading.pilot.of_money:
        return (
            _(
                "The KPI board says “%(board)s”: it asks who reached the goal, what was fixed here is revenue for "
                "each customer."
            )
            % said
        )
    if board.treated + board.held_out != reading.compared.customers:
        return (
            _(
                "The KPI board says “%(board)s”: it counts all %(n)s who were ever enrolled by its day, this page "
                "the %(counted)s of the pilot, with an interval that stays right however often you look."
            )
            % said
        )
    return (
        _(
            "The KPI board says “%(board)s”, here it is “%(here)s”: the board's interval is right for one look, this "
            "one stays right however often you look, and is wider for it."
        )
        % said
    )


def money_sentence(reading: Reading, currency: str) -> str:
    """What came of it in money over all who were treated."""
    found = reading.worth
    if found is None or reading.is_mismatched:
        return ""
    told = {
        "n": formats.number(reading.compared.treated.n),
        "revenue": signed(found.revenue.value, currency),
        "low": signed(found.revenue.low, currency),
        "high": signed(found.revenue.high, currency),
        "gain": signed(found.gain.value, currency),
        "gain_low": signed(found.gain.low, currency),
        "gain_high": signed(found.gain.high, currency),
        "cost": formats.money(found.cost, currency, short=True),
        "ratio": formats.number(found.ratio, 1),
    }
    if found.ratio is None:
        return _("Over %(n)s customers it brought %(revenue)s of revenue (between %(low)s and %(high)s).") % told
    return (
        _(
            "Over %(n)s customers it brought %(revenue)s of revenue (between %(low)s and %(high)s) and "
            "cost %(cost)s, "
            "which leaves %(gain)s (between %(gain_low)s and %(gain_high)s): %(ratio)s back for each 1 spent."
        )
        % told
    )


def segments_sentence(page: ProofPage) -> str:
    """Whether it is fair to speak of where it works best."""
    rows, differs = page.segments.rows, page.segments.differs
    if len(rows) < 2:
        return _("All of them came from one segment, so there is nothing to compare.")
    if differs is None:
        return ""
    told = {"p": formats.number(differs, 3)}
    if differs < UNLIKE:
        return _("It does not do the same everywhere (p = %(p)s): it is fair to look where it works best.") % told
    return _("That it does the same everywhere is not ruled out (p = %(p)s): take no segment for the best one.") % told


def progress(reading: Reading) -> float | None:
    """How far the plan is, by customers who have had their time."""
    wanted = reading.pilot.wanted
    return min(1.0, reading.compared.customers / wanted) if wanted else None


def counts(reading: Reading) -> str:
    return _("%(treated)s with it, %(held_out)s without it") % {
        "treated": formats.number(reading.enrolled_treated),
        "held_out": formats.number(reading.enrolled_held_out),
    }


# Comparisons without a hold-out.


def metric_figure(metric: str, value: float | None, currency: str) -> str:
    """A value of a series in its unit."""
    unit = METRICS[metric].unit
    if unit == "minutes":
        return formats.number(value, 1)
    return figure(value, "share" if unit == "share" else unit, currency, short=True)


def effect_figure(one: Comparison, value: float | None, currency: str) -> str:
    """An end of the effect: relative for sums between units, else in the figure's own unit."""
    if one.result.get("is_relative"):
        return formats.signed(formats.share(value))
    if METRICS[one.metric].unit == "share":
        return formats.points(value).replace(" ", formats.SPACE)
    return formats.signed(metric_figure(one.metric, value, currency))


def comparison_sentence(one: Comparison, currency: str) -> str:
    """The answer in one sentence."""
    effect, verdict = one.result["effect"], one.result["verdict"]
    told = {
        "metric": str(METRIC_NAMES[one.metric]),
        "value": effect_figure(one, effect["value"], currency),
        "low": effect_figure(one, effect["low"], currency),
        "high": effect_figure(one, effect["high"], currency),
    }
    if verdict == "broken":
        return _("It cannot be told: those that got it went another way than the others before it began.")
    if verdict == "too_few":
        return (
            _(
                "Too few to tell: %(metric)s changed by %(value)s against the others, but with one on a side "
                "nothing says how much of that is chance."
            )
            % told
        )
    sentences = {
        ("works", "before_after"): _(
            "It looks as if it works: from that day on %(metric)s was %(value)s off what trend and season foretold "
            "(between %(low)s and %(high)s)."
        ),
        ("harms", "before_after"): _(
            "It looks as if it harms: from that day on %(metric)s was %(value)s off what trend and season foretold "
            "(between %(low)s and %(high)s)."
        ),
        ("no_difference_seen", "before_after"): _(
            "No difference seen: from that day on %(metric)s was %(value)s off what trend and season foretold, "
            "and anything between %(low)s and %(high)s fits."
        ),
        ("works", "differences"): _(
            "It looks as if it works: where it was done %(metric)s changed by %(value)s against the others "
            "(between %(low)s and %(high)s)."
        ),
        ("harms", "differences"): _(
            "It looks as if it harms: where it was done %(metric)s changed by %(value)s against the others "
            "(between %(low)s and %(high)s)."
        ),
        ("no_difference_seen", "differences"): _(
            "No difference seen: where it was done %(metric)s changed by %(value)s against the others, "
            "and anything "
            "between %(low)s and %(high)s fits."
        ),
    }
    return sentences[verdict, one.kind] % told


def why_weaker(one: Comparison) -> str:
    """Why this is weaker than a hold-out."""
    if one.kind == Comparison.Kind.BEFORE_AFTER:
        return _(
            "Weaker than a hold-out: everybody got it on one day, so whatever else happened then (a holiday, a price, "
            "a competitor) is in the figure too."
        )
    return _(
        "Weaker than a hold-out: who got it was chosen and not drawn, so it stands on both having gone the same way "
        "without it."
    )


def comparison_doubts(one: Comparison) -> list[str]:
    return list(_comparison_doubts(one, one.result))


def _comparison_doubts(one: Comparison, result: dict[str, Any]) -> Iterator[str]:
    if one.kind == Comparison.Kind.BEFORE_AFTER:
        if not result["has_season"]:
            yield _("The log holds less than a year and a half, so a season is not taken out.")
        if abs(result["lean"]) > LEANING:
            yield _("Weeks lean on the one before (by %(lean)s), which the interval takes into account.") % {
                "lean": formats.number(result["lean"], 2)
            }
        if result["filled"]:
            yield ngettext(
                "In %(n)s week nothing was measured; it lies between its neighbours.",
                "In %(n)s weeks nothing was measured; they lie between their neighbours.",
                result["filled"],
            ) % {"n": result["filled"]}
    else:
        p = result["by_rearranging"]
        if p is not None:
            yield _(
                "Counted over all ways in which they could have been chosen, chance makes such a difference with "
                "p = %(p)s."
            ) % {"p": formats.number(p, 3)}
        yield _("Each counts once, however many customers it has: %(treated)s got it, %(others)s did not.") % {
            "treated": len(result["treated"]),
            "others": len(result["others"]),
        }
        if one.unit == Comparison.Unit.SEGMENT:
            yield _("Customers count in the segment in which they were on that day, wherever they are now.")
    if METRICS[one.metric].name in ("waiting", "service_time", "satisfaction"):
        yield _("Only visits and answers that were recorded count: if recording changed that day, so did the figure.")


def trend_sentence(one: Comparison) -> str:
    """Whether both went the same way before."""
    result = one.result
    if "went_alike" not in result:
        return ""
    if result["trend"]["low"] is None:
        return _("Whether both went the same way before cannot be checked: it takes two on each side.")
    if result["went_alike"]:
        return _("Before it began both went the same way as far as can be seen; that they would have is not proved.")
    return _(
        "Before it began they already went different ways, so the difference afterwards cannot be called an effect. "
        "Choose others to compare with, or try a pilot with a hold-out."
    )


def comparison_surer(one: Comparison) -> list[str]:
    return list(_comparison_surer(one, one.result))


def _comparison_surer(one: Comparison, result: dict[str, Any]) -> Iterator[str]:
    yield _("A pilot with a hold-out: it stands on nothing but chance.")
    if one.kind == Comparison.Kind.BEFORE_AFTER:
        if result["weeks_after"] < 26:
            yield _("More weeks afterwards: there are %(n)s now.") % {"n": result["weeks_after"]}
        yield _("Branches that did not get it: then a difference in differences takes out what happened to all.")
    elif min(len(result["treated"]), len(result["others"])) < 4:
        yield _("More of them on both sides: with a few an interval is wide.")


def _rounded(count: int) -> int:
    step = 10 ** max(0, len(str(count)) - 2)
    return -(-count // step) * step


def verdict_name(verdict: str) -> str:
    return str(VERDICTS.get(verdict, ""))


def verdict_tone(verdict: str) -> str:
    return VERDICT_TONES.get(verdict, "neutral")


def state_name(state: str) -> str:
    return str(STATES.get(state, state))


def is_running(reading: Reading) -> bool:
    return reading.state == State.RUNNING
