"""From a figure to the people behind it: as many as the figure says, found, sorted and taken out by who may."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client

from mijoz.analysis.folding import fold
from mijoz.analysis.kpis import KPIS
from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Ownership
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights import actions
from mijoz.insights.behind import queries
from mijoz.insights.models import KpiValue
from mijoz.insights.tests.conftest import AT, SignIn, from_the_lake
from mijoz.segments import actions as segments

DAY = "as_of=2026-03-31"


def lived(customer: str, type_: str, days_ago: float, reference: str, **payload: object) -> NewEvent:
    return NewEvent(
        message_id=f"{reference}/{type_}",
        type=type_,
        identity=("customer_number", "till", customer),
        occurred_at=AT - timedelta(days=days_ago),
        reference=reference,
        branch="markaz" if customer.endswith(("1", "3", "5")) else "sergeli",
        channel="phone",
        payload=payload,
    )


@pytest.fixture
def busy_house(tea_house: Business) -> Business:
    events: list[NewEvent] = []
    for place in range(30):
        guest, case = f"guest{place}", f"case{place}"
        waits = {"waited_minutes": place, "took_minutes": 20, "staff": f"Xodim {place % 3}", "touchpoint": "queue"}
        events.append(lived(guest, "visit", place, f"visit{place}", **waits))
        events.append(lived(guest, "case_opened", place + 0.5, case, kind="request", touchpoint="order"))
        right = {"first_time": place % 4 != 0, "automatic": place % 5 == 0, "staff": "Xodim 1"}
        events.append(lived(guest, "case_resolved", place, case, **right))
        events.append(lived(guest, "complaint", place, f"said{place}", touchpoint="queue", text="kutdim"))
    record(events, source="till")
    customers.project()
    segments.refresh(at=AT)
    actions.compute(as_of=None, at=AT)
    return tea_house


@from_the_lake
def test_as_many_stand_behind_a_value_as_it_says(busy_house: Business) -> None:
    """Of every KPI, dimension and month that is kept: the rows add up to its numerator and denominator."""
    looked = set()
    kept = KpiValue.objects.filter(scenario="").exclude(value=None)
    for value in [*kept.filter(month="")[:150], *kept.filter(month="2026-03")[:80]]:
        asked = queries.parse(value.name, value.dimension, value.member, value.month)
        rows = queries.rows_behind(asked, as_of=value.as_of, at=AT)
        assert rows["numerator"].sum() == pytest.approx(value.numerator), value
        if value.denominator is not None:
            assert rows["denominator"].sum() == pytest.approx(value.denominator), value
        looked.add((value.name, value.dimension))
    assert {name for name, _dimension in looked} >= {"waiting_time", "complaint_share", "first_time_right_share"}
    assert {dimension for _name, dimension in looked} == {"", "segment", "branch", "channel", "touchpoint", "staff"}


@from_the_lake
def test_the_list_leads_to_the_customers_and_their_cases(busy_house: Business, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    address = f"/kpi/first_time_right_share/behind/?{DAY}"
    page = manager.get(address).content.decode()
    assert "22 of 30" in page
    assert page.count("<tr data-href=") == 30
    assert 'href="/customers/' in page
    wrong = manager.get(f"{address}&part=rest").content.decode()
    assert wrong.count("<tr data-href=") == 8
    one = Ownership.objects.get(identity__value="guest4", identity__account="till").customer_id
    Customer.objects.filter(pk=one).update(last_name="Karimova", search_key=fold("Karimova"))
    found = manager.get(f"{address}&q=karimova").content.decode()
    assert (found.count("<tr data-href="), "case4" in found) == (1, True)
    slowest = manager.get(f"/kpi/waiting_time/behind/?{DAY}&sort=-value").content.decode()
    assert slowest.index("visit29") < slowest.index("visit28") < slowest.index("visit2<")
    kpi_page = manager.get(f"/kpi/waiting_time/?{DAY}").content.decode()
    assert "By staff member" in kpi_page
    assert "dimension=staff&amp;member=Xodim+1" in kpi_page


@from_the_lake
def test_an_export_has_everybody_found_and_hides_phones_from_who_may_not_see_them(
    busy_house: Business, sign_in: SignIn
) -> None:
    one = Ownership.objects.get(identity__value="guest4", identity__account="till").customer_id
    Customer.objects.filter(pk=one).update(phone="+998901234567")

    def lines(client: Client) -> list[list[str]]:
        answer = client.get(f"/kpi/complaint_share/behind/export.csv?{DAY}&part=counted")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        return list(csv.reader(StringIO(text)))

    seen = lines(sign_in("manager"))
    assert len(seen) == 31
    assert any("90 123" in cell for line in seen for cell in line)
    assert not any("123" in cell for line in lines(sign_in("analyst")) for cell in line)
    assert "Karimova" not in str(seen)


@from_the_lake
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/kpi/scenario_effect/behind/", "not computed from single customers"),
        ("/kpi/revenue/behind/?dimension=staff&member=A", "is not computed by"),
        ("/kpi/revenue/behind/?dimension=branch", "is not computed by"),
        ("/kpi/revenue/behind/?month=2026-13", "is not a month"),
        ("/kpi/revenue/behind/?as_of=tomorrow", "is not a day"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    busy_house: Business, sign_in: SignIn, address: str, sentence: str
) -> None:
    answer = sign_in("owner").get(address)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


@from_the_lake
def test_a_member_nobody_knows_has_nobody_behind_it(busy_house: Business, sign_in: SignIn) -> None:
    page = sign_in("owner").get(f"/kpi/revenue/behind/?dimension=branch&member=nowhere&{DAY}").content.decode()
    assert "There was nothing to count then" in page
    assert set(KPIS) >= set(KpiValue.objects.exclude(name="scenario_effect").values_list("name", flat=True))
