"""Quarantine: nothing leaves it but by a repair, a replay or a decision, and nothing counts twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mijoz.business.models import Role
from mijoz.events.ingest.actions import add_source_with_key, take
from mijoz.events.models import Event, Quarantined, Source
from mijoz.events.sources import quarantine, receiving, webhooks
from mijoz.events.sources.mending import Repair
from mijoz.events.sources.tests.test_mapping import MAPPING, RECEIPT, changed

pytestmark = pytest.mark.django_db


def broken(number: int, **properties: Any) -> dict[str, Any]:
    told = {"item": "Tea", "sum": 5000} | properties
    return {
        "type": "track",
        "event": "purchase_line",
        "userId": f"u{number}",
        "messageId": f"m{number}",
        "context": {"traits": {"phone": "+998901234567"}},
        "properties": told,
    }


@pytest.fixture
def shop(business: Any) -> Source:
    source, _key = add_source_with_key("shop")
    return source


def sent(source: Source, *messages: Any) -> list[Quarantined]:
    take(source, messages, received_at=timezone.now())
    return list(Quarantined.objects.filter(state="waiting").order_by("pk"))


def states() -> list[str]:
    return list(Quarantined.objects.order_by("pk").values_list("state", flat=True))


def test_a_message_is_repaired_in_the_page_and_is_in_the_log(shop: Source, manager: Client) -> None:
    (kept,) = sent(shop, broken(1))
    page = manager.get(f"/sources/quarantine/{kept.pk}/").content.decode()
    assert "properties.amount" in page
    assert "Line 10" in page or "data-show-line" in page
    good = json.dumps(broken(1, amount=5000))
    assert "It fits now" in manager.post(f"/sources/quarantine/{kept.pk}/check", {"message": good}).content.decode()
    assert not Event.objects.exists()  # looking changes nothing
    manager.post(f"/sources/quarantine/{kept.pk}/repair", {"message": good})
    event = Event.objects.get()
    assert (event.message_id, event.amount) == ("m1", 5000)
    kept.refresh_from_db()
    assert (kept.state, kept.original, kept.message["properties"]["amount"]) == ("replayed", broken(1), 5000)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"type": "track",\n "userId" 1}', "look at line 2"),
        ("[" * 5000, "no JSON"),
        ("NaN", "no JSON"),
        ("", "no JSON"),
        ('"text"', "A message is a JSON object"),
        (json.dumps(broken(1)), "A line of a purchase has an amount"),
    ],
)
def test_what_is_typed_wrong_is_said_and_changes_nothing(shop: Source, manager: Client, typed: str, said: str) -> None:
    (kept,) = sent(shop, broken(1))
    assert said in manager.post(f"/sources/quarantine/{kept.pk}/check", {"message": typed}).content.decode()
    kept.refresh_from_db()
    assert (kept.state, kept.message, kept.original) == ("waiting", broken(1), None)


def test_a_repair_that_still_does_not_fit_stays_with_its_new_reason(shop: Source, manager: Client) -> None:
    (kept,) = sent(shop, broken(1))
    typed = json.dumps(broken(1, amount="free"))
    answer = manager.post(f"/sources/quarantine/{kept.pk}/repair", {"message": typed}, follow=True)
    assert "still does not fit" in answer.content.decode()
    kept.refresh_from_db()
    assert kept.state == "waiting"
    assert "number" in kept.reason
    assert kept.message["properties"]["amount"] == "free"
    assert not Event.objects.exists()


def test_replaying_never_doubles_what_arrived_after_all(shop: Source) -> None:
    rows = sent(shop, broken(1), broken(2))
    take(shop, [broken(1, amount=5000)], received_at=timezone.now())  # the program was mended and sent it again
    for _again in range(2):
        done = quarantine.mend(
            [row.pk for row in rows], Repair("rename", "properties.sum", "amount"), at=timezone.now()
        )
    assert done == quarantine.Replayed(0, 0)
    assert sorted(Event.objects.values_list("message_id", flat=True)) == ["m1", "m2"]
    assert states() == ["replayed", "replayed"]


def test_a_message_without_an_id_counts_once(shop: Source) -> None:
    told = broken(1) | {"messageId": None}
    (kept,) = sent(shop, told)
    quarantine.mend([kept.pk], Repair("set", "properties.amount", "7"), at=timezone.now())
    Quarantined.objects.update(state="waiting")  # as if what says so had been lost
    quarantine.replay([kept.pk], at=timezone.now())
    assert Event.objects.count() == 1


def test_one_repair_for_all_of_one_reason_with_a_look_before(shop: Source, manager: Client) -> None:
    rows = sent(shop, *(broken(number) for number in range(8)), broken(9) | {"userId": None})
    query = {"source": shop.pk, "reason": rows[0].reason, "field": rows[0].field}
    repair = {"deed": "rename", "path": "properties.sum", "value": "amount"}
    look = manager.get("/sources/quarantine/mend", query | repair).content.decode()
    assert look.count(">fits<") == 3 or look.count("fits") >= 3
    assert "Mend and replay all 8 messages" in look
    assert not Event.objects.exists()
    wrong = manager.get("/sources/quarantine/mend", query | repair | {"path": "a["}).content.decode()
    assert "no field that can be repaired" in wrong
    manager.post("/sources/quarantine/mend/all", query | repair)
    assert Event.objects.count() == 8
    assert Quarantined.objects.filter(state="waiting").count() == 1  # it had another reason


def test_ticked_messages_are_replayed_dropped_and_taken_back(shop: Source, manager: Client) -> None:
    first, second, third = sent(shop, broken(1), broken(2), broken(3))
    manager.post("/sources/quarantine/drop", {"ids": [first.pk, "x", "9" * 30]})
    assert states() == ["dropped", "waiting", "waiting"]
    manager.post("/sources/quarantine/take-back", {"ids": [first.pk]})
    assert states() == ["waiting", "waiting", "waiting"]
    answer = manager.post("/sources/quarantine/replay", {"ids": [second.pk, third.pk]}, follow=True).content.decode()
    assert "2 still do not fit" in answer
    manager.post("/sources/quarantine/drop", {"all": "1", "q": "amount"})
    assert states() == ["dropped", "dropped", "dropped"]
    assert "Tick the messages first" in manager.post("/sources/quarantine/drop", {}, follow=True).content.decode()
    assert not Event.objects.exists()


def test_what_waits_again_by_a_new_sending_is_not_taken_back_twice(shop: Source) -> None:
    (kept,) = sent(shop, broken(1))
    quarantine.drop([kept.pk], at=timezone.now())
    sent(shop, broken(1))
    assert quarantine.take_back([kept.pk]) == 0
    assert states() == ["dropped", "waiting"]


def test_calls_of_a_till_go_through_once_there_is_a_mapping(business: Any) -> None:
    source, _secret = webhooks.add("till")
    at = timezone.now()
    for number in (1, 2):
        body = json.dumps(changed(receipt__number=number)).encode()
        webhook = source.webhook
        receiving.receive(source, webhook, body, content_type="application/json", call_id=f"c{number}", at=at)
    webhooks.set_mapping(source.webhook, MAPPING, sample=RECEIPT)
    numbers = list(Quarantined.objects.values_list("pk", flat=True))
    assert quarantine.replay(numbers, at=at) == quarantine.Replayed(2, 0)
    assert sorted(set(Event.objects.values_list("reference", flat=True))) == ["1", "2"]
    assert quarantine.replay(numbers, at=at) == quarantine.Replayed(0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_replay_at_once_write_once(shop: Source) -> None:
    rows = sent(shop, *(broken(number) for number in range(30)))
    numbers = [row.pk for row in rows]
    done: list[int] = []

    def one() -> None:
        repair = Repair("rename", "properties.sum", "amount")
        done.append(quarantine.mend(numbers, repair, at=timezone.now()).replayed)
        connection.close()

    threads = [threading.Thread(target=one) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 30
    assert Event.objects.count() == 30


def test_lists_ask_as_often_for_many_as_for_one(shop: Source, manager: Client) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            manager.get(address)
        return len(counted)

    sent(shop, broken(1))
    addresses = ("/sources/quarantine/", "/sources/live/", "/sources/quarantine/export.csv")
    first = [asked(address) for address in addresses]
    sent(shop, *(broken(number) for number in range(2, 40)))
    assert [asked(address) for address in addresses] == first


def test_replaying_many_asks_as_often_as_replaying_few(shop: Source) -> None:
    def asked(*messages: Any) -> int:
        rows = sent(shop, *messages)
        with CaptureQueriesContext(connection) as counted:
            quarantine.replay([row.pk for row in rows], at=timezone.now())
        return len(counted)

    assert asked(*(broken(number) for number in range(2, 60))) <= asked(broken(1))


def test_filters_sorting_and_export(shop: Source, manager: Client) -> None:
    sent(shop, broken(1), broken(2) | {"userId": None})
    found = manager.get("/sources/quarantine/?field=properties.amount").content.decode()
    assert found.count('data-href="/sources/quarantine/') == 1
    for address in ("?sort=reason", "?sort=-source", "?sort=x&source=9999999999999", "?q=%00m1", "?state=nonsense"):
        assert manager.get(f"/sources/quarantine/{address}").status_code == 200
    assert "Nothing found" in manager.get("/sources/quarantine/?q=zzz").content.decode()
    lines = b"".join(manager.get("/sources/quarantine/export.csv")).decode().splitlines()
    assert len(lines) == 3
    assert "+998901234567" not in "".join(lines)


def test_an_analyst_sees_no_personal_value_and_changes_nothing(
    shop: Source, signed_in: Callable[[str], Client]
) -> None:
    (kept,) = sent(shop, broken(1) | {"userId": "somebody-known"})
    analyst = signed_in(Role.ANALYST)
    for address in (f"/sources/quarantine/{kept.pk}/", "/sources/quarantine/", "/sources/live/"):
        html = analyst.get(address).content.decode()
        assert "998901234567" not in html
        assert "somebody-known" not in html
    for deed in (f"{kept.pk}/repair", "replay", "drop"):
        assert analyst.post(f"/sources/quarantine/{deed}", {"ids": [kept.pk]}).status_code == 403
    assert states() == ["waiting"]
