"""Who the customers are: names in two scripts, languages, contacts, consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from mijoz.analysis.simulator import names
from mijoz.analysis.simulator.kinds import KIND_KEYS, Flags, Ints, Lives
from mijoz.analysis.simulator.period import Period
from mijoz.analysis.simulator.sectors import Sector

LANGUAGES = ("uz", "ru", "en")
UZBEK, RUSSIAN, FOREIGN = range(3)  # where a name is from
RUSSIAN_NAME_SHARE = 0.55  # of those who speak Russian with us; the others bear Uzbek names
CYRILLIC_SHARES = np.array([0.14, 0.8, 0.0])  # by language
PATRONYMIC_SHARES = np.array([0.62, 0.7, 0.0])  # by where the name is from
PATRONYMIC_IN_OGLI_SHARE = 0.6
EMAIL_SHARE = 0.68
BIRTHDAY_SHARE = 0.75
OPERATOR_CODES = np.array([90, 91, 93, 94, 95, 97, 98, 99, 33, 88])
CHANNELS = ("walk_in", "phone", "web", "telegram", "instagram", "referral")
ACQUISITION_WEIGHTS = (0.34, 0.14, 0.1, 0.17, 0.13, 0.12)
WALK_IN, PHONE, WEB, TELEGRAM = range(4)
PURPOSES = ("service", "marketing", "profiling", "sharing")
CONSENT_SHARES = (1.0, 0.86, 0.78, 0.2)


@dataclass(frozen=True, slots=True)
class People:
    """The customers as a frame, and what the rest of the simulation needs of them, one entry for each."""

    frame: pl.DataFrame
    numbers: list[str]
    language: Ints  # place in LANGUAGES
    home_branch: Ints
    acquisition: Ints  # place in CHANNELS
    has_email: Flags
    consents: Flags  # shape (customers, purposes)

    @property
    def won_by_walking_in(self) -> Flags:
        return self.acquisition == WALK_IN

    @property
    def agreed_to_marketing(self) -> Flags:
        return self.consents[:, PURPOSES.index("marketing")]


def draw_people(
    rng: np.random.Generator,
    lives: Lives,
    *,
    period: Period,
    sector: Sector,
    language_mix: Mapping[str, float],
) -> People:
    """Give every customer a name and ways to be reached. Addresses are in domains that can never exist."""
    count = len(lives.kind)
    weights = np.array([language_mix.get(language, 0.0) for language in LANGUAGES])
    language = rng.choice(len(LANGUAGES), count, p=weights / weights.sum())
    is_woman = rng.random(count) < sector.female_share
    is_cyrillic = rng.random(count) < CYRILLIC_SHARES[language]
    origin = np.where((language == RUSSIAN) & (rng.random(count) >= RUSSIAN_NAME_SHARE), UZBEK, language)
    first, last, patronymic, mailbox = _names(rng, origin=origin, is_woman=is_woman, is_cyrillic=is_cyrillic)

    numbers = [f"{place:06d}" for place in range(1, count + 1)]
    has_email = rng.random(count) < EMAIL_SHARE
    consents = rng.random((count, len(PURPOSES))) < np.array(CONSENT_SHARES)
    acquisition = rng.choice(len(CHANNELS), count, p=ACQUISITION_WEIGHTS)
    frame = pl.DataFrame(
        {
            "customer_number": numbers,
            "first_name": first,
            "last_name": last,
            "patronymic": patronymic,
            "gender": pl.Series(["male", "female"]).gather(is_woman.astype(np.int64)),
            "phone": _phones(rng, count),
            "email": _emails(mailbox, numbers, has_email),
            "language": pl.Series(LANGUAGES).gather(language),
            "birth_on": _birthdays(rng, count, period),
            "script": pl.Series(["Latin", "Cyrillic"]).gather(is_cyrillic.astype(np.int64)),
            "kind": pl.Series(KIND_KEYS).gather(lives.kind),
            "acquisition_channel": pl.Series(CHANNELS).gather(acquisition),
            "consents": _purposes(consents),
        }
    )
    return People(
        frame=frame,
        numbers=numbers,
        language=language,
        home_branch=rng.choice(len(sector.branches), count, p=sector.branch_shares),
        acquisition=acquisition,
        has_email=has_email,
        consents=consents,
    )


def _names(
    rng: np.random.Generator, *, origin: Ints, is_woman: Flags, is_cyrillic: Flags
) -> tuple[pl.Series, pl.Series, pl.Series, pl.Series]:
    """First name, last name, patronymic ("" for many), and first and last name as part of an address."""
    count = len(origin)
    first, last, patronymic = (np.empty(count, dtype=object) for _ in range(3))
    mailbox = np.empty(count, dtype=object)
    for place in range(3):
        for woman in (False, True):
            mine = np.flatnonzero((origin == place) & (is_woman == woman))
            lists = _spellings(place, woman=woman)
            chosen = [rng.integers(0, len(spelled), len(mine)) for spelled, _ in lists]
            script = is_cyrillic[mine].astype(np.int64)
            for column, (in_latin, in_cyrillic), one in zip((first, last, patronymic), lists, chosen, strict=True):
                column[mine] = np.array([in_latin, in_cyrillic], dtype=object)[script, one]
            latin_first = np.array([names.plain(name) for name in lists[0][0]], dtype=object)[chosen[0]]
            latin_last = np.array([names.plain(name) for name in lists[1][0]], dtype=object)[chosen[1]]
            mailbox[mine] = latin_first + "." + latin_last
    patronymic[rng.random(count) >= PATRONYMIC_SHARES[origin]] = ""
    return tuple(pl.Series(column, dtype=pl.String) for column in (first, last, patronymic, mailbox))  # type: ignore[return-value]


def _spellings(origin: int, *, woman: bool) -> list[tuple[list[str], list[str]]]:
    """First names, last names and patronymics, each as a list in Latin and the same list in Cyrillic."""
    if origin == FOREIGN:
        first = names.FOREIGN_WOMEN if woman else names.FOREIGN_MEN
        return [(first, first), (names.FOREIGN_SURNAMES, names.FOREIGN_SURNAMES), ([""], [""])]
    if origin == RUSSIAN:
        first = names.RUSSIAN_WOMEN if woman else names.RUSSIAN_MEN
        last = [_for(woman, surname) for surname in names.RUSSIAN_SURNAMES]
        fathers = [stem[:-1] + ("вна" if woman else "вич") for stem in names.RUSSIAN_PATRONYMICS]
        return [([names.latin(name) for name in spelled], spelled) for spelled in (first, last, fathers)]
    first = names.UZBEK_WOMEN if woman else names.UZBEK_MEN
    last = [_for(woman, surname) for surname in names.UZBEK_SURNAMES]
    return [(spelled, [names.cyrillic(name) for name in spelled]) for spelled in (first, last, _fathers(woman=woman))]


def _fathers(*, woman: bool) -> list[str]:
    """Uzbek patronymics, the two ways of forming them in their proportion of ten."""
    told = [f"{father} {'qizi' if woman else 'oʻgʻli'}" for father in names.UZBEK_FATHERS]
    formed = [f"{father}{'ovna' if woman else 'ovich'}" for father in names.UZBEK_FATHERS]
    tenths = round(PATRONYMIC_IN_OGLI_SHARE * 10)
    return told * tenths + formed * (10 - tenths)


def _for(woman: bool, surname: str) -> str:
    """The surname as a woman or a man bears it: Karimova and Karimov, but Ким and Тен for both."""
    if not woman or len(surname) == 3:
        return surname
    return surname + ("a" if surname[-1] == "v" else "а")


def _phones(rng: np.random.Generator, count: int) -> pl.Series:
    """Different numbers in the ranges of the country's mobile operators."""
    subscriber = (rng.integers(0, 10**7) + np.arange(count) * 7_368_787) % 10**7
    code = OPERATOR_CODES[rng.integers(0, len(OPERATOR_CODES), count)]
    return "+998" + pl.Series(code * 10**7 + subscriber).cast(pl.String)


def _emails(mailbox: pl.Series, numbers: list[str], has_email: Flags) -> pl.Series:
    address = mailbox + pl.Series(numbers).str.strip_chars_start("0") + "@mail.example"
    return address.zip_with(pl.Series(has_email), pl.Series([""]))


def _birthdays(rng: np.random.Generator, count: int, period: Period) -> pl.Series:
    age_days = (18 + 57 * rng.beta(1.6, 2.6, count)) * 365.25
    day = period.dates(-age_days.astype(np.int64))
    return day.zip_with(pl.Series(rng.random(count) < BIRTHDAY_SHARE), pl.Series([None], dtype=pl.Date))


def _purposes(consents: Flags) -> pl.Series:
    combinations = [[p for place, p in enumerate(PURPOSES) if code >> place & 1] for code in range(2 ** len(PURPOSES))]
    return pl.Series(combinations).gather(consents @ (1 << np.arange(len(PURPOSES))))
