"""What to look at first: a few plain sentences about what changed. Pure: it reads the board only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mijoz.insights import wording
from mijoz.insights.models import KpiValue
from mijoz.insights.queries import BoardPage, Effect, Line
from mijoz.ui import formats

MOST = 6
WATCHED = (
    "revenue",
    "satisfaction",
    "complaint_share",
    "refund_share",
    "average_check",
    "repeat_purchase_share",
    "new_customers",
    "active_share",
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence with its tone (good, bad or neutral) and where to go from it."""

    tone: str
    sentence: str
    url: str


def notices(page: BoardPage, currency: str) -> list[Notice]:
    """What stands out, the scenarios first: nothing that may well be chance."""
    return list(islice(_all(page, currency), MOST))


def _all(page: BoardPage, currency: str) -> Iterator[Notice]:
    for effect in page.effects:
        if effect.verdict == "harms":  # however early: a warning costs less than harm
            yield _of_harm(effect)
    works = [effect for effect in page.effects if effect.verdict == "works"]
    if proved := [effect for effect in works if not effect.is_early]:
        sentence = ngettext("%(names)s works.", "These scenarios work: %(names)s.", len(proved))
        yield Notice("good", sentence % {"names": _names(proved)}, "#effects-title")
    if early := [effect for effect in works if effect.is_early]:
        sentence = ngettext(
            "%(names)s seems to work; it is too early to be sure.",
            "These scenarios seem to work; it is too early to be sure: %(names)s.",
            len(early),
        )
        yield Notice("neutral", sentence % {"names": _names(early)}, "#effects-title")
    lines = [page.lines[name] for name in WATCHED if name in page.lines]
    changed = [line for line in lines if line.change is not None and line.change.is_notable]
    for line in sorted(changed, key=lambda line: line.change is not None and line.change.is_good is not False):
        yield _of_change(line, currency)
    if (at_risk := page.lines.get("churn_risk_share")) is not None:
        yield from _of_risk(at_risk)


def _names(effects: list[Effect]) -> str:
    return ", ".join(_("“%(name)s”") % {"name": effect.name} for effect in effects)


def _of_harm(effect: Effect) -> Notice:
    sentence = _("“%(name)s” harms: fewer customers reached the goal with it than without it (%(difference)s).") % {
        "name": effect.name,
        "difference": wording.points(effect.value.value),
    }
    return Notice(
        "bad", sentence, reverse("scenarios:detail", args=[effect.key]) if effect.has_page else "#effects-title"
    )


def _of_change(line: Line, currency: str) -> Notice:
    change = line.change
    assert change is not None
    figures = {
        "label": line.definition.label,
        "after": wording.value_text(change.after, currency),
        "before": wording.value_text(change.before, currency),
        "change": wording.change_text(change),
        "month": wording.month_name(change.after.month or change.before.month),
    }
    if line.definition.is_state:
        sentence = _("%(label)s: %(after)s, at the end of %(month)s it was %(before)s (%(change)s).") % figures
    elif (then := _year_before(line)) is not None:
        sentence = _(
            "%(label)s: %(after)s in %(month)s, %(before)s in the month before (%(change)s), %(then)s a year earlier."
        ) % (figures | {"then": wording.value_text(then, currency)})
    else:
        sentence = _("%(label)s: %(after)s in %(month)s, %(before)s in the month before (%(change)s).") % figures
    tone = {True: "good", False: "bad", None: "neutral"}[change.is_good]
    return Notice(tone, sentence, reverse("insights:kpi", args=[line.definition.name]))


def _year_before(line: Line) -> KpiValue | None:
    if line.last_month is None:
        return None
    year, number = line.last_month.month.split("-")
    wanted = f"{int(year) - 1}-{number}"
    return next((month for month in line.months if month.month == wanted and month.value is not None), None)


def _of_risk(line: Line) -> Iterator[Notice]:
    share, customers = line.value.value, line.value.count
    if not share or not customers:
        return
    silent = round(share * customers)
    sentence = ngettext(
        "%(n)s customer (%(share)s) has been silent for more than twice the usual pause.",
        "%(n)s customers (%(share)s) have been silent for more than twice their usual pause.",
        silent,
    ) % {"n": formats.number(silent), "share": formats.share(share)}
    tone = "bad" if line.change is not None and line.change.is_good is False else "neutral"
    yield Notice(tone, sentence, reverse("segments:detail", args=["at_risk"]))
