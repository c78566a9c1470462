"""The days that are simulated, in the local time of the business."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from mijoz.analysis.simulator.kinds import Flags, Floats, Ints
from mijoz.analysis.simulator.sectors import Sector

TIME_ZONE = "Asia/Tashkent"
NAVROZ = ((3, 20), (3, 21), (3, 22), (3, 23))
A_RAMAZON_BEGAN_ON = date(2024, 3, 11)
LUNAR_YEAR_DAYS = 354.367
RAMAZON_DAYS = 29.5
DAY_SECONDS = 86_400
REACH_DAYS = 3  # how far a wish to come moves to a day that suits better


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `first` on; day 0 is the first."""

    first: date
    days: int

    @classmethod
    def of_months(cls, months: int, *, until: date) -> Period:
        """The `months` that end with the day `until`, that day included."""
        year, month = divmod(until.year * 12 + until.month - 1 - months, 12)
        before = date(year, month + 1, min(until.day, monthrange(year, month + 1)[1]))
        return cls(first=before + timedelta(days=1), days=(until - before).days)

    @property
    def weekdays(self) -> Ints:
        """Of each day, 0 is Monday."""
        return (self.first.weekday() + np.arange(self.days)) % 7

    def moments(self, seconds: Ints) -> pl.Series:
        """Seconds since the first local midnight as moments in UTC."""
        midnight = pl.Series([self.first]).cast(pl.Datetime("us")).to_physical()[0]
        local = pl.Series("occurred_at", seconds * 1_000_000 + midnight).cast(pl.Datetime("us"))
        return local.dt.replace_time_zone(TIME_ZONE).dt.convert_time_zone("UTC")

    def dates(self, days: Ints) -> pl.Series:
        """Days of the period as dates."""
        return pl.Series(np.datetime64(self.first, "D") + days).cast(pl.Date)


def season(period: Period, sector: Sector) -> Floats:
    """How busy each day is for the time of the year, 1 on average over a plain year."""
    factors = np.empty(period.days)
    for day in range(period.days):
        on = period.first + timedelta(days=day)
        factor = sector.month_weights[on.month - 1]
        if (on.month, on.day) in NAVROZ:
            factor *= sector.holiday_factor
        if (on - A_RAMAZON_BEGAN_ON).days % LUNAR_YEAR_DAYS < RAMAZON_DAYS:
            factor *= sector.ramazon_factor
        factors[day] = factor
    return factors


def choose_days(
    rng: np.random.Generator, wished: Ints, *, earliest: Ints, latest: Ints, weights: Floats
) -> tuple[Ints, Flags]:
    """For each wished day one near it, by `weights` of the days and between `earliest` and `latest`.

    The second array is False where no day near it has any weight.
    """
    candidates = wished[:, None] + np.arange(-REACH_DAYS, REACH_DAYS + 1)
    allowed = (candidates >= earliest[:, None]) & (candidates <= latest[:, None])
    chances = np.where(allowed, weights[np.clip(candidates, 0, len(weights) - 1)], 0.0).cumsum(axis=1)
    total = chances[:, -1]
    place = (chances <= (rng.random(len(wished)) * total)[:, None]).sum(axis=1)
    place = np.minimum(place, candidates.shape[1] - 1)
    return candidates[np.arange(len(wished)), place], total > 0


class OpeningHours:
    """When the doors are open, and when in the day people come."""

    def __init__(self, period: Period, sector: Sector) -> None:
        spans = [span or (0, 0) for span in sector.week]
        self.weekdays = period.weekdays
        self.opens = np.array([opens * 3600 for opens, _ in spans])
        self.closes = np.array([closes * 3600 for _, closes in spans])
        weights = np.zeros((7, 24))
        for weekday, (opens, closes) in enumerate(spans):
            for hour in range(opens, closes):
                weights[weekday, hour] = sector.hour_weights.get(hour, 0.0)
        self._cumulated = weights.cumsum(axis=1)
        usual = np.array(list(sector.hour_weights.values()))
        self.rush = np.array([sector.hour_weights.get(hour, 0.0) for hour in range(24)]) / usual.mean()

    def draw(self, rng: np.random.Generator, day: Ints) -> Ints:
        """A second of each day at which somebody comes in."""
        cumulated = self._cumulated[self.weekdays[day]]
        hour = (cumulated <= (rng.random(len(day)) * cumulated[:, -1])[:, None]).sum(axis=1)
        return np.minimum(hour, 23) * 3600 + rng.integers(0, 3600, len(day))

    def latest_start(self, day: Ints, *, lasting: Ints) -> Ints:
        """The last second of each day at which something `lasting` so many seconds can begin."""
        weekday = self.weekdays[day]
        return np.maximum(self.closes[weekday] - 60 - lasting, self.opens[weekday])
