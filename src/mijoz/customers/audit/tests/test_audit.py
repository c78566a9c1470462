"""The audit of real rows: what it finds, what its pages show and to whom, what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import actions as customer_actions
from mijoz.customers.audit import actions, queries
from mijoz.customers.importing import run
from mijoz.customers.models import AuditDay, AuditScore, Customer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 31, 7, tzinfo=UTC)
CRM = """id,familiya,ism,telefon,email,tugilgan sana,jinsi,til,shahar
1,Karimov,Anvar,901112233,anvar@mail.uz,12.04.1990,erkak,uz,Toshkent
2,Karimova,Malika,12,malika@gmail.con,31.02.1991,,,
3,Toʻrayev,Sobir,902223344,,01.05.1985,,,
4,Toʻrayev,Sobir,903334455,,01.05.1985,,,
"""
TILL = """id,ФИО,телефон,дата рождения
t1,Каримов Анвар,901112233,13.04.1990
"""


@pytest.fixture(autouse=True)
def brought_in(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")
    (tmp_path / "crm.csv").write_text(CRM)
    run.import_file(tmp_path / "crm.csv", holds="customers", source="crm", at=AT)


def score_of(number: str) -> AuditScore:
    return AuditScore.objects.get(customer__ownerships__identity__value=number)


def browser(role: str) -> Client:
    member = StaffMember.objects.create_user(email=f"{role}@example.uz", role=role, name="Malika", language="en")
    client = Client()
    client.force_login(member)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_each_customer_is_found_what_they_lack() -> None:
    day = actions.run(at=AT)
    assert (day.customers, AuditScore.objects.count()) == (4, 4)
    assert (score_of("1").score, score_of("1").findings) == (100, [])
    assert score_of("2").findings == ["no_phone", "no_birth", "no_language", "no_place", "unreadable", "slip"]
    assert "duplicate" in score_of("3").findings
    assert "duplicate" in score_of("4").findings
    assert day.found["no_phone"] == 1
    assert day.fields["phone"] == {"filled": 3, "unreadable": 1, "conflicts": 0, "days": 0}
    assert day.sources[0]["source"] == "crm"
    assert (day.sources[0]["records"], day.sources[0]["filled"]["email"]) == (4, 2)


def test_two_sources_that_disagree_are_found_and_two_spellings_are_not(tmp_path: Path) -> None:
    (tmp_path / "till.csv").write_text(TILL)
    run.import_file(tmp_path / "till.csv", holds="customers", source="till", at=AT + timedelta(hours=1))
    actions.run(at=AT + timedelta(days=1))
    assert score_of("1").findings == ["conflict"]
    [customer] = Customer.objects.filter(audit__findings__contains=["conflict"])
    told = {(str(one.label), one.told, one.source) for one in queries.wrong_with([customer], "conflict")[customer.pk]}
    assert {("Birth date", "1990-04-12", "crm"), ("Birth date", "1990-04-13", "till")} <= told


def test_what_nobody_heard_of_for_two_years_is_stale() -> None:
    day = actions.run(at=AT + timedelta(days=1500))
    assert day.found["stale"] == Customer.objects.filter(merged_into=None).count()


def test_mended_is_gone_with_the_next_audit() -> None:
    actions.run(at=AT)
    customer = score_of("2").customer
    customer_actions.describe(customer, by=None, at=AT, phone="+998907778899")
    day = actions.run(at=AT + timedelta(days=1))
    assert "no_phone" not in score_of("2").findings
    assert AuditDay.objects.count() == 2
    assert day.found["no_phone"] == 0


def test_the_pages_say_what_to_do_first_and_lead_to_the_customers() -> None:
    actions.run(at=AT)
    client = browser(Role.OWNER)
    page = client.get("/audit/").content.decode()
    assert "Do this first" in page
    assert "They cannot be called, and no SMS reaches them." in page
    shown = client.get("/audit/unreadable/").content.decode()
    assert "31.02.1991" in shown
    assert "there is no such day" in shown
    assert client.get("/audit/nothing-like-it/").status_code == 404
    listed = client.get("/customers/?record=unreadable").content.decode()
    assert "Karimova Malika" in listed
    assert "Karimov Anvar" not in listed
    detail = client.get(f"/customers/{score_of('2').customer_id}/").content.decode()
    assert f"{score_of('2').score} of 100 points" in detail


def test_without_an_audit_the_page_says_what_to_do() -> None:
    assert "Nobody was looked at yet" in browser(Role.ANALYST).get("/audit/").content.decode()


def test_pages_cost_the_same_whatever_there_is(tmp_path: Path) -> None:
    client = browser(Role.OWNER)

    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    actions.run(at=AT)
    addresses = ("/audit/", "/audit/no_phone/", "/audit/unreadable/")
    few = [statements(address) for address in addresses]
    lines = "".join(f"m{n},Aliyev,Ali{n},12,31.02.1990\n" for n in range(60))
    (tmp_path / "more.csv").write_text(f"id,familiya,ism,telefon,tugilgan sana\n{lines}")
    run.import_file(tmp_path / "more.csv", holds="customers", source="more", at=AT)
    actions.run(at=AT)
    assert [statements(address) for address in addresses] == few
