"""Moving customers between segments: exclusive defaults, history with reasons, any day, in sets."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mijoz.customers.actions import add_customer
from mijoz.customers.models import Customer, Profile
from mijoz.events import lake
from mijoz.segments import actions, past, queries, rules
from mijoz.segments.defaults import DEFAULT_SEGMENTS
from mijoz.segments.models import Membership, RefreshRun, Score, Segment, SegmentDay, SegmentVersion
from mijoz.segments.refreshing import end_of
from mijoz.segments.tests.conftest import AT, Buy
from mijoz.segments.tests.plain import fits

TODAY = AT.date()
Town = dict[str, Customer]
# The lake takes committed rows only.
from_the_lake = pytest.mark.django_db(transaction=True)


def segment_of(customer: Customer) -> str:
    return Membership.objects.get(customer=customer, left_at=None, segment__is_default=True).segment.key


def state() -> set[tuple[Any, ...]]:
    return set(Membership.objects.values_list("id", "segment", "customer", "entered_at", "left_at"))


def test_every_buyer_is_in_exactly_one_default_segment_and_nobody_else_is_in_any(town: Town) -> None:
    without = add_customer(by=None, at=AT, first_name="Lola")
    actions.refresh(at=AT)
    stays = Membership.objects.filter(left_at=None).values_list("customer", flat=True)
    assert sorted(stays) == sorted(customer.pk for customer in town.values())
    assert without.pk not in stays
    assert sum(queries.counts().values()) == len(town)


def test_the_first_rule_that_fits_takes_the_customer(town: Town) -> None:
    actions.refresh(at=AT)
    ruled = [found for found in queries.ruled_segments() if found.is_default]
    assert [found.key for found in ruled] == [default.key for default in DEFAULT_SEGMENTS]
    for customer in town.values():
        stay = Membership.objects.get(customer=customer, left_at=None)
        facts = {key: Decimal(str(value)) if key == "revenue" else value for key, value in stay.reason["facts"].items()}
        first = next(found.key for found in ruled if fits(found.rule, facts))
        assert stay.segment.key == first


def test_refreshing_again_changes_nothing(town: Town) -> None:
    first = actions.refresh(at=AT)
    before, scores = state(), list(Score.objects.order_by("pk").values())
    second = actions.refresh(at=AT + timedelta(hours=1))
    assert state() == before
    assert list(Score.objects.order_by("pk").values()) == scores
    assert sum(first.entered.values()) == len(town)
    assert not any(second.entered.values())
    assert not any(second.left.values())
    assert second.unchanged == {key: first.entered[key] for key in first.entered}


def test_a_purchase_moves_a_customer_and_the_history_says_why(town: Town, buy: Buy) -> None:
    actions.refresh(at=AT)
    gone = next(customer for customer in town.values() if segment_of(customer) == "at_risk")
    stay = Membership.objects.get(customer=gone, left_at=None)
    assert stay.reason["version"] == 1
    assert stay.reason["as_of"] == TODAY.isoformat()
    assert stay.reason["facts"]["r_score"] <= 2
    number = gone.number
    buy(number, days_ago=[0.5, 0.25, 0.1], check=9000)
    later = AT + timedelta(days=1)
    moved = actions.refresh(at=later)
    stay.refresh_from_db()
    now = segment_of(gone)
    assert now != "at_risk"
    assert (stay.left_at, stay.left_reason["moved_to"]) == (later, now)
    assert stay.left_reason["facts"]["r_score"] == 5
    assert moved.left["at_risk"] >= 1
    assert Membership.objects.get(customer=gone, left_at=None).entered_at == later


def test_a_changed_rule_counts_from_the_next_refresh_on(town: Town) -> None:
    actions.refresh(at=AT)
    new = Segment.objects.get(key="new")
    nobody = {"field": "purchases", "op": ">=", "value": 1000}
    version = actions.write_rule(new, nobody, by=None, at=AT)
    assert version.number == 2
    assert actions.write_rule(new, nobody, by=None, at=AT) == version
    actions.refresh(at=AT + timedelta(hours=1))
    assert queries.counts()["new"] == 0
    assert sum(queries.counts().values()) == len(town)
    left = Membership.objects.filter(segment=new).exclude(left_at=None)
    assert {stay.left_reason["version"] for stay in left} <= {2}


def test_the_segment_that_takes_the_rest_keeps_its_rule(town: Town) -> None:
    actions.install_defaults(at=AT)
    rest = Segment.objects.get(key="regular")
    with pytest.raises(actions.RuleFixed):
        actions.write_rule(rest, {"field": "purchases", "op": ">=", "value": 5}, by=None, at=AT)
    assert SegmentVersion.objects.filter(segment=rest).count() == 1


def test_other_segments_stand_beside_the_default_ones(town: Town) -> None:
    actions.install_defaults(at=AT)
    rule = {
        "any": [
            {"field": "discount_share", "op": ">", "value": 0.5},
            {"field": "age", "op": "<", "value": 18},
        ]
    }
    bargain = actions.add_segment(key="bargain", names={"en": "Bargain"}, rule=rule, by=None, at=AT)
    actions.refresh(at=AT)
    fits = {
        customer.pk for customer in town.values() if (Profile.objects.get(pk=customer.pk).discount_share or 0) > 0.5
    }
    assert fits
    assert set(queries.members("bargain").values_list("pk", flat=True)) == fits
    stay = Membership.objects.filter(segment=bargain)[0]
    assert stay.reason["facts"] == {"discount_share": 1, "age": None}
    actions.set_aside(bargain)
    actions.refresh(at=AT + timedelta(hours=1))
    assert not queries.members("bargain").exists()
    assert Membership.objects.filter(segment=bargain).exclude(left_at=None).count() == len(fits)


def test_a_key_is_taken_once(business: Any) -> None:
    rule = {"field": "purchases", "op": ">=", "value": 1}
    actions.install_defaults(at=AT)
    with pytest.raises(actions.KeyTaken):
        actions.add_segment(key="new", names={"en": "New"}, rule=rule, by=None, at=AT)
    with pytest.raises(rules.RuleRefused):
        actions.add_segment(key="other", names={"en": "Other"}, rule={}, by=None, at=AT)
    assert Segment.objects.count() == len(DEFAULT_SEGMENTS)


@from_the_lake
def test_an_earlier_day_knows_nothing_of_what_came_later(town: Town, buy: Buy) -> None:
    day = TODAY - timedelta(days=100)
    known = {pk for pk, first in Profile.objects.values_list("pk", "first_purchase_at") if first <= end_of(day)}
    assert 0 < len(known) < len(town)
    result = actions.refresh(as_of=day, at=AT)
    assert result.as_of == day
    assert set(Membership.objects.values_list("customer", flat=True)) == known
    assert set(Score.objects.values_list("pk", flat=True)) == known
    assert max(Score.objects.values_list("last_purchase_on", flat=True)) <= day
    assert set(Membership.objects.values_list("entered_at", flat=True)) == {end_of(day)}


@from_the_lake
def test_profiles_of_the_past_are_those_of_the_present_when_nothing_came_since(town: Town) -> None:
    lake.export(at=AT)
    computed = past.profiles_until(end_of(TODAY))
    kept = {row.pop("customer_id"): row for row in Profile.objects.values("customer_id", *computed.columns[1:])}
    assert len(kept) == computed.height
    for row in computed.iter_rows(named=True):
        present = kept[row.pop("customer_id")]
        for name, value in row.items():
            expected = present[name]
            assert value == (pytest.approx(expected) if isinstance(expected, float) else expected), name


@from_the_lake
def test_history_never_runs_backwards(town: Town) -> None:
    actions.refresh(at=AT)
    actions.refresh(as_of=TODAY - timedelta(days=60), at=AT + timedelta(hours=1))
    actions.refresh(at=AT + timedelta(hours=2))
    for stay in Membership.objects.exclude(left_at=None):
        assert stay.entered_at <= stay.left_at
    assert sum(queries.counts().values()) == len(town)


@from_the_lake
def test_a_replay_gives_a_young_business_its_history(town: Town) -> None:
    result = actions.refresh(at=AT)
    now = {(stay.customer_id, stay.segment_id) for stay in Membership.objects.filter(left_at=None)}
    days = actions.replay(at=AT, months=6)
    assert days[-1] == date(2026, 2, 28)
    assert len(days) == 6
    assert {(stay.customer_id, stay.segment_id) for stay in Membership.objects.filter(left_at=None)} == now
    assert Membership.objects.exclude(left_at=None).exists()
    assert SegmentDay.objects.filter(day=TODAY).count() == len(result.entered)
    for day in SegmentDay.objects.all():
        open_then = Membership.objects.filter(segment=day.segment, entered_at__lte=end_of(day.day))
        assert day.customers == open_then.exclude(left_at__lte=end_of(day.day)).count()
    again = actions.refresh(at=AT + timedelta(minutes=1))
    assert not any(again.entered.values())


@from_the_lake
def test_a_replay_overwrites_no_history(town: Town) -> None:
    actions.refresh(as_of=TODAY - timedelta(days=30), at=AT)
    actions.refresh(at=AT)
    before = state()
    assert actions.replay(at=AT) == []
    assert state() == before


def test_the_number_of_queries_does_not_grow_with_the_customers(town: Town, buy: Buy) -> None:
    actions.install_defaults(at=AT)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            actions.refresh(at=AT)
        return len(captured)

    asked()
    buy("one", days_ago=[2, 40])
    few = asked()
    for place in range(20):
        buy(f"more{place}", days_ago=[place + 1, 40])
    assert asked() == few


def test_the_segment_frame_names_the_default_segment_of_each_buyer(town: Town) -> None:
    assert queries.segment_frame().schema == {"customer_id": pl.Int64, "segment": pl.String}
    actions.refresh(at=AT)
    frame = queries.segment_frame()
    assert dict(frame.group_by("segment").len().iter_rows()) == {
        key: size for key, size in queries.counts().items() if size
    }


@from_the_lake
def test_the_segment_frame_of_an_earlier_day_names_the_segments_of_that_day(town: Town) -> None:
    actions.replay(at=AT, months=3)
    then, now = AT.date() - timedelta(days=45), AT.date()
    frames = {day: dict(queries.segment_frame(as_of=day).iter_rows()) for day in (then, now)}
    stays = Membership.objects.values_list("customer_id", "segment__key", "entered_at__date", "left_at__date")
    for day, frame in frames.items():
        assert frame == {
            customer: key for customer, key, entered, left in stays if entered <= day and (left is None or left > day)
        }
    assert frames[now] == dict(queries.segment_frame().iter_rows())
    assert frames[then] not in ({}, frames[now])


def test_the_listing_tells_rule_sentence_and_count(town: Town) -> None:
    actions.refresh(at=AT)
    listing = queries.listing()
    assert [row["key"] for row in listing] == [default.key for default in DEFAULT_SEGMENTS]
    assert [row["rule"] for row in listing] == [default.rule for default in DEFAULT_SEGMENTS]
    assert sum(row["count"] for row in listing) == len(town)
    assert all(row["sentence"].endswith(".") for row in listing)


def test_the_listing_reads_as_a_table(town: Town) -> None:
    assert queries.table(queries.listing()) == ["No segments yet: the first refresh makes them."]
    actions.refresh(at=AT)
    lines = queries.table(queries.listing())
    listing = queries.listing()
    assert [line.split()[0] for line in lines] == [f"{row['count']:,}" for row in listing]
    assert [line.split()[1] for line in lines] == [f"{row['count'] / len(town):.1%}" for row in listing]
    starts = {line.index(row["sentence"]) for line, row in zip(lines, listing, strict=True)}
    assert len(starts) == 1  # one below the other


def test_a_run_tells_how_it_ended(town: Town) -> None:
    actions.refresh(at=AT)
    run = RefreshRun.objects.get()
    assert (run.status, run.share_done, run.as_of) == ("done", 1, TODAY)
    Segment.objects.filter(key="new").update(is_default=False)
    SegmentVersion.objects.filter(segment__key="new").update(rule={"field": "gone", "op": ">", "value": 1})
    with pytest.raises(rules.RuleRefused):
        actions.refresh(at=AT)
    assert RefreshRun.objects.first().status == "failed"


def test_without_customers_a_refresh_sets_up_the_five(business: Any) -> None:
    result = actions.refresh(at=AT)
    assert list(result.entered) == [default.key for default in DEFAULT_SEGMENTS]
    assert not any(result.entered.values())
    assert result.as_dict()["as_of"] == TODAY.isoformat()


def visit_rule(*, days: int, least: int) -> dict[str, Any]:
    return {
        "field": "events",
        "of": {"type": "purchase_line", "window": {"last_days": days}},
        "op": ">=",
        "value": least,
    }


def inside(key: str) -> dict[str, Any]:
    return {"field": "segment", "of": {"key": key}, "op": "is", "value": True}


def test_a_segment_may_ask_for_another_and_both_follow_in_one_refresh(town: Town) -> None:
    actions.add_segment(key="often", rule=visit_rule(days=60, least=3), by=None, at=AT, names={"en": "Often"})
    both = {"all": [inside("often"), {"not": inside("high_value")}]}
    actions.install_defaults(at=AT)
    actions.add_segment(key="aces", rule=both, by=None, at=AT, names={"en": "Aces"})  # before it was ever refreshed
    actions.refresh(at=AT)
    of = {key: set(queries.members(key).values_list("pk", flat=True)) for key in ("often", "high_value", "aces")}
    assert of["aces"] == of["often"] - of["high_value"]
    assert of["aces"]
    reason = Membership.objects.filter(segment__key="often").first()
    assert reason is not None
    assert next(iter(reason.reason["facts"].values())) >= 3


def test_who_just_entered_is_there_for_no_day_and_time_passes(town: Town) -> None:
    actions.add_segment(key="often", rule=visit_rule(days=60, least=3), by=None, at=AT, names={"en": "Often"})
    fresh = {"field": "days_in_segment", "of": {"key": "often"}, "op": "<=", "value": 1}
    actions.add_segment(key="fresh", rule=fresh, by=None, at=AT, names={"en": "Fresh"})
    actions.refresh(at=AT)
    assert queries.counts()["fresh"] == queries.counts()["often"] > 0
    actions.refresh(as_of=TODAY + timedelta(days=2), at=AT + timedelta(days=2))
    assert queries.counts()["often"] > 0
    assert queries.counts()["fresh"] < queries.counts()["often"]


def test_segments_that_would_ask_for_each_other_are_refused_in_words(town: Town) -> None:
    actions.install_defaults(at=AT)
    often = actions.add_segment(key="often", rule=visit_rule(days=9, least=1), by=None, at=AT, names={"en": "Often"})
    actions.add_segment(key="aces", rule={"not": inside("often")}, by=None, at=AT, names={"en": "Aces"})
    new = Segment.objects.get(key="new")
    before = list(SegmentVersion.objects.values_list("pk"))
    for segment, asked, way in (
        (often, "aces", "“Often” → “Aces” → “Often”"),
        (often, "often", "“Often” → “Often”"),
        (new, "regular", "“New” → “Regular”"),
        (often, "nowhere", "no segment “nowhere”"),
    ):
        with translation.override("en"), pytest.raises(rules.RuleRefused, match=way):
            actions.write_rule(segment, inside(asked), by=None, at=AT)
    with translation.override("en"), pytest.raises(actions.StillAskedFor, match="“Aces”"):
        actions.set_aside(often)
    assert list(SegmentVersion.objects.values_list("pk")) == before
    assert Segment.objects.get(key="often").is_active
