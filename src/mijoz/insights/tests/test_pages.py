"""The KPI board and the page of a KPI, as staff see them."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mijoz.business.models import Business
from mijoz.events.actions import record
from mijoz.insights import actions, jobs
from mijoz.insights.models import Computation, KpiValue
from mijoz.insights.tests.conftest import AT, SignIn, bought, from_the_lake, text
from mijoz.scenarios import actions as scenarios
from mijoz.segments import actions as segments

SHOWN = date(2026, 3, 31)  # the last day of the tea house's log, which is history by now


@pytest.fixture
def owner(sign_in: SignIn) -> Client:
    client = sign_in("owner")
    client.cookies["django_language"] = "en"
    return client


@from_the_lake
def test_an_empty_business_is_told_what_to_do(owner: Client) -> None:
    for page in (text(owner, "/kpi/"), actions.refresh(as_of=None, at=timezone.now()) and text(owner, "/kpi/")):
        assert "No figures yet" in page
        assert f'href="{reverse("customers:new_import")}"' in page
        assert "in-tiles" not in page


@from_the_lake
def test_the_board_shows_the_last_day_of_a_history_by_itself(tea_house: Business, owner: Client) -> None:
    segments.replay(at=AT, months=3)
    scenarios.install_pilots(at=AT)
    board = actions.compute(as_of=None, at=AT)
    revenue = next(row for row in board.figures if row.name == "revenue" and not row.by)
    page = text(owner, "/kpi/")
    assert "As of 31 Mar 2026, the last day with trade in your log." in page
    assert f"UZS {revenue.value / 1e6:.1f}M" in page
    assert "These scenarios work" not in page
    assert "“We have missed you” seems to work; it is too early to be sure." in page
    assert "With it 50.0% reached the goal, without it 5.0%." in page
    assert 'href="/scenarios/missed_you/"' in page
    assert 'href="/segments/regular/"' in page
    assert "Customers who complained" not in page  # the log has no complaints


@from_the_lake
def test_a_business_of_one_month_has_figures_and_no_change(business: Business, owner: Client) -> None:
    record(bought("one", [0, 3, 9]) + bought("two", [1]), source="till")
    actions.refresh(as_of=None, at=AT)
    page = text(owner, "/kpi/")
    assert "UZS 400K" in page
    assert "mj-change" not in page
    assert "No scenario has run long enough yet" in page
    assert "Nothing stands out" in page


@from_the_lake
def test_a_day_that_was_chosen_is_computed_once_and_then_shown(tea_house: Business, owner: Client) -> None:
    actions.compute(as_of=None, at=AT)
    assert "No figures are kept for 10 Feb 2026" in text(owner, "/kpi/?as_of=2026-02-10")
    answer = owner.post("/kpi/refresh", {"as_of": "2026-02-10"})
    assert (answer.status_code, answer["Location"]) == (302, "/kpi/?as_of=2026-02-10")
    [asked] = Computation.objects.all()
    assert (asked.as_of, asked.asked_by.role) == (date(2026, 2, 10), "owner")
    page = text(owner, "/kpi/?as_of=2026-02-10")
    assert f'hx-get="/kpi/progress/{asked.pk}"' in page
    assert "Waiting for a worker" in page
    assert "Compute them" not in page
    jobs.carry_out(asked.pk)
    assert "As it was at the end of 10 Feb 2026." in text(owner, "/kpi/?as_of=2026-02-10")
    owner.post("/kpi/refresh", {"as_of": "2026-02-10"})
    assert Computation.objects.count() == 1
    owner.post("/kpi/refresh", {"as_of": "2026-02-10", "again": "yes"})
    assert Computation.objects.filter(as_of=date(2026, 2, 10)).count() == 2
    assert "the last day with trade" in text(owner, "/kpi/")  # the board itself stays with the latest day


@from_the_lake
def test_a_day_before_the_first_purchase_is_told_so(tea_house: Business, owner: Client) -> None:
    actions.compute(as_of=date(2020, 1, 1), at=AT)
    assert "Nobody had bought anything by 1 Jan 2020" in text(owner, "/kpi/?as_of=2020-01-01")


@from_the_lake
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-02-30", "“2026-02-30” is not a day such as 2026-03-31."),
        ("yesterday", "“yesterday” is not a day"),
        ("2999-01-01", "1 Jan 2999 has not come yet."),
        ("0001-01-01", "lies before any log."),
        ("<b>", "“&lt;b&gt;” is not a day"),
    ],
)
def test_what_is_no_day_is_refused(tea_house: Business, owner: Client, day: str, sentence: str) -> None:
    for address in ("/kpi/", "/kpi/revenue/", "/kpi/export.csv"):
        assert sentence in text(owner, f"{address}?as_of={day}", status=400)
    answer = owner.post("/kpi/refresh", {"as_of": day})
    assert answer.status_code == 400
    assert sentence in " ".join(answer.content.decode().split())
    assert owner.post("/kpi/refresh", {"as_of": ""}).status_code == 400
    assert not Computation.objects.exists()


@from_the_lake
def test_bringing_everything_up_to_date_is_followed_in_the_page(tea_house: Business, owner: Client) -> None:
    actions.compute(as_of=None, at=AT)
    assert owner.post("/kpi/refresh")["Location"] == "/kpi/"
    [asked] = Computation.objects.all()
    assert asked.as_of is None
    assert "hx-get" in text(owner, f"/kpi/progress/{asked.pk}")
    Computation.objects.update(status="running", step="segments", share_done=0.25)
    assert "Moving customers between segments" in text(owner, f"/kpi/progress/{asked.pk}")
    Computation.objects.update(status="waiting")
    jobs.carry_out(asked.pk)
    ended = owner.get(f"/kpi/progress/{asked.pk}")
    assert (ended["HX-Refresh"], ended.content) == ("true", b"")
    assert "/kpi/progress/" not in text(owner, "/kpi/")


@from_the_lake
def test_a_computation_that_failed_is_told(tea_house: Business, owner: Client) -> None:
    actions.compute(as_of=None, at=AT)
    now = timezone.now()
    Computation.objects.create(status="failed", error="no room", asked_at=now, ended_at=now)
    page = text(owner, "/kpi/")
    assert "The figures could not be computed" in page
    assert "no room" not in page  # what a machine says stays in the log
    assert "in-tiles" in page
    Computation.objects.create(status="done", asked_at=now, ended_at=now + timedelta(seconds=1))
    assert "could not be computed" not in text(owner, "/kpi/")


@from_the_lake
def test_the_page_of_a_kpi_has_its_months_and_segments(tea_house: Business, owner: Client) -> None:
    segments.refresh(at=AT)
    actions.compute(as_of=None, at=AT)
    page = text(owner, "/kpi/repeat_purchase_share/")
    assert "Of those who bought in the period" in page
    assert "Mar 2026" in page
    assert "By segment" in page
    for month in KpiValue.objects.filter(name="repeat_purchase_share", dimension="").exclude(month=""):
        assert f"{100 * month.value:.1f}%" in page
    assert text(owner, "/kpi/nonsense/", status=404)
    assert text(owner, "/kpi/scenario_effect/", status=404)
    assert text(owner, "/kpi/revenue/?as_of=2026-01-01", status=404)


@from_the_lake
def test_the_export_holds_every_value(tea_house: Business, owner: Client) -> None:
    actions.compute(as_of=None, at=AT)
    answer = owner.get("/kpi/export.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="kpi-2026-03-31.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert len(rows) == KpiValue.objects.count()
    revenue = next(row for row in rows if row["name"] == "revenue" and not row["month"])
    assert float(revenue["value"]) == KpiValue.objects.get(name="revenue", month="").value
    assert {row["as_of"] for row in rows} == {"2026-03-31"}
    KpiValue.objects.all().delete()
    assert owner.get("/kpi/export.csv").status_code == 404


@from_the_lake
def test_the_board_asks_as_many_queries_whatever_it_shows(tea_house: Business, owner: Client) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(address)
        return len(captured)

    segments.refresh(at=AT)
    actions.compute(as_of=None, at=AT)
    few = asked("/kpi/"), asked("/kpi/revenue/")
    values = [
        KpiValue(
            as_of=SHOWN, name=name, group="scenario", unit="share", dimension="", month=month, scenario=scenario,
            value=0.1, low=0.0, high=0.2, count=900, computed_at=AT, detail={"verdict": "works"},
        )
        for name, month, scenario in [
            *(("scenario_effect", "", f"scenario{place}") for place in range(20)),
            *(("revenue", f"{year}-{month:02}", "") for year in range(2010, 2020) for month in range(1, 13)),
        ]
    ]  # fmt: skip
    KpiValue.objects.bulk_create(values)
    assert (asked("/kpi/"), asked("/kpi/revenue/")) == few
    assert few[0] <= 14


@from_the_lake
@pytest.mark.parametrize(("role", "status"), [("analyst", 200), ("front_office", 403), ("operator", 403)])
def test_who_may_see_the_board(tea_house: Business, sign_in: SignIn, role: str, status: int) -> None:
    client = sign_in(role)
    assert client.get("/kpi/").status_code == status
    before = Computation.objects.count()
    assert client.post("/kpi/refresh").status_code == (302 if status == 200 else 403)
    assert Computation.objects.count() - before == (status == 200)


@from_the_lake
@pytest.mark.parametrize("language", ["uz", "ru"])
def test_the_board_speaks_the_language_of_the_reader(tea_house: Business, owner: Client, language: str) -> None:
    segments.refresh(at=AT)
    actions.compute(as_of=None, at=AT)
    owner.cookies["django_language"] = language
    page = text(owner, "/kpi/")
    assert {"uz": "Nimaga qarash kerak", "ru": "На что обратить внимание"}[language] in page
    assert "reached the goal" not in page
