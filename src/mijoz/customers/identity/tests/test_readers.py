"""Whoever was absorbed stands nowhere beside the one kept: lists, search, export, profiles."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Business
from mijoz.customers import listing
from mijoz.customers.actions import add_customer, describe, project_all, set_protocol
from mijoz.customers.exporting import export_to_file
from mijoz.customers.identity import merging
from mijoz.customers.identity.grouping import Alike
from mijoz.customers.listing import Criteria, CustomerPages, Search
from mijoz.customers.models import Customer, Profile, Protocol
from mijoz.customers.queries import members_of, ownership_frame, root_of, timeline, whole

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tashkent")


@pytest.fixture
def three() -> list[Customer]:
    """The first absorbed the second, which had absorbed the third."""
    Business.objects.create(pk=1, name="Salon")
    people = [add_customer(by=None, at=AT, first_name=name, last_name="Karimov") for name in ("Anvar", "Bek", "Vali")]
    merging.merge(people[1], people[2], by=None, reason="same", at=AT)
    merging.merge(people[0], people[1], by=None, reason="same", at=AT)
    return people


def test_numbers_lead_to_the_one_kept_at_any_depth(three: list[Customer]) -> None:
    kept, *others = three
    assert root_of([one.pk for one in three] + [10**9]) == dict.fromkeys([one.pk for one in three], kept.pk)
    assert sorted(whole(kept)) == sorted(one.pk for one in three)
    assert whole(others[0]) == [one.pk for one in others]
    assert members_of([kept.pk]) == dict.fromkeys([one.pk for one in three], kept.pk)


@pytest.mark.parametrize("sort", [*listing.ORDERS, *(f"-{sort}" for sort in listing.ORDERS)])
@pytest.mark.parametrize("query", ["", "Karimov", "Vali"])
def test_lists_and_search_find_the_one_kept_alone(three: list[Customer], sort: str, query: str) -> None:
    search = Search(criteria=Criteria(query=query), until=listing.midnight_after(date(2026, 3, 2), ZONE))
    found = [customer.pk for customer in CustomerPages(search, sort).page(1)]
    assert found == ([three[0].pk] if query != "Vali" else [])


def test_the_export_has_one_row_for_one_person(three: list[Customer], tmp_path: Path) -> None:
    assert export_to_file(tmp_path / "all.csv", zone=ZONE) == 1


def test_profiles_and_the_log_are_the_one_kepts(three: list[Customer]) -> None:
    project_all()
    assert [profile.customer_id for profile in Profile.objects.all()] == [three[0].pk]
    assert set(ownership_frame()["customer_id"]) == {three[0].pk}
    assert len(timeline(three[0]).happenings) == 3


def test_many_merges_cost_as_many_statements_as_few() -> None:
    Business.objects.create(pk=1, name="Salon")

    def statements(size: int) -> int:
        people = [add_customer(by=None, at=AT, first_name=f"N{place}") for place in range(3 * size)]
        alike = [Alike(one.pk, other.pk, "same") for one, other in itertools.pairwise(people)]
        with CaptureQueriesContext(connection) as seen:
            made = merging.merge_many(alike[::3] + alike[1::3], at=AT).merges
        assert len(made) == 2 * size
        assert len(set(root_of([one.pk for one in people]).values())) == size
        return len(seen)

    assert statements(2) == statements(9)


def test_what_is_told_or_set_under_an_old_number_is_told_of_the_one_kept(three: list[Customer]) -> None:
    kept, _middle, last = three
    describe(last, by=None, at=AT, city="Samarqand")
    set_protocol(last, by="a@b.uz", at=AT, package="minimal")
    kept.refresh_from_db()
    assert kept.city == "Samarqand"
    assert Protocol.objects.get().customer == kept


def test_the_protocol_of_the_absorbed_serves_until_there_is_ones_own(three: list[Customer]) -> None:
    kept = three[0]
    other = add_customer(by=None, at=AT, first_name="Dilshod")
    set_protocol(other, by="a@b.uz", at=AT, package="value_adding")
    merge = merging.merge(kept, other, by=None, reason="same", at=AT)
    taken = Protocol.objects.get(customer=kept)
    assert (taken.package, taken.taken_from) == ("value_adding", other)
    set_protocol(kept, by="a@b.uz", at=AT, package="minimal")
    merging.undo(merge, by=None, at=AT)
    assert Protocol.objects.get(customer=kept).package == "minimal"
    assert Protocol.objects.get(customer=other).package == "value_adding"
