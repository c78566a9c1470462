"""What each message becomes in the log."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.ingest.messages import read
from mijoz.events.ingest.senders import Sender
from mijoz.events.ingest.translate import Translated, translate
from mijoz.events.types import EventRefused, NewEvent

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = Sender("shop", currency="UZS")
USER, COOKIE = ("user_id", "shop", "7"), ("anonymous_id", "shop", "c1")


def translated(message: dict[str, Any], sender: Sender = SHOP) -> Translated:
    return translate(read({"userId": "7"} | message), sender=sender, message_id="m", occurred_at=AT)


def rows(event: str, properties: dict[str, Any], sender: Sender = SHOP) -> list[NewEvent]:
    return translated({"type": "track", "event": event, "properties": properties}, sender).events


def refused_at(event: str, properties: dict[str, Any], sender: Sender = SHOP) -> str:
    with pytest.raises(EventRefused) as refused:
        rows(event, properties, sender)
    assert str(refused.value).endswith(".") or ": " in str(refused.value)
    return refused.value.field


@pytest.mark.parametrize(
    ("ids", "identity", "also"),
    [
        ({"userId": "7"}, USER, ()),
        ({"userId": 7}, USER, ()),
        ({"userId": None, "anonymousId": "c1"}, COOKIE, ()),
        ({"userId": "7", "anonymousId": "c1"}, USER, (COOKIE,)),
    ],
)
def test_whose_a_message_is(ids: dict[str, Any], identity: Any, also: Any) -> None:
    (event,) = translated({"type": "page"} | ids).events
    assert (event.identity, event.also) == (identity, also)


def test_identify_declares_traits_and_links_contacts() -> None:
    told = translated(
        {
            "type": "identify",
            "anonymousId": "c1",
            "traits": {
                "firstName": " Aziza ",
                "email": "Aziza@Choyxona.uz",
                "phone": "90 111 22 33",
                "vip": True,
                "address": {"street": "Navoiy 1", "city": "Samarqand"},
                "company": {"name": "x"},
                "none": None,
            },
        }
    )
    (event,) = told.events
    assert event.type == "profile_declared"
    assert event.payload["traits"]["first_name"] == " Aziza "
    assert set(event.also) == {COOKIE, ("email", "", "aziza@choyxona.uz"), ("phone", "", "+998901112233")}
    assert told.traits == {
        "first_name": "Aziza",
        "email": "Aziza@Choyxona.uz",
        "phone": "90 111 22 33",
        "vip": "true",
        "address": "Navoiy 1, Samarqand",
        "city": "Samarqand",
    }


def test_a_contact_that_is_none_is_told_and_links_nobody() -> None:
    told = translated({"type": "identify", "traits": {"phone": "no phone", "email": "nobody"}})
    assert told.events[0].also == ()
    assert told.traits == {"phone": "no phone", "email": "nobody"}


def test_alias_links_the_earlier_id_of_either_kind() -> None:
    (event,) = translated({"type": "alias", "previousId": "c1"}).events
    assert (event.identity, set(event.also)) == (USER, {COOKIE, ("user_id", "shop", "c1")})


def test_of_the_context_only_what_says_something_of_the_person_is_kept() -> None:
    context = {"ip": "10.0.0.1", "userAgent": "x", "library": {"name": "x"}, "locale": "uz", "page": {"path": "/"}}
    (event,) = translated({"type": "page", "name": "Home", "context": context, "properties": {"url": "u"}}).events
    assert event.item == "Home"
    assert event.payload == {"url": "u", "context": {"locale": "uz", "page": {"path": "/"}}}


def test_an_order_becomes_its_lines() -> None:
    products = [
        {"product_id": "1", "name": "Haircut", "price": 100, "quantity": 1, "category": "hair"},
        {"sku": "s2", "price": "50.50", "quantity": 2},
    ]
    first, second = rows("Order Completed", {"order_id": 77, "total": 181, "discount": 20.1, "products": products})
    assert (first.message_id, second.message_id) == ("m", "m:2")
    assert {first.type, second.type} == {"purchase_line"}
    assert {first.reference, second.reference} == {"77"}
    assert {first.currency, second.currency} == {"UZS"}
    assert (first.item, first.quantity, first.amount, first.discount) == ("Haircut", 1, Decimal(90), Decimal(10))
    assert (second.item, second.quantity, second.amount, second.discount) == (
        "s2", 2, Decimal("90.9"), Decimal("10.1"),
    )  # fmt: skip
    assert first.payload == {"product_id": "1", "category": "hair", "unit_price": "100"}


def test_a_refund_is_written_with_a_minus() -> None:
    (line,) = rows("Order Refunded", {"order_id": "77", "products": [{"name": "Haircut", "price": 100, "quantity": 2}]})
    assert (line.type, line.quantity, line.amount, line.reference) == ("refund_line", -2, Decimal(-200), "77")
    for total in (100, -100):
        (whole,) = rows("order refunded", {"order_id": "77", "total": total, "currency": "usd"})
        assert (whole.amount, whole.currency) == (Decimal(-100), "USD")


@given(
    products=st.lists(
        st.fixed_dictionaries({"price": st.integers(1, 10**6), "quantity": st.integers(1, 20)}), min_size=1, max_size=8
    ),
    share=st.floats(0, 1),
)
def test_the_lines_of_an_order_sum_up_to_what_was_paid(products: list[dict[str, int]], share: float) -> None:
    worth = sum(product["price"] * product["quantity"] for product in products)
    discount = Decimal(int(worth * share))
    lines = rows("Order Completed", {"order_id": "1", "discount": int(discount), "products": products})
    assert sum(line.amount or 0 for line in lines) == worth - discount
    assert len({line.message_id for line in lines}) == len(products)


@pytest.mark.parametrize(
    ("event", "properties", "field"),
    [
        ("Order Completed", {"products": [{"price": 1}]}, "properties.order_id"),
        ("Order Completed", {"order_id": "1"}, "properties.total"),
        ("Order Completed", {"order_id": "1", "products": {}}, "properties.products"),
        ("Order Completed", {"order_id": "1", "products": [{"name": "x"}]}, "properties.products.0.price"),
        ("Order Completed", {"order_id": "1", "products": [{"price": "1,5"}]}, "properties.products.0.price"),
        ("Order Completed", {"order_id": "1", "products": [{"price": 1e300}]}, "properties.products.0.price"),
        ("Order Completed", {"order_id": "1", "total": 1, "currency": "sum"}, ""),
        ("Order Completed", {"order_id": "1", "total": 1, "currency": "soʻm"}, "properties.currency"),
        ("Order Completed", {"order_id": ["1"], "total": 1}, "properties.order_id"),
        ("purchase_line", {"item": "x"}, "properties.amount"),
        ("purchase_line", {"amount": True}, "properties.amount"),
        ("purchase_line", {"unit_price": 10**12, "quantity": 10**12}, "properties.amount"),
        ("visit", {"waited_minutes": "long"}, "properties.waited_minutes"),
        ("survey_answered", {"kind": "csat"}, "properties.score"),
        ("consent_given", {"purpose": "fun"}, "properties.purpose"),
        ("message_sent", {}, "event"),
        ("message_clicked", {}, "event"),
        ("message_complained", {}, "event"),
        ("profile_declared", {}, "event"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(event: str, properties: dict[str, Any], field: str) -> None:
    if field:
        assert refused_at(event, properties) == field
    else:
        assert rows(event, properties)


def test_our_own_types_are_taken_with_their_columns() -> None:
    (line,) = rows(
        "purchase_line",
        {"reference": "A1", "item": "Haircut", "quantity": 2, "unit_price": 50, "discount": 10, "branch": "b", "x": 1},
    )
    assert (line.reference, line.item, line.quantity, line.amount, line.discount, line.branch) == (
        "A1", "Haircut", 2, Decimal(90), Decimal(10), "b",
    )  # fmt: skip
    assert line.payload == {"unit_price": 50, "x": 1}
    (answer,) = rows("survey_answered", {"kind": "csat", "score": 4})
    assert (answer.type, answer.payload) == ("survey_answered", {"kind": "csat", "score": 4})
    (view,) = rows("Product Viewed", {"product_id": "1", "name": "Haircut", "quantity": 2})
    assert (view.type, view.quantity, view.payload["quantity"]) == ("Product Viewed", None, 2)


def test_only_a_till_may_sell_to_nobody_known() -> None:
    message = {"type": "track", "userId": None, "event": "purchase_line", "properties": {"amount": 5}}
    with pytest.raises(EventRefused) as refused:
        translated(message)
    assert refused.value.field == "userId"
    (line,) = translated(message, Sender("till", may_be_nobodys=True)).events
    assert (line.identity, line.amount) == (None, Decimal(5))
    with pytest.raises(EventRefused):
        translated(message | {"event": "Lamp bought"}, Sender("till", may_be_nobodys=True))


def test_a_web_page_does_not_answer_for_a_persons_consent() -> None:
    site = Sender("site", may_answer_consent=False)
    assert refused_at("consent_given", {"purpose": "marketing"}, site) == "event"
    assert rows("consent_given", {"purpose": "marketing"})[0].type == "consent_given"
