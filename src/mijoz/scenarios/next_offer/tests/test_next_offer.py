"""Offers follow from the log, leave out what they must, and are read in a constant number of statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import actions as customers
from mijoz.customers.models import Consent, Customer, Purpose
from mijoz.customers.privacy import actions as privacy  # noqa: F401 - the room must be importable beside ours
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.scenarios.next_offer import actions, fitting
from mijoz.scenarios.next_offer.models import OfferModel, Suggestion
from mijoz.scenarios.next_offer.suggesting import offers_for
from mijoz.segments import actions as segments

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)
HAIR, NAILS = ("Cut", "Dye", "Styling"), ("Manicure", "Pedicure", "Gel")


def bought(number: str, item: str, *, days_ago: float) -> NewEvent:
    return NewEvent(
        message_id=f"{number}/{item}/{days_ago}", type="purchase_line", identity=("customer_number", "till", number),
        occurred_at=AT - timedelta(days=days_ago), reference=f"{number}/{days_ago}", item=item, quantity=1,
        amount=Decimal(100), currency="UZS",
    )  # fmt: skip


def customer(number: str) -> Customer:
    return Customer.objects.get(ownerships__identity__value=number)


pytestmark = pytest.mark.django_db(transaction=True)  # the lake takes committed rows only


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def salon(db: None) -> None:
    """Forty who take all for their hair, thirty who take all for their nails; Ali took two of three, for his hair."""
    Business.objects.create(pk=1, name="Lola", sector="salon", time_zone="Asia/Tashkent", currency="UZS")
    segments.install_defaults(at=AT)
    events = [
        bought(f"{kind}{number}", item, days_ago=1 + (number * 7 + place * 3) % 80)
        for kind, items, count in (("h", HAIR, 40), ("n", NAILS, 30))
        for number in range(count)
        for place, item in enumerate(items)
    ]
    events += [bought("Ali", "Cut", days_ago=20), bought("Ali", "Styling", days_ago=10)]
    events += [bought("Vali", "Manicure", days_ago=5)]
    record(events, source="till")
    customers.project()


def offered(number: str, at: datetime = AT, **how: object) -> list[str]:
    [offers] = offers_for([customer(number).pk], at, **how).values()  # type: ignore[arg-type]
    return [offer.service for offer in offers]


def test_what_goes_with_a_history_is_offered_first_and_says_why(salon: None) -> None:
    for name in (*HAIR, *NAILS):
        actions.describe(name, is_offered=None, may_come_again=False)
    fitting.learn(at=AT)
    [offers] = offers_for([customer("Ali").pk], AT).values()
    assert offers[0].service == "Dye"
    assert set(offers[0].because) == {"Cut", "Styling"}
    assert "Cut" in offers[0].sentence()
    assert "Styling" in offers[0].sentence()
    assert offered("Vali")[0] in {"Pedicure", "Gel"}


def test_before_the_first_model_there_is_nothing(salon: None) -> None:
    assert offered("Ali") == []


def test_a_refusal_counts_at_once_and_in_the_next_model_and_not_for_ever(salon: None) -> None:
    fitting.learn(at=AT)
    first = offered("Ali")[0]
    malika = StaffMember.objects.create_user(email="malika@example.uz", name="Malika", role=Role.FRONT_OFFICE)
    actions.answer(customer("Ali"), first, wants_it=False, by=malika, at=AT + timedelta(minutes=1))
    later = AT + timedelta(hours=1)
    assert first not in offered("Ali", later, top=20)
    fitting.learn(at=later)
    assert first not in Suggestion.objects.get(customer=customer("Ali")).services
    assert first in offered("Ali", AT + timedelta(days=200), top=20)


def test_a_service_of_one_time_is_not_offered_to_who_took_it_after_the_model(salon: None) -> None:
    actions.describe("Dye", is_offered=None, may_come_again=False)
    fitting.learn(at=AT)
    assert "Dye" in offered("Ali", top=20)
    record([bought("Ali", "Dye", days_ago=-0.1)], source="till")
    assert "Dye" not in offered("Ali", AT + timedelta(days=1), top=20)


def test_what_cannot_be_had_is_not_offered_by_staffs_word_at_once_and_by_sales_with_a_model(salon: None) -> None:
    record([bought(f"h{number}", "Perm", days_ago=200 + number) for number in range(20)], source="till")
    for name in ("Perm", "Dye"):
        actions.describe(name, is_offered=None, may_come_again=True)
    fitting.learn(at=AT)
    assert "Perm" not in offered("h1", top=20)
    assert "Dye" in offered("h1", top=20)
    actions.describe("Dye", is_offered=False, may_come_again=None)
    assert "Dye" not in offered("h1", top=20)
    actions.describe("Perm", is_offered=True, may_come_again=True)
    fitting.learn(at=AT)
    assert "Perm" in offered("h1", top=20)


def test_who_objects_to_profiling_gets_what_is_popular_and_leaves_no_row(salon: None) -> None:
    ali = customer("Ali")
    Consent.objects.create(customer=ali, purpose=Purpose.PROFILING, granted=False, answered_at=AT)
    fitting.learn(at=AT)
    assert not Suggestion.objects.filter(customer=ali).exists()
    [offers] = offers_for([ali.pk], AT).values()
    popular = [name for name in OfferModel.objects.get().popular[""] if name not in {"Cut", "Styling"}]
    assert [offer.service for offer in offers] == popular[:3]
    assert not any(offer.is_personal or offer.segment for offer in offers)


def test_only_some_services_when_asked_so(salon: None) -> None:
    fitting.learn(at=AT)
    assert offered("Ali", among={"Gel"}) == ["Gel"]


def test_many_customers_are_no_more_statements_than_one(salon: None) -> None:
    fitting.learn(at=AT)
    everybody = list(Customer.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(
        connection,
    ) as one:
        offers_for(everybody[:1], AT)
    with CaptureQueriesContext(connection) as many:
        found = offers_for(everybody, AT)
    assert len(many) == len(one)
    assert found.keys() == set(everybody)
    assert all(found.values())


def test_a_model_keeps_its_weights_and_says_how_good_it_is(salon: None) -> None:
    made = fitting.learn(at=AT)
    assert (fitting.folder() / made.file).exists()
    assert made.trial is None or 0 <= made.trial["new"]["ours"] <= 1
    for _again in range(4):
        last = fitting.learn(at=AT)
    assert len(list(fitting.folder().glob("*.npz"))) == fitting.FILES_KEPT
    assert set(Suggestion.objects.values_list("model", flat=True)) == {last.pk}


def test_the_customer_page_offers_and_notes_the_answer(salon: None, client: Client) -> None:
    fitting.learn(at=AT)
    malika = StaffMember.objects.create_user(email="malika@example.uz", name="Malika", role=Role.FRONT_OFFICE)
    client.force_login(malika)
    client.cookies["mijoz_language"] = "en"
    ali = customer("Ali")
    page = client.get(f"/customers/{ali.pk}/").content.decode()
    assert "Offer next" in page
    service = offered("Ali", datetime.now(UTC))[0]
    assert client.post(f"/next-offer/customers/{ali.pk}/", {"service": service, "answer": "refused"}).status_code == 302
    [event] = Event.objects.filter(type="offer_refused")
    assert (event.item, event.payload["by"]) == (service, "malika@example.uz")
    assert client.post(f"/next-offer/customers/{ali.pk}/", {"service": service, "answer": "maybe"}).status_code == 400
    assert Event.objects.filter(type__startswith="offer_").count() == 1
