"""A lesson: read from the lake who answered which message, and keep the counts."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import polars as pl
from django.db import connection, transaction

from mijoz.analysis.learning import answers
from mijoz.business.queries import business
from mijoz.customers.privacy import stops
from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.scenarios.choosing.hours import part_of
from mijoz.scenarios.choosing.models import ChoosingSettings, Lesson, OwnCount, SegmentCount
from mijoz.segments import bulk
from mijoz.segments.queries import segment_frame

LEARNING_LOCK = 0x4D696A6F7A21  # two lessons at once would write the same rows
ARM = ["channel", "part"]
COUNTS = ["messages", "answers", "sent", "answered"]


def settings() -> ChoosingSettings:
    return ChoosingSettings.objects.filter(pk=1).first() or ChoosingSettings(pk=1)


def learn(*, at: datetime) -> Lesson:
    """Count anew who answered what, with all that the log knows at `at`. Who objects to profiling is not counted."""
    started = time.perf_counter()
    lake.export(at=at)
    chosen = settings()
    messages = answers.answered_messages(
        lake.scan().filter(pl.col("occurred_at") <= at), ownership_frame(), within=timedelta(hours=chosen.answer_hours)
    )
    messages = messages.filter(~pl.col("customer_id").is_in(stops.unprofiled()))
    messages = messages.with_columns(part=part_of(pl.col("occurred_at"), zone=business().time_zone))
    messages = messages.filter(pl.col("part").is_not_null())
    own = answers.counted(messages, by=["customer_id", *ARM], at=at, half_life_days=chosen.half_life_days)
    segment = pl.col("segment").fill_null("")
    placed = own.join(segment_frame(), on="customer_id", how="left").with_columns(segment)
    by_segment = placed.group_by("segment", *ARM).agg(pl.col(COUNTS).sum())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEARNING_LOCK])
        SegmentCount.objects.all().delete()
        cursor.execute("DELETE FROM scenarios_owncount")
        bulk.write(cursor, SegmentCount._meta.db_table, by_segment.select("segment", *ARM, *COUNTS))
        bulk.write(cursor, OwnCount._meta.db_table, own.select("customer_id", *ARM, *COUNTS))
        return Lesson.objects.create(
            learned_at=at,
            messages=messages.height,
            answers=int(messages["is_answered"].sum()),
            customers=messages["customer_id"].n_unique(),
            seconds=time.perf_counter() - started,
        )
