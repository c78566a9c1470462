"""KPIs are computed from the log, kept for the pages, and asked for by people and by imports."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from mijoz.business.models import Business
from mijoz.customers import hooks
from mijoz.events.actions import record
from mijoz.events.queries import default_as_of
from mijoz.insights import actions, jobs, queries
from mijoz.insights.models import Computation, KpiValue
from mijoz.insights.tests.conftest import AT, bought, from_the_lake
from mijoz.segments import actions as segments
from mijoz.segments.models import Membership

TODAY = date(2026, 3, 31)


def waiting_jobs() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM procrastinate_jobs j JOIN insights_computation c ON c.id = (args->>'computation')::bigint"
            " WHERE task_name = 'insights.carry_out' AND j.status = 'todo' ORDER BY j.id"
        )
        return [number for (number,) in cursor.fetchall()]


def kept() -> list[dict[str, Any]]:
    fields = ("as_of", "name", "member", "month", "scenario", "value", "low", "high", "count")
    return list(KpiValue.objects.order_by(*fields[:5]).values(*fields))


@from_the_lake
def test_what_is_computed_is_kept(tea_house: Business) -> None:
    segments.refresh(at=AT)
    board = actions.compute(as_of=None, at=AT)
    assert board.as_of == TODAY
    assert board.currency == "UZS"
    as_computed = sorted(
        (row.name, row.by.get("segment", ""), row.by.get("month", ""), row.by.get("scenario", ""), row.value, row.n)
        for row in board.rows
        if row.value is not None
    )
    as_kept = sorted(
        (row["name"], row["member"], row["month"], row["scenario"], row["value"], row["count"])
        for row in kept()
        if row["value"] is not None
    )
    assert as_kept == as_computed
    assert len(kept()) == len(board.rows)
    in_all = KpiValue.objects.get(name="purchasers", dimension="", month="")
    by_segment = KpiValue.objects.filter(name="purchasers", month="").exclude(dimension="")
    assert in_all.value == 140 == sum(value.value or 0 for value in by_segment)


@from_the_lake
def test_a_second_computation_replaces_its_day_and_no_other(tea_house: Business) -> None:
    actions.compute(as_of=TODAY - timedelta(days=30), at=AT)
    earlier = kept()
    actions.compute(as_of=TODAY, at=AT)
    record(bought("guest0", [0.5]), source="till")
    actions.compute(as_of=TODAY, at=AT + timedelta(minutes=1))
    assert [row for row in kept() if row["as_of"] != TODAY] == earlier
    assert KpiValue.objects.filter(as_of=TODAY, name="revenue", month="", dimension="").count() == 1
    assert set(KpiValue.objects.filter(as_of=TODAY).values_list("computed_at", flat=True)) == {
        AT + timedelta(minutes=1)
    }


@from_the_lake
@pytest.mark.parametrize(
    ("last_trade", "expected"),
    [
        (None, TODAY),  # nothing yet
        (AT - timedelta(hours=30), TODAY),  # a business that lives
        (datetime.fromisoformat("2011-12-09T20:00+00:00"), date(2011, 12, 10)),  # 1:00 in Tashkent
    ],
)
def test_the_day_that_nobody_chose(business: Business, last_trade: datetime | None, expected: date) -> None:
    if last_trade:
        record(bought("one", [0, 40], at=last_trade), source="till")
    assert actions.compute(as_of=None, at=AT).as_of == expected
    assert queries.shown_day(default_as_of(AT)) == expected


@from_the_lake
def test_a_day_without_figures_is_shown_as_the_last_day_that_has_some(tea_house: Business) -> None:
    actions.compute(as_of=TODAY - timedelta(days=1), at=AT - timedelta(days=1))
    actions.compute(as_of=TODAY - timedelta(days=90), at=AT)
    assert queries.shown_day(default_as_of(AT)) == TODAY - timedelta(days=1)


@from_the_lake
@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(1969, 12, 31), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_that_cannot_have_kpis_is_refused_and_nothing_is_kept(tea_house: Business, day: date) -> None:
    for ask in (
        lambda: actions.compute(as_of=day, at=AT),
        lambda: actions.refresh(as_of=day, at=AT),
        lambda: actions.ask(as_of=day, by=None, at=AT),
    ):
        with pytest.raises(queries.DayRefused):
            ask()
    assert (KpiValue.objects.count(), Computation.objects.count(), Membership.objects.count()) == (0, 0, 0)


@from_the_lake
def test_segments_are_those_of_the_day_that_is_asked_for(tea_house: Business) -> None:
    segments.replay(at=AT, months=6)
    past = TODAY - timedelta(days=100)
    now, then = (
        {
            row.by["segment"]: row.n
            for row in actions.compute(as_of=day, at=AT).figures
            if row.name == "complaint_share" and [*row.by] == ["segment"]
        }
        for day in (None, past)
    )
    assert sum(now.values()) > sum(then.values()) > 0
    assert sum(then.values()) == Membership.objects.filter(
        entered_at__date__lte=past
    ).exclude(left_at__date__lte=past).values("customer").distinct().count()  # fmt: skip


@from_the_lake
def test_the_effect_of_a_scenario_is_read_from_the_log(tea_house: Business) -> None:
    """Twenty of forty treated came back, and two of forty held out."""
    [effect] = actions.compute(as_of=None, at=AT).effects
    assert (effect.scenario, effect.treated, effect.held_out) == ("missed_you", 40, 40)
    assert (effect.treated_goal_rate, effect.held_out_goal_rate) == (0.5, 0.05)
    assert effect.difference == pytest.approx(0.45)
    assert str(effect.verdict) == "works"
    value = KpiValue.objects.get(name="scenario_effect")
    assert (value.scenario, value.value, value.low, value.high) == (
        "missed_you",
        effect.difference,
        effect.low,
        effect.high,
    )


@from_the_lake
def test_the_json_has_one_form_for_kpis_and_effects(tea_house: Business) -> None:
    board = actions.compute(as_of=None, at=AT)
    told = board.as_dict()
    assert {"name", "group", "unit", "value", "low", "high", "by"} <= set(told["kpis"][0])
    assert {tuple(row["by"]) for row in told["kpis"]} == {(), ("month",), ("scenario",)}
    assert told["effects"] == [asdict(effect) for effect in board.effects]


@from_the_lake
def test_a_refresh_brings_profiles_segments_and_kpis_along(business: Business) -> None:
    record(bought("one", [1, 20, 40]), source="till")
    steps: list[tuple[str, float]] = []
    told = actions.refresh(as_of=None, at=AT, progress=lambda step, share: steps.append((step, share)))
    assert told["profiles"] == 1
    assert sum(told["entered"].values()) == 1
    assert told["kpis"] == KpiValue.objects.count()
    assert [step for step, _ in steps] == ["profiles", "segments", "kpis"]
    assert steps == sorted(steps, key=lambda step: step[1])


@from_the_lake
def test_who_asks_twice_waits_for_one_computation(tea_house: Business) -> None:
    first = actions.ask(as_of=None, by=None, at=AT)
    assert actions.ask(as_of=None, by=None, at=AT) == first
    other = actions.ask(as_of=TODAY, by=None, at=AT)
    assert waiting_jobs() == [first.pk, other.pk]
    later = AT + timedelta(minutes=16)  # by then the first one may be lost: it is asked for anew
    anew = actions.ask(as_of=None, by=None, at=later)
    assert waiting_jobs() == [first.pk, other.pk, anew.pk]


@from_the_lake
def test_a_computation_says_how_it_ended(tea_house: Business) -> None:
    asked = actions.ask(as_of=TODAY - timedelta(days=10), by=None, at=AT)
    assert queries.open_computation(AT) == asked
    jobs.carry_out(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.share_done, asked.is_open) == ("done", 1.0, False)
    assert queries.open_computation(AT) is None
    assert queries.is_kept(TODAY - timedelta(days=10))
    before = kept()
    jobs.carry_out(asked.pk)  # a job that comes twice finds nothing to do
    jobs.carry_out(asked.pk + 1)  # one whose computation is gone neither
    assert kept() == before


@from_the_lake
def test_a_computation_that_fails_says_so(tea_house: Business, settings: Any) -> None:
    asked = actions.ask(as_of=TODAY, by=None, at=AT)
    (settings.DATA_DIR / "lake").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="lake"):
        jobs.carry_out(asked.pk)
    failed = queries.failed_computation()
    assert failed == asked
    assert failed.error
    (settings.DATA_DIR / "lake").unlink()
    jobs.carry_out(actions.ask(as_of=TODAY, by=None, at=AT).pk)
    assert queries.failed_computation() is None


@from_the_lake
def test_a_computation_lost_with_its_worker_is_followed_no_longer(tea_house: Business) -> None:
    actions.ask(as_of=None, by=None, at=AT)
    assert queries.open_computation(AT + timedelta(minutes=14)) is not None
    assert queries.open_computation(AT + timedelta(minutes=16)) is None


@from_the_lake
def test_after_an_import_everything_is_brought_up_to_date(tea_house: Business) -> None:
    hooks.import_finished()
    [number] = waiting_jobs()
    jobs.carry_out(number)
    assert KpiValue.objects.get(name="purchasers", dimension="", month="").value == 140
    assert Membership.objects.filter(left_at=None).count() == 140
