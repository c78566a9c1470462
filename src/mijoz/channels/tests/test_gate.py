"""The gate: who may be written to, for what, by which channel, when. A table of cases, then the database's facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from mijoz.business.models import Business
from mijoz.channels import gate, hooks, queries
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.gate import Allowed, ContactRules, Facts, Later, Stopped, Verdict, decide
from mijoz.channels.hooks import OriginState
from mijoz.channels.models import Message, Reason
from mijoz.channels.tests.conftest import AT, Agreed, new_message
from mijoz.customers import actions as customers
from mijoz.customers.models import Ownership, Profile, Purpose, Trait
from mijoz.events.actions import add_source
from mijoz.events.models import Identity

TASHKENT, BERLIN = ZoneInfo("Asia/Tashkent"), ZoneInfo("Europe/Berlin")
RULES = ContactRules(zone=TASHKENT, quiet_from=time(21), quiet_until=time(9), messages_a_day=None, messages_a_week=None)
FACTS = Facts(
    purpose=Purpose.MARKETING,
    address="ali@example.uz",
    consent=True,
    expires_at=AT + timedelta(days=30),
    rules=RULES,
)


def tashkent(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026 as clocks in Tashkent show it."""
    return datetime(2026, 3, day, hour, minute, tzinfo=TASHKENT)


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def facts(**told: Any) -> Facts:
    rules = {name: told.pop(name) for name in list(told) if hasattr(RULES, name)}
    return replace(FACTS, rules=replace(RULES, **rules), **told)


SERVICE = Purpose.SERVICE
NOON = tashkent(31, 12)
MONDAY_TO_NOW = tuple(tashkent(day, 12) for day in (29, 30, 31))
IN_BERLIN: dict[str, Any] = {"zone": BERLIN, "expires_at": berlin(12, 1, 0)}

