"""A believable service business, drawn from a seed, whose truth is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl

from mijoz.analysis.simulator import visits as service
from mijoz.analysis.simulator.baskets import draw_lines
from mijoz.analysis.simulator.bookings import CANCELLED_SHARE, MISSED_SHARE, bookings_not_kept, kept_bookings
from mijoz.analysis.simulator.chronicle import write_log
from mijoz.analysis.simulator.kinds import KIND_KEYS, Ints, draw_lives
from mijoz.analysis.simulator.log import CURRENCY, MONEY, Story
from mijoz.analysis.simulator.people import LANGUAGES, draw_people
from mijoz.analysis.simulator.period import DAY_SECONDS, TIME_ZONE, OpeningHours, Period, season
from mijoz.analysis.simulator.pilots import PILOTS, enrol, truth_of
from mijoz.analysis.simulator.purchases import draw_purchases, first_days
from mijoz.analysis.simulator.sectors import SECTORS, Sector, SectorKey
from mijoz.analysis.simulator.staff import draw_staff
from mijoz.analysis.simulator.visits import draw_visits

FEWEST_CUSTOMERS = 50
FEWEST_MONTHS = 4


@dataclass(frozen=True, slots=True)
class SimulatedBusiness:
    """Everything about the business; `events` is an event frame, `truth` can be written as JSON.

    Columns, where text that is not known is "":
    branches code, name, city; working_hours branch, weekday (0 is Monday), opens, closes; staff name, role,
    branch ("" for the whole business), email; services name_uz (as in the events), name_ru, name_en, price,
    duration_minutes, category; customers customer_number, first_name, last_name, patronymic, gender, phone,
    email, language, birth_on, script, kind (truth, which the business does not know), acquisition_channel,
    consents (purposes agreed to), joined_on; responses see answers.py.
    """

    sector: str
    name: str
    currency: str
    time_zone: str
    first_day: date
    last_day: date
    branches: pl.DataFrame
    working_hours: pl.DataFrame
    staff: pl.DataFrame
    services: pl.DataFrame
    customers: pl.DataFrame
    events: pl.DataFrame
    responses: pl.DataFrame
    truth: dict[str, Any]


def simulate(
    *,
    sector: SectorKey,
    customers: int,
    months: int,
    seed: int,
    until: date,
    effect: float = 1.0,
    pain: float = 1.0,
    languages: Mapping[str, float] | None = None,
) -> SimulatedBusiness:
    """Draw a business of this sector and its log of the `months` that end with the whole day `until`.

    Equal arguments give equal frames. `effect` scales the effects of every pilot scenario and `pain` how much worse
    the pain points are; 0 plants none.
    `languages` are the weights of uz, ru and en among customers, by default those of the sector. Raises
    ValueError for what cannot be drawn.
    """
    facts = _checked(sector, customers=customers, months=months, effect=effect)
    languages = _checked_languages(facts.languages if languages is None else languages)
    period = Period.of_months(months, until=until)
    # One generator for each part, so that a change in one part leaves the chances of the others as they were.
    chances = iter(np.random.default_rng([seed % 2**63, crc32(sector.encode())]).spawn(15))

    lives = draw_lives(next(chances), customers=customers, days=period.days, tempo=facts.tempo)
    people = draw_people(next(chances), lives, period=period, sector=facts, language_mix=languages)
    busy = season(period, facts)
    open_weights = np.array(facts.weekday_weights)[period.weekdays]
    day_weights = busy * open_weights
    first_day = first_days(next(chances), lives, day_weights=day_weights)
    enrolments = enrol(
        next(chances),
        lives,
        numbers=people.numbers,
        agreed=people.agreed_to_marketing,
        first_day=first_day,
        days=period.days,
        effect=effect,
    )
    purchases = draw_purchases(
        next(chances),
        lives,
        enrolments,
        first_day=first_day,
        season=busy,
        open_weights=open_weights,
        anonymous_share=facts.anonymous_share,
    )
    lines = draw_lines(next(chances), purchases, lives, enrolments, facts)
    hours = OpeningHours(period, facts)
    visits = draw_visits(
        next(chances),
        purchases,
        lines,
        lives,
        enrolments,
        people=people,
        hours=hours,
        sector=facts,
    )
    booking_chances = next(chances)
    kept = kept_bookings(booking_chances, purchases, visits, facts)
    not_kept = partial(
        bookings_not_kept, purchases=purchases, kept=kept, first_day=first_day, day_weights=day_weights, hours=hours,
        sector=facts,
    )  # fmt: skip
    missed = not_kept(booking_chances, share=MISSED_SHARE)
    log_chances, staff_chances = next(chances), next(chances)
    story = Story(
        period=period,
        sector=facts,
        hours=hours,
        people=people,
        lives_kind=lives.kind,
        purchases=purchases,
        lines=lines,
        visits=visits,
        kept=kept,
        missed=missed,
        cancelled=not_kept(next(chances), share=CANCELLED_SHARE),
        enrolments=enrolments,
        staff=draw_staff(staff_chances, facts),
    )
    told = write_log(log_chances, story, further=chances, effect=effect, pain=pain)
    parameters = {
        "sector": sector,
        "customers": customers,
        "months": months,
        "seed": seed,
        "effect": effect,
        "pain": pain,
        "until": until.isoformat(),
        "languages": {language: languages.get(language, 0.0) for language in LANGUAGES},
    }
    return SimulatedBusiness(
        sector=sector,
        name=facts.business_name,
        currency=CURRENCY,
        time_zone=TIME_ZONE,
        first_day=period.first,
        last_day=until,
        branches=pl.DataFrame([{"code": one.code, "name": one.name, "city": one.city} for one in facts.branches]),
        working_hours=_working_hours(facts),
        staff=story.staff,
        services=_services(facts),
        customers=people.frame.with_columns(period.dates(_joined(story, first_day)).alias("joined_on")),
        events=told.events,
        responses=told.responses,
        truth=_truth(parameters, story, kinds=lives.kind) | told.truth,
    )


def write_truth(business: SimulatedBusiness, path: Path) -> None:
    """Write what was planted as a JSON file."""
    path.write_text(json.dumps(business.truth, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _checked(sector: str, *, customers: int, months: int, effect: float) -> Sector:
    """The facts of the sector, when such a business can be drawn."""
    if sector not in SECTORS:
        raise ValueError(f"there is no sector {sector!r}, choose one of {', '.join(SECTORS)}")
    if customers < FEWEST_CUSTOMERS:
        raise ValueError(f"a simulated business has at least {FEWEST_CUSTOMERS} customers, not {customers}")
    if months < FEWEST_MONTHS:
        raise ValueError(f"a simulated business has at least {FEWEST_MONTHS} months of history, not {months}")
    if not 0 <= effect <= 2:
        raise ValueError(f"the effect is scaled by a number from 0 to 2, not {effect}")
    return SECTORS[sector]


def _checked_languages(languages: Mapping[str, float]) -> Mapping[str, float]:
    if unknown := sorted(set(languages) - set(LANGUAGES)):
        raise ValueError(f"customers speak {', '.join(LANGUAGES)}, not {', '.join(unknown)}")
    if min(languages.values(), default=0) < 0 or sum(languages.values()) <= 0:
        raise ValueError("the weights of the languages are not negative, and not all zero")
    return languages


def _working_hours(sector: Sector) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"branch": branch.code, "weekday": weekday, "opens": time(span[0]), "closes": time(span[1])}
            for branch in sector.branches
            for weekday, span in enumerate(sector.week)
            if span is not None
        ]
    )


def _services(sector: Sector) -> pl.DataFrame:
    frame = pl.DataFrame([asdict(one) for one in sector.services])
    return frame.select(
        pl.col("uz").alias("name_uz"),
        pl.col("ru").alias("name_ru"),
        pl.col("en").alias("name_en"),
        pl.col("price").cast(MONEY),
        pl.col("minutes").alias("duration_minutes"),
        "category",
    )


def _joined(story: Story, first_day: Ints) -> Ints:
    """The day on which each customer was first heard of: by a purchase, or a booking before it."""
    joined = first_day.copy()
    np.minimum.at(joined, story.purchases.customer[story.kept.purchase], story.kept.made // DAY_SECONDS)
    return joined


def _truth(parameters: dict[str, Any], story: Story, *, kinds: Ints) -> dict[str, Any]:
    counts = np.bincount(kinds, minlength=len(KIND_KEYS))
    slowest = max(story.sector.branches, key=lambda branch: branch.wait_factor)
    return {
        "parameters": parameters,
        "kinds": {key: int(count) for key, count in zip(KIND_KEYS, counts, strict=True)},
        "scenarios": {pilot.key: truth_of(pilot, story.enrolments) for pilot in PILOTS},
        "complaints": {
            "log_odds_without_waiting": service.COMPLAINT_LOG_ODDS_WITHOUT_WAIT,
            "log_odds_per_ten_minutes_of_waiting": service.COMPLAINT_LOG_ODDS_PER_TEN_MINUTES,
        },
        "waiting": {
            "slowest_branch": slowest.code,
            "slowest_branch_factor": slowest.wait_factor,
            "factor_with_priority": service.PRIORITY_WAIT_FACTOR,
        },
    }
