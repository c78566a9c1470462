"""Profiles of an earlier day are what a person would count in the log until then."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.customers.models import Ownership, Profile
from mijoz.customers.tests import recount
from mijoz.events import lake
from mijoz.events.actions import record
from mijoz.segments import past
from mijoz.segments.tests.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True)  # the lake takes committed rows only


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lake_counts_as_a_person_would(seed: int, business: Business) -> None:
    log = recount.random_log(random.Random(seed), rows=400)
    lake.forget()
    record(log, source="till")
    lake.export(at=AT)
    owners = dict(Ownership.objects.values_list("customer_id", "identity__value"))
    for days in (0, 1, 2, 9):
        end = recount.START + timedelta(days=days, seconds=1)
        until = [row for row in log if row.occurred_at <= end]
        found = {owners[row["customer_id"]]: row for row in past.profiles_until(end).to_dicts()}
        assert set(found) == {row.identity[2] for row in until if row.identity}
        for number, row in found.items():
            assert recount.differences(recount.profile_of(recount.rows_of(until, [number])), row) == {}


def test_the_past_of_now_is_the_present(business: Business) -> None:
    lake.forget()
    record(recount.random_log(random.Random(4), rows=400), source="till")
    lake.export(at=AT)
    customers.project()
    for row in past.profiles_until(AT).to_dicts():
        present = Profile.objects.values(*row).get(customer_id=row["customer_id"])
        assert recount.differences(row, present) == {}
