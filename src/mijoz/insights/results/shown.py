"""The report in words: each figure in its unit, how sure it is, whether it reaches its aim, and what else is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mijoz.insights.months import month_before
from mijoz.insights.results.catalogue import BY_KEY, ENTRIES, GROUPS, Entry
from mijoz.insights.results.figures import NOT_MEASURED, Figure, Figures, SegmentLine
from mijoz.insights.wording import month_in_full, month_name
from mijoz.segments.models import in_language
from mijoz.ui import formats

REACHED, MISSED, OPEN = "reached", "missed", "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure as it is shown. `standing` is reached, missed, open (too unsure to tell), or "" without an aim."""

    entry: Entry
    figure: Figure
    value: str
    interval: str
    rests_on: str
    before: str
    aim: str
    aim_value: float | None
    standing: str
    notes: tuple[str, ...]

    @property
    def is_measured(self) -> bool:
        return self.figure.value is not None

    @property
    def standing_words(self) -> str:
        words = {
            REACHED: pgettext("aim", "Reached"),
            MISSED: pgettext("aim", "Not reached"),
            OPEN: pgettext("aim", "Cannot be told yet"),
        }
        return words.get(self.standing, "")

    @property
    def tone(self) -> str:
        return {REACHED: "good", MISSED: "bad", OPEN: "warning"}.get(self.standing, "neutral")


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    key: str
    name: str
    customers: str
    change: str
    share: float
    share_text: str
    buyers: str
    favourite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole page."""

    month: str
    month_words: str
    before_words: str
    business: str
    groups: tuple[Group, ...]
    segments: tuple[SegmentRow, ...]
    summary: tuple[str, ...]
    forecast: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def measured(self) -> int:
        return sum(row.is_measured for row in self.rows)


def report(figures: Figures) -> Report:
    """The figures of a month in the language of the page."""
    rows = [_row(entry, figures) for entry in ENTRIES]
    return Report(
        month=figures.month,
        month_words=month_in_full(figures.month),
        before_words=month_name(month_before(figures.month)),
        business=figures.business,
        groups=tuple(
            Group(key, str(label), tuple(row for row in rows if row.entry.group == key))
            for key, label in GROUPS.items()
        ),
        segments=tuple(_segments(figures.segments)),
        summary=tuple(_summary(rows)),
        forecast=tuple(_forecast(figures)),
    )


def value_text(entry: Entry, value: float | None) -> str:
    """A figure in its unit: 81.2%, +4.1%, +2.3 pp."""
    if entry.unit == "points":
        return formats.points(value).replace(" ", formats.SPACE)
    if entry.unit == "change":
        return formats.signed(formats.share(value))
    return formats.share(value)


def standing(entry: Entry, figure: Figure, aim: float | None) -> str:
    """Against the aim: reached or missed only when the whole interval says so."""
    if aim is None or figure.value is None:
        return ""
    if figure.is_small or figure.low is None or figure.high is None:
        return OPEN
    if figure.low >= aim:
        return REACHED
    return MISSED if figure.high < aim else OPEN


def _row(entry: Entry, figures: Figures) -> Row:
    figure = figures.now.get(entry.key, NOT_MEASURED)
    aim = figures.aims.get(entry.key)
    low, high = (value_text(entry, end) for end in (figure.low, figure.high))
    before = figures.before.get(entry.key, NOT_MEASURED).value
    is_measured = figure.value is not None
    return Row(
        entry=entry,
        figure=figure,
        value=value_text(entry, figure.value) if is_measured else "",
        interval=_("%(low)s to %(high)s") % {"low": low, "high": high} if figure.low is not None else "",
        rests_on=f"{entry.counted}: {formats.number(figure.count)}" if is_measured else "",
        before="" if before is None else value_text(entry, before),
        aim=value_text(entry, aim) if aim is not None else "",
        aim_value=aim,
        standing=standing(entry, figure, aim),
        notes=tuple(_notes(entry, figure)),
    )


def _notes(entry: Entry, figure: Figure) -> Iterator[str]:
    if figure.value is None:
        return
    if figure.is_small:
        yield _("So few that it may well be chance: %(n)s.") % {"n": formats.number(figure.count)}
    facts = figure.facts
    if entry.key == "loyalty":
        sentence = _("%(then)s came again in %(month)s, %(now)s in this month.")
        yield sentence % {
            "then": formats.share(facts["share_then"]),
            "month": month_in_full(facts["since"]),
            "now": formats.share(facts["share"]),
        }
        if not facts["is_a_year"]:
            yield _("The log has no same month of the year before: the season may be in it.")
    if entry.key == "proof":
        yield ngettext(
            "%(n)s scenario has a hold-out large enough; it works: %(works)s.",
            "%(n)s scenarios have a hold-out large enough; of them work: %(works)s.",
            facts["scenarios"],
        ) % {"n": formats.number(facts["scenarios"]), "works": formats.number(facts["works"])}
    if entry.key == "offers" and not figure.value:
        yield _("The log has no offer that was used or taken: does the till redeem them?")
    if entry.key == "forecast":
        yield _("A plain rule has %(plain)s right; ours adds %(gain)s (%(low)s to %(high)s).") % {
            "plain": formats.share(facts["plain_value"]),
            "gain": formats.points(facts["gain"]),
            "low": formats.points(facts["gain_low"]),
            "high": formats.points(facts["gain_high"]),
        }
    if facts.get("anonymous"):
        yield _("Anonymous among them: %(n)s.") % {"n": formats.number(facts["anonymous"])}


def _summary(rows: list[Row]) -> Iterator[str]:
    measured = [row for row in rows if row.is_measured]
    yield _("%(measured)s of %(all)s figures are measured.") % {
        "measured": formats.number(len(measured)),
        "all": formats.number(len(rows)),
    }
    for standing_, sentence in (
        (REACHED, _("Aim reached: %(names)s.")),
        (MISSED, _("Aim not reached: %(names)s.")),
        (OPEN, _("Cannot be told yet: %(names)s.")),
    ):
        if names := ", ".join(f"{row.entry.label} ({row.value})" for row in rows if row.standing == standing_):
            yield sentence % {"names": names}


def _segments(lines: tuple[SegmentLine, ...]) -> Iterator[SegmentRow]:
    everyone = sum(line.customers for line in lines)
    for line in lines:
        share = line.customers / everyone if everyone else 0.0
        liked = ""
        if line.favourite and line.buyers:
            liked = _("%(service)s (%(share)s of the buyers)") % {
                "service": line.favourite,
                "share": formats.share(line.favourite_buyers / line.buyers, 0),
            }
        yield SegmentRow(
            key=line.key,
            name=in_language(line.names) or line.key,
            customers=formats.number(line.customers),
            change=formats.signed(formats.number(line.customers - line.before)),
            share=share,
            share_text=formats.share(share, 0),
            buyers=formats.number(line.buyers),
            favourite=liked,
        )


def _forecast(figures: Figures) -> Iterator[str]:
    """Data, split, model and baseline of the forecast, in plain words."""
    figure = figures.now.get("forecast", NOT_MEASURED)
    if figure.value is None:
        return
    facts = figure.facts
    yield _(
        "Learned from %(learned)s: what %(n)s customers had done before that month, and who of them bought in it. "
        "Then %(month)s was foreseen for %(customers)s customers from what lay before it alone, and compared with "
        "what happened."
    ) % {
        "learned": month_in_full(facts["learned_month"]),
        "n": formats.number(facts["learned_from"]),
        "month": month_in_full(figures.month),
        "customers": formats.number(figure.count),
    }
    yield _(
        "Model: logistic regression on days since the last purchase, number of purchases, those of 90 days, age, "
        "revenue and silence in usual pauses. Foreseen to come: %(foreseen)s, came: %(came)s."
    ) % {"foreseen": formats.number(facts["foreseen"], 0), "came": formats.number(facts["came"])}
    rules = {
        "nobody": _("“nobody comes”"),
        "everybody": _("“everybody comes”"),
        "as_before": _("“whoever bought in the month before comes again”"),
    }
    figure_words = {
        "rule": rules[facts["plain"]],
        "plain": formats.share(facts["plain_value"]),
        "brier": formats.number(facts["brier"], 3),
    }
    if facts["auc"] is None:
        yield _("Baseline, the best plain rule: %(rule)s, right for %(plain)s.") % figure_words
    else:
        yield _(
            "Baseline, the best plain rule: %(rule)s, right for %(plain)s. One who came stood before one who did not "
            "in %(auc)s of pairs; Brier score %(brier)s."
        ) % (figure_words | {"auc": formats.share(facts["auc"])})


def entry(key: str) -> Entry:
    return BY_KEY[key]
