"""When something happened, whatever the sender's clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.ingest.clock import occurred_at
from mijoz.events.types import EventRefused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "sent_at", "expected"),
    [
        (None, None, NOW),
        (None, NOW - HOUR, NOW),
        (NOW - HOUR, None, NOW - HOUR),  # its word is taken
        (NOW - HOUR, NOW, NOW - HOUR),  # a right clock
        (NOW + HOUR, NOW + 3 * HOUR, NOW - 2 * HOUR),  # three hours fast
        (datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(1970, 1, 1, 0, 6, tzinfo=UTC), NOW - timedelta(minutes=1)),
        (datetime(2026, 3, 1, 11), None, NOW - HOUR),  # without a zone it is UTC
        (NOW + HOUR, None, NOW + HOUR),
        (NOW.astimezone(timezone(23 * HOUR)), None, NOW),  # an offset that the database does not know
    ],
)
def test_the_moment_is_by_our_clock(told: datetime | None, sent_at: datetime | None, expected: datetime) -> None:
    moment = occurred_at(told, sent_at=sent_at, received_at=NOW)
    assert (moment, moment.utcoffset()) == (expected, timedelta(0))


@given(ago=st.timedeltas(timedelta(0), timedelta(days=365)), wrong=st.timedeltas(timedelta(-20_000), timedelta(20_000)))
def test_how_wrong_the_clock_is_makes_no_difference(ago: timedelta, wrong: timedelta) -> None:
    assert occurred_at(NOW - ago + wrong, sent_at=NOW + wrong, received_at=NOW) == NOW - ago


@pytest.mark.parametrize(
    ("told", "sent_at"),
    [
        (NOW + timedelta(days=2), None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
        (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_that_cannot_be_is_refused(told: datetime, sent_at: datetime | None) -> None:
    with pytest.raises(EventRefused) as refused:
        occurred_at(told, sent_at=sent_at, received_at=NOW)
    assert refused.value.field == "timestamp"
