"""Which column of a file means what: suggested from headings and cells, corrected by a person, kept with the import."""

from __future__ import annotations

import re
from typing import Literal

import polars as pl
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mijoz.customers.importing import columns as told
from mijoz.customers.importing import dates
from mijoz.customers.importing.amounts import READS_BOTH_WAYS
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.fields import FIELDS
from mijoz.customers.importing.pieces import pieces
from mijoz.customers.importing.shape import REJECT_COLUMNS, FileFormat, FileShape

FOUND_BY_CELLS = ("date", "phone", "email")  # even under a heading that says nothing
SAMPLE_DATES = 200
LETTER_AND_NUMBER = re.compile(r"[A-Z][-/ ]?\d")


class Mapping(BaseModel):
    """How the columns of a file become rows of the log. `columns` maps our field to the heading in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str]
    file: FileFormat = FileFormat()
    payload: list[str] = Field(default_factory=list)  # headings kept with each row as they are
    date_format: str = ""  # strptime; "" tries all we know
    day_first: bool = True
    day_first_is_guessed: bool = False  # every date of the file reads both ways
    decimal: Literal[".", ","] = "."
    currency: str = Field(default="", max_length=3)
    time_zone: str = ""  # of the file's moments; "" is the business's own
    gifts: bool | None = None  # whether an amount of zero is a gift; None: when rows are lines of purchases
    letter_c: bool | None = None  # whether a purchase number that begins with C is a refund; None: as the numbers look

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := set(columns) - set(FIELDS):
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}; known are {', '.join(FIELDS)}")
        return {name: heading for name, heading in columns.items() if heading}

    @property
    def tells_gifts(self) -> bool:
        """Whether an amount of zero is a gift: a line for nothing is one, a whole purchase paid by points is none.

        Rows are lines when they have a purchase number or a unit price.
        """
        if self.gifts is not None:
            return self.gifts
        return "reference" in self.columns or "unit_price" in self.columns

    def tells_refunds_by_letter(self, shape: FileShape) -> bool:
        """Whether a purchase number that begins with C is a refund.

        Not where most numbers do, as CHK-1 and CHK-2, nor where C is one of the letters of branches, as A-1, B-1, C-1.
        """
        if self.letter_c is not None:
            return self.letter_c
        numbers = [number.strip().upper() for number in shape.samples(self.columns.get("reference"))]
        with_c = sum(number.startswith("C") for number in numbers)
        letters = {number[0] for number in numbers if LETTER_AND_NUMBER.match(number)}
        return bool(numbers) and 2 * with_c <= len(numbers) and len(letters - {"C"}) < 2

    @property
    def number_field(self) -> str:
        """The field that tells customers apart as a number does: the name, where a file says nothing else of them."""
        known_otherwise = {"customer", "phone", "email"} & set(self.columns)
        return "customer" if known_otherwise else "name"

    def check(self, shape: FileShape) -> None:
        """Raise ImportRefused when the file lacks a column or the mapping lacks what every purchase needs."""
        missing = [heading for heading in [*self.columns.values(), *self.payload] if heading not in shape.columns]
        if missing:
            raise ImportRefused(
                _("The file has no column “%(missing)s”. Its columns are: %(columns)s."),
                missing=", ".join(missing),
                columns=", ".join(shape.columns),
            )
        if "date" not in self.columns:
            raise ImportRefused(_("Say which column holds the date of the purchase."))
        if "amount" not in self.columns and "unit_price" not in self.columns:
            raise ImportRefused(_("Say which column holds the amount, or the unit price."))


def suggest_mapping(shape: FileShape) -> Mapping:
    """The mapping that headings and cells suggest; a person looks at it before it is used.

    Where dates of the first rows read both ways, the whole file is asked. Raises ImportRefused when it is broken.
    """
    headings = shape.columns[len(REJECT_COLUMNS) :] if shape.holds_rejects else shape.columns
    found = told.by_headings(headings) if shape.has_header else {}
    cells = {name: shape.samples(name) for name in headings if name not in found.values()}
    by_cells = told.by_cells(cells, day_first=True, only=FOUND_BY_CELLS if shape.has_header else None)
    if "date" not in found and "date" not in by_cells:
        by_cells |= told.by_cells(cells, day_first=False, only=["date"])
    found = by_cells | found
    if "customer" in found and "name" not in found and told.are_names(shape.samples(found["customer"])):
        found["name"] = found.pop("customer")
    day_first, is_guessed = _day_first(shape, found.get("date"))
    moments = shape.samples(found.get("date"))[:SAMPLE_DATES]
    amounts = [*shape.samples(found.get("amount")), *shape.samples(found.get("unit_price"))]
    return Mapping(
        columns={name: found[name] for name in FIELDS if name in found},
        file=shape.format,
        date_format=dates.format_of(moments, day_first=day_first),
        day_first=day_first,
        day_first_is_guessed=is_guessed,
        decimal=_decimal(amounts),
    )


def _day_first(shape: FileShape, heading: str | None) -> tuple[bool, bool]:
    """Whether the day stands before the month, and whether that is only a guess."""
    samples = pl.Series(shape.samples(heading), dtype=pl.String)
    if heading is None or not samples.str.contains(dates.TWO_NUMBERS).any():
        return True, False
    day, month = dates.day_orders(samples)
    if not day and not month:
        for piece in pieces(shape):
            day, month = dates.day_orders(piece[heading])
            if day or month:
                break
    return day or not month, not day and not month


def _decimal(samples: list[str]) -> Literal[".", ","]:
    """The decimal sign that the amounts use.

    A sign before exactly three digits says nothing, but that it is not decimal where all amounts have it: nobody counts
    money in thousandths.
    """
    digits = [re.sub(r"[^\d.,]", "", sample) for sample in samples]
    commas = sum(1 for sample in digits if re.search(r",\d{1,2}$|,\d{4,}$|\.\d{3},", sample))
    points = sum(1 for sample in digits if re.search(r"\.\d{1,2}$|\.\d{4,}$|,\d{3}\.", sample))
    if commas == points == 0:
        unclear = [sample for sample in digits if re.match(READS_BOTH_WAYS, sample)]
        return "," if unclear and all("." in sample for sample in unclear) else "."
    return "," if commas > points else "."
