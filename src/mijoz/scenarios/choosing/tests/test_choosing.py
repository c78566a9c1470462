"""Channel and hours are chosen by what was declared, then by who answered what; lessons come from the log alone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.analysis.learning.answers import answered_messages
from mijoz.business.models import Business, Role, StaffMember
from mijoz.channels.actions import set_up_account
from mijoz.customers import actions as customers
from mijoz.customers.models import Consent, Customer, Preferences, Protocol, Purpose
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios.choosing import hours, learning, queries
from mijoz.scenarios.choosing.choice import Choice, Ground, choose
from mijoz.scenarios.choosing.models import Lesson, OwnCount, SegmentCount
from mijoz.segments import actions as segments

TASHKENT = ZoneInfo("Asia/Tashkent")
AT = datetime(2026, 3, 31, 6, tzinfo=UTC)  # 11 o'clock on a Tuesday in Tashkent
CHANNELS = ("email", "telegram")
BOT = "7000000001"


def local(days_ago: int, hour: int) -> datetime:
    day = (AT.astimezone(TASHKENT) - timedelta(days=days_ago)).date()
    return datetime.combine(day, time(hour, 30), TASHKENT)


def sent(number: str, channel: str, at: datetime, *, answered: bool) -> list[NewEvent]:
    identity = ("customer_number", "till", number)
    chat = ("telegram", BOT, f"chat of {number}")
    events = [NewEvent(f"{number}/{channel}/{at}", "message_sent", at, identity, channel=channel, also=(chat,))]
    if answered:
        events.append(NewEvent(f"{number}/{channel}/{at}/r", "message_replied", at + timedelta(hours=2), identity))
    return events


pytestmark = pytest.mark.django_db(transaction=True)  # the lake takes committed rows only


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def town(db: None) -> list[Customer]:
    """Sixty customers who answer Telegram on workdays at 18–20 mostly, e-mail in the morning seldom; all but Ali."""
    Business.objects.create(pk=1, name="Lola", time_zone="Asia/Tashkent", currency="UZS")
    segments.install_defaults(at=AT)
    set_up_account("telegram", name="Lola", settings={"bot_id": int(BOT), "username": "lola_bot"}, secret="", at=AT)
    events: list[NewEvent] = []
    workdays = [days for days in range(7, 35) if local(days, 12).weekday() < 5]
    for number in range(60):
        for place, days in enumerate(workdays[:8]):
            channel, hour = CHANNELS[place % 2], (10, 18)[place // 2 % 2]
            answers = 8 if (channel, hour) == ("telegram", 18) else 1
            events += sent(f"c{number}", channel, local(days, hour), answered=(number + place) % 10 < answers)
    for place, days in enumerate(workdays[:18]):
        events += sent(
            "Ali",
            *(("email", local(days, 10)) if place % 2 else ("telegram", local(days, 18))),
            answered=place % 2 == 1,
        )
    record(events, source="till")
    customers.project()
    people = [Customer.objects.get(ownerships__identity__value=f"c{number}") for number in range(60)]
    Customer.objects.update(email="somebody@example.uz")
    return [Customer.objects.get(ownerships__identity__value="Ali"), *people]


def chosen(people: list[Customer], **how: object) -> dict[int, Choice]:
    told: dict = {"channels": CHANNELS, "purpose": "service", "at": AT, "exploring": 0.0} | how
    return choose([one.pk for one in people], **told)


def test_each_is_written_to_as_others_answer_and_who_answers_otherwise_as_they_do(town: list[Customer]) -> None:
    learning.learn(at=AT)
    ali, *others = town
    found = chosen(town)
    assert {(found[one.pk].channel, found[one.pk].window.clock) for one in others} == {("telegram", "18–20")}
    assert (found[ali.pk].channel, found[ali.pk].window.clock) == ("email", "10–12")
    assert found[ali.pk].why.ground == Ground.OWN
    assert (found[ali.pk].why.answers, found[ali.pk].why.messages) == (9, 9)
    assert "9 of 9" in found[ali.pk].why.sentence()
    assert found[others[0].pk].moment == datetime(2026, 3, 31, 13, tzinfo=UTC)


def test_what_customers_chose_wins_and_then_what_the_protocol_says(town: list[Customer]) -> None:
    learning.learn(at=AT)
    ali, vali, *_rest = town
    Protocol.objects.create(customer=ali, preferred_channel="telegram", preferred_hours="14–16", set_at=AT)
    Protocol.objects.create(customer=vali, preferred_channel="email", set_at=AT)
    Preferences.objects.create(customer=vali, channel="telegram", hours="09:00-12:00", chosen_at=AT)
    found = chosen([ali, vali])
    one = found[ali.pk]
    assert (one.channel, one.window.clock, one.why.ground) == (
        "telegram",
        "14–16",
        Ground.PROTOCOL,
    )
    assert (found[vali.pk].channel, found[vali.pk].window.clock, found[vali.pk].why.ground) == (
        "telegram", "9–12", Ground.DECLARED,
    )  # fmt: skip


def test_a_channel_without_an_address_is_left_out_while_there_is_another(town: list[Customer]) -> None:
    learning.learn(at=AT)
    Customer.objects.filter(pk=town[0].pk).update(email="")
    found = chosen(town)
    assert found[town[0].pk].channel == "telegram"


def test_a_channel_by_which_one_may_not_be_written_to_is_left_out_whatever_they_chose(town: list[Customer]) -> None:
    learning.learn(at=AT)
    ali, vali, gani, *_others = town
    asked = ((ali, "telegram", True), (vali, "", True), (vali, "telegram", False), (gani, "email", False))
    for one, channel, granted in asked:
        answered_at = AT - timedelta(days=1 if channel else 2)
        Consent.objects.create(
            customer=one, purpose=Purpose.MARKETING, channel=channel, granted=granted, answered_at=answered_at
        )
    Preferences.objects.create(customer=vali, channel="telegram", chosen_at=AT)
    found = chosen([ali, vali, gani], purpose="marketing")
    assert [found[one.pk].channel for one in (ali, vali)] == ["telegram", "email"]
    assert found[vali.pk].why.ground != Ground.DECLARED
    assert gani.pk in found  # nobody may write to them: the gate says so


def test_soon_enough_when_asked_so_and_never_hours_that_are_quiet_for_marketing(town: list[Customer]) -> None:
    learning.learn(at=AT)
    soon = chosen(town, within=timedelta(hours=3))
    assert all(one.moment <= AT + timedelta(hours=3) for one in soon.values())
    Business.objects.update(quiet_from=time(17), quiet_until=time(9))
    assert {one.window.clock for one in chosen(town, purpose="marketing").values()} != {"18–20"}
    assert all(one.window.begins < time(17) for one in chosen(town, purpose="marketing").values())


def test_nobody_was_written_to_yet(town: list[Customer]) -> None:
    found = chosen(town)
    assert {one.why.ground for one in found.values()} == {Ground.NOTHING}
    assert all(one.moment == AT for one in found.values())


def test_who_objects_is_not_counted_and_is_served_as_everybody(town: list[Customer]) -> None:
    Consent.objects.create(customer=town[0], purpose=Purpose.PROFILING, granted=False, answered_at=AT)
    learning.learn(at=AT)
    assert not OwnCount.objects.filter(customer=town[0]).exists()
    assert chosen(town[:1])[town[0].pk].channel == "telegram"


def test_many_customers_are_no_more_statements_than_one_and_the_same_again(town: list[Customer]) -> None:
    learning.learn(at=AT)
    with CaptureQueriesContext(connection) as one:
        chosen(town[:1])
    with CaptureQueriesContext(connection) as many:
        found = chosen(town, exploring=0.5)
    assert len(many) == len(one)
    assert found == chosen(town, exploring=0.5)
    assert any(choice.why.ground == Ground.EXPLORED for choice in found.values())


def test_a_second_lesson_counts_the_same(town: list[Customer]) -> None:
    learning.learn(at=AT)
    first = list(SegmentCount.objects.order_by("segment", "channel", "part").values_list("messages", "answers"))
    second = learning.learn(at=AT)
    assert list(SegmentCount.objects.order_by("segment", "channel", "part").values_list("messages", "answers")) == first
    assert second.messages == sum(messages for messages, _answers in first) == 60 * 8 + 18
    assert Lesson.objects.count() == 2


def test_an_answer_belongs_to_the_last_message_before_it_and_not_for_ever() -> None:
    moments = {"a": 0, "b": 10, "reply": 11, "c": 20, "late": 100}
    events = pl.DataFrame(
        {
            "type": ["message_sent", "message_sent", "message_replied", "message_sent", "purchase_line"],
            "identity_id": [1] * 5,
            "channel": ["email", "sms", "", "email", ""],
            "occurred_at": [AT + timedelta(hours=hour) for hour in moments.values()],
        }
    )
    ownership = pl.DataFrame({"identity_id": [1], "customer_id": [7]})
    found = answered_messages(events, ownership, within=timedelta(hours=48)).sort("occurred_at")
    assert found["is_answered"].to_list() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("09:00-12:00", "9–12"),
        ("18–20", "18–20"),
        ("9:30 - 11", "9:30–11"),
        ("", None),
        ("evening", None),
        ("20-18", None),
        ("25-26", None),
    ],
)
def test_declared_hours_are_read_or_left(text: str, clock: str | None) -> None:
    window = hours.declared(text)
    assert (window.clock if window else None) == clock


def test_every_waking_hour_of_a_week_has_its_part() -> None:
    moments = [datetime(2026, 3, 30, tzinfo=TASHKENT) + timedelta(hours=hour) for hour in range(168)]
    frame = pl.DataFrame({"at": [moment.astimezone(UTC) for moment in moments]})
    parts = frame.select(hours.part_of(pl.col("at"), zone="Asia/Tashkent")).to_series().to_list()
    for moment, part in zip(moments, parts, strict=True):
        if part is None:
            assert moment.hour < 8 or moment.hour >= 22
        else:
            window = hours.PARTS[part]
            assert moment.weekday() in window.days
            assert window.begins <= moment.time() < window.ends


def test_the_page_shows_a_segment_and_refuses_settings_out_of_bounds(town: list[Customer], client: Client) -> None:
    learning.learn(at=AT)
    client.force_login(StaffMember.objects.create_user(email="m@example.uz", name="Malika", role=Role.MANAGER))
    client.cookies["mijoz_language"] = "en"
    page = client.get("/best-hours/").content.decode()
    assert "Telegram, workdays 18–20" in page
    assert client.get("/best-hours/?segment=nonsense").status_code == 200
    told = {"exploring_percent": 80, "half_life_days": 30, "answer_hours": 24}
    assert client.post("/best-hours/", told).status_code == 400
    assert learning.settings().half_life_days == 120
    assert client.post("/best-hours/", told | {"exploring_percent": 10}).status_code == 302
    assert learning.settings().exploring_share == 0.1
    assert queries.heat_map("").messages == 60 * 8 + 18
