"""Cases by hand, and the same ones in every figure that counts them, in the simulated town too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from mijoz.analysis import cases, experience, kpis, monthly, rfm
from mijoz.analysis.frames import collected, lazy
from mijoz.analysis.simulator import simulate
from mijoz.analysis.tests import logs
from mijoz.analysis.tests.logs import Row

ZONE = "Asia/Tashkent"
MARCH = monthly.month(date(2026, 3, 1), zone=ZONE)


def told(what: str, who: int, number: str, when: str, **payload: Any) -> Row:
    return Row(f"case_{what}", who, logs.at(when), payload=payload, reference=number)


LOG = [
    # Answered by a machine first, resolved at once and right.
    told("opened", 1, "a", "2026-03-02 08:00", touchpoint="order"),
    told("answered", 1, "a", "2026-03-02 08:10", by="machine"),
    told("answered", 1, "a", "2026-03-02 08:40", by="staff", staff="Ali"),
    told("resolved", 1, "a", "2026-03-02 10:00", first_time=True, automatic=False, staff="Vali"),
    # Said to be right, but opened again; resolved again two days later.
    told("opened", 2, "b", "2026-03-03 08:00"),
    told("resolved", 2, "b", "2026-03-03 09:00", first_time=True, automatic=True),
    told("reopened", 2, "b", "2026-03-04 09:00"),
    told("resolved", 2, "b", "2026-03-05 08:00", first_time=False),
    # Opened again and open since; opened before March; never opened at all; another customer's of the same number.
    told("opened", 3, "c", "2026-03-06 08:00"),
    told("resolved", 3, "c", "2026-03-06 09:00", first_time=True),
    told("reopened", 3, "c", "2026-03-07 09:00"),
    told("opened", 3, "d", "2026-02-27 08:00"),
    told("resolved", 3, "d", "2026-03-02 08:00", first_time=True),
    told("resolved", 4, "e", "2026-03-02 08:00", first_time=True),
    told("opened", 4, "a", "2026-03-31 18:00"),  # the last hour of March where the business is
    told("resolved", 4, "a", "2026-04-01 08:00", first_time=True),
    told("opened", 4, "f", "2026-03-31 19:30"),  # that is April there
]
OWNERS = logs.ownership({one: one for one in range(1, 5)})


def of_march(rows: list[Row] = LOG) -> dict[str, float]:
    owned = lazy(logs.events(rows).join(OWNERS, on="identity_id", how="left"))
    return cases.summed(cases.opened_between(owned, since=MARCH.begins, until=MARCH.ends, places=()))


def test_cases_by_hand() -> None:
    found = of_march()
    assert (found["cases"], found["answered"], found["by_machine"]) == (4, 1, 1)
    assert (found["resolved"], found["right"], found["automatic"]) == (2, 1, 1)
    assert found["answer_minutes"] == 10
    assert found["resolution_minutes"] == 2 * 60 + 48 * 60
    assert found["resolution_squares"] == (2 * 60) ** 2 + (48 * 60) ** 2


def test_who_and_where_is_told() -> None:
    owned = lazy(logs.events(LOG).join(OWNERS, on="identity_id"))
    rows = collected(cases.cases(owned, places=())).to_polars()
    first = rows.row(by_predicate=(pl.col("reference") == "a") & (pl.col("customer_id") == 1), named=True)
    assert (first["touchpoint"], first["staff"], first["occurred_at"]) == ("order", "Vali", logs.at("2026-03-02 08:00"))


def test_what_comes_after_the_period_changes_nothing() -> None:
    later = [told("reopened", 1, "a", "2026-04-02"), told("resolved", 3, "c", "2026-04-03", first_time=True)]
    assert of_march(LOG + later) == of_march()


def test_no_log_has_no_cases() -> None:
    assert set(of_march([]).values()) == {0.0}


@pytest.mark.parametrize("sector", ["repair", "clinic"])
def test_one_period_has_the_same_cases_in_every_figure(sector: Any) -> None:
    """KPIs, the monthly report and what the pain map and the gaps are made of: of how many, and how many of them."""
    town = simulate(sector=sector, customers=300, months=6, seed=4, until=date(2026, 3, 31))
    events = town.events.rename({"identity_value": "identity_id"}).with_columns(source=pl.lit("demo"))
    owners = town.customers.select(identity_id="customer_number", customer_id="customer_number")
    seen = monthly.happened(
        events, rfm.purchases(events, owners), owners, since=MARCH.begins - timedelta(days=60), until=MARCH.ends
    )
    month = {
        value.name: value
        for value in kpis.kpis(events, owners, as_of=MARCH.last, zone=ZONE)
        if value.by == {"month": "2026-03"}
    }
    right, alone = month["first_time_right_share"], month["automatic_share"]
    assert right.n > 20
    report = monthly.resolved_by_itself(seen, MARCH)
    assert (report.part, report.whole) == (alone.numerator, alone.denominator)
    assert monthly.answered_by_machine(seen, MARCH).whole == month["first_response_time"].n
    lived = collected(
        experience.episodes(experience.telling(events), owners, since=MARCH.begins, until=MARCH.ends)
    ).to_polars()
    wrong = lived.filter(pl.col("measure") == experience.FIRST_TIME)["value"]
    assert (wrong.len() - wrong.sum(), wrong.len()) == (right.numerator, right.denominator)
    slow = lived.filter(pl.col("measure") == experience.RESOLUTION)["value"]
    assert slow.len() == report.whole - report.part
    owned = lazy(events.join(owners, on="identity_id"))
    sums = cases.summed(cases.opened_between(owned, since=MARCH.begins, until=MARCH.ends))
    assert sums["resolution_minutes"] / sums["resolved"] == pytest.approx(month["resolution_time"].value)
