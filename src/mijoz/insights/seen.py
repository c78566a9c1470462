"""What computations read: the log, whose identities are whose, who is in which segment; read once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.segments.queries import segment_frame


@dataclass(frozen=True, slots=True)
class Seen:
    """`events` as lake.scan has them, `ownership` identity_id and customer_id, `segments` customer_id and segment."""

    events: pl.LazyFrame
    ownership: pl.DataFrame
    segments: pl.DataFrame


def see(*, past: date | None = None) -> Seen:
    """What the lake has, with the segments of now, or of the end of a day that is past."""
    return Seen(lake.scan(), ownership_frame(), segment_frame(as_of=past))
