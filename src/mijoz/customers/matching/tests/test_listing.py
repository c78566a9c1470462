from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mijoz.customers.matching import listing
from mijoz.customers.matching.tests.people import ANVAR, ANVAR_IN_CYRILLIC, HIS_WIFE, customer, search

pytestmark = pytest.mark.django_db


def test_every_record_of_a_source_leads_to_the_present_customer(tmp_path: Path) -> None:
    one, other, wife = customer(**ANVAR), customer(**ANVAR_IN_CYRILLIC), customer(**HIS_WIFE)
    search()
    file = tmp_path / "identities.csv"
    assert listing.write_identities(file) == 3
    with file.open(encoding="utf-8", newline="") as opened:
        rows = {row["source_record"]: row for row in csv.DictReader(opened)}
    assert {row["source"] for row in rows.values()} == {"till"}
    assert [int(rows[f"T{who.pk}"]["customer"]) for who in (one, other, wife)] == [one.pk, one.pk, wife.pk]