CASES: list[tuple[str, Facts, datetime, Verdict]] = [
    ("marketing with consent by day", facts(), NOON, Allowed()),
    ("service needs no consent", facts(purpose=SERVICE, consent=None), NOON, Allowed()),
    ("service knows no quiet hours", facts(purpose=SERVICE, consent=None), tashkent(31, 3), Allowed()),
    ("service knows no caps", facts(purpose=SERVICE, messages_a_day=0), NOON, Allowed()),
    ("service in spite of a complaint", facts(purpose=SERVICE, last_complaint_at=NOON), NOON, Allowed()),
    ("service against an objection", facts(purpose=SERVICE, consent=False), NOON, Stopped(Reason.CONSENT_WITHDRAWN)),
    ("a restricted record", facts(purpose=SERVICE, is_restricted=True), NOON, Stopped(Reason.RESTRICTED)),
    ("as many a month as they chose", facts(messages_a_month=4, contacts=(tashkent(9, 12),) * 3), NOON, Allowed()),
    (
        "no more a month than the customer chose",
        facts(messages_a_month=3, contacts=(tashkent(9, 12),) * 3, expires_at=tashkent(31, 12) + timedelta(days=20)),
        NOON,
        Later(Reason.MONTH_CAP, tashkent(9, 9) + timedelta(days=30)),
    ),
    ("none a month", facts(messages_a_month=0), NOON, Stopped(Reason.MONTH_CAP)),
    ("marketing without an answer", facts(consent=None), NOON, Stopped(Reason.CONSENT_MISSING)),
    ("marketing after a withdrawal", facts(consent=False), NOON, Stopped(Reason.CONSENT_WITHDRAWN)),
    ("nowhere to write to", facts(address=""), NOON, Stopped(Reason.ADDRESS_MISSING)),
    # quiet hours, 21 to 9
    ("a minute before they begin", facts(), tashkent(30, 20, 59), Allowed()),
    ("as they begin", facts(), tashkent(30, 21), Later(Reason.QUIET_HOURS, tashkent(31, 9))),
    ("before midnight", facts(), tashkent(30, 23, 59), Later(Reason.QUIET_HOURS, tashkent(31, 9))),
    ("after midnight", facts(), tashkent(31, 0), Later(Reason.QUIET_HOURS, tashkent(31, 9))),
    ("as they end", facts(), tashkent(31, 9), Allowed()),
    (
        "within one day",
        facts(quiet_from=time(13), quiet_until=time(14)),
        tashkent(31, 13, 30),
        Later(Reason.QUIET_HOURS, tashkent(31, 14)),
    ),
    ("equal hours are none", facts(quiet_from=time(9), quiet_until=time(9)), tashkent(31, 9), Allowed()),
    (
        "too late when they end",
        facts(expires_at=tashkent(31, 8)),
        tashkent(31, 7),
        Stopped(Reason.QUIET_HOURS),
    ),
    # Europe/Berlin: clocks go forward on 29 March at 2, back on 25 October at 3
    (
        "the night that lost an hour",
        facts(**IN_BERLIN),
        berlin(3, 28, 23),
        Later(Reason.QUIET_HOURS, datetime(2026, 3, 29, 7, tzinfo=UTC)),
    ),
    (
        "the night that has one more",
        facts(**IN_BERLIN),
        berlin(10, 24, 23),
        Later(Reason.QUIET_HOURS, datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ),
    (
        "until an hour that clocks skip",
        facts(quiet_from=time(22), quiet_until=time(2, 30), **IN_BERLIN),
        berlin(3, 28, 23),
        Later(Reason.QUIET_HOURS, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ),
    # caps
    ("no cap", facts(contacts=(NOON,) * 99), NOON, Allowed()),
    ("a cap of none", facts(messages_a_day=0), NOON, Stopped(Reason.DAY_CAP)),
    ("a week's cap of none", facts(messages_a_week=0), NOON, Stopped(Reason.WEEK_CAP)),
    ("the first of the day", facts(messages_a_day=1), NOON, Allowed()),
    ("one of yesterday", facts(messages_a_day=1, contacts=(tashkent(30, 20),)), NOON, Allowed()),
    (
        "the second of the day waits for the morning",
        facts(messages_a_day=1, contacts=(tashkent(31, 10),)),
        NOON,
        Later(Reason.DAY_CAP, tashkent(31, 9) + timedelta(days=1)),
    ),
    (
        "without quiet hours for midnight",
        facts(messages_a_day=1, contacts=(tashkent(31, 10),), quiet_from=time(9)),
        NOON,
        Later(Reason.DAY_CAP, tashkent(31, 0) + timedelta(days=1)),
    ),
    ("two of two days before", facts(messages_a_week=3, contacts=MONDAY_TO_NOW[:2]), NOON, Allowed()),
    (
        "the fourth of the week waits until the first is a week old",
        facts(messages_a_week=3, contacts=MONDAY_TO_NOW),
        NOON,
        Later(Reason.WEEK_CAP, tashkent(29, 9) + timedelta(days=7)),
    ),
    (
        "the longer of both caps",
        facts(messages_a_day=1, messages_a_week=3, contacts=MONDAY_TO_NOW),
        NOON,
        Later(Reason.DAY_CAP, tashkent(29, 9) + timedelta(days=7)),
    ),
    (
        "a cap that outlasts the message",
        facts(messages_a_day=1, contacts=(NOON,), expires_at=NOON + timedelta(hours=3)),
        NOON,
        Stopped(Reason.DAY_CAP),
    ),
    # after a complaint
    (
        "the rest after a complaint",
        facts(last_complaint_at=NOON - gate.REST_AFTER_COMPLAINT + timedelta(seconds=1)),
        NOON,
        Stopped(Reason.COMPLAINT),
    ),
    ("after the rest", facts(last_complaint_at=NOON - gate.REST_AFTER_COMPLAINT), NOON, Allowed()),
    # time and origin
    ("just in time", facts(expires_at=NOON + timedelta(seconds=1)), NOON, Allowed()),
    ("too late", facts(expires_at=NOON), NOON, Stopped(Reason.TOO_LATE)),
    ("of a stopped scenario", facts(origin=OriginState.STOPPED), NOON, Stopped(Reason.SCENARIO_STOPPED)),
    (
        "of a paused scenario",
        facts(origin=OriginState.PAUSED),
        NOON,
        Later(Reason.SCENARIO_PAUSED, NOON + gate.ASK_PAUSED_AGAIN_AFTER),
    ),
    (
        "a pause stops nothing before its time",
        facts(origin=OriginState.PAUSED, expires_at=NOON + timedelta(minutes=5)),
        NOON,
        Later(Reason.SCENARIO_PAUSED, NOON + gate.ASK_PAUSED_AGAIN_AFTER),
    ),
    (
        "paused, and no consent any more",
        facts(origin=OriginState.PAUSED, consent=False),
        NOON,
        Stopped(Reason.CONSENT_WITHDRAWN),
    ),
]


@pytest.mark.parametrize(("case", "of", "at", "verdict"), CASES, ids=[case[0] for case in CASES])
def test_decision(case: str, of: Facts, at: datetime, verdict: Verdict) -> None:
    assert decide(of, at) == verdict


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    quiet_from=st.times(),
    quiet_until=st.times(),
    contacts=st.lists(st.integers(0, 9 * 24), max_size=6),
    a_day=st.none() | st.integers(1, 3),
    a_week=st.none() | st.integers(1, 5),
    zone=st.sampled_from([TASHKENT, BERLIN, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kathmandu")]),
)
def test_what_is_put_off_may_go_out_at_the_moment_named(
    at: datetime,
    quiet_from: time,
    quiet_until: time,
    contacts: list[int],
    a_day: int | None,
    a_week: int | None,
    zone: ZoneInfo,
) -> None:
    at = at.replace(tzinfo=UTC)
    of = facts(
        zone=zone,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        messages_a_day=a_day,
        messages_a_week=a_week,
        contacts=tuple(at - timedelta(hours=hours) for hours in contacts),
        expires_at=at + timedelta(days=60),
    )
    verdict = decide(of, at)
    if isinstance(verdict, Later):
        assert verdict.until > at
        assert decide(of, verdict.until) == Allowed()


@pytest.mark.parametrize(
    ("answers", "consent"),
    [
        ([], None),
        ([("marketing", "", True)], True),
        ([("marketing", "email", True)], True),
        ([("marketing", "sms", True)], None),
        ([("profiling", "", True)], None),
        ([("marketing", "", True), ("marketing", "email", False)], False),
        ([("marketing", "email", False), ("marketing", "", True)], True),
        ([("marketing", "", False), ("marketing", "email", True)], True),
        ([("marketing", "email", True), ("marketing", "", False)], False),
        ([("marketing", "email", True), ("marketing", "sms", False)], True),
    ],
)
def test_the_latest_answer_for_the_channel_or_for_all_counts(
    business: Business, answers: list[tuple[str, str, bool]], consent: bool | None
) -> None:
    ali = customers.add_customer(by=None, at=AT, email="ali@example.uz")
    for hours, (purpose, channel, granted) in enumerate(answers):
        customers.answer_consent(
            ali, purpose=purpose, channel=channel, granted=granted, proof="", through="staff",
            at=AT + timedelta(hours=hours),
        )  # fmt: skip
    put_in_outbox([new_message(ali)])
    (of,) = gate.facts_for(Message.objects.all(), AT)
    assert of.consent is consent


def test_of_two_answers_at_one_moment_the_no_counts(agreed: Agreed) -> None:
    ali = agreed("ali@example.uz")
    customers.answer_consent(
        ali, purpose="marketing", channel="email", granted=False, proof="", through="portal", at=AT
    )
    put_in_outbox([new_message(ali)])
    assert gate.facts_for(Message.objects.all(), AT)[0].consent is False


def test_facts_are_those_of_the_database_whatever_the_number_of_messages(
    agreed: Agreed, business: Business, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [agreed(f"c{place}@example.uz") for place in range(30)]
    silent = customers.add_customer(by=None, at=AT, phone="+998901234567")
    Profile.objects.filter(customer=people[1]).update(last_complaint_at=AT - timedelta(days=1))
    put_in_outbox(
        [
            *[
                new_message(one, f"k{one.pk}", scenario="welcome" if place % 2 else "")
                for place, one in enumerate(people)
            ],
            new_message(people[0], "other", address="boss@example.uz"),
            new_message(silent, "silent"),
        ]
    )
    reached, in_flight, unknown, long_ago = people[2:6]
    for one, fields in (
        (reached, {"status": "sent", "settled_at": AT - timedelta(hours=2)}),
        (in_flight, {"status": "sending", "claimed_at": AT - timedelta(hours=1), "claimed_by": 7}),
        (unknown, {"status": "failed", "reason": Reason.UNKNOWN_OUTCOME, "settled_at": AT - timedelta(hours=3)}),
        (long_ago, {"status": "sent", "settled_at": AT - timedelta(days=32)}),
    ):
        Message.objects.filter(dedupe_key=f"k{one.pk}").update(**fields)
    messages = list(Message.objects.order_by("id"))

    with CaptureQueriesContext(connection) as for_two:
        few = gate.facts_for(messages[:2], AT)
    with django_assert_num_queries(len(for_two)):
        found = dict(zip([message.dedupe_key for message in messages], gate.facts_for(messages, AT), strict=True))

    assert few == [found[messages[0].dedupe_key], found[messages[1].dedupe_key]]
    assert found["other"].address == "boss@example.uz"
    assert found[f"k{people[0].pk}"].address == "c0@example.uz"
    assert (found["silent"].address, found["silent"].consent) == ("", None)
    assert found[f"k{people[1].pk}"].last_complaint_at == AT - timedelta(days=1)
    assert found[f"k{reached.pk}"].contacts == (AT - timedelta(hours=2),)
    assert found[f"k{in_flight.pk}"].contacts == (AT - timedelta(hours=1),)
    assert found[f"k{unknown.pk}"].contacts == (AT - timedelta(hours=3),)
    assert found[f"k{long_ago.pk}"].contacts == ()
    business.refresh_from_db()
    assert found["silent"].rules == gate.rules_of(business)


def test_what_is_allowed_counts_against_the_next_to_the_same_customer(agreed: Agreed, business: Business) -> None:
    Business.objects.update(messages_a_day=2)
    ali, vali = agreed("ali@example.uz"), agreed("vali@example.uz")
    put_in_outbox([new_message(ali, f"a{place}") for place in range(4)] + [new_message(vali, "v")])
    put_in_outbox([new_message(ali, "bill", purpose=Purpose.SERVICE)])
    messages = list(Message.objects.order_by("id"))
    verdicts = {
        m.dedupe_key: type(v).__name__ for m, (v, _) in zip(messages, gate.decide_all(messages, AT), strict=True)
    }
    assert verdicts == {
        "a0": "Allowed",
        "a1": "Allowed",
        "a2": "Later",
        "a3": "Later",
        "v": "Allowed",
        "bill": "Allowed",
    }


def test_the_state_of_the_scenario_is_asked_of_whoever_connected(agreed: Agreed) -> None:
    before = list(hooks._origin_states)
    hooks.connect_origin_states(lambda keys: dict.fromkeys(keys & {"welcome"}, OriginState.STOPPED))
    try:
        ali = agreed("ali@example.uz")
        put_in_outbox([new_message(ali, "a", scenario="welcome"), new_message(ali, "b", scenario="birthday")])
        put_in_outbox([new_message(ali, "c")])
        found = gate.facts_for(Message.objects.order_by("id"), AT)
    finally:
        hooks._origin_states[:] = before
    assert [of.origin for of in found] == [OriginState.STOPPED, OriginState.LIVE, OriginState.LIVE]


PERSONAL: dict[str, Any] = {"reveals_in_marketing": 2, "reveals_in_service": 0}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (facts(reveals=9), Allowed()),
        (facts(**PERSONAL, reveals=2), Allowed()),
        (facts(**PERSONAL, reveals=3), Stopped(Reason.TOO_PERSONAL)),
        (facts(**PERSONAL, purpose="service", reveals=1), Stopped(Reason.TOO_PERSONAL)),
        (facts(**PERSONAL, purpose="service", reveals=0), Allowed()),
        (facts(is_in_control=True), Stopped(Reason.CONTROL_GROUP)),
        (facts(is_in_control=True, purpose="service"), Allowed()),
        (facts(is_in_control=True, consent=False), Stopped(Reason.CONSENT_WITHDRAWN)),
    ],
)
def test_what_is_too_personal_and_who_is_in_the_control_group(given: Facts, verdict: Verdict) -> None:
    assert decide(given, NOON) == verdict


@pytest.mark.parametrize(
    ("zone", "quiet"),
    [("Asia/Tashkent", False), ("America/New_York", True), ("Europe/London", True), ("Asia/Tokyo", False)],
)
def test_quiet_hours_are_those_of_the_customers_own_clock(zone: str, quiet: bool) -> None:
    verdict = decide(facts(own_zone=ZoneInfo(zone)), NOON)  # noon in Tashkent: 7 in London in winter
    assert isinstance(verdict, Later) == quiet
    if isinstance(verdict, Later):
        assert verdict.until.astimezone(ZoneInfo(zone)).time() == time(9)


def test_who_was_outranked_hears_so() -> None:
    strong = facts(messages_a_day=1, contacts=(NOON - timedelta(hours=1),), stronger=(NOON - timedelta(hours=1),))
    verdict = decide(strong, NOON)
    assert isinstance(verdict, Later)
    assert verdict.reason == Reason.OUTRANKED
    weak = decide(replace(strong, stronger=()), NOON)
    assert isinstance(weak, Later)
    assert weak.reason == Reason.DAY_CAP


def test_the_more_important_of_two_goes_first_and_the_other_waits_with_that_reason(
    business: Business, agreed: Agreed
) -> None:
    Business.objects.update(messages_a_day=1)
    ali = agreed("ali@example.uz")
    for key, priority in (("first", 3), ("second", 8)):
        put_in_outbox([replace(new_message(ali), dedupe_key=key, priority=priority)])
    weak, strong = Message.objects.order_by("priority")
    verdicts = [verdict for verdict, _facts in gate.decide_all([weak, strong], AT)]
    assert verdicts[1] == Allowed()
    assert isinstance(verdicts[0], Later)
    assert verdicts[0].reason == Reason.OUTRANKED
    assert queries.stronger_rivals([weak], {ali.pk}, at=AT) == [strong]
    assert queries.stronger_rivals([strong], {ali.pk}, at=AT) == []


def test_the_time_zone_that_was_told_is_the_customers(business: Business, agreed: Agreed) -> None:
    ali = agreed("ali@example.uz")
    for number, zone in enumerate(("Asia/Tokyo", "Mars/Base")):
        identity = Identity.objects.create(kind="user", value=f"u{number}")
        Ownership.objects.create(identity=identity, customer=ali, home=ali)
        Trait.objects.create(
            identity=identity,
            source=add_source("shop"),
            name="timezone",
            value=zone,
            told_at=AT + timedelta(hours=number),
        )
    put_in_outbox([new_message(ali)])
    assert gate.facts_for(Message.objects.all(), AT)[0].own_zone == ZoneInfo("Asia/Tokyo")
