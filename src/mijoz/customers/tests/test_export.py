"""Exports hold everybody who was found, and no spreadsheet computes what a customer is called."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mijoz.business.models import Business, Role
from mijoz.customers import actions, exporting, hooks
from mijoz.customers.tests.conftest import AT, Happened, SignedIn, Told

FORMULA = '=HYPERLINK("http://evil.example","Prize")'


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_the_export_holds_everybody_found_in_order(told: Told, happened: Happened, signed_in: SignedIn) -> None:
    for place in range(55):  # more than a page
        told(last_name=f"Azimov {place:02}", language="uz")
    buyer = told(last_name="Botirov", language="ru", phone="+998901234567", birth_on="1990-05-01")
    happened(buyer, amount=1500, item="Osh")
    actions.answer_consent(buyer, purpose="marketing", granted=False, proof="form", through="staff", at=AT)
    actions.answer_consent(
        buyer, purpose="marketing", channel="email", granted=True, proof="form", through="staff", at=AT
    )
    everybody = rows_of(signed_in().get("/customers/export.csv", {"sort": "-name"}))
    assert [row["Last name"] for row in everybody] == [
        "Botirov",
        *(f"Azimov {place:02}" for place in range(54, -1, -1)),
    ]
    found = rows_of(signed_in().get("/customers/export.csv", {"language": "ru"}))
    assert len(found) == 1
    assert found[0] | {"Segment": ""} == found[0] | {
        "Segment": "",
        "Phone": "+998901234567",
        "Revenue": "1500",
        "Purchases": "1",
        "Birth date": "1990-05-01",
        "Last purchase": "2024-03-31 12:00",  # by the clock of the business
        "Favourite services": "Osh",
        "Consent to marketing": "yes",
    }


def test_a_name_that_is_a_formula_is_kept_and_never_computed(told: Told, signed_in: SignedIn) -> None:
    customer = told(last_name=FORMULA)
    assert FORMULA.replace('"', "&quot;") in signed_in().get(f"/customers/{customer.pk}/").content.decode()
    assert rows_of(signed_in().get("/customers/export.csv"))[0]["Last name"] == f"'{FORMULA}"


def test_contacts_are_masked_for_who_may_not_see_them(told: Told, signed_in: SignedIn) -> None:
    told(last_name="Azimov", phone="+998901234567", email="aziz@mail.uz")
    row = rows_of(signed_in(Role.ANALYST).get("/customers/export.csv"))[0]
    assert (row["Phone"], row["E-mail"]) == ("'+998 ••• 67", "a•••.uz")
    assert "1234567" not in str(row)


def test_columns_of_higher_apps_are_exported_if_they_say_how(told: Told, signed_in: SignedIn) -> None:
    told(last_name="Azimov")
    for key, exported in (("plain", lambda ids: dict.fromkeys(ids, "=1+1")), ("hidden", None)):
        hooks.register_column(hooks.ListColumn(key=key, label=key, values=lambda ids: {}, exported=exported))
    try:
        row = rows_of(signed_in().get("/customers/export.csv"))[0]
    finally:
        del hooks._columns["plain"], hooks._columns["hidden"]
    assert row["plain"] == "'=1+1"
    assert "hidden" not in row


def test_pieces_hold_as_many_queries_whatever_their_rows(
    told: Told, business: Business, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for place in range(40):
        told(last_name=f"A{place}")
    monkeypatch.setattr(exporting, "ROWS_A_PIECE", 20)
    found = exporting.Customer.objects.all()
    with django_assert_num_queries(1 + 2 * 3):  # the order; then customers, consents and segments of each piece
        rows = list(exporting.export(found, sort="name", zone=ZoneInfo("UTC"), contacts_hidden=False))
    assert len(rows) == 41


def test_the_head_and_the_segments_speak_the_reader_language(told: Told, signed_in: SignedIn) -> None:
    told(last_name="Azimov")
    assert "Фамилия" in rows_of(signed_in(language="ru").get("/customers/export.csv"))[0]


@pytest.mark.django_db
def test_a_file_appears_whole_or_not_at_all(told: Told, tmp_path: Path) -> None:
    told(last_name="Azimov", phone="+998901234567")
    told(last_name=FORMULA)
    target = tmp_path / "customers.csv"
    assert exporting.export_to_file(target, zone=ZoneInfo("Asia/Tashkent")) == 2
    rows = list(csv.DictReader(target.open(encoding="utf-8-sig", newline="")))
    assert [row["last_name"] for row in rows] == [f"'{FORMULA}", "Azimov"]
    assert rows[1]["phone"] == "+998901234567"

    def breaks(ids: list[int]) -> dict[int, str]:
        raise RuntimeError

    hooks.register_column(hooks.ListColumn(key="broken", label="", values=breaks, exported=breaks))
    try:
        with pytest.raises(RuntimeError):
            exporting.export_to_file(target, zone=ZoneInfo("UTC"))
    finally:
        del hooks._columns["broken"]
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]
