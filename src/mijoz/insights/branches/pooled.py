"""Reading a file of pooled figures: kpi, period, p25, median, p75, n. Pure: it says what fits and what does not."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from mijoz.insights import months
from mijoz.insights.register import Definition

COLUMNS = ("kpi", "period", "p25", "median", "p75", "n")
MOST_ROWS = 5_000
FEWEST_BUSINESSES = 4  # of which quartiles can be told, and below which a figure is not anonymous


@dataclass(frozen=True, slots=True)
class Pooled:
    """A row that fits."""

    name: str
    period: str
    p25: float
    median: float
    p75: float
    n: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that does not fit, by its number in the file, and why."""

    row: int
    reason: str


class FileRefused(ValueError):
    """The file as a whole cannot be read; the message says why."""


def read(content: bytes, known: dict[str, Definition]) -> tuple[list[Pooled], list[Refused]]:
    """What fits and what does not, of a CSV file with commas or semicolons. Raises FileRefused."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(_("The file is not text in UTF-8. Save it as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise FileRefused(_("The file is not text in UTF-8. Save it as “CSV UTF-8”."))
    first = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        missing = [column for column in COLUMNS if column not in names]
        if missing:
            raise FileRefused(
                _("The first row must name the columns kpi, period, p25, median, p75, n. Missing: %(names)s.")
                % {"names": ", ".join(missing)}
            )
        reader.fieldnames = names
        return _rows(reader, known)
    except csv.Error as error:
        raise FileRefused(_("The file cannot be read as a table: %(error)s.") % {"error": error}) from error


def _rows(reader: csv.DictReader[str], known: dict[str, Definition]) -> tuple[list[Pooled], list[Refused]]:
    fitting: dict[tuple[str, str], Pooled] = {}
    refused: list[Refused] = []
    for number, row in enumerate(reader, 2):
        if number > MOST_ROWS + 1:
            raise FileRefused(_("The file has more than %(n)s rows.") % {"n": MOST_ROWS})
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        found = _row(cells, known)
        if isinstance(found, str):
            refused.append(Refused(number, found))
        elif (found.name, found.period) in fitting:
            refused.append(Refused(number, _("This KPI and period stand in an earlier row already.")))
        else:
            fitting[found.name, found.period] = found
    return list(fitting.values()), refused


def _row(cells: dict[str, str], known: dict[str, Definition]) -> Pooled | str:
    """The row, or what is wrong with it."""
    of = known.get(cells["kpi"])
    if of is None:
        return _("There is no KPI “%(name)s”. Names are those of the export, such as satisfaction.") % {
            "name": cells["kpi"][:60]
        }
    if not months.WRITTEN.fullmatch(cells["period"]):
        return _("“%(month)s” is not a month such as 2026-03.") % {"month": cells["period"][:20]}
    figures: list[float] = []
    for name in ("p25", "median", "p75"):
        figure = _number(cells[name])
        if figure is None:
            return _("%(column)s: “%(text)s” is not a number.") % {"column": name, "text": cells[name][:30]}
        figures.append(figure)
    if figures != sorted(figures):
        return _("p25, median and p75 must not fall: %(figures)s.") % {
            "figures": ", ".join(cells[name][:30] for name in ("p25", "median", "p75"))
        }
    if of.unit == "share" and not 0 <= figures[0] <= figures[2] <= 1:
        return _("Shares are written as parts of one, such as 0.42 for 42 %.")
    if of.unit not in {"share", "points"} and figures[0] < 0:
        return _("This KPI is never below zero.")
    if not cells["n"].isascii() or not cells["n"].isdigit() or not FEWEST_BUSINESSES <= int(cells["n"][:12]) < 2**31:
        return _("n is the number of businesses, at least %(fewest)s.") % {"fewest": FEWEST_BUSINESSES}
    p25, median, p75 = figures
    return Pooled(cells["kpi"], cells["period"], p25, median, p75, int(cells["n"]))


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None
