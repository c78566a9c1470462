"""Who is in a segment, as bits: a walk along a million sorted customers asks each of them, and a join would be slow.

A roster is kept in the process until memberships change, which adds a membership or dates a run anew.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from django.db.models import Max, Sum

from mijoz.segments import bulk
from mijoz.segments.models import Membership, RefreshRun, SegmentDay

MEMBERS = """
    SELECT customer_id FROM segments_membership
    WHERE left_at IS NULL AND segment_id = (SELECT id FROM segments_segment WHERE key = %(key)s)
"""

_kept: dict[str, tuple[object, bytes]] = {}


def roster(key: str) -> bytes:
    """The bit of each member's number is set, counted from the least significant one of the first byte."""
    state = _state()
    if key not in _kept or _kept[key][0] != state:
        _kept[key] = (state, _bits(key))
    return _kept[key][1]


def _state() -> tuple[object, ...]:
    last_entered = Membership.objects.aggregate(last=Max("pk"))["last"]
    counted = SegmentDay.objects.order_by("-day").values("day").annotate(left=Sum("left"))[:1]  # who left at once
    return last_entered, RefreshRun.objects.aggregate(last=Max("changed_at"))["last"], list(counted)


def _bits(key: str) -> bytes:
    numbers = bulk.read(MEMBERS, schema={"customer_id": pl.Int64}, parameters={"key": key})["customer_id"].to_numpy()
    members = np.zeros(int(numbers.max()) + 1 if len(numbers) else 0, dtype=np.uint8)
    members[numbers] = 1
    return np.packbits(members, bitorder="little").tobytes()
