"""Whoever was absorbed is in no segment: their stays end with the merge, and go on when it is undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from mijoz.customers.hooks import Merged

LEAVE = """
    UPDATE segments_membership m SET left_at = greatest(%(at)s, m.entered_at),
           left_reason = jsonb_build_object('merge', given.merge)
    FROM unnest(%(merges)s::uuid[], %(absorbed)s::bigint[]) AS given(merge, absorbed)
    WHERE m.customer_id = given.absorbed AND m.left_at IS NULL
"""
GO_ON = """
    UPDATE segments_membership m SET left_at = NULL, left_reason = NULL
    FROM unnest(%(merges)s::uuid[], %(absorbed)s::bigint[]) AS given(merge, absorbed)
    WHERE m.customer_id = given.absorbed AND m.left_reason->>'merge' = given.merge::text
      AND NOT EXISTS (
        SELECT FROM segments_membership now
        WHERE (now.segment_id, now.customer_id) = (m.segment_id, m.customer_id) AND now.left_at IS NULL
    )
"""


def leave(merges: list[Merged], at: datetime) -> None:
    _change(LEAVE, merges, at)


def go_on(merges: list[Merged], at: datetime) -> None:
    _change(GO_ON, merges, at)


def _change(statement: str, merges: list[Merged], at: datetime) -> None:
    given: dict[str, Any] = {
        "merges": [one.id for one in merges],
        "absorbed": [one.absorbed for one in merges],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
