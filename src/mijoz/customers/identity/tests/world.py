"""A few people as sources tell of them, and everything that is kept about them in a form that can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from mijoz.channels.queries import latest_answers
from mijoz.customers.actions import answer_consent, describe, project, set_protocol
from mijoz.customers.choosing import SHOWN
from mijoz.customers.identity import merging
from mijoz.customers.models import Consent, Customer, Merge, Ownership, Profile, Protocol, Purpose
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHANNELS = ("", "sms", "email")
PURPOSES = (Purpose.MARKETING, Purpose.SERVICE)
SOURCES = ("till", "shop", "clinic", "site")
FIGURES = [each.name for each in Profile._meta.fields if each.name not in {"customer", "refreshed_at"}]


@dataclass
class World:
    """People with a number in one system each and some with a phone; time goes on by a minute with each deed."""

    size: int
    minutes: int = 0
    people: list[Customer] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place in range(self.size):
            self.buy(place, 1)
            owner = Ownership.objects.get(identity__value=f"{place:03}", identity__account=SOURCES[place % 4])
            self.people.append(owner.customer)

    def now(self) -> datetime:
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    def buy(self, place: int, amount: int) -> None:
        at = self.now()
        record(
            [
                NewEvent(
                    message_id=f"{place}/{self.minutes}",
                    type="purchase_line",
                    identity=("customer_number", SOURCES[place % 4], f"{place:03}"),
                    occurred_at=at,
                    item=f"item {amount}",
                    amount=Decimal(amount),
                )
            ],
            source=SOURCES[place % 4],
        )
        project()

    def answer(self, place: int, purpose: str, channel: str, granted: bool) -> None:
        answer_consent(
            self.people[place],
            purpose=purpose,
            channel=channel,
            granted=granted,
            proof="x",
            through="staff",
            at=self.now(),
        )

    def tell(self, place: int, name: str) -> None:
        customer = Customer.objects.get(pk=self.people[place].pk)
        describe(customer, by=None, at=self.now(), first_name=name, city=f"{name} city")

    def serve(self, place: int, package: str) -> None:
        set_protocol(self.people[place], by="test", at=self.now(), package=package)

    def merge(self, kept: int, absorbed: int) -> Merge | None:
        """None when the two are one already."""
        try:
            return merging.merge(self.people[kept], self.people[absorbed], by=None, reason="same", at=self.now())
        except merging.MergeRefused:
            return None

    def allowed(self) -> dict[int, dict[tuple[str, str], bool | None]]:
        """What each customer, merged or not, allows by channel now."""
        numbers = [customer.pk for customer in self.people]
        answers = latest_answers(numbers)
        return {
            number: {
                (purpose.value, channel): answers.consent(number, purpose, channel)
                for purpose in PURPOSES
                for channel in CHANNELS
            }
            for number in numbers
        }

    def state(self) -> dict[str, Any]:
        """All that is known of everybody who leads to nobody else, by places, so that two worlds can be compared."""
        place = {customer.pk: number for number, customer in enumerate(self.people)}
        roots = set(Customer.objects.filter(merged_into=None).values_list("pk", flat=True))
        owned = Ownership.objects.exclude(identity__kind="customer").select_related("identity")
        ours = Ownership.objects.filter(identity__kind="customer").select_related("identity")
        return {
            "merged_into": {
                place[pk]: place.get(into) for pk, into in Customer.objects.values_list("pk", "merged_into")
            },
            "owned": {str(one.identity): (place[one.customer_id], place[one.home_id]) for one in owned},
            "ours": {place[int(one.identity.value)]: (place[one.customer_id], place[one.home_id]) for one in ours},
            "profiles": {place[row[0]]: row[1:] for row in Profile.objects.values_list("customer", *FIGURES)},
            "columns": {
                place[row[0]]: row[1:]
                for row in Customer.objects.filter(pk__in=roots).values_list("pk", *SHOWN, "search_key")
            },
            "consents": {
                (place[one.customer_id], one.purpose, one.channel): (one.granted, one.answered_at, one.proof)
                for one in Consent.objects.filter(customer__in=roots)
            },
            "protocols": {
                place[one.customer_id]: (one.package, one.set_at, one.set_by)
                for one in Protocol.objects.filter(customer__in=roots)
            },
        }
