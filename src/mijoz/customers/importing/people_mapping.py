"""Which column of a file of customers means what, and whether a file is one of customers at all."""

from __future__ import annotations

import re

import polars as pl
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mijoz.customers import cleaning
from mijoz.customers.cleaning import names
from mijoz.customers.importing import columns as told
from mijoz.customers.importing import dates, people_fields, vcard
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.people_fields import FIELDS, ONLY_OF_PEOPLE
from mijoz.customers.importing.shape import REJECT_COLUMNS, FileFormat, FileShape

TELLS_SOMEBODY = frozenset("number full_name last_name first_name phone phone_2 email".split())  # noqa: SIM905
OF_PURCHASES = frozenset({"item", "quantity", "unit_price", "reference"})
LOOKED_AT = 50
ENOUGH_DIGITS = re.compile(r"(?:\d\D{0,3}){9}")  # of a phone with the code of its network
OF_A_ROW = re.compile(r"(?:№|no|n|т/?р|t/?r|п/?п|№ ?п/?п|#)\.?", re.IGNORECASE)


class PeopleMapping(BaseModel):
    """How the columns of a file become customers. `columns` maps our field to the heading in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str]
    kept: list[str] = Field(default_factory=list)  # headings kept with the customer under their own name
    file: FileFormat = FileFormat()
    day_first: bool = True
    day_first_is_guessed: bool = False  # every date of the file reads both ways
    family_first: bool = True  # in whole names whose endings say nothing
    region: str = Field(default="UZ", min_length=2, max_length=2)  # of phones without a country

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := set(columns) - set(FIELDS):
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}; known are {', '.join(FIELDS)}")
        return {name: heading for name, heading in columns.items() if heading}

    def check(self, shape: FileShape) -> None:
        """Raise ImportRefused when the file lacks a column, or no column says who somebody is."""
        missing = [heading for heading in [*self.columns.values(), *self.kept] if heading not in shape.columns]
        if missing:
            raise ImportRefused(
                _("The file has no column “%(missing)s”. Its columns are: %(columns)s."),
                missing=", ".join(missing),
                columns=", ".join(shape.columns),
            )
        if not TELLS_SOMEBODY & set(self.columns):
            raise ImportRefused(_("Say which column holds a name, a phone, an e-mail or the customer number."))


def suggest_people(shape: FileShape) -> PeopleMapping:
    """The mapping that headings and cells suggest; columns that mean nothing to us are kept as they are."""
    if shape.kind == "vcard":
        kept = [name for name in vcard.COLUMNS if name not in vcard.FIELDS.values()]
        return PeopleMapping(columns=vcard.FIELDS, kept=kept, file=shape.format)
    headings = shape.columns[len(REJECT_COLUMNS) :] if shape.holds_rejects else shape.columns
    headings = [heading for heading in headings if not _counts_rows(heading, shape.samples(heading))]
    found = people_fields.by_headings(headings) if shape.has_header else {}
    left = {name: shape.samples(name) for name in headings if name not in found.values()}
    for field in ("email", "phone"):
        if field not in found and (heading := next((n for n, cells in left.items() if _are(field, cells)), None)):
            found[field] = heading
            del left[heading]
    if not {"full_name", "first_name", "last_name"} & set(found):
        names_there = (name for name, cells in left.items() if name not in found.values() and told.are_names(cells))
        if heading := next(names_there, None):
            found["full_name"] = heading
    days = [cell for field in ("birth_on", "birthday") for cell in shape.samples(found.get(field))]
    day_first, is_guessed = _day_first(days)
    kept = [heading for heading in headings if heading not in found.values() and any(shape.samples(heading))]
    return PeopleMapping(
        columns=found,
        kept=kept,
        file=shape.format,
        day_first=day_first,
        day_first_is_guessed=is_guessed,
        family_first=_family_first(shape, found),
    )


def holds_customers(shape: FileShape, purchases: Mapping, people: PeopleMapping) -> bool:
    """Whether the file looks like one of customers rather than of purchases."""
    if shape.kind == "vcard":
        return True
    columns = set(purchases.columns)
    is_sale = "date" in columns and bool(columns & {"amount", "unit_price"})
    of_people = ONLY_OF_PEOPLE & set(people.columns)
    if not is_sale:
        return bool(TELLS_SOMEBODY & set(people.columns)) and (
            bool(of_people) or not columns & {"amount", "unit_price"}
        )
    return len(of_people) >= 2 and not columns & OF_PURCHASES


def _are(field: str, cells: list[str]) -> bool:
    """Whether most of these cells are phones or e-mails, several in a cell too."""
    looked_at = cells[:LOOKED_AT]
    if not looked_at or (field == "phone" and not all(ENOUGH_DIGITS.search(cell) for cell in looked_at)):
        return False
    return sum(bool(cleaning.clean(field, cell).value) for cell in looked_at) >= 0.8 * len(looked_at)


def _counts_rows(heading: str, cells: list[str]) -> bool:
    """Whether a column only numbers the rows of this file: another file has another customer under the same number."""
    if not OF_A_ROW.fullmatch(heading.strip()):
        return False
    numbers = [int(cell) for cell in cells if re.fullmatch(r"\d{1,9}", cell.strip())]
    return len(numbers) == len(cells) and numbers == list(range(1, len(numbers) + 1))


def _day_first(days: list[str]) -> tuple[bool, bool]:
    cells = pl.Series("days", days, dtype=pl.String)
    day, month = dates.day_orders(cells)
    return day or not month, dates.reads_both_ways(cells)


def _family_first(shape: FileShape, columns: dict[str, str]) -> bool:
    heading = columns.get("full_name", "")
    cells = [names.name(cell).value for cell in shape.samples(heading)]
    says = [cell for cell in cells if names.family_comes_first([cell]) != names.family_comes_first(_turned(cell))]
    if says:
        return names.family_comes_first(says)
    return not heading.isascii() or not re.search(r"name|contact|customer|client", heading, re.IGNORECASE)


def _turned(name: str) -> list[str]:
    return [" ".join(reversed(name.split()))]
