"""Records of people in Uzbekistan of whom some are there twice or more, with the truth of who is who.

Two scripts, slips of the pen, swapped fields, patronymics in three ways, birthdays without a year or with day and
month swapped, new phones, phones that a family shares, twins, and fathers whose sons bear their name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis.simulator import names

STREETS = [
    *("Amir Temur", "Mustaqillik", "Navoiy", "Bobur", "Ibn Sino", "Beruniy", "Mirzo Ulugʻbek", "Furqat", "Muqimiy"),
    *("Shota Rustaveli", "Bunyodkor", "Chilonzor", "Qatortol", "Sharof Rashidov", "Istiqlol", "Oybek", "Nukus"),
    *("Taras Shevchenko", "Yunus Rajabiy", "Abdulla Qodiriy", "Bogʻishamol", "Sayilgoh", "Zarqaynar", "Farhod"),
    *("Lutfiy", "Mashrab", "Gulobod", "Doʻstlik", "Guliston", "Navroʻz", "Yangi hayot", "Turkiston", "Parkent"),
]
CITIES = [
    *("Toshkent", "Samarqand", "Buxoro", "Andijon", "Namangan", "Fargʻona", "Qarshi", "Nukus", "Termiz", "Jizzax"),
    *("Navoiy", "Guliston", "Urganch", "Qoʻqon"),
]
CITY_WEIGHTS = np.array([30, 12, 9, 8, 8, 7, 6, 4, 4, 3, 3, 2, 2, 2])
OPERATORS = ("90", "91", "93", "94", "95", "97", "98", "99", "33", "88")
LETTERS = "abdefghijklmnopqrstuvxyz"
FIRST_YEAR, LAST_YEAR = 1945, 2010
RARE_SURNAME_SHARE = 0.4  # surnames made of any father's name, beyond the common ones


@dataclass(frozen=True, slots=True)
class Slips:
    """How often each thing happens to a further record of a person."""

    other_script: float = 0.35
    typo: float = 0.12  # of each name
    swapped_names: float = 0.05
    no_patronymic: float = 0.35
    other_phone: float = 0.25
    no_phone: float = 0.1
    phone_slip: float = 0.04
    no_birth: float = 0.2
    no_year: float = 0.12
    swapped_birth: float = 0.03
    birth_slip: float = 0.03
    other_address: float = 0.15
    no_address: float = 0.25
    no_email: float = 0.5


def people_with_duplicates(
    count: int,
    *,
    seed: int,
    duplicate_share: float = 0.2,
    family_share: float = 0.25,
    twin_share: float = 0.004,
    namesake_share: float = 0.0025,
    slips: Slips = Slips(),
) -> pl.DataFrame:
    """About `count` records: record, person (the truth), and the columns of `analysis.matching.features`.

    `duplicate_share` of people have a second record, a fifth of these a third one. `family_share` of people live with
    somebody whose phone, address and surname they share; of all people `twin_share` also the birth date, and
    `namesake_share` the first name.
    """
    rng = np.random.default_rng(seed)
    persons = _Persons(rng, round(count / (1 + duplicate_share * 1.2)))
    persons.gather_families(family_share, twin_share=twin_share, namesake_share=namesake_share)
    copies = 1 + (rng.random(persons.count) < duplicate_share) * (1 + (rng.random(persons.count) < 0.2))
    person = np.repeat(np.arange(persons.count), copies)
    is_first = np.concatenate([[True], person[1:] != person[:-1]])
    rows = [
        persons.row(who, first=first, slips=slips)
        for who, first in zip(person.tolist(), is_first.tolist(), strict=True)
    ]
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row").with_columns(person=pl.Series(person, dtype=pl.Int64))
    mixed = frame.gather(rng.permutation(frame.height))
    return mixed.with_row_index("record", offset=1).with_columns(pl.col("record").cast(pl.Int64))


COLUMNS: dict[str, Any] = {
    "first_name": pl.String,
    "last_name": pl.String,
    "patronymic": pl.String,
    "birth": pl.String,
    "birthday": pl.String,
    "phones": pl.List(pl.String),
    "emails": pl.List(pl.String),
    "address": pl.String,
    "city": pl.String,
}


class _Persons:
    """Who the people are, and how one more record of each is written."""

    def __init__(self, rng: np.random.Generator, count: int) -> None:
        self.rng = rng
        self.count = count
        surnames = [*names.UZBEK_SURNAMES, *(f"{father}ov" for father in names.UZBEK_FATHERS)]
        common = np.arange(len(names.UZBEK_SURNAMES))
        weights = 1 / (1 + np.arange(len(common)))  # a few surnames are borne by very many
        usual = rng.choice(common, count, p=weights / weights.sum())
        rare = rng.integers(0, len(surnames), count)
        self.is_woman = rng.random(count) < 0.55
        self.last = [surnames[place] for place in np.where(rng.random(count) < RARE_SURNAME_SHARE, rare, usual)]
        men, women = rng.choice(names.UZBEK_MEN, count), rng.choice(names.UZBEK_WOMEN, count)
        self.first: list[str] = np.where(self.is_woman, women, men).tolist()
        self.father: list[str] = rng.choice(names.UZBEK_FATHERS, count).tolist()
        days = rng.integers(0, (LAST_YEAR - FIRST_YEAR) * 365, count)
        start = np.datetime64(f"{FIRST_YEAR}-01-01")
        self.birth: list[str] = (start + days).astype(str).tolist()
        self.phone = [f"+998{OPERATORS[o]}{n:07d}" for o, n in zip(self._any(10), self._any(10_000_000), strict=True)]
        self.city = rng.choice(CITIES, count, p=CITY_WEIGHTS / CITY_WEIGHTS.sum()).tolist()
        self.street = rng.choice(STREETS, count).tolist()
        self.house = [
            f"{house}-uy {flat}-xonadon" for house, flat in zip(1 + self._any(150), 1 + self._any(90), strict=True)
        ]
        marks = self._any(1000)
        self.email = [
            f"{names.plain(first)}.{names.plain(last)}{mark}@mail.example"
            for first, last, mark in zip(self.first, self.last, marks.tolist(), strict=True)
        ]
        self.mails = rng.random(count) < 0.4
        self.is_cyrillic = rng.random(count) < 0.4

    def _any(self, below: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return self.rng.integers(0, below, self.count)

    def gather_families(self, share: float, *, twin_share: float, namesake_share: float) -> None:
        """Let some people share phone, address and surname with the one before them."""
        rng = self.rng
        chosen = np.flatnonzero(rng.random(self.count) < share)
        is_twin = rng.random(len(chosen)) < twin_share / share
        is_namesake = rng.random(len(chosen)) < namesake_share / share
        shares_father = rng.random(len(chosen)) < 0.5
        for place, twin, namesake, sibling in zip(chosen.tolist(), is_twin, is_namesake, shares_father, strict=True):
            if place == 0:
                continue
            for kept in (self.last, self.phone, self.city, self.street, self.house):
                kept[place] = kept[place - 1]  # type: ignore[index,call-overload]
            if sibling or twin:
                self.father[place] = self.father[place - 1]
            if twin:
                self.birth[place] = self.birth[place - 1]
            while self.first[place] == self.first[place - 1] and not namesake:
                self.first[place] = str(rng.choice(names.UZBEK_WOMEN if self.is_woman[place] else names.UZBEK_MEN))
            if namesake:
                self.first[place] = self.first[place - 1]
                self.is_woman[place] = self.is_woman[place - 1]

    def row(self, who: int, *, first: bool, slips: Slips) -> tuple[object, ...]:
        rng = self.rng
        chances = iter(rng.random(24).tolist())

        def happens(share: float) -> bool:
            return next(chances) < share and not first

        cyrillic = bool(self.is_cyrillic[who]) ^ happens(slips.other_script)
        surname = self.last[who] + ("a" if self.is_woman[who] and self.last[who].endswith("v") else "")
        written = [
            _slip(rng, part, happens(slips.typo))
            for part in (self.first[who], surname, self._patronymic(who, next(chances)))
        ]
        if cyrillic:
            written = [names.cyrillic(part) for part in written]
        given, family, father = written
        if happens(slips.swapped_names):
            given, family = family, given
        if next(chances) < slips.no_patronymic:
            father = ""
        phone = self.phone[who]
        if happens(slips.other_phone):
            phone = f"+998{rng.choice(OPERATORS)}{rng.integers(0, 10_000_000):07d}"
        if happens(slips.phone_slip):
            at = int(rng.integers(6, len(phone)))
            phone = phone[:at] + str(rng.integers(0, 10)) + phone[at + 1 :]
        phones = [] if next(chances) < slips.no_phone else [phone]
        birth, birthday = self._birth(who, happens, slips, no_birth=next(chances) < slips.no_birth)
        address, city = self._address(who, happens(slips.other_address), none=next(chances) < slips.no_address)
        emails = [self.email[who]] if self.mails[who] and next(chances) >= slips.no_email else []
        return (given, family, father, birth, birthday, phones, emails, address, city)

    def _patronymic(self, who: int, chance: float) -> str:
        father = self.father[who]
        if chance < 0.5:
            return f"{father} {'qizi' if self.is_woman[who] else 'oʻgʻli'}"
        return f"{father}{'ovna' if self.is_woman[who] else 'ovich'}"

    def _birth(self, who: int, happens: object, slips: Slips, *, no_birth: bool) -> tuple[str, str]:
        birth = self.birth[who]
        year, month, day = birth.split("-")
        if no_birth:
            return "", ""
        if happens(slips.no_year):  # type: ignore[operator]
            return "", f"{month}-{day}"
        if happens(slips.swapped_birth) and int(day) <= 12:  # type: ignore[operator]
            return f"{year}-{day}-{month}", ""
        if happens(slips.birth_slip):  # type: ignore[operator]
            return f"{year[:3]}{self.rng.integers(0, 10)}-{month}-{day}", ""
        return birth, ""

    def _address(self, who: int, moved: bool, *, none: bool) -> tuple[str, str]:
        if none:
            return "", self.city[who]
        if moved:
            rng = self.rng
            return f"{rng.choice(STREETS)} koʻchasi {rng.integers(1, 150)}-uy {rng.integers(1, 90)}-xonadon", self.city[
                who
            ]
        return f"{self.street[who]} koʻchasi {self.house[who]}", self.city[who]


def _slip(rng: np.random.Generator, text: str, happens: bool) -> str:
    """One letter left out, doubled, exchanged for another, or swapped with the next."""
    if not happens or len(text) < 4:
        return text
    at = int(rng.integers(1, len(text) - 1))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + LETTERS[int(rng.integers(0, len(LETTERS)))] + text[at + 1 :]
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
