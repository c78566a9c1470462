"""The page of one customer: what each role sees, what staff may change, and that its price does not grow."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Role
from mijoz.customers import actions, hooks
from mijoz.customers.models import Consent, Customer, Protocol
from mijoz.customers.roles import DESCRIBERS, PROTOCOL_WRITERS
from mijoz.customers.tests.conftest import AT, Happened, SignedIn, Told
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent


def page_of(browser: Any, customer: Customer) -> str:
    response = browser.get(f"/customers/{customer.pk}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_shows_the_profile(told: Told, happened: Happened, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", last_name="Karimova", phone="+998901234567", email="a@mail.uz", language="uz")
    happened(customer, item="Osh", amount=300, channel="telegram", days_ago=20)
    happened(customer, item="Osh", amount=100, days_ago=10)
    happened(customer, "refund_line", amount=-50, days_ago=9)
    happened(customer, "complaint", days_ago=8, payload={"text": "<script>slow</script>"})
    happened(customer, "survey_answered", days_ago=7, payload={"kind": "csat", "score": 3})
    page = page_of(signed_in(), customer).replace("\u00a0", " ")
    for shown in (
        "Karimova Aziza", "tel:+998901234567", "+998 90 123 45 67", "mailto:a@mail.uz", "Oʻzbekcha",
        "UZS 400", "2 purchases", "UZS 200", "21 Mar 2024", "the first on 11 Mar 2024", "1 complaint, on 23 Mar 2024",
        "1 · UZS 50", "Telegram", "Satisfied: 3 of 5", "&lt;script&gt;slow&lt;/script&gt;",
    ):  # fmt: skip
        assert shown in page, shown
    assert "<script>slow" not in page


def test_a_customer_just_added_has_a_page_too(told: Told, signed_in: SignedIn) -> None:
    page = page_of(signed_in(), told(first_name="Aziza"))
    assert "Nothing special" in page
    assert "Not asked yet" in page
    assert "No phone and no e-mail yet" in page


@pytest.mark.parametrize("number", [0, 999_999, 10**30])
def test_nobody_has_no_page(number: int, signed_in: SignedIn) -> None:
    assert signed_in().get(f"/customers/{number}/").status_code == 404


def test_contacts_stay_hidden_from_the_analyst_everywhere_on_the_page(
    told: Told, happened: Happened, signed_in: SignedIn
) -> None:
    customer = told(first_name="Aziza", phone="+998901234567", email="aziza@mail.uz")
    happened(customer, "lead_arrived", payload={"phone": "+998901234567"})
    actions.describe(customer, by=None, at=AT, phone="+998907654321")
    everybody = page_of(signed_in(Role.FRONT_OFFICE), customer)
    analyst = page_of(signed_in(Role.ANALYST), customer)
    for secret in ("1234567", "123 45 67", "7654321", "765 43 21", "aziza@mail.uz"):
        assert secret not in analyst
    for open_ in ("+998 90 765 43 21", "aziza@mail.uz", "+998 90 123 45 67"):
        assert open_ in everybody


def test_the_number_of_queries_does_not_depend_on_the_history(
    told: Told, happened: Happened, signed_in: SignedIn
) -> None:
    browser = signed_in()
    customer = told(first_name="Aziza", phone="+998901234567")
    actions.set_protocol(customer, by="owner@example.uz", at=AT, priority=1)
    counts = []
    for rows in (1, 30):
        for place in range(rows):
            happened(customer, item="Osh", days_ago=place)
            happened(customer, "message_sent", days_ago=place, payload={"scenario": f"s{place}", "reason": "x"})
            actions.answer_consent(
                customer, purpose="marketing", channel=f"c{place}", granted=True, proof="", through="staff", at=AT
            )
        page_of(browser, customer)
        with CaptureQueriesContext(connection) as captured:
            page_of(browser, customer)
        counts.append(len(captured))
    assert counts[1] <= counts[0] <= 42


def test_higher_apps_add_panels_for_their_roles(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    asked = []

    def context(shown: Customer, request: Any) -> dict[str, Any] | None:
        asked.append(request.staff.role)
        return {"label": f"<{shown.first_name}>"} if request.staff.role != Role.MANAGER else None

    hooks.register_panel(
        hooks.Panel(
            key="test",
            template="ui/components/segment.html",
            context=context,
            roles=frozenset({Role.OWNER, Role.MANAGER}),
        )
    )
    try:
        pages = {role: page_of(signed_in(role), customer) for role in (Role.OWNER, Role.MANAGER, Role.ANALYST)}
    finally:
        del hooks._panels["test"]
    assert "&lt;Aziza&gt;" in pages[Role.OWNER]
    assert "&lt;Aziza&gt;" not in pages[Role.MANAGER]
    assert asked == [Role.OWNER, Role.MANAGER]


def test_the_protocol_stands_for_all_and_is_set_by_some(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    form = {"priority": "2", "script": "Greet by name.\nOffer tea.", "package": "value_adding",
            "preferred_channel": "telegram", "preferred_hours": "18:00–21:00"}  # fmt: skip
    address = f"/customers/{customer.pk}/protocol"
    for role in Role.values:
        Protocol.objects.all().delete()
        before = Event.objects.filter(type="protocol_set").count()
        response = signed_in(role).post(address, form)
        if role not in PROTOCOL_WRITERS:
            assert response.status_code == 403
            assert not Protocol.objects.exists()
            assert Event.objects.filter(type="protocol_set").count() == before
            continue
        assert response.status_code == 302
        protocol = Protocol.objects.get()
        assert (protocol.priority, protocol.package, protocol.set_by) == (2, "value_adding", f"{role}@example.uz")
        event = Event.objects.filter(type="protocol_set").latest("id")
        assert event.payload == {**form, "priority": 2, "by": f"{role}@example.uz", "script": protocol.script}
    signed_in(Role.FRONT_OFFICE).post(address, form)
    page = page_of(signed_in(Role.OPERATOR), customer)
    for shown in (
        "Priority: Highest",
        "Greet by name.<br>Offer tea.",
        "Value-adding",
        "Telegram",
        "18:00–21:00",
        "Malika",
    ):
        assert shown in page, shown
    assert address not in page
    assert address in page_of(signed_in(Role.MANAGER), customer)


def test_a_form_keeps_what_a_scenario_wrote_though_it_would_not_offer_it(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    actions.set_protocol(customer, by="high_value_care", at=AT, priority=7, package="royal", preferred_channel="fax")
    address = f"/customers/{customer.pk}/protocol"
    assert signed_in().get(address).content.decode().count(" selected") == 3
    signed_in().post(address, {"priority": "7", "package": "royal", "preferred_channel": "fax", "script": "Hello"})
    protocol = Protocol.objects.get()
    assert (protocol.priority, protocol.package, protocol.preferred_channel, protocol.script) == (
        7,
        "royal",
        "fax",
        "Hello",
    )
    wrong = signed_in().post(address, {"priority": "8", "package": "none"})
    assert wrong.status_code == 422
    assert Protocol.objects.get().priority == 7


def test_staff_write_down_consent_with_how_it_was_given(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    give, withdraw = (f"/customers/{customer.pk}/consent/marketing/{answer}" for answer in ("give", "withdraw"))
    browser = signed_in(Role.OPERATOR)
    unproven = browser.post(give, {"channel": "", "proof": "  "})
    assert unproven.status_code == 422
    assert "Without it nobody can prove the answer later." in unproven.content.decode()
    assert not Consent.objects.exists()

    assert browser.post(give, {"channel": "", "proof": "signed form № 5"}).status_code == 302
    assert browser.post(withdraw, {"channel": "sms", "proof": "said so by phone"}).status_code == 302
    answers = {consent.channel: consent for consent in Consent.objects.all()}
    assert {channel: answer.granted for channel, answer in answers.items()} == {"": True, "sms": False}
    assert answers[""].recorded_by.email == "operator@example.uz"
    assert answers[""].given_through == "staff"
    logged = Event.objects.filter(type__startswith="consent").order_by("id").values_list("type", "payload")
    assert list(logged) == [
        ("consent_given", {"purpose": "marketing", "channel": "", "proof": "signed form № 5",
                           "through": "staff", "by": "operator@example.uz", "place": "customer page"}),
        ("consent_withdrawn", {"purpose": "marketing", "channel": "sms", "proof": "said so by phone",
                               "through": "staff", "by": "operator@example.uz", "place": "customer page"}),
    ]  # fmt: skip
    page = page_of(browser, customer)
    assert "signed form № 5" in page
    assert "said so by phone" in page
    assert give in page  # SMS is refused still
    browser.post(give, {"channel": "sms", "proof": "signed form № 6"})
    assert give not in page_of(browser, customer)


def test_no_other_role_writes_consent_down(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    address = f"/customers/{customer.pk}/consent/marketing/give"
    for role in set(Role.values) - DESCRIBERS:
        assert signed_in(role).post(address, {"channel": "", "proof": "x"}).status_code == 403
    assert not Consent.objects.exists()
    for odd in ("/consent/world_domination/give", "/consent/marketing/maybe"):
        assert signed_in().get(f"/customers/{customer.pk}{odd}").status_code == 404
    assert signed_in().post(address, {"channel": "pigeon", "proof": "x"}).status_code == 422


@pytest.mark.django_db
def test_protocols_of_a_log_are_taken_unless_ours_is_later(told: Told) -> None:
    rows = [
        NewEvent(message_id=f"{number}/{days}", type="protocol_set", identity=("customer_number", "till", number),
                 occurred_at=AT.replace(day=days), reference="care", payload={"priority": days, "package": "minimal"})
        for number, days in (("1", 3), ("1", 5), ("2", 4))
    ]  # fmt: skip
    record(rows, source="till")
    second = Customer.objects.get(number="2")
    actions.set_protocol(second, by="a@example.uz", at=AT, priority=9)
    source = Event.objects.filter(source__name="till")[0].source
    assert actions.take_protocols(source) == 1
    kept = {protocol.customer.number: (protocol.priority, protocol.set_by) for protocol in Protocol.objects.all()}
    assert kept == {"1": (5, "care"), "2": (9, "a@example.uz")}
    assert actions.take_protocols(source) == 0
