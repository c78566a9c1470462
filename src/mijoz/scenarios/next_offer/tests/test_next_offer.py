"""Offers follow from the log, leave out what they must, and are read in a constant number of statements."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from scipy import sparse

from mijoz.analysis.learning import next_offer
from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import actions as customers
from mijoz.customers.models import Consent, Customer, Purpose
from mijoz.customers.privacy import actions as privacy  # noqa: F401 - the room must be importable beside ours
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.loyalty.models import Offer as LoyaltyOffer
from mijoz.scenarios.next_offer import actions, fitting, stock
from mijoz.scenarios.next_offer.models import OfferModel, Suggestion
from mijoz.scenarios.next_offer.suggesting import offers_for
from mijoz.scenarios.steps.offers_page import best_for
from mijoz.segments import actions as segments

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)
HAIR, NAILS = ("Cut", "Dye", "Styling"), ("Manicure", "Pedicure", "Gel")
# Four tastes: whoever takes some services of one takes the others of it next.
TASTES = [[f"{taste} {number}" for number in range(6)] for taste in ("Brows", "Face", "Massage", "Bath")]


def bought(number: str, item: str, *, days_ago: float) -> NewEvent:
    return NewEvent(
        message_id=f"{number}/{item}/{days_ago}", type="purchase_line", identity=("customer_number", "till", number),
        occurred_at=AT - timedelta(days=days_ago), reference=f"{number}/{days_ago}", item=item, quantity=1,
        amount=Decimal(100), currency="UZS",
    )  # fmt: skip


def of_a_taste(taste: int, *, by: int, began_days_ago: float, then_days_ago: float) -> list[NewEvent]:
    """Four of the six services of a taste, then the other two, taken by so many customers."""
    events = []
    for number in range(by):
        order = TASTES[taste][number % 6 :] + TASTES[taste][: number % 6]
        events += [
            bought(f"t{taste}-{number}", item, days_ago=began_days_ago + place) for place, item in enumerate(order[:4])
        ]
        events += [
            bought(f"t{taste}-{number}", item, days_ago=then_days_ago + place) for place, item in enumerate(order[4:])
        ]
    return events


def of_no_taste(*, by: int, began_days_ago: float, then_days_ago: float) -> list[NewEvent]:
    """As many, each of whose services say nothing of the next: any of all, the first ones by most."""
    drawn, every = Random(7), [item for taste in TASTES for item in taste]
    likely = [1 / (place + 1) for place in range(len(every))]
    return [
        bought(f"n{number}", item, days_ago=ago + place)
        for number in range(by)
        for ago, size in ((began_days_ago, 4), (then_days_ago, 2))
        for place, item in enumerate(drawn.choices(every, likely, k=size))
    ]


def customer(number: str) -> Customer:
    return Customer.objects.get(ownerships__identity__value=number)


pytestmark = pytest.mark.django_db(transaction=True)  # the lake takes committed rows only


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def salon(db: None) -> None:
    """Forty who take all for their hair, thirty who take all for their nails; Ali took two of three, for his hair.

    Others have tastes of their own, which show that histories say more here than popularity.
    """
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
    for taste in range(len(TASTES)):
        events += of_a_taste(taste, by=24, began_days_ago=40, then_days_ago=10)
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
    model = OfferModel.objects.get()
    popular = [name for name in model.popular[""] if name not in {*model.of_one_time} & {"Cut", "Styling"}]
    assert [offer.service for offer in offers] == popular[:3]
    assert not any(offer.is_personal or offer.segment for offer in offers)


@pytest.fixture
def plain_shop(db: None) -> None:
    """A business in whose sales nothing but popularity shows, until the tastes of later customers do."""
    Business.objects.create(pk=1, name="Lola", sector="salon", time_zone="Asia/Tashkent", currency="UZS")
    segments.install_defaults(at=AT)
    record(of_no_taste(by=200, began_days_ago=60, then_days_ago=10), source="till")
    customers.project()


def test_where_histories_say_no_more_than_popularity_popularity_is_offered_and_the_page_says_so(
    plain_shop: None, client: Client
) -> None:
    made = fitting.learn(at=AT)
    assert made.trial is not None
    assert made.trial["new"]["gain_low"] <= 0
    assert not made.leads
    assert not Suggestion.objects.exists()
    popular = made.popular[""]
    for number in ("n1", "n2", "n3"):
        [offers] = offers_for([customer(number).pk], AT, top=5).values()
        assert [offer.service for offer in offers] == [name for name in popular if name not in made.of_one_time][:5]
        assert not any(offer.is_personal or offer.segment for offer in offers)
    assert "did not hit surely more" in page_of(client)


def test_the_offer_step_of_scenarios_keeps_to_the_floor_too(plain_shop: None) -> None:
    made = fitting.learn(at=AT)
    popular = [name for name in made.popular[""] if name not in made.of_one_time]
    for key, service in (("first", popular[0]), ("second", popular[1])):
        terms = {"benefit": {"kind": "percent", "percent": 10}, "services": [service]}
        LoyaltyOffer.objects.create(key=key, names={"en": key}, terms=terms, state="live")
    everybody = [customer(f"n{number}").pk for number in range(20)]
    assert set(best_for(everybody, at=AT).values()) == {"first"}


def test_histories_are_offered_by_again_when_they_have_shown_to_say_more(plain_shop: None, client: Client) -> None:
    assert not fitting.learn(at=AT).leads
    later = AT + timedelta(days=90)
    for taste in range(len(TASTES)):
        record(of_a_taste(taste, by=60, began_days_ago=-40, then_days_ago=-75), source="till")
    customers.project()
    made = fitting.learn(at=later)
    assert "new" in made.leads
    assert Suggestion.objects.filter(model=made).exists()
    [offers] = offers_for([customer("t1-3").pk], later).values()
    assert any(offer.is_personal for offer in offers)
    assert "own history" in page_of(client)
    assert "did not hit surely more" not in page_of(client)


def test_where_nothing_can_be_tried_popularity_is_offered(db: None, client: Client) -> None:
    Business.objects.create(pk=1, name="Lola", sector="salon", time_zone="Asia/Tashkent", currency="UZS")
    record(of_a_taste(0, by=5, began_days_ago=40, then_days_ago=10), source="till")
    customers.project()
    made = fitting.learn(at=AT)
    assert made.trial is None
    assert not Suggestion.objects.exists()
    assert offered("t0-1")
    assert "Too few customers bought in the last 30 days" in page_of(client)


@pytest.mark.parametrize(
    ("new", "following", "leads"),
    [
        (0.02, 0.03, {"new", "next"}),
        (0.02, 0.0, {"new"}),
        (-0.01, 0.01, {"next"}),
        (-0.034, -0.02, set()),
        (0.0, 0.0, set()),
    ],
)
def test_each_question_is_led_by_its_own_interval(new: float, following: float, leads: set[str]) -> None:
    made = OfferModel(trial={"days": 30.0, "new": {"gain_low": new}, "next": {"gain_low": following}})
    assert made.leads == leads
    assert not OfferModel(trial=None).leads


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ({"new", "next"}, {"taken": 8, "new": 2}),  # those that are taken again and again come first
        ({"new"}, {"taken": 0, "new": 10}),
        ({"next"}, {"taken": 10, "new": 0}),
    ],
)
def test_only_that_is_suggested_in_which_it_leads_and_it_has_all_places(
    db: None, leads: set[str], expected: dict[str, int]
) -> None:
    """Ali took twelve services, eight of them often, and never took twelve others, of which two are popular."""
    ali = Customer.objects.create(first_name="Ali")
    taken, new = ([f"{kind} {number:02}" for number in range(12)] for kind in ("taken", "new"))
    services, nothing = [*taken, *new], np.zeros((1, 24), dtype=np.float32)
    habit, popularity = nothing.copy(), np.full(24, 0.01, dtype=np.float32)
    habit[0, :8], popularity[12:14] = 50.0, 0.1
    was_taken = np.where(np.arange(24) < 12, np.float32(1.0), np.float32(0.0))[None, :]
    histories = next_offer.Histories(
        np.array([ali.pk]), services, sparse.csr_matrix(was_taken), sparse.csr_matrix(habit), popularity
    )
    model = next_offer.Model(next_offer.Settings(), services, np.zeros((24, 24), dtype=np.float32), popularity, {})
    every = np.ones(24, dtype=bool)
    states = stock.States(offered=every, may_come_again=every, takers=every * 1, again_share=every * 1.0)
    made = OfferModel.objects.create(
        made_at=AT, as_of=AT.date(), services=24, customers=1, settings={},
        trial={question: {"gain_low": 0.01} for question in leads},
    )  # fmt: skip
    with connection.cursor() as cursor:
        assert fitting._suggest(cursor, made, model, histories, states, {}, end=20_000.0) == 1
    found = Suggestion.objects.get(customer=ali)
    assert Counter(name.partition(" ")[0] for name in found.services) == Counter(expected)
    assert len(found.scores) == len(found.because) == 10
    for name, because in zip(found.services, found.because, strict=True):
        assert because == ([name] if name in taken else [])


def page_of(client: Client) -> str:
    staff, _made = StaffMember.objects.get_or_create(
        email="m@example.uz", defaults={"name": "Nodira", "role": Role.MARKETER}
    )
    client.force_login(staff)
    client.cookies["mijoz_language"] = "en"
    return client.get("/next-offer/").content.decode()


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
