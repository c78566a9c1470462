"""The event frame: everything that happened, one row each, in order of time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis.simulator.baskets import Lines
from mijoz.analysis.simulator.bookings import Bookings
from mijoz.analysis.simulator.kinds import Ints
from mijoz.analysis.simulator.people import CHANNELS, People
from mijoz.analysis.simulator.period import DAY_SECONDS, OpeningHours, Period
from mijoz.analysis.simulator.pilots import Enrolments
from mijoz.analysis.simulator.purchases import ANONYMOUS, Purchases
from mijoz.analysis.simulator.sectors import Sector
from mijoz.analysis.simulator.visits import Visits

IDENTITY_KIND = "customer_number"
IDENTITY_ACCOUNT = "demo"
CURRENCY = "UZS"
MONEY = pl.Decimal(18, 4)
EVENT_SCHEMA: dict[str, Any] = {
    "message_id": pl.String,
    "type": pl.String,
    "identity_kind": pl.String,
    "identity_account": pl.String,
    "identity_value": pl.String,
    "occurred_at": pl.Datetime("us", "UTC"),
    "reference": pl.String,
    "item": pl.String,
    "quantity": pl.Float64,
    "amount": MONEY,
    "discount": MONEY,
    "currency": pl.String,
    "branch": pl.String,
    "channel": pl.String,
    "payload": pl.String,
}
NONE = -1  # the place of no branch and of no channel
MESSAGE_CHANNELS = ("email", "sms")
EMAIL, SMS = len(CHANNELS), len(CHANNELS) + 1

# What a row has unless told otherwise, while branches and channels are still places in their lists.
DEFAULTS: dict[str, tuple[Any, Any]] = {
    "reference": ("", pl.String),
    "item": ("", pl.String),
    "quantity": (None, pl.Float64),
    "amount": (None, pl.Int64),
    "discount": (None, pl.Int64),
    "currency": ("", pl.String),
    "branch": (NONE, pl.Int64),
    "channel": (NONE, pl.Int64),
    "payload": ("{}", pl.String),
}


@dataclass(frozen=True, slots=True)
class Story:
    """All that was drawn, before it is written down as events."""

    period: Period
    sector: Sector
    hours: OpeningHours
    people: People
    lives_kind: Ints
    purchases: Purchases
    lines: Lines
    visits: Visits
    kept: Bookings
    missed: Bookings
    cancelled: Bookings
    enrolments: Enrolments
    staff: pl.DataFrame  # as SimulatedBusiness has it

    @property
    def service_names(self) -> pl.Series:
        return pl.Series([service.uz for service in self.sector.services])

    @property
    def opening_items(self) -> pl.Series:
        """The name of the service with which each purchase begins."""
        return self.service_names.gather(self.lines.service[self.lines.place == 1])


class Log:
    """Collects the events of a story in any order; `frame` sorts them and spells them out."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self._parts: list[pl.DataFrame] = []

    def add(self, type_: str, *, at: Ints, customer: Ints, message_id: pl.Series, **columns: Any) -> None:
        """Append one event for each entry of `at`, seconds since the beginning.

        `columns` are arrays, or one value for all. What lies after the period is left out.
        """
        count = len(at)
        rows = {
            "at": pl.Series(at, dtype=pl.Int64),
            "customer": pl.Series(customer, dtype=pl.Int64),
            "message_id": message_id,
            "type": pl.repeat(type_, count, dtype=pl.String, eager=True),
        }
        for name, (default, dtype) in DEFAULTS.items():
            given = columns.get(name, default)
            if isinstance(given, pl.Series | np.ndarray):
                rows[name] = pl.Series(name, given, dtype=dtype)
            else:
                rows[name] = pl.repeat(given, count, dtype=dtype, eager=True)
        self._parts.append(pl.DataFrame(rows).filter(pl.col("at") < self.story.period.days * DAY_SECONDS))

    def frame(self) -> pl.DataFrame:
        """All events as an event frame; those of one second stay in the order in which they were added."""
        rows = pl.concat(self._parts)
        rows = rows[np.argsort(rows["at"].to_numpy(), kind="stable")]
        is_known = pl.col("customer") != ANONYMOUS
        spelled = rows.with_columns(
            _spelled(rows["customer"], self.story.people.numbers).alias("identity_value"),
            _spelled(rows["branch"], [branch.code for branch in self.story.sector.branches]).alias("branch"),
            _spelled(rows["channel"], [*CHANNELS, *MESSAGE_CHANNELS]).alias("channel"),
            self.story.period.moments(rows["at"].to_numpy()).alias("occurred_at"),
            pl.when(is_known).then(pl.lit(IDENTITY_KIND)).otherwise(pl.lit("")).alias("identity_kind"),
            pl.when(is_known).then(pl.lit(IDENTITY_ACCOUNT)).otherwise(pl.lit("")).alias("identity_account"),
        )
        return spelled.select(pl.col(name).cast(dtype) for name, dtype in EVENT_SCHEMA.items())


def as_json(**payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _spelled(places: pl.Series, words: list[str]) -> pl.Series:
    """The word at each place, "" for the place -1."""
    at = places.to_numpy()
    return pl.Series([*words, ""]).gather(np.where(at < 0, len(words), at))
