"""What computations read: the log, whose identities are whose, who is in which segment; read once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.events.queries import default_as_of
from mijoz.segments.queries import segment_frame


@dataclass(frozen=True, slots=True)
class Seen:
    """`events` as lake.scan has them, `ownership` identity_id and customer_id, `segments` customer_id and segment."""

    events: pl.LazyFrame
    ownership: pl.DataFrame
    segments: pl.DataFrame


def see(*, as_of: date, at: datetime) -> Seen:
    """What the lake has, with the segments of now, or of the end of the day when it is past."""
    is_past = as_of < default_as_of(at)
    return Seen(lake.scan(), ownership_frame(), segment_frame(as_of=as_of if is_past else None))
