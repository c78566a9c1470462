"""What makes one line of business differ from another, as a table of facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SectorKey = Literal["restaurant", "clinic", "hotel", "repair", "salon"]
Hours = tuple[int, int] | None  # full hours of opening and closing, None on a closed day


@dataclass(frozen=True, slots=True)
class Service:
    """Something on the price list; `minutes` is how long it takes, `most` how many one purchase may hold."""

    uz: str
    ru: str
    en: str
    price: int  # UZS
    minutes: int
    category: str
    popularity: float = 1.0
    most: int = 1
    alone: bool = True  # False: only bought together with something else


@dataclass(frozen=True, slots=True)
class SimulatedBranch:
    code: str
    name: str
    city: str
    share: float  # of the customers
    wait_factor: float = 1.0  # above 1: understaffed, people wait longer here


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """The facts of one line of business, before any chance comes in."""

    key: SectorKey
    business_name: str
    mail_domain: str
    branches: tuple[SimulatedBranch, ...]
    services: tuple[Service, ...]
    goes_with: dict[tuple[str, str], float]  # pull of one category on another; 0.15 where nothing is said
    week: tuple[Hours, ...]  # Monday first
    weekday_weights: tuple[float, ...]
    hour_weights: dict[int, float]  # of arrivals, local hours
    month_weights: tuple[float, ...]  # January first
    holiday_factor: float  # on Navroʻz days
    ramazon_factor: float
    tempo: float  # stretches the days between purchases
    line_weights: tuple[float, ...]  # chances of 1, 2, 3 … lines in a purchase
    quantity_weights: tuple[float, ...]  # chances of 1, 2, 3 … pieces of what can be bought in pieces
    mean_wait_minutes: float
    stay_minutes: float | None  # length of a visit; None: as long as the service takes
    booked_share: float
    booking_lead_days: float
    anonymous_share: float
    female_share: float
    languages: dict[str, float] = field(default_factory=lambda: {"uz": 0.72, "ru": 0.25, "en": 0.03})  # of customers

    @property
    def branch_shares(self) -> list[float]:
        """The part of the customers that each branch has; together 1."""
        total = sum(branch.share for branch in self.branches)
        return [branch.share / total for branch in self.branches]
