"""Workbooks for tests, with what real ones have: days as numbers, formulas with their results, merged cells, sheets."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from string import ascii_uppercase
from xml.sax.saxutils import escape

EPOCH = datetime(1899, 12, 30)
DAY_STYLE = 1  # dd.mm.yyyy
TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{sheets}</Types>"""
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES = f"""<styleSheet xmlns="{MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"""


@dataclass(frozen=True)
class Formula:
    """A cell that computes; `result` is what was seen when it was saved, None when it never was."""

    text: str
    result: float | None


@dataclass(frozen=True)
class Failed:
    """A cell that shows an error, such as #DIV/0!."""

    text: str


Cell = str | float | date | Formula | Failed | None


def save(path: Path, sheets: dict[str, Sequence[Sequence[Cell]]], *, merged: Sequence[str] = (), far: str = "") -> Path:
    """Write a workbook; `merged` are ranges of its first sheet, `far` is the place of a stray cell in it."""
    parts = [f"/xl/worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    overrides = "".join(f'<Override PartName="{part}" ContentType="{KIND}.worksheet+xml"/>' for part in parts)
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>' for number, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(kind=KIND, sheets=overrides))
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">{links}'
            f'<Relationship Id="s1" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr("xl/styles.xml", STYLES)
        for part, (place, rows) in zip(parts, enumerate(sheets.values()), strict=True):
            archive.writestr(part.lstrip("/"), _sheet(rows, merged if place == 0 else (), far if place == 0 else ""))
    return path


def _sheet(rows: Sequence[Sequence[Cell]], merged: Sequence[str], far: str) -> str:
    lines = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{_letters(place)}{number}", cell) for place, cell in enumerate(row))
        lines += f'<row r="{number}">{cells}</row>'
    if far:
        lines += f'<row r="{far.lstrip(ascii_uppercase)}"><c r="{far}"><v>1</v></c></row>'
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    together = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{together}</worksheet>'


def _letters(place: int) -> str:
    return chr(ord("A") + place)


def _cell(name: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        result = "" if cell.result is None else f"<v>{cell.result}</v>"
        return f'<c r="{name}"><f>{escape(cell.text)}</f>{result}</c>'
    if isinstance(cell, Failed):
        return f'<c r="{name}" t="e"><v>{cell.text}</v></c>'
    if isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        return f'<c r="{name}" s="{DAY_STYLE}"><v>{(moment - EPOCH).total_seconds() / 86_400}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{name}"><v>{cell}</v></c>'
