"""Address books: vCards 2.1, 3.0 and 4.0 as a table, a row for each card."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

BEGIN = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*BEGIN\s*:\s*VCARD", re.IGNORECASE)
COLUMNS = (
    "UID", "FN", "last_name", "first_name", "patronymic", "TEL", "EMAIL", "BDAY", "GENDER", "address", "city", "region",
    "postcode", "country", "LANG", "CATEGORIES", "NOTE", "ORG", "TITLE", "URL", "NICKNAME",
)  # fmt: skip
FIELDS = {
    "number": "UID",
    "full_name": "FN",
    "last_name": "last_name",
    "first_name": "first_name",
    "patronymic": "patronymic",
    "phone": "TEL",
    "email": "EMAIL",
    "birth_on": "BDAY",
    "gender": "GENDER",
    "address": "address",
    "postcode": "postcode",
    "state": "region",
    "city": "city",
    "language": "LANG",
    "tags": "CATEGORIES",
    "note": "NOTE",
}
LINE = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;(?:\"[^\"]*\"|[^:;\"])*)*):(.*)", re.DOTALL)
PARAMETER = re.compile(r";\s*(?:([\w-]+)\s*=\s*)?(\"[^\"]*\"|[^;]*)")
ENCODINGS_2_1 = {"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"}
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
LONGEST_CARD = 64 * 1024  # characters of a value: pictures and sounds are longer
SEVERAL = "TEL EMAIL CATEGORIES NOTE URL".split()  # noqa: SIM905


@dataclass(slots=True)
class Property:
    """One line of a card, decoded."""

    name: str
    parameters: dict[str, list[str]]
    value: str

    @property
    def is_preferred(self) -> bool:
        return "PREF" in {each.upper() for each in self.parameters.get("TYPE", [])} or "PREF" in self.parameters


@dataclass(slots=True)
class Card:
    line: int
    properties: list[Property] = field(default_factory=list)
    is_whole: bool = False


def is_vcard(beginning: bytes) -> bool:
    return bool(BEGIN.match(beginning.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")))


def cards(lines: Iterable[str]) -> Iterator[Card]:
    """The cards of these lines, in order; what is no property is passed over, an unfinished card is not whole."""
    card: Card | None = None
    for number, line in _unfolded(lines):
        name = line.strip().upper().replace(" ", "")
        if name == "BEGIN:VCARD":
            if card is not None:
                yield card
            card = Card(number)
        elif name == "END:VCARD" and card is not None:
            card.is_whole = True
            yield card
            card = None
        elif card is not None and (found := _property(line)):
            card.properties.append(found)
    if card is not None:
        yield card


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines put together that were folded (a blank begins the next) or broken by quoted-printable (= at the end)."""
    held, began = "", 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if held and _is_quoted(held) and held.endswith("="):
            held = held[:-1] + line
        elif held and line[:1] in {" ", "\t"}:
            held += line[1:]
        else:
            if held:
                yield began, held
            held, began = line, number
    if held:
        yield began, held


def _is_quoted(line: str) -> bool:
    return "QUOTED-PRINTABLE" in line.partition(":")[0].upper()


def _property(line: str) -> Property | None:
    match = LINE.fullmatch(line)
    if not match or len(match[3]) > LONGEST_CARD:
        return None
    parameters: dict[str, list[str]] = {}
    for name, value in PARAMETER.findall(match[2]):
        plain = value.strip('"')
        key = name.upper() or ("ENCODING" if plain.upper() in ENCODINGS_2_1 else "TYPE")
        parameters.setdefault(key, []).extend(plain.split(","))
    return Property(match[1].upper(), parameters, _decoded(match[3], parameters))


def _decoded(value: str, parameters: dict[str, list[str]]) -> str:
    encoding = (parameters.get("ENCODING") or [""])[0].upper()
    charset = (parameters.get("CHARSET") or ["utf-8"])[0]
    raw: bytes | None = None
    if encoding == "QUOTED-PRINTABLE":
        raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    elif encoding in {"BASE64", "B"}:
        try:
            raw = base64.b64decode(value)
        except (binascii.Error, ValueError):
            return ""
    if raw is None:
        return value
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("cp1251", "replace")


def _parts(value: str) -> list[str]:
    """The parts of a value between semicolons that are not escaped."""
    return [_plain(part) for part in re.split(r"(?<!\\);", value)]


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text).strip()


def row(card: Card) -> dict[str, str]:
    """The cells of a card; several phones or e-mails stand in one cell, the preferred first."""
    cells = dict.fromkeys(COLUMNS, "")
    several: dict[str, list[str]] = {name: [] for name in SEVERAL}
    for found in sorted(card.properties, key=lambda each: not each.is_preferred):
        if found.name == "N":
            last, first, more = [*_parts(found.value), "", "", ""][:3]
            cells |= {"last_name": last, "first_name": first, "patronymic": more}
        elif found.name == "ADR" and not cells["address"]:
            box, flat, street, city, region, postcode, country = [*_parts(found.value), *[""] * 7][:7]
            address = " ".join(part for part in (box, street, flat) if part)
            cells |= {"address": address, "city": city, "region": region, "postcode": postcode, "country": country}
        elif found.name in several:
            several[found.name].append(_plain(found.value.removeprefix("tel:").removeprefix("mailto:")))
        elif found.name == "GENDER":
            cells["GENDER"] = _parts(found.value)[0]
        elif found.name == "ORG":
            cells["ORG"] = ", ".join(part for part in _parts(found.value) if part)
        elif found.name in cells and not cells[found.name]:
            cells[found.name] = _plain(found.value)
    between = {"NOTE": "\n"}
    cells |= {name: between.get(name, ", ").join(filter(None, values)) for name, values in several.items()}
    if cells["last_name"] or cells["first_name"]:
        cells["FN"] = ""  # the same again, put together
    return cells


def table(lines: Iterable[str]) -> tuple[pl.DataFrame, list[int], list[bool]]:
    """The cards as a frame of COLUMNS, the line each begins at, and whether it is whole."""
    found = list(cards(lines))
    schema = dict.fromkeys(COLUMNS, pl.String)
    frame = pl.DataFrame([row(card) for card in found], schema=schema)
    return frame, [card.line for card in found], [card.is_whole for card in found]
