"""The board and a refresh as plain text, for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mijoz.insights import notices, wording
from mijoz.insights.queries import BoardPage, Line
from mijoz.segments import queries as segments
from mijoz.ui import formats

MARKS = {"good": "+", "bad": "!", "neutral": "·"}


def board_lines(page: BoardPage, currency: str) -> Iterator[str]:
    """The KPIs with their intervals and last change, by segment, and what each scenario changed."""
    yield _("KPI board") + " · " + _("As of %(day)s") % {"day": formats.day(page.as_of)}
    if page.is_empty:
        yield ""
        yield _("Nobody had bought anything by %(day)s") % {"day": formats.day(page.as_of)}
        return
    yield ""
    for notice in notices.notices(page, currency):
        yield f"{MARKS[notice.tone]} {notice.sentence}"
    yield ""
    heading = [_("KPI"), _("In all"), _("95 % interval"), _("Last whole month"), _("Against the month before")]
    yield from _table([heading, *(_kpi_row(line, currency) for line in page.lines.values())])
    if page.segments:
        yield ""
        heading = [_("By segment"), *(str(column.label) for column in page.columns)]
        rows = [[row.name, *(wording.value_text(value, currency) for value in row.values)] for row in page.segments]
        yield from _table([heading, *rows])
    if page.effects:
        yield ""
        yield _("What the scenarios changed")
        for effect in page.effects:
            said = (wording.verdict(effect), wording.outlook(effect), wording.worth(effect, currency))
            yield f"  {effect.name} · {wording.verdict_name(effect)}"
            yield from (f"    {sentence}" for sentence in said if sentence)


def refresh_lines(figures: dict[str, Any]) -> Iterator[str]:
    """What a refresh changed, by segment, and how long each part took."""
    seconds = figures["seconds"]
    yield _("As of %(day)s") % {"day": formats.day(date.fromisoformat(figures["as_of"]))}
    yield _("Profiles brought up to date: %(n)s") % {"n": formats.number(figures["profiles"])}
    sizes = segments.counts()
    rows = [
        [name, formats.number(figures["entered"].get(key, 0)), formats.number(figures["left"].get(key, 0)), size]
        for key, name, size in ((one.key, one.name, formats.number(sizes[one.key])) for one in segments.segments())
    ]
    yield from _table([[_("By segment"), _("Entered"), _("Left"), _("Now")], *rows])
    yield _("KPIs computed: %(n)s") % {"n": formats.number(figures["kpis"])}
    yield _("Took %(all)s s: profiles %(profiles)s, segments %(segments)s, KPIs %(kpis)s") % {
        name: formats.number(value, 1) for name, value in seconds.items()
    }


def _kpi_row(line: Line, currency: str) -> list[str]:
    low, high = wording.interval(line.value, currency, short=False)
    return [
        str(line.definition.label),
        wording.value_text(line.value, currency, short=False),
        f"{low} – {high}" if low else formats.NOTHING,
        wording.value_text(line.last_month, currency, short=False),
        wording.change_text(line.change) if line.change else formats.NOTHING,
    ]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows in columns as wide as they need, the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
