"""What changes sources."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from mijoz.events.models import Source, WebhookCall

ADD_UP = """
    WITH many AS (
        SELECT source_id, date_trunc('hour', received_at) AS hour
        FROM events_arrival WHERE received_at < date_trunc('hour', now())
        GROUP BY 1, 2 HAVING count(*) > 1
    ), gone AS (
        DELETE FROM events_arrival row USING many
        WHERE row.source_id = many.source_id AND date_trunc('hour', row.received_at) = many.hour
        RETURNING row.source_id, row.received_at, row.events, many.hour
    )
    INSERT INTO events_arrival (source_id, received_at, events)
    SELECT source_id, max(received_at), sum(events) FROM gone GROUP BY source_id, hour
"""


def add_up_arrivals() -> None:
    """One row of arrivals for each source and past hour, with the moment of its last."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP)


def forget_calls(*, before: datetime) -> int:
    """Drop the numbers of calls that nobody repeats any more; returns how many there were."""
    return WebhookCall.objects.filter(received_at__lt=before).delete()[0]


def set_origins(source: Source, origins: list[str]) -> None:
    """Let browsers send from pages of these origins alone."""
    source.origins = origins
    source.save(update_fields=["origins"])
