"""KPIs and effects in words: each figure in its unit, each effect as one plain sentence."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from mijoz.insights.models import KpiValue
from mijoz.insights.months import Change
from mijoz.insights.queries import WORTH_SEEING, Effect
from mijoz.ui import formats


def figure(value: float | None, unit: str, currency: str, *, short: bool = False) -> str:
    """A KPI's figure in its unit; `short` gives 245M for large money."""
    if unit == "share":
        return formats.share(value)
    if unit == "money":
        return formats.money(value, currency, short=short and value is not None and abs(value) >= 10_000)
    if unit == "score":
        return formats.number(value, 2)
    if unit == "points":
        return formats.number(value, 0)
    if unit == "minutes":
        return formats.NOTHING if value is None else _minutes(value)
    return formats.number(value, 0 if unit == "count" else None)


def _minutes(value: float) -> str:
    """To a tenth below an hour, where a minute is much; above in hours and days."""
    if abs(value) < 60:
        return _("%(n)s min") % {"n": formats.number(value, 1)}
    return formats.duration(value * 60)


def value_text(value: KpiValue | None, currency: str, *, short: bool = True) -> str:
    return formats.NOTHING if value is None else figure(value.value, value.unit, currency, short=short)


def interval(value: KpiValue, currency: str, *, short: bool = True) -> tuple[str, str]:
    """Low and high end as text, both empty when the value has no interval."""
    if value.low is None or value.high is None:
        return "", ""
    return (
        figure(value.low, value.unit, currency, short=short),
        figure(value.high, value.unit, currency, short=short),
    )


def points(value: float | None) -> str:
    """A difference of shares in points, kept on one line."""
    return formats.points(value).replace(" ", formats.SPACE)


def change_text(change: Change) -> str:
    """+2.3 pp for shares, +0.12 for scores, +5.0% for sums."""
    if change.after.unit == "share":
        return points(change.size)
    if change.after.unit == "score":
        return formats.signed(formats.number(change.size, 2))
    return formats.signed(formats.share(change.size))


def month_name(month: str) -> str:
    """Mar 2026 for 2026-03."""
    return formats.month(date.fromisoformat(f"{month}-01"))


def month_in_full(month: str) -> str:
    """March 2026 for 2026-03."""
    return formats.month_in_full(date.fromisoformat(f"{month}-01"))


def verdict_name(effect: Effect) -> str:
    """The verdict in a word or two."""
    names = {
        "works": _("Works"),
        "harms": _("Harms"),
        "no_difference_seen": _("No difference seen"),
        "too_few": _("Too few to tell"),
    }
    if effect.is_early:
        return _("Seems to work") if effect.verdict == "works" else _("Seems to harm")
    return names.get(effect.verdict, names["too_few"])


def verdict_tone(effect: Effect) -> str:
    if effect.is_early:
        return "neutral"
    return {"works": "good", "harms": "bad"}.get(effect.verdict, "neutral")


def verdict(effect: Effect) -> str:
    """One sentence: what came of the scenario and how sure that is."""
    figures = {
        "difference": points(effect.value.value),
        "low": points(effect.value.low),
        "high": points(effect.value.high),
        "treated": formats.number(effect.treated),
        "held_out": formats.number(effect.held_out),
        "treated_rate": formats.share(effect.treated_rate),
        "held_out_rate": formats.share(effect.held_out_rate),
    }
    sentences = {
        "works": _(
            "With it %(treated_rate)s reached the goal, without it %(held_out_rate)s. "
            "The difference is %(difference)s, most likely between %(low)s and %(high)s."
        ),
        "harms": _(
            "With it %(treated_rate)s reached the goal, without it %(held_out_rate)s. "
            "The difference is %(difference)s, most likely between %(low)s and %(high)s. Pause it or change it."
        ),
        "no_difference_seen": _(
            "With it %(treated_rate)s reached the goal, without it %(held_out_rate)s. That may be chance: "
            "the true difference may lie anywhere between %(low)s and %(high)s."
        ),
        "too_few": _(
            "So far only %(treated)s customers with it and %(held_out)s without it have had their time for the goal."
        ),
    }
    return sentences.get(effect.verdict, sentences["too_few"]) % figures


def outlook(effect: Effect) -> str:
    """What more customers would tell; empty when the verdict is clear."""
    if effect.is_early:
        return _("Clear if this is the first look; looked at every day, chance shows as much now and then.")
    if effect.verdict == "too_few" and effect.missing:
        return _("At least %(missing)s more are needed in the smaller group before anything can be said.") % {
            "missing": formats.number(effect.missing)
        }
    if effect.verdict != "no_difference_seen" or effect.wanting is None:
        return ""
    worth = formats.number(WORTH_SEEING * 100)
    if effect.wanting:
        return _("About %(wanting)s more customers would be needed to see a difference of %(worth)s points.") % {
            "wanting": formats.number(_rounded(effect.wanting)),
            "worth": worth,
        }
    return _("Enough took part to see a difference of %(worth)s points; what is smaller stays hidden.") % {
        "worth": worth
    }


def worth(effect: Effect, currency: str) -> str:
    """What a customer brought more or less within the window; empty while nothing can be said."""
    if effect.verdict == "too_few" or effect.revenue_low is None or effect.revenue_high is None:
        return ""
    return _("Revenue for each customer: %(difference)s, most likely between %(low)s and %(high)s.") % {
        "difference": _signed_money(effect.revenue_difference, currency),
        "low": _signed_money(effect.revenue_low, currency),
        "high": _signed_money(effect.revenue_high, currency),
    }


def _signed_money(value: float | None, currency: str) -> str:
    return formats.signed(figure(value, "money", currency, short=True))


def _rounded(count: int) -> int:
    """To two digits: more would pretend to be exact."""
    step = 10 ** max(0, len(str(count)) - 2)
    return -(-count // step) * step
