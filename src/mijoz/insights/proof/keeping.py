"""Keeping what was read of every pilot, so that all pages tell the same of it until the log is read again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from mijoz.analysis.proof import held_out
from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.events.queries import default_as_of, newest_event
from mijoz.insights.models import PilotReading
from mijoz.insights.proof import measuring, queries
from mijoz.insights.proof.reading import Reading

FIELDS = ("as_of", "terms", "newest_event", "document", "read_at")


def keep(*, as_of: date, log: int, events: pl.LazyFrame, ownership: pl.DataFrame, at: datetime) -> int:
    """Read every plan and every scenario from `events`, which go to the row `log` at least; how many there are."""
    pilots = [*queries.of_plans(), *queries.of_scenarios()]
    found = measuring.read(pilots, events, ownership, as_of=as_of, at=at)
    with transaction.atomic():
        PilotReading.objects.exclude(pilot__in=[one.pilot.key for one in found]).delete()
        PilotReading.objects.bulk_create(
            [
                PilotReading(
                    pilot=one.pilot.key,
                    as_of=as_of,
                    terms=one.pilot.terms,
                    newest_event=log,
                    document=_document(one),
                    read_at=at,
                )
                for one in found
            ],
            update_conflicts=True,
            unique_fields=["pilot"],
            update_fields=FIELDS,
        )
    return len(found)


def read_again(*, at: datetime) -> int:
    """Read every pilot from the log as it is now, because somebody asks."""
    newest = newest_event()
    return keep(as_of=default_as_of(at), log=newest, events=lake.whole(), ownership=ownership_frame(), at=at)


def _document(one: Reading) -> dict[str, Any]:
    return {
        "enrolled": one.enrolled,
        "rows": [
            [row.arm, row.segment, row.closed_on.isoformat(), [getattr(row.sums, name) for name in held_out.SUMMED]]
            for row in one.rows
        ],
        "expected_share": one.expected_share,
        "recent": one.recent,
    }
