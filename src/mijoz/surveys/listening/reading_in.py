"""Making passages of what was typed, pasted or uploaded."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mijoz.customers.importing import encodings

LONGEST_PASSAGE = 700  # characters; what is longer is cut where a sentence ends
MOST_PASSAGES = 500
MOST_BYTES = 2 * 1024 * 1024
PARAGRAPH = re.compile(r"\n\s*\n")
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
COLUMNS = {
    "text": {"text", "answer", "quote", "matn", "javob", "текст", "ответ", "цитата"},
    "who": {"who", "respondent", "name", "kim", "ism", "кто", "респондент", "имя"},
    "asked_on": {"date", "day", "sana", "kun", "дата", "день"},
}


class FileRefused(ValueError):
    """The file cannot be read; the message says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one person said, in passages; `who` and `asked_on` where the file says so."""

    passages: tuple[str, ...]
    who: str = ""
    asked_on: date | None = None


def passages_of(text: str) -> list[str]:
    """Paragraphs, parted by an empty line; without any, lines. Long ones are cut where a sentence ends."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    parts = PARAGRAPH.split(whole) if PARAGRAPH.search(whole.strip()) else whole.split("\n")
    return [piece for part in parts for piece in _pieces(" ".join(part.split()))][:MOST_PASSAGES]


def _pieces(paragraph: str) -> list[str]:
    pieces: list[str] = []
    for sentence in SENTENCE.split(paragraph):
        if pieces and len(pieces[-1]) + len(sentence) < LONGEST_PASSAGE:
            pieces[-1] += f" {sentence}"
        else:
            pieces += [sentence[at : at + LONGEST_PASSAGE] for at in range(0, len(sentence), LONGEST_PASSAGE)]
    return [piece for piece in pieces if piece]


def interviews_of(content: bytes, *, file_name: str) -> list[Told]:
    """The interviews of a text file (one) or of a CSV (one for each person it names). Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 2 MB. Give the interviews in several files."))
    if encodings.is_binary(content[:65536]):
        raise FileRefused(_("This is no text. Save it as plain text (.txt) or as CSV, then upload that."))
    text = encodings.without_mark(content).decode(encodings.guess(content), errors="replace")
    told = _from_csv(text) if file_name.lower().endswith(".csv") else [Told(tuple(passages_of(text)))]
    told = [each for each in told if each.passages]
    if not told:
        raise FileRefused(_("There are no words in the file."))
    return told


def _from_csv(text: str) -> list[Told]:
    heading = text.split("\n", 1)[0]
    between = max(",;\t", key=heading.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=between))
    names = [cell.strip().casefold() for cell in rows[0]] if rows else []
    places = {
        column: next((place for place, name in enumerate(names) if name in spellings), None)
        for column, spellings in COLUMNS.items()
    }
    if (where := places["text"]) is None:
        raise FileRefused(_("The first line of the file must name its columns, one of them “text” (“matn”)."))
    by_person: dict[tuple[str, date | None], list[str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) <= where or not row[where].strip():
            continue
        asked_on = _day(_cell(row, places["asked_on"]), row=number)
        by_person.setdefault((_cell(row, places["who"])[:100], asked_on), []).extend(passages_of(row[where]))
    return [Told(tuple(passages), who, asked_on) for (who, asked_on), passages in by_person.items()]


def _cell(row: list[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _day(cell: str, *, row: int) -> date | None:
    if not cell:
        return None
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", cell)
    parts = match.groups() if match else None
    if parts is None and (turned := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", cell)):
        parts = turned.groups()[::-1]
    try:
        return date(*map(int, parts or ()))
    except (TypeError, ValueError) as error:
        raise FileRefused(
            _("Row %(row)s: “%(day)s” is no day such as 2026-03-31 or 31.03.2026.") % {"row": row, "day": cell[:40]}
        ) from error
