"""The list of customers: who is shown, in which order, and what the page says of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Role
from mijoz.customers import actions, hooks, listing
from mijoz.customers.models import Customer
from mijoz.customers.tests.conftest import AT, Happened, SignedIn, Told

ROW = re.compile(r'<tr data-href="/customers/(\d+)/"')


def shown(page: Any) -> list[int]:
    return [int(number) for number in ROW.findall(page.content.decode())]


@pytest.fixture
def people(told: Told, happened: Happened) -> dict[str, Customer]:
    """Four customers: a regular, one who was there once long ago, one who never bought, one without contacts."""
    found = {
        "regular": told(last_name="Azimov", language="uz", phone="+998901110001", email="a@mail.uz"),
        "gone": told(last_name="Botirov", language="ru", phone="+998901110002"),
        "never": told(last_name="Davronov", language="uz", email="d@mail.uz"),
        "silent": told(last_name="Erkinov"),
    }
    for days in (60, 40, 5):
        happened(found["regular"], days_ago=days, amount=500)
    happened(found["gone"], days_ago=400, amount=2000)
    happened(found["silent"], days_ago=10, amount=100)
    for key, granted in (("regular", True), ("gone", False)):
        actions.answer_consent(found[key], purpose="marketing", granted=granted, proof="form", through="staff", at=AT)
    return found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"regular", "gone", "never", "silent"}),
        ({"language": "uz"}, {"regular", "never"}),
        ({"contact": "phone"}, {"regular", "gone"}),
        ({"contact": "email"}, {"regular", "never"}),
        ({"contact": "no_phone"}, {"never", "silent"}),
        ({"contact": "no_email"}, {"gone", "silent"}),
        ({"contact": "none"}, {"silent"}),
        ({"consent": "given"}, {"regular"}),
        ({"consent": "refused"}, {"gone"}),
        ({"consent": "unasked"}, {"never", "silent"}),
        ({"purchases_from": "2"}, {"regular"}),
        ({"purchases_to": "0"}, {"never"}),
        ({"purchases_from": "1", "purchases_to": "1"}, {"gone", "silent"}),
        ({"revenue_from": "1 500"}, {"regular", "gone"}),
        ({"revenue_from": "1500,01"}, {"gone"}),
        ({"revenue_to": "100"}, {"never", "silent"}),
        # Days count back from the end of 26 March, the last day of this history, whatever day it is now.
        ({"bought_within": "1"}, {"regular"}),
        ({"bought_within": "5"}, {"regular"}),
        ({"bought_within": "6"}, {"regular", "silent"}),
        ({"away_for": "5"}, {"gone", "silent"}),
        ({"away_for": "6"}, {"gone"}),
        ({"language": "uz", "contact": "phone", "consent": "given", "bought_within": "30", "q": "azim"}, {"regular"}),
    ],
)
def test_filters_narrow(
    asked: dict[str, str], found: set[str], people: dict[str, Customer], signed_in: SignedIn
) -> None:
    keys = {customer.pk: key for key, customer in people.items()}
    assert {keys[number] for number in shown(signed_in().get("/customers/", asked))} == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["regular", "gone", "never", "silent"]),
        ("-name", ["silent", "never", "gone", "regular"]),
        ("-revenue", ["gone", "regular", "silent", "never"]),
        ("-purchases", ["regular", "gone", "silent", "never"]),
        ("-last_purchase", ["regular", "silent", "gone", "never"]),
        ("last_purchase", ["never", "gone", "silent", "regular"]),
        ("nonsense", ["regular", "silent", "gone", "never"]),
    ],
)
def test_headers_sort(sort: str, order: list[str], people: dict[str, Customer], signed_in: SignedIn) -> None:
    assert shown(signed_in().get("/customers/", {"sort": sort})) == [people[key].pk for key in order]


def test_the_page_says_from_which_day_days_count(people: dict[str, Customer], signed_in: SignedIn) -> None:
    page = signed_in().get("/customers/").content.decode()
    assert "Days count back from 26 Mar 2024, the last day of your history." in page


def test_active_filters_are_chips_that_take_themselves_off(people: dict[str, Customer], signed_in: SignedIn) -> None:
    asked = {"q": "azim", "language": "uz", "revenue_from": "1000", "purchases_to": "9", "sort": "name"}
    page = signed_in().get("/customers/", asked).content.decode()
    chips = dict(re.findall(r'<a class="cu-chip" href="([^"]*)"><span>([^<]*)</span>', page))
    assert sorted(chips.values()) == [
        "Language: Oʻzbekcha",
        "Purchases: up to 9",
        "Revenue: from UZS\u00a01,000",
        "“azim”",
    ]
    without_language = next(url for url, text in chips.items() if text.startswith("Language"))
    assert "language" not in without_language
    assert "sort=name" in without_language
    assert "q=azim" in without_language


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"bought_within": "soon"}, "Bought within, days: this is no whole number. It was left out."),
        ({"away_for": "0"}, "Not bought for, days: this is too small a number. It was left out."),
        ({"away_for": "99999999"}, "Not bought for, days: this is too large a number. It was left out."),
        ({"revenue_from": "much"}, "Revenue, from: this is no sum such as 1 500 000. It was left out."),
        ({"language": "fr"}, "Language: there is no such choice. It was left out."),
        ({"segment": "nobody"}, "Segment: there is no such choice. It was left out."),
    ],
)
def test_a_filter_that_cannot_be_read_is_told_and_left_out(
    asked: dict[str, str], sentence: str, people: dict[str, Customer], signed_in: SignedIn
) -> None:
    page = signed_in().get("/customers/", asked)
    assert sentence in page.content.decode()
    assert len(shown(page)) == 4


@pytest.mark.parametrize("odd", [{"q": "a\0b"}, {"q": "x" * 5000}, {"page": "-1"}, {"page": "x"}, {"page": "999999"}])
def test_odd_addresses_break_nothing(odd: dict[str, str], people: dict[str, Customer], signed_in: SignedIn) -> None:
    assert signed_in().get("/customers/", odd).status_code == 200


def test_a_range_upside_down_is_told(people: dict[str, Customer], signed_in: SignedIn) -> None:
    page = signed_in().get("/customers/", {"purchases_from": "5", "purchases_to": "2"}).content.decode()
    assert "Purchases: “from” is above “to”, so nobody fits." in page
    assert "Nobody fits" in page


def test_empty_pages_say_what_to_do(signed_in: SignedIn, told: Told) -> None:
    empty = signed_in().get("/customers/").content.decode()
    assert "No customers yet" in empty
    assert "/imports/new" in empty
    assert "/customers/add" in empty
    for_analyst = signed_in(Role.ANALYST).get("/customers/").content.decode()
    assert "/customers/add" not in for_analyst
    told(first_name="Aziza")
    unknown = signed_in().get("/customers/", {"q": "+998901112233"}).content.decode()
    assert "/customers/add?q=%2B998901112233" in unknown


@pytest.mark.parametrize("asked", [{}, {"q": "a", "language": "uz", "consent": "given", "sort": "name"}])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    asked: dict[str, str], told: Told, signed_in: SignedIn
) -> None:
    browser = signed_in()
    counts = []
    for total in (5, 50):
        while Customer.objects.count() < total:
            one = told(first_name="Aziza", last_name=f"A{Customer.objects.count()}", language="uz")
            actions.answer_consent(one, purpose="marketing", granted=True, proof="form", through="staff", at=AT)
        browser.get("/customers/", asked)
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(browser.get("/customers/", asked))) == total
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 14  # of which two say whether points and tiers are used at all


def test_pages_end_where_nobody_leafs_any_further(
    told: Told, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SHOWN", 60)
    everybody = [told(last_name=f"Azimov {place:03}").pk for place in range(70)]
    first = signed_in().get("/customers/", {"sort": "name"})
    assert shown(first) == everybody[:50]
    assert "1–50 of 60+" in first.content.decode()
    last = signed_in().get("/customers/", {"sort": "name", "page": "2"})
    assert shown(last) == everybody[50:60]
    assert "The pages end here." in last.content.decode()
    found = signed_in().get("/customers/", {"sort": "-name", "q": "azimov", "page": "2"})
    assert shown(found) == everybody[::-1][50:60]


def test_higher_apps_add_columns_and_filters(people: dict[str, Customer], signed_in: SignedIn) -> None:
    column = hooks.ListColumn(key="mark", label="Mark", values=lambda ids: {people["gone"].pk: "<marked>"})
    narrow = hooks.ListFilter(
        key="mark",
        label="Mark",
        choices=lambda: [("yes", "Marked")],
        apply=lambda found, value: found.filter(pk=people["gone"].pk),
    )
    hooks.register_column(column)
    hooks.register_filter(narrow)
    try:
        everybody = signed_in().get("/customers/").content.decode()
        marked = signed_in().get("/customers/", {"mark": "yes"})
    finally:
        del hooks._columns["mark"], hooks._filters["mark"]
    assert "&lt;marked&gt;" in everybody
    assert "Mark: all" in everybody
    assert shown(marked) == [people["gone"].pk]
    assert "Mark: Marked" in marked.content.decode()


def test_contacts_are_masked_for_the_analyst_alone(people: dict[str, Customer], signed_in: SignedIn) -> None:
    for role in Role.values:
        page = signed_in(role).get("/customers/").content.decode()
        assert ("+998 90 111 00 01" in page) == (role != Role.ANALYST)
    assert "+998 ••• 01" in signed_in(Role.ANALYST).get("/customers/").content.decode()


@pytest.mark.parametrize("sort", ["name", "-name", "revenue", "-revenue", "-last_purchase", "-purchases"])
def test_a_roster_finds_the_same_people_in_the_same_order(
    sort: str, told: Told, happened: Happened, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = [told(last_name=f"A{place * 7 % 10}") for place in range(10)]
    for place, one in enumerate(everybody):
        happened(one, days_ago=place * 3 % 10, amount=10 + place * 7 % 10)
    chosen = [one.pk for one in everybody[2:9]]
    bits = sum(1 << number for number in chosen).to_bytes(max(chosen) // 8 + 1, "little")
    asked = []

    def roster(value: str) -> bytes:
        asked.append(value)
        return bits

    hooks.register_filter(
        hooks.ListFilter(
            key="mark",
            label="Mark",
            choices=lambda: [("yes", "Marked")],
            apply=lambda found, value: found.filter(pk__in=chosen),
            roster=roster,
        )
    )
    try:
        all_at_once = shown(signed_in().get("/customers/", {"mark": "yes", "sort": sort}))
        assert asked == []
        monkeypatch.setattr(listing, "SHOWN", 5)
        walked = shown(signed_in().get("/customers/", {"mark": "yes", "sort": sort}))
    finally:
        del hooks._filters["mark"]
    assert sorted(all_at_once) == sorted(chosen)
    assert walked == all_at_once[:5]
    assert asked == ["yes"]
