"""What texts may use, how they read in each language, how personal and how long they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.business.models import Branch, Business
from mijoz.channels.lengths import length
from mijoz.customers.models import Profile
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty import actions as loyalty
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.loyalty.tests.conftest import make_offer
from mijoz.scenarios import letters, variables, wording
from mijoz.scenarios.definition import Message
from mijoz.scenarios.forms.steps import offers
from mijoz.scenarios.tests.conftest import AT, DAY, Member


def step(text: str, *languages: str) -> Message:
    texts = dict.fromkeys(languages or ("uz", "ru", "en"), text)
    return Message(kind="message", key="letter", subjects=texts, texts=texts)


def written(customer: Any, text: str, *, business: Business, code: str = "") -> str:
    writer = letters.Writer(step(text), offer=None, business=business)
    known = letters.known_of([customer.pk], wanted=writer.variables, at=AT)[customer.pk]
    return writer.write(known, until=None, code=code)[2]


@pytest.mark.parametrize(
    ("language", "reads"),
    [
        ("en", "Wednesday 1 Apr 2026 at 15:30 in Chilonzor: Haircut, by Olim"),
        ("ru", "среда 01.04.2026 at 15:30 in Chilonzor: Haircut, by Olim"),
        ("uz", "chorshanba 01.04.2026 at 15:30 in Chilonzor: Haircut, by Olim"),
    ],
)
def test_a_booking_is_told_in_the_customers_language_and_the_business_zone(
    business: Business, member: Member, language: str, reads: str
) -> None:
    Branch.objects.create(code="chil", name="Chilonzor")
    customer = member(language=language)
    for number, starts_at in (("B-1", "2026-03-20T10:30:00Z"), ("B-2", "2026-04-01T10:30:00Z"), ("B-3", "2026-05-01")):
        record(
            [
                NewEvent(
                    message_id=number, type="booking_made", identity=("customer", "", str(customer.pk)),
                    occurred_at=AT - 20 * DAY, reference=number, item="Haircut", branch="chil",
                    payload={"starts_at": starts_at, "staff": "Olim"},
                )
            ],
            source="till",
        )  # fmt: skip
    text = "{{ booking.at | weekday }} {{ booking.at | day }} at {{ booking.at | time }} in {{ booking.branch }}"
    assert written(customer, text + ": {{ booking.service }}, by {{ booking.staff }}", business=business) == reads


def test_money_and_numbers_are_written_as_in_the_customers_language(business: Business, member: Member) -> None:
    customer = member(language="ru", birth_on=date(1990, 3, 5))
    Profile.objects.filter(customer=customer).update(purchases=1_200, revenue=1_250_000)
    text = "{{ customer.spent }}; {{ customer.purchases | number }}; {{ customer.birthday }}; {{ offer.code }}"
    said = written(customer, text, business=business, code="TEA-1").replace("\u00a0", " ")
    assert said == "1 250 000 сум; 1 200; 5 марта; TEA-1"


def test_of_a_stranger_nothing_is_said(business: Business, member: Member) -> None:
    customer = member(first_name="")
    text = "Salom{% if visit.service %} {{ visit.service }}{% endif %}{{ booking.at | day }}{{ booking.at | time }}!"
    assert written(customer, text, business=business) == "Salom!"


def test_what_a_text_reveals_is_counted_by_how_personal_it_is() -> None:
    text = "{{ greeting }} {% if customer.spent %}x{% endif %} {{ visit.on | day }} {{ visit.service }}"
    assert wording.revealed(text, "{{ business.name }}") == {"name", "spent", "last_visit"}
    assert variables.cost({"name", "booking"}) == 0
    assert variables.cost(wording.revealed(text)) == 3
    assert {variable.fact for variable in variables.VARIABLES.values()} - {""} == set(variables.FACTS)


def test_a_writer_is_told_what_may_be_empty() -> None:
    (said,) = wording.advice("{{ customer.first_name }}{% if visit.on %}{{ visit.on }}{% endif %}")
    assert "“customer.first_name” may be empty" in said
    assert not wording.advice("{{ customer.first_name | default: 'friend' }} {{ greeting }}")


@pytest.mark.parametrize(
    ("text", "parts", "left"),
    [("", 0, 160), ("a" * 160, 1, 0), ("a" * 161, 2, 145), ("я" * 70, 1, 0), ("я" * 71, 2, 63), ("oʻ", 1, 68),
     ("€" * 80, 1, 0), ("😀" * 35, 1, 0), ("😀" * 36, 2, 62)],
)  # fmt: skip
def test_an_sms_is_counted_by_its_letters(text: str, parts: int, left: int) -> None:
    found = length(text)
    assert (found.sms_parts, found.sms_left) == (parts, left)


@given(st.text(max_size=400))
def test_one_letter_more_never_costs_less(text: str) -> None:
    assert length(text + "я").sms_parts >= length(text).sms_parts >= (1 if text else 0)


def test_a_text_for_nobody_in_particular_fills_every_variable() -> None:
    offer = wording.OfferWords(name="Tea", discount=0.1, gift="tea", until=date(2026, 4, 1))
    for name in wording.VARIABLES:
        assert wording.illustrate(f"{{{{ {name} }}}}", offer, language="en"), name


def test_a_moment_without_a_zone_is_the_business_own(business: Business, member: Member) -> None:
    assert letters._moment("never") is None
    assert letters._moment("2026-04-01T10:30:00+00:00") == datetime(2026, 4, 1, 10, 30, tzinfo=UTC)


def test_points_are_told_as_they_can_be_spent(business: Business, member: Member) -> None:
    customer, without = member(language="en"), member(language="en")
    terms = {"kind": "points", "per_sum": 1000, "value": 100}
    points = loyalty.write_programme(
        "points", terms=programme_terms(terms), names={"en": "Points"}, is_new=True, by=None, at=AT
    )
    loyalty.set_programme_state(points, State.LIVE, at=AT)
    loyalty.adjust(points, customer, 1500, reason="birthday", by=None, at=AT)
    text = "Hello.{% if loyalty.points %} You have {{ loyalty.points }} points.{% endif %}"
    assert written(customer, text, business=business) == "Hello. You have 1,500 points."
    assert written(without, text, business=business) == "Hello."


def test_the_editor_offers_what_the_page_of_offers_has(business: Business) -> None:
    make_offer("tea")
    assert offers() == [("tea", "Tea")]
