"""A town with all that rules can ask for, and each fact counted in plain Python from the rows themselves."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from mijoz.customers import actions as customers
from mijoz.customers.identity.merging import merge
from mijoz.customers.models import Consent, Customer, Ownership, Preferences, Tag, Tagging, Trait
from mijoz.events.actions import record
from mijoz.events.models import Event, Source
from mijoz.events.types import NewEvent
from mijoz.segments.happenings import GROUPED, NUMBER
from mijoz.segments.models import Membership, Segment

AS_OF = date(2026, 3, 31)
TYPES = ("visit", "purchase_line", "complaint", "test_drive")
ITEMS = ("Plov", "Choy, koʻk", 'So"mon\\sa')
PAYLOADS: tuple[Any, ...] = ({}, {"seats": 2}, {"seats": "12.5"}, {"seats": None}, {"seats": True}, {"note": "a b"})


def build(seed: int, *, people: int = 40) -> None:
    """People with events around the ends of days, two identities for some, some of them merged."""
    chance = random.Random(seed)
    events = []
    for place in range(people):
        for number in range(chance.randrange(9)):
            kind = chance.choice(TYPES)
            hours = chance.choice([0, 1, 5, 23, 24, 30, 48, 70 * 24, 90 * 24, 91 * 24, chance.randrange(4000), -20])
            events.append(
                NewEvent(
                    message_id=f"{place}/{number}",
                    type=kind,
                    identity=("customer_number", "till", f"c{place}")
                    if chance.random() < 0.7
                    else ("card", "", f"k{place}"),
                    occurred_at=datetime(2026, 3, 31, 21, tzinfo=UTC)
                    - timedelta(hours=hours, minutes=chance.randrange(60)),
                    reference=chance.choice(["r1", "r2", f"{place}/{number}"]),
                    item=chance.choice(["", *ITEMS]),
                    quantity=chance.choice([None, 1, 2.5]),
                    amount=chance.choice([None, Decimal("12.5"), Decimal(100), Decimal("333.3333")]),
                    channel=chance.choice(["", "telegram"]),
                    branch=chance.choice(["", "centre"]),
                    payload=chance.choice(PAYLOADS) if kind != "complaint" else {},
                )
            )
    record([one for one in events if chance.random() < 0.5], source="till")
    record(events, source="site")
    customers.project()
    everybody = list(Customer.objects.order_by("pk"))
    chance.shuffle(everybody)
    for kept, absorbed in zip(everybody[:6], everybody[6:12], strict=True):
        merge(kept, absorbed, by=None, at=datetime(2026, 3, 30, tzinfo=UTC), reason="the same person")
    merge(everybody[12], everybody[0], by=None, at=datetime(2026, 3, 30, tzinfo=UTC), reason="and one more")
    tell(chance)


def tell(chance: random.Random) -> None:
    """Consents, tags, traits, preferences and memberships."""
    sources = list(Source.objects.all())
    tags = [Tag.objects.create(name=name) for name in ITEMS]
    segments = [Segment.objects.create(key=f"base{n}", names={"en": f"Base {n}"}, order=100) for n in range(2)]
    for customer in Customer.objects.filter(merged_into=None):
        customer.birth_on = chance.choice(
            [None, date(1990, 2, 28), date(1992, 2, 29), date(1984, 3, 31), date(1980, 4, 3)]
        )
        customer.birthday = chance.choice(["", "02-29", "04-01", "03-30", "31-12"])
        customer.city = chance.choice(["", *ITEMS])
        customer.save()
        for purpose in ("marketing", "sharing"):
            for channel in ("", "email", "sms"):
                if chance.random() < 0.4:
                    Consent.objects.create(
                        customer=customer, purpose=purpose, channel=channel, granted=chance.random() < 0.6,
                        answered_at=datetime(2026, 3, chance.choice([1, 1, 2]), tzinfo=UTC),
                    )  # fmt: skip
        for tag in chance.sample(tags, chance.randrange(3)):
            Tagging.objects.create(customer=customer, tag=tag)
        if chance.random() < 0.5:
            Preferences.objects.create(
                customer=customer, channel=chance.choice(["", "email", "sms"]),
                messages_a_month=chance.choice([None, 0, 2]), chosen_at=datetime(2026, 3, 1, tzinfo=UTC),
            )  # fmt: skip
        for segment in segments:
            if chance.random() < 0.4:
                Membership.objects.create(
                    segment=segment, customer=customer,
                    entered_at=datetime(2026, 3, 31, 12, tzinfo=UTC) - timedelta(hours=chance.randrange(200)),
                    left_at=chance.choice([None, None, datetime(2026, 3, 31, 12, tzinfo=UTC)]),
                )  # fmt: skip
    for owned in Ownership.objects.select_related("identity"):
        for source in sources[:2]:
            if chance.random() < 0.5:
                Trait.objects.create(
                    identity=owned.identity, source=source, name="shoe size",
                    value=chance.choice(["", "42", "42.5", "Plov", "-3"]), original=chance.choice(["", "x"]),
                    told_at=datetime(2026, 3, chance.choice([1, 2]), tzinfo=UTC),
                    told_by=chance.choice(["", "customer", "a@b.uz"]),
                )  # fmt: skip


@dataclass
class World:
    """All rows, read once."""

    zone: ZoneInfo
    as_of: date = AS_OF

    def __post_init__(self) -> None:
        self.customers = {one.pk: one for one in Customer.objects.filter(merged_into=None, profile__isnull=False)}
        self.owner = dict(Ownership.objects.values_list("identity_id", "customer_id"))
        sources = dict(Source.objects.values_list("pk", "name"))
        self.events: dict[int, list[Any]] = {}
        for event in Event.objects.exclude(identity=None):
            event.source_name = sources[event.source_id]
            self.events.setdefault(self.owner[event.identity_id], []).append(event)
        self.consents = list(Consent.objects.all())
        self.tags = [(one.customer_id, one.tag.name) for one in Tagging.objects.select_related("tag")]
        self.chosen = {one.customer_id: one for one in Preferences.objects.all()}
        self.stays = list(Membership.objects.filter(left_at=None).select_related("segment"))
        self.traits = list(Trait.objects.all())

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def fact(self, customer: int, field: str, of: dict[str, Any] | None) -> Any:
        """What is so of the customer; None for what is not known."""
        of = of or {}
        match field:
            case "events" | "events_sum" | "events_last":
                return self._happened(customer, field, of)
            case "consent":
                channel = of.get("channel", "")
                said = [one for one in self.consents if one.customer_id == customer and one.purpose == of["purpose"]]
                said = [
                    one
                    for one in said
                    if one.channel == channel
                    or (
                        one.channel == "" and not (channel == "telegram" and one.purpose == "marketing" and one.granted)
                    )
                ]
                latest = max(said, key=lambda one: (one.answered_at, not one.granted), default=None)
                return "none" if latest is None else "given" if latest.granted else "refused"
            case "segment" | "days_in_segment":
                stay = [one for one in self.stays if one.customer_id == customer and one.segment.key == of["key"]]
                if field == "segment":
                    return bool(stay)
                return max((self.as_of - self.day(stay[0].entered_at)).days, 0) if stay else None
            case "trait" | "trait_number":
                return self._trait(customer, of["name"], number=field == "trait_number")
            case "tags":
                return [name for owner, name in self.tags if owner == customer]
            case "city":
                return self.customers[customer].city or None
            case "chosen_channel":
                return self.chosen[customer].channel if customer in self.chosen else ""
            case "messages_a_month":
                return self.chosen[customer].messages_a_month if customer in self.chosen else None
            case "days_to_birthday":
                return self._days_to(self._born(customer))
            case "days_to_anniversary":
                bought = [one.occurred_at for one in self.events.get(customer, ()) if one.type == "purchase_line"]
                return self._days_to(self.day(min(bought)) if bought else None)
        raise AssertionError(field)

    def _born(self, customer: int) -> date | None:
        told = self.customers[customer]
        if told.birth_on:
            return told.birth_on
        return (
            date(2000, int(told.birthday[:2]), int(told.birthday[3:]))
            if told.birthday in {"02-29", "04-01", "03-30"}
            else None
        )

    def _days_to(self, day: date | None) -> int | None:
        if day is None:
            return None
        for year in (self.as_of.year, self.as_of.year + 1):
            try:
                comes = day.replace(year=year)
            except ValueError:
                comes = date(year, 2, 28)
            if comes >= self.as_of and comes > day:
                return (comes - self.as_of).days
        raise AssertionError(day)

    def _trait(self, customer: int, name: str, *, number: bool) -> Any:
        def rank(one: Trait) -> int:
            return 2 if one.told_by == "" else 1 if one.told_by == "customer" else 0

        told = [one for one in self.traits if self.owner[one.identity_id] == customer and one.name == name]
        told = [one for one in told if one.value or (one.told_by and not one.original)]
        first = min(
            told, key=lambda one: (rank(one), -one.told_at.timestamp(), one.source_id, one.identity_id), default=None
        )
        if first is None or not first.value:
            return None
        if number:
            return Decimal(first.value) if re.match(NUMBER, first.value) else None
        return first.value

    def _happened(self, customer: int, field: str, of: dict[str, Any]) -> Any:
        rows = [one for one in self.events.get(customer, ()) if one.type == of["type"]]
        rows = [one for one in rows if self._within(self.day(one.occurred_at), of.get("window", {}))]
        rows = [one for one in rows if all(self._where(one, where) for where in of.get("where", []))]
        if field == "events_last":
            return (self.as_of - self.day(max(one.occurred_at for one in rows))).days if rows else None
        if field == "events_sum":
            numbers = [self._number(one, of.get("column", "amount")) for one in rows]
            return round(sum((number for number in numbers if number is not None), Decimal(0)), 4)
        return len({(one.source_id, one.reference) for one in rows}) if of["type"] in GROUPED else len(rows)

    def _within(self, day: date, window: dict[str, Any]) -> bool:
        ago = (self.as_of - day).days
        if "last_days" in window:
            return 0 <= ago <= window["last_days"]
        if "days_ago" in window:
            return bool(window["days_ago"][0] <= ago <= window["days_ago"][1])
        if "since" in window:
            return ago >= 0 and day >= date.fromisoformat(window["since"])
        return ago >= 0

    def _text(self, event: Any, column: str) -> str | None:
        if column == "source":
            return str(event.source_name)
        if not column.startswith("payload."):
            return str(getattr(event, column))
        found = (event.payload or {}).get(column.removeprefix("payload."))
        return (
            {True: "true", False: "false"}[found] if isinstance(found, bool) else None if found is None else str(found)
        )

    def _number(self, event: Any, column: str) -> Decimal | None:
        if column.startswith("payload."):
            text = self._text(event, column)
            return Decimal(text) if text is not None and re.match(NUMBER, text) else None
        found = getattr(event, column)
        return None if found is None else Decimal(str(found))

    def _where(self, event: Any, where: dict[str, Any]) -> bool:
        if where["op"] in {">=", "<="}:
            number, bound = self._number(event, where["column"]), Decimal(str(where["value"]))
            return number is not None and (number >= bound if where["op"] == ">=" else number <= bound)
        return (self._text(event, where["column"]) in where["value"]) == (where["op"] == "in")
