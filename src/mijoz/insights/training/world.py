"""The invented business of a round: drawn from its seed and put together as exercises need it.

Nothing here reads the database: the business's own customers are never part of an exercise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import cast

import polars as pl

from mijoz.analysis.simulator import simulate
from mijoz.analysis.simulator.sectors import SectorKey

CUSTOMERS, MONTHS = 90, 8
UNTIL = date(2026, 3, 31)
USUAL_PAUSE = 30  # days, for who came once
MANY = 8  # people of each exercise are drawn from so many who fit best


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer as a profile shows them; `kind` is what the simulator made them, which a profile does not say."""

    name: str
    kind: str
    language: str
    visits: int
    spent: float
    discounted: float  # of purchases, the share with a discount
    days_away: int
    usual_pause: int
    favourite: str
    channel: str
    purposes: frozenset[str]
    complained: bool

    @property
    def pauses_away(self) -> float:
        """How many of their usual pauses they have been away."""
        return self.days_away / self.usual_pause

    @property
    def average_check(self) -> float:
        return self.spent / self.visits if self.visits else 0.0


@dataclass(frozen=True, slots=True)
class World:
    """The guests of an invented business who have bought at least once, and what it sells."""

    name: str
    currency: str
    guests: tuple[Guest, ...]
    services: tuple[dict[str, str], ...]  # names by language
    usual_spent: float


@lru_cache(maxsize=128)
def world(sector: str, seed: int) -> World:
    """Equal arguments give an equal business."""
    drawn = simulate(sector=cast(SectorKey, sector), customers=CUSTOMERS, months=MONTHS, seed=seed, until=UNTIL)
    services = tuple(
        {language: row[f"name_{language}"] for language in ("uz", "ru", "en")} for row in drawn.services.to_dicts()
    )
    people = {row["customer_number"]: row for row in drawn.customers.to_dicts()}
    names = {row["uz"]: number for number, row in enumerate(services)}
    complained = set(drawn.events.filter(pl.col("type") == "complaint")["identity_value"].to_list())
    lines = drawn.events.filter((pl.col("type") == "purchase_line") & pl.col("identity_value").is_in(list(people)))
    guests = []
    for (number,), rows in sorted(lines.group_by("identity_value"), key=lambda group: group[0]):
        days = sorted({moment.date() for moment in rows["occurred_at"]})
        pauses = [(later - earlier).days for earlier, later in pairwise(days)]
        person = people[number]
        items = rows["item"].value_counts().sort(["count", "item"], descending=[True, False])["item"].to_list()
        guests.append(
            Guest(
                name=f"{person['first_name']} {person['last_name']}".strip() or number,
                kind=person["kind"],
                language=person["language"],
                visits=len(days),
                spent=float(rows["amount"].sum() or 0),
                discounted=int((rows["discount"].fill_null(0) > 0).sum()) / rows.height,
                days_away=(UNTIL - days[-1]).days,
                usual_pause=max(1, round(sum(pauses) / len(pauses))) if pauses else USUAL_PAUSE,
                favourite=next((item for item in items if item in names), items[0]),
                channel=str(rows["channel"].mode().sort()[0]),
                purposes=frozenset(person["consents"]),
                complained=number in complained,
            )
        )
    spent = sorted(guest.spent for guest in guests)
    return World(drawn.name, drawn.currency, tuple(guests), services, spent[len(spent) // 2])
