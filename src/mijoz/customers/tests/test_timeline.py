"""The timeline tells the log in sentences: nothing is lost, nothing twice, and a purchase is one thing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from mijoz.business.models import Branch, Role
from mijoz.customers import hooks, queries, sentences
from mijoz.customers.models import Customer
from mijoz.customers.tests.conftest import AT, Happened, SignedIn, Told
from mijoz.customers.timeline import Entry, Happening, Names, by_day
from mijoz.events.models import Event, Source
from mijoz.events.types import SCHEMAS

NAMES = Names(
    {"scenario": {"second_visit": "Second visit"}, "reason": {"quiet_hours": "Quiet hours"}}, {"c": "Chilonzor"}, "UZS"
)


def row(type_: str, *, at: datetime = AT, item: str = "", amount: float | None = None, **fields: Any) -> Event:
    given = {"identity_id": 1, "reference": "", "branch": "", "channel": "", "currency": "", "payload": None, **fields}
    return Event(type=type_, occurred_at=at, item=item, source=Source(name="till"),
                 amount=None if amount is None else Decimal(str(amount)), **given)  # fmt: skip


def told_of(*rows: Event, lines: int = 1, amount: float | None = None, hidden: bool = False) -> Entry:
    happening = Happening(AT, 1, list(rows), lines, None if amount is None else Decimal(str(amount)))
    with translation.override("en"), timezone.override("Asia/Tashkent"):
        return sentences.entry(happening, NAMES, contacts_hidden=hidden)


@pytest.mark.parametrize(
    ("event", "title", "note"),
    [
        (row("purchase_line", item="Osh", branch="c", channel="walk_in"), "Bought Osh", "Chilonzor · On the spot"),
        (row("purchase_line", reference="A-1"), "Purchase", "№\u00a0A-1"),
        (row("gift_line", item="Choy"), "Got as a gift: Choy", ""),
        (row("visit", payload={"waited_minutes": 6.6, "took_minutes": 40}),
         "Visited", "waited 7 min · served in 40 min"),
        (row("refund_line", item="Osh", amount=-5, reference="C-1"), "Money back for Osh", "№\u00a0C-1"),
        (row("booking_made", item="Massage", payload={"starts_at": "2024-04-02T13:00:00Z"}),
         "Booked Massage for 2 Apr 2024, 18:00", ""),
        (row("booking_made", payload={"starts_at": "tomorrow"}), "Booked", ""),
        (row("booking_missed", item="Massage"), "Did not come to a booking", "Massage"),
        (row("complaint", payload={"touchpoint": "queue", "text": "slow"}), "Complained: queue", ""),
        (row("survey_answered", payload={"kind": "csat", "score": 4}), "Satisfied: 4 of 5", ""),
        (row("survey_answered", payload={"kind": "nps", "score": 9}), "Would recommend us: 9 of 10", ""),
        (row("survey_answered", payload={"kind": "ces", "score": 2.5}), "Answered CES: 2.5", ""),
        (row("survey_answered", payload={"kind": "csat", "score": "good"}), "Answered a survey", ""),
        (row("message_sent", channel="email", payload={"subject": "Welcome", "scenario": "second_visit"}),
         "We wrote: Welcome", "E-mail · scenario Second visit"),
        (row("message_failed", channel="sms"), "A message did not arrive", "SMS"),
        (row("message_stopped", payload={"reason": "quiet_hours"}), "A message was held back", "Quiet hours"),
        (row("message_stopped", payload={"reason": "full_moon"}), "A message was held back", "Full moon"),
        (row("scenario_enrolled", reference="second_visit", payload={"arm": "treated", "segment": "new"}),
         "Entered the scenario Second visit", "from the segment New"),
        (row("scenario_enrolled", reference="second_visit", payload={"arm": "hold-out"}),
         "Watched for comparison, without the scenario Second visit", ""),
        (row("goal_reached", reference="second_visit"), "Reached the goal of a scenario", "scenario Second visit"),
        (row("offer_made", payload={"offer": "10 %"}), "Got an offer: 10 %", ""),
        (row("protocol_set", payload={"by": "a@b.uz", "package": "value_adding", "priority": 2}),
         "Service protocol set", "package: Value-adding · priority: Highest · a@b.uz"),
        (row("task_created", payload={"text": "Call"}), "Task for staff", ""),
        (row("task_done", reference="second_visit"), "Task done", "scenario Second visit"),
        (row("consent_given", payload={"purpose": "marketing", "channel": "sms", "proof": "form", "through": "staff"}),
         "Gave consent: Marketing", "SMS · through staff · form"),
        (row("consent_withdrawn", payload={"purpose": "sharing", "channel": ""}),
         "Withdrew consent: Sharing with partners", "every channel"),
        (row("profile_declared", payload={"traits": {"phone": "+998901234567", "gender": ""}}),
         "Details told: phone", "till"),
        (row("profile_declared", payload={"traits": ["odd"]}), "Details told", "till"),
        (row("loyalty_points_earned", item="Card"), "Loyalty points earned", "Card · till"),
    ],
)  # fmt: skip
def test_each_type_is_a_sentence(event: Event, title: str, note: str) -> None:
    entry = told_of(event)
    assert (entry.title, entry.note) == (title, note)


@pytest.mark.parametrize("type_", sorted(SCHEMAS))
@pytest.mark.parametrize("payload", [None, {}, {"text": 5, "score": {}, "traits": 1, "scenario": ["x"], "by": 7}])
def test_no_payload_breaks_the_page(type_: str, payload: Any) -> None:
    assert told_of(row(type_, payload=payload)).title


def test_the_customers_own_words_are_quoted() -> None:
    assert told_of(row("complaint", payload={"text": " <b>slow</b> "})).quote == "<b>slow</b>"


def test_what_an_unknown_type_carries_is_shown_plainly_but_not_to_who_may_not_see_contacts() -> None:
    event = row("lead_arrived", payload={"phone_number": "+998901234567", "deep": {"x": 1}, "empty": ""})
    assert told_of(event).facts == [("Phone number", "+998901234567")]
    assert told_of(event, hidden=True).facts == []


def test_a_purchase_names_its_items_and_counts_the_rest() -> None:
    rows = [row("purchase_line", item=item, amount=10) for item in ("Osh", "Choy", "Osh", "Non")]
    entry = told_of(
        *rows, row("gift_line", item="Shirinlik"), row("visit", payload={"took_minutes": 5}), lines=9, amount=90
    )
    assert entry.title == "Bought Osh, Choy and 6 more"
    assert [line.text for line in entry.lines] == ["Osh", "Choy", "Osh", "Non", "Shirinlik"]
    assert [line.is_gift for line in entry.lines] == [False] * 4 + [True]
    assert (entry.more_lines, entry.amount, entry.line_count) == (5, 90, 10)


def test_days_are_those_of_the_business() -> None:
    late, early = datetime(2024, 3, 1, 20, tzinfo=UTC), datetime(2024, 3, 1, 18, tzinfo=UTC)  # 1:00 and 23:00
    with timezone.override("Asia/Tashkent"):
        days = by_day([Entry(late, "b", "point"), Entry(early, "a", "point")])
    assert [(str(day.day), len(day.entries)) for day in days] == [("2024-03-02", 1), ("2024-03-01", 1)]


def buy(happened: Happened, customer: Customer, reference: str, items: list[str], *, days_ago: float) -> None:
    for item in items:
        happened(customer, item=item, reference=reference, days_ago=days_ago)


def test_lines_of_one_purchase_are_one_happening(told: Told, happened: Happened) -> None:
    customer = told(first_name="Aziza")
    buy(happened, customer, "A", ["Osh", "Choy", "Non"], days_ago=3)
    happened(customer, "visit", reference="A", days_ago=3.01, payload={"waited_minutes": 5})
    happened(customer, "gift_line", reference="A", days_ago=3, item="Shirinlik", amount=0)
    happened(customer, "survey_answered", reference="A", days_ago=2, payload={"kind": "csat", "score": 5})
    happened(customer, "refund_line", reference="A", days_ago=1, item="Non", amount=-100)
    buy(happened, customer, "", ["Osh", "Choy"], days_ago=5)  # no number: nobody knows that they belong together
    page = queries.timeline(customer)
    with translation.override("en"):
        entries = queries.entries(page, currency="UZS", contacts_hidden=False)
    assert [entry.title for entry in entries if "Details" not in entry.title] == [
        "Money back for Non",
        "Satisfied: 5 of 5",
        "Bought Osh, Choy and 1 more",
        "Bought Choy",
        "Bought Osh",
    ]
    purchase = next(entry for entry in entries if entry.title.endswith("1 more"))
    assert purchase.amount == 300
    assert "waited 5 min" in purchase.note
    assert [line.text for line in purchase.lines] == ["Osh", "Choy", "Non", "Shirinlik"]


def test_pieces_together_are_everything_once(told: Told, happened: Happened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "HAPPENINGS_A_PIECE", 3)
    customer = told(first_name="Aziza")
    for place in range(4):
        buy(happened, customer, f"P{place}", ["Osh", "Choy"], days_ago=place // 2)  # pairs at one moment
        happened(customer, "complaint", days_ago=place // 2, reference="")
    found: list[int] = []
    cursor, pieces = "", 0
    while pieces == 0 or cursor:
        page = queries.timeline(customer, before=cursor)
        found += [row.pk for happening in page.happenings for row in happening.rows]
        cursor, pieces = page.cursor, pieces + 1
    assert sorted(found) == sorted(Event.objects.values_list("pk", flat=True))
    assert len(found) == len(set(found))
    assert pieces == 3


def test_a_purchase_of_a_thousand_lines_reads_some_and_counts_all(told: Told) -> None:
    customer = told(first_name="Aziza")
    identity = customer.ownerships.get(identity__kind="customer").identity
    source = Source.objects.create(name="erp")
    Event.objects.bulk_create(
        Event(source=source, message_id=str(place), type="purchase_line", identity=identity, occurred_at=AT,
              reference="W", item=f"Item {place}", amount=1)
        for place in range(1000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        page = queries.timeline(customer, kind="trade")
        entry = queries.entries(page, currency="UZS", contacts_hidden=False)[0]
    assert entry.amount == 1000
    assert len(entry.lines) == queries.LINES_READ
    assert entry.line_count == 1000
    assert len(captured) == 3  # happenings, their rows, branches


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        ("trade", {"Bought Osh"}),
        ("voice", {"Complained"}),
        ("messages", {"We wrote"}),
        ("service", {"Got an offer"}),
        ("profile", {"Details told: first name"}),
        ("other", {"Parking used"}),
        ("", {"Bought Osh", "Complained", "We wrote", "Got an offer", "Details told: first name", "Parking used"}),
    ],
)
def test_kinds_divide_the_log(kind: str, titles: set[str], told: Told, happened: Happened, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    happened(customer, item="Osh")
    for type_ in ("complaint", "message_sent", "offer_made", "parking_used"):
        happened(customer, type_, reference="")
    page = signed_in().get(f"/customers/{customer.pk}/timeline", {"kind": kind}).content.decode()
    assert set(re.findall(r'mj-timeline-title">([^<]*)<', page)) == titles


@pytest.mark.parametrize("cursor", ["x", "2024-01-01", "2024-01-01T00:00:00_5", "2024-01-01T00:00:00+00:00_", "_1"])
def test_a_cursor_nobody_gave_is_no_page(cursor: str, told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    assert signed_in().get(f"/customers/{customer.pk}/timeline", {"before": cursor}).status_code == 404


def test_show_more_goes_on_under_the_same_day(
    told: Told, happened: Happened, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "HAPPENINGS_A_PIECE", 2)
    customer = told(first_name="Aziza")
    for place in range(4):
        happened(customer, item=f"Service {place}", days_ago=10)
    page = signed_in().get(f"/customers/{customer.pk}/", {"kind": "trade"}).content.decode()
    assert page.count("cu-day") == 1
    link = re.search(r'hx-get="(/customers/\d+/timeline\?kind=trade&amp;before=[^"]+)"', page)
    assert link
    further = signed_in().get(link.group(1).replace("&amp;", "&")).content.decode()
    assert "Service 0" in further
    assert "Service 2" not in further
    assert "cu-day" not in further
    assert "hx-get" not in further


def test_names_of_branches_and_of_higher_apps_are_asked_once(
    told: Told, happened: Happened, signed_in: SignedIn
) -> None:
    Branch.objects.create(code="c", name="Chilonzor")
    asked: list[set[str]] = []

    def names(keys: set[str]) -> dict[str, str]:
        asked.append(keys)
        return {"second_visit": "Ikkinchi tashrif"}

    before = dict(hooks._names_of_keys)
    hooks.connect_names("scenario", names)
    customer = told(first_name="Aziza")
    for place in range(3):
        happened(customer, "message_sent", payload={"scenario": "second_visit"}, branch="c", days_ago=place)
    try:
        page = signed_in(Role.OWNER).get(f"/customers/{customer.pk}/").content.decode()
    finally:
        hooks._names_of_keys.clear()
        hooks._names_of_keys.update(before)
    assert page.count("scenario Ikkinchi tashrif") == 3
    assert asked == [{"second_visit"}]
    assert (AT - timedelta(days=1)).date().isoformat() in page
