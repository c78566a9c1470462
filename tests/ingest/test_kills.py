"""Web server and worker are killed (kill -9) while events arrive: every accepted one is there once."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Running
from tests.ingest.killing import lost_and_doubled, send_and_be_killed, wrong_profiles

pytestmark = pytest.mark.slow


def test_every_accepted_event_is_stored_once_and_every_profile_says_what_a_recount_says(shop: Running) -> None:
    sent, killed = send_and_be_killed(
        started=shop.mijoz.process.pid,
        port=int(shop.mijoz.address.rpartition(":")[2]),
        key=shop.key,
        events=4_000,
        kills=5,
    )
    assert killed.total() == 5
    assert sum(each.again for each in sent) > 0
    shop.mijoz.wait_until_ready()
    shop.wait_until_projected()
    assert lost_and_doubled(shop.database, sent) == (0, 0)
    customers, wrong = wrong_profiles(shop.database)
    assert customers > 100
    assert wrong == 0
