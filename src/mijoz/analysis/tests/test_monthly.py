"""Counts of a month, each by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import exp, log, sqrt
from typing import Any

import polars as pl
import pytest

from mijoz.analysis import monthly, rfm
from mijoz.analysis.monthly import Counted, Happened
from mijoz.analysis.tests import logs
from mijoz.analysis.tests.logs import Row, bought

ZONE = "Asia/Tashkent"
MARCH, FEBRUARY = monthly.month(date(2026, 3, 1), zone=ZONE), monthly.month(date(2026, 2, 1), zone=ZONE)
OWNERS = logs.ownership({1: 1, 2: 2, 3: 3, 4: 4, 12: 1})


def seen(rows: list[Row]) -> Happened:
    events = logs.events(rows)
    return monthly.happened(
        events,
        rfm.purchases(events, OWNERS),
        OWNERS,
        since=FEBRUARY.begins - timedelta(days=monthly.OFFER_DAYS),
        until=MARCH.ends,
    )


def happened(what: str, identity: int | None, when: str, **payload: Any) -> Row:
    return Row(what, identity, logs.at(when), payload=payload, reference=f"{what}/{when}")


def test_a_month_begins_and_ends_by_the_business_s_own_clock() -> None:
    assert (MARCH.first, MARCH.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert MARCH.begins == datetime(2026, 2, 28, 19, tzinfo=UTC)
    assert MARCH.ends == datetime(2026, 3, 31, 19, tzinfo=UTC)
    assert monthly.month(date(2026, 12, 1), zone=ZONE).last == date(2026, 12, 31)


def test_came_again_counts_people_not_purchases_nor_identities() -> None:
    rows = [bought(1, "2026-02-03", "10"), bought(1, "2026-02-05", "10"), bought(12, "2026-03-05", "10")]
    rows += [bought(2, "2026-02-10", "10"), bought(3, "2026-03-10", "10")]
    assert monthly.came_again(seen(rows), FEBRUARY, MARCH) == Counted(1, 2)


def test_the_last_evening_belongs_to_the_month_where_the_business_is() -> None:
    rows = [bought(1, "2026-02-28 18:59", "10"), bought(1, "2026-02-28 19:01", "10")]
    assert monthly.came_again(seen(rows), FEBRUARY, MARCH) == Counted(1, 1)


def test_served_personally_is_what_scenarios_did_for_those_who_bought() -> None:
    rows = [bought(who, "2026-03-10", "10") for who in (1, 2, 3, 4)]
    rows.append(happened("message_sent", 1, "2026-03-01", scenario="welcome"))
    rows.append(happened("message_sent", 2, "2026-03-01"))  # not of a scenario: a receipt
    rows.append(happened("offer_made", 3, "2026-02-15", scenario="x"))
    rows.append(happened("offer_made", 4, "2026-01-10", scenario="x"))  # longer ago than counts
    rows.append(happened("protocol_set", 12, "2026-03-02", scenario="x"))  # the first one's other identity
    assert monthly.served_personally(seen(rows), MARCH) == Counted(2, 4)


def test_offers_used_are_of_those_who_got_one() -> None:
    rows = [happened("offer_made", 1, "2026-03-01"), happened("offer_made", 2, "2026-02-20")]
    rows += [happened("offer_redeemed", 2, "2026-03-09", redemption="7"), happened("offer_taken", 3, "2026-03-09")]
    assert monthly.offers_used(seen(rows), MARCH) == Counted(1, 2)


def of_case(what: str, identity: int | None, number: str, when: str, **payload: Any) -> Row:
    return Row(f"case_{what}", identity, logs.at(when), payload=payload, reference=number)


def test_cases_are_those_opened_in_the_month_as_its_end_knows_them() -> None:
    rows = [of_case("opened", 1, "a", "2026-03-03"), of_case("answered", 1, "a", "2026-03-03 01:00", by="machine")]
    rows += [of_case("answered", 1, "a", "2026-03-03 02:00", by="staff")]
    rows += [of_case("resolved", 1, "a", "2026-03-05", automatic=True, first_time=False)]
    rows += [of_case("opened", 2, "b", "2026-03-04"), of_case("answered", 2, "b", "2026-03-04 05:00", by="staff")]
    rows += [of_case("resolved", 2, "b", "2026-04-02", automatic=True)]  # not known yet when the month ends
    rows += [of_case("opened", 2, "c", "2026-02-05"), of_case("resolved", 2, "c", "2026-03-06", automatic=True)]
    rows += [of_case("opened", None, "d", "2026-03-06"), of_case("resolved", None, "d", "2026-03-07")]
    rows += [of_case("opened", 3, "e", "2026-03-08"), of_case("resolved", 3, "e", "2026-03-08 03:00")]
    assert monthly.answered_by_machine(seen(rows), MARCH) == Counted(1, 2)
    assert monthly.resolved_by_itself(seen(rows), MARCH) == Counted(1, 2)


def test_scores_are_of_one_kind_and_the_best_two_of_its_scale_count() -> None:
    given = enumerate([5, 4, 4, 1], 1)
    rows = [happened("survey_answered", 1, f"2026-03-0{day}", kind="csat", score=score) for day, score in given]
    rows.append(happened("survey_answered", 2, "2026-03-09", kind="nps", score=9))
    found = monthly.scores(seen(rows), MARCH, kind="csat")
    assert found == {5.0: 1, 4.0: 2, 1.0: 1}
    assert monthly.best_two(found, highest=5) == Counted(3, 4)
    assert monthly.best_two({}, highest=7) == Counted(0, 0)


def test_a_service_that_few_bought_is_not_named() -> None:
    owners = logs.ownership({who: who for who in range(1, 10)})
    rows = [("Palov", who) for who in range(1, 7)] + [("Tea", who) for who in range(1, 5)]
    events = logs.events([bought(who, "2026-03-05", "10", reference=f"{what}{who}") for what, who in rows])
    events = events.with_columns(item=pl.Series([what for what, _who in rows]))
    members = pl.DataFrame({"customer_id": list(range(1, 10)), "segment": ["regular"] * 5 + ["new"] * 4})
    assert monthly.favourites(events, owners, MARCH, members) == {"regular": ("Palov", 5)}


def test_a_relative_change_has_the_interval_of_katz() -> None:
    found = monthly.relative_change(Counted(60, 100), Counted(50, 100))
    error = sqrt(1 / 60 - 1 / 100 + 1 / 50 - 1 / 100)
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(exp(log(1.2) - 1.959964 * error) - 1, abs=1e-6)
    assert found.high == pytest.approx(exp(log(1.2) + 1.959964 * error) - 1, abs=1e-6)
    assert monthly.relative_change(Counted(0, 9), Counted(5, 9)).value is None
