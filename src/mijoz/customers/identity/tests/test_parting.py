"""A family with one phone at a till that numbers each of them: two people, asked about, and never joined in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from django.db import connection

from mijoz.customers.identity import merging
from mijoz.customers.identity.parting import NUMBERED_APART, NUMBERING
from mijoz.customers.models import Customer, Merge, Ownership, Pair
from mijoz.events.ingest.taking import take
from mijoz.events.models import Event, Source

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PHONE = "+998901112233"
NUMBERS = count(1)


@pytest.fixture
def till() -> Source:
    return Source.objects.create(name="till", kind="api")


def identify(user: str, *, phone: str = PHONE, **traits: Any) -> dict[str, Any]:
    told = traits | ({"phone": phone} if phone else {})
    return {"type": "identify", "userId": user, "messageId": f"m-{next(NUMBERS)}", "traits": told}


def owner(kind: str, value: str) -> Customer:
    return Ownership.objects.select_related("customer").get(identity__kind=kind, identity__value=value).customer


def user(value: str) -> Customer:
    return owner("user_id", value)


def visit(value: str) -> dict[str, Any]:
    return {"type": "track", "event": "visit", "userId": value, "messageId": f"m-{next(NUMBERS)}"}


AZIZA, BOBUR = {"firstName": "Aziza", "lastName": "Karimova"}, {"firstName": "Bobur", "lastName": "Karimov"}


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_two_of_one_phone_with_different_names_are_two_and_asked_about(till: Source, in_one_batch: bool) -> None:
    messages = [identify("1", **AZIZA), visit("1"), identify("2", **BOBUR), visit("2"), visit("2")]
    for batch in [messages] if in_one_batch else [[message] for message in messages]:
        assert not take(till, batch, received_at=AT).refused
    aziza, bobur = user("1"), user("2")
    assert aziza != bobur
    assert owner("phone", PHONE) == aziza
    assert (aziza.first_name, bobur.first_name) == ("Aziza", "Bobur")
    pair = Pair.objects.get()
    assert {pair.left, pair.right} == {aziza, bobur}
    assert pair.state == Pair.State.WAITING
    assert pair.evidence[-1] == {"name": "bar", "bar": "relatives"}
    visits = {
        owner_.pk: Event.objects.filter(type="visit", identity__ownership__customer=owner_).count()
        for owner_ in (aziza, bobur)
    }
    assert visits == {aziza.pk: 1, bobur.pk: 2}
    take(till, [identify("2", **BOBUR), identify("1", **AZIZA)], received_at=AT)  # the till says it every day
    assert (user("1"), user("2"), Pair.objects.count(), Merge.objects.count()) == (aziza, bobur, 1, 0)


@pytest.mark.parametrize(
    "second",
    [{}, {"firstName": "Азиза"}, {"firstName": "Karimova", "lastName": "Aziza"}, {"lastName": "Karimova"}, AZIZA],
)
def test_equal_names_and_none_join_at_once_as_ever(till: Source, second: dict[str, str]) -> None:
    take(till, [identify("1", **AZIZA), identify("2", **second)], received_at=AT)
    assert user("1") == user("2")
    assert not Pair.objects.exists()


def test_a_name_told_later_parts_them_and_a_birth_date_does_so_too(till: Source) -> None:
    take(till, [identify("1"), identify("2"), identify("3")], received_at=AT)
    assert user("1") == user("2") == user("3")
    take(till, [identify("1", **AZIZA, birthDate="1990-01-02"), identify("2", phone="", **BOBUR)], received_at=AT)
    assert user("1") == user("3") != user("2")
    take(till, [identify("3", phone="", birthDate="1961-05-05")], received_at=AT)
    assert len({user("1"), user("2"), user("3")}) == 3
    assert Pair.objects.count() == 2


def test_birthdays_without_a_year_part_two_as_well(till: Source) -> None:
    both = {"firstName": "Aziza"}
    take(till, [identify("1", **both, birthDate="21.03"), identify("2", **both, birthDate="12.04")], received_at=AT)
    assert user("1") != user("2")
    assert Pair.objects.get().evidence[-1] == {"name": "bar", "bar": "birth"}
    take(till, [identify("3", **both, birthDate="21.03")], received_at=AT)
    assert user("3") == user("1")


def test_the_log_is_not_asked_of_those_who_have_one_number(till: Source) -> None:
    def plan_of(*numbers: str) -> dict[str, Any]:
        owners = Ownership.objects.filter(identity__value__in=numbers).values_list("pk", flat=True)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {NUMBERED_APART}", [list(owners), NUMBERING])
            return dict(cursor.fetchone()[0][0]["Plan"])

    take(till, [identify(str(number), **AZIZA, phone=f"+99890111{number:04}") for number in range(20)], received_at=AT)
    read = [node for node in nodes(plan_of("1", "2", "3")) if node.get("Relation Name") == "events_event"]
    assert read
    assert all(node["Actual Loops"] == 0 for node in read)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def test_what_only_the_second_told_goes_along(till: Source) -> None:
    take(till, [identify("1", **AZIZA), identify("2", **BOBUR, email="bobur@mail.uz")], received_at=AT)
    assert owner("email", "bobur@mail.uz") == user("2")
    assert owner("phone", PHONE) == user("1")
    assert (user("1").email, user("2").email) == ("", "bobur@mail.uz")


def test_who_was_said_to_be_one_stays_one(till: Source) -> None:
    alias = {"type": "alias", "userId": "2", "previousId": "1", "messageId": "alias"}
    take(till, [identify("1", **AZIZA), alias], received_at=AT)
    take(till, [identify("2", firstName="Zulayho")], received_at=AT)  # she goes by another name now
    assert user("1") == user("2")
    take(
        till,
        [identify("7", **AZIZA, phone="+998901110000"), identify("8", **BOBUR, phone="+998901110000")],
        received_at=AT,
    )
    merge = merging.merge(user("7"), user("8"), by=None, reason="staff know", at=AT)
    take(till, [identify("8", **BOBUR, phone="+998901110000")], received_at=AT)
    assert user("7") == user("8") == merge.kept
    merging.undo(merge, by=None, at=AT)
    assert user("7") != user("8")
