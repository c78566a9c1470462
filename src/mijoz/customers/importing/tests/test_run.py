"""What an import makes of a file: log, profiles, figures, rejects, consents; and what a second one makes of it."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Business
from mijoz.business.queries import business as the_business
from mijoz.customers import actions
from mijoz.customers.importing import drafts, files, queries, run
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.importing.tests.conftest import state
from mijoz.customers.importing.tests.reading import AT, write
from mijoz.customers.importing.tests.shop import HEADINGS, save_shop
from mijoz.customers.models import Consent, Customer, ImportRun, Profile, Purpose
from mijoz.events.models import Event

pytestmark = pytest.mark.django_db

CONVENTIONS = f"""{HEADINGS}
536365,1,TEA,2,2025-01-01 08:00:00,1.50,17850,United Kingdom
536365,1,TEA,2,2025-01-01 08:00:00,1.50,17850,United Kingdom
536365,2,SUGAR,1,2025-01-01 08:00:00,0,17850,United Kingdom
536366,1,TEA,1,2025-01-02 08:00:00,1.50,17850,United Kingdom
C536367,1,TEA,-2,2025-01-03 08:00:00,1.50,17850,United Kingdom
536368,1,TEA,-1,2025-01-03 08:00:00,1.50,13047,United Kingdom
536369,2,SUGAR,1,2025-01-04 08:00:00,0.00,12346,United Kingdom
536370,1,TEA,1,2025-01-04 08:00:00,1.50,,United Kingdom
536371,1,TEA,one,2025-01-04 08:00:00,1.50,17850,United Kingdom
"""
FIGURES = {
    "lines": 9,
    "purchases": 2,
    "purchase_lines": 3,
    "purchasers": 1,
    "customers": 3,
    "revenue": 7.5,
    "refunds": 2,
    "refund_value": 4.5,
    "anonymous_lines": 1,
    "rejected": 1,
}


def brought_in(path: Path, **options: Any) -> ImportRun:
    return run.import_file(path, at=AT, **options)


def figures(imported: ImportRun) -> dict[str, Any]:
    """The figures but for time and place."""
    shown = queries.figures(imported)
    return {name: value for name, value in shown.items() if name not in {"seconds", "rejects_file"}}


def test_a_file_is_counted_by_the_conventions(business: Business, tmp_path: Path) -> None:
    imported = brought_in(write(tmp_path, CONVENTIONS), preset="online-retail")
    assert figures(imported) == FIGURES
    assert list(queries.figures(imported)) == [*FIGURES, "rejects_file", "seconds"]
    kinds = Event.objects.filter(source__name="online-retail").values_list("reference", "type", "amount")
    assert sorted(kinds) == [
        ("536365", "gift_line", 0),
        ("536365", "purchase_line", 3),
        ("536365", "purchase_line", 3),
        ("536366", "purchase_line", Decimal("1.5")),
        ("536368", "refund_line", Decimal("-1.5")),
        ("536369", "gift_line", 0),
        ("536370", "purchase_line", Decimal("1.5")),
        ("C536367", "refund_line", -3),
    ]


def test_profiles_show_the_purchases_at_once(business: Business, tmp_path: Path) -> None:
    brought_in(write(tmp_path, CONVENTIONS), preset="online-retail")
    profile = Profile.objects.get(customer__number="17850")
    assert (profile.purchases, profile.purchase_lines, profile.revenue) == (2, 3, Decimal("7.5"))
    assert (profile.refunds, profile.refund_value, profile.favourite_services) == (1, 3, ["TEA"])
    assert profile.first_purchase_at.isoformat() == "2025-01-01T08:00:00+00:00"  # London in winter


def test_a_second_import_changes_nothing_and_says_so(business: Business, tmp_path: Path) -> None:
    path = write(tmp_path, CONVENTIONS)
    first = brought_in(path, preset="online-retail")
    before = state()
    second = brought_in(path, preset="online-retail")
    assert state() == before
    assert figures(second) == figures(first) | {"unchanged": 8}


def test_a_longer_file_of_the_same_system_adds_what_is_new(business: Business, tmp_path: Path) -> None:
    path = write(tmp_path, CONVENTIONS)
    brought_in(path, preset="online-retail")
    write(tmp_path, CONVENTIONS + "536372,1,TEA,4,2025-02-01 08:00:00,1.50,17850,United Kingdom\n")
    longer = brought_in(path, preset="online-retail")
    assert (longer.counts["unchanged"], longer.counts["purchases"]) == (8, 3)
    assert Profile.objects.get(customer__number="17850").purchases == 3


def test_files_of_two_systems_keep_their_numbers_apart(business: Business, tmp_path: Path) -> None:
    path = write(tmp_path, CONVENTIONS)
    brought_in(path, preset="online-retail", source="till-1")
    brought_in(path, preset="online-retail", source="till-2")
    assert Event.objects.filter(reference="536366").count() == 2
    assert Customer.objects.filter(number="17850").count() == 2


def test_the_row_without_a_use_comes_back_with_its_reason(business: Business, tmp_path: Path, folder: Path) -> None:
    imported = brought_in(write(tmp_path, CONVENTIONS), preset="online-retail")
    path = Path(queries.figures(imported)["rejects_file"])
    assert path.parent == folder
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    told = {name: row[name] for name in ("row", "column", "value", "reason", "InvoiceNo", "Quantity")}
    assert told == {
        "row": "10",
        "column": "Quantity",
        "value": "one",
        "reason": "not a quantity",
        "InvoiceNo": "536371",
        "Quantity": "one",
    }


def test_mended_rejects_join_the_purchases_that_they_are_from(business: Business, tmp_path: Path) -> None:
    """As if the file had been right from the beginning, whatever name the file of rejects has, and only once."""
    right = CONVENTIONS.replace(",one,", ",3,")
    brought_in(write(tmp_path, right), preset="online-retail")
    expected = state()
    Event.objects.all().delete()
    ImportRun.objects.all().delete()
    imported = brought_in(write(tmp_path, CONVENTIONS), preset="online-retail")
    mended = Path(imported.rejects_path).read_text(encoding="utf-8-sig").replace(",one,2025", ",3,2025")
    again = brought_in(write(tmp_path, mended, "mended.csv"))
    assert figures(again)["rejected"] == 0
    actions.project_all()
    assert state() == expected
    assert figures(brought_in(write(tmp_path, mended, "mended.csv")))["unchanged"] == 1
    assert state() == expected


def test_rejects_that_were_mended_wrongly_come_back_with_the_row_of_the_first_file(
    business: Business, tmp_path: Path
) -> None:
    imported = brought_in(write(tmp_path, CONVENTIONS), preset="online-retail")
    mended = Path(imported.rejects_path).read_text(encoding="utf-8-sig").replace(",one,2025", ",some,2025")
    again = brought_in(write(tmp_path, mended, "mended.csv"))
    with Path(again.rejects_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["value"], row["InvoiceNo"]) for row in rows] == [("10", "some", "536371")]
    assert list(rows[0])[:7] == ["row", "column", "value", "reason", "place", "import", "InvoiceNo"]


def test_a_file_of_rejects_carries_no_formula_and_gives_back_what_it_neutralised(
    business: Business, tmp_path: Path
) -> None:
    content = 'date,customer,name,amount\n2026-03-01,7,"=HYPERLINK(""http://x"")",five\n2026-03-01,8,@SUM(A1),six\n'
    imported = brought_in(write(tmp_path, content))
    rejects = Path(imported.rejects_path).read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in rejects
    assert "'@SUM" in rejects
    brought_in(write(tmp_path, rejects.replace(",five", ",5").replace(",six", ",6"), "mended.csv"))
    assert sorted(Customer.objects.values_list("first_name", flat=True)) == ['=HYPERLINK("http://x")', "@SUM(A1)"]


def test_a_workbook_is_brought_in_as_a_text_is(business: Business, tmp_path: Path) -> None:
    from mijoz.customers.importing.tests import workbooks

    rows = [["Дата", "Чек", "Клиент", "Сумма"], ["05.11.2025", "1001", 17850, 150000.5]]
    imported = brought_in(workbooks.save(tmp_path / "till.xlsx", {"Лист1": rows}))
    assert (imported.counts["lines"], imported.counts["revenue"], imported.lines_expected) == (1, 150000.5, 1)


def test_a_mapping_may_be_told_as_json(business: Business, tmp_path: Path) -> None:
    path = write(tmp_path, "a|b|c\n2026-03-01|7|5\n")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"columns": {"date": "a", "customer": "b", "amount": "c"}, "currency": "USD"}))
    brought_in(path, mapping=mapping)
    assert Event.objects.values_list("currency", "amount").get() == ("USD", 5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "The mapping cannot be used: JSON: Invalid JSON"),
        ('{"columns": {"colour": "a"}}', "The mapping cannot be used: columns: Value error, unknown fields: colour"),
        (
            '{"columns": {}, "currency": "dollars"}',
            "The mapping cannot be used: currency: String should have at most 3",
        ),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where(business: Business, tmp_path: Path, text: str, sentence: str) -> None:
    path, mapping = write(tmp_path, "a,b\n2026-03-01,5\n"), tmp_path / "mapping.json"
    mapping.write_text(text)
    with pytest.raises(ImportRefused) as refusal:
        brought_in(path, mapping=mapping)
    assert sentence in str(refusal.value)
    assert not ImportRun.objects.exists()


def test_an_unknown_preset_names_those_there_are(business: Business, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"There is no preset “shop”\. Known are: online-retail, cdnow\."):
        brought_in(write(tmp_path, CONVENTIONS), preset="shop")


def test_a_known_layout_is_recognised_without_being_told(business: Business, tmp_path: Path) -> None:
    assert figures(brought_in(write(tmp_path, CONVENTIONS))) == FIGURES
    assert set(Event.objects.values_list("currency", flat=True)) == {"GBP"}


def test_a_new_business_counts_in_the_currency_of_its_first_file(db: None, tmp_path: Path) -> None:
    brought_in(write(tmp_path, CONVENTIONS))
    assert the_business().currency == "GBP"
    rows = "date,customer,amount\n2026-03-01,7,5\n"
    brought_in(write(tmp_path, rows, "other.csv"))
    assert the_business().currency == "GBP"


def test_a_business_that_said_its_currency_keeps_it(business: Business, tmp_path: Path) -> None:
    brought_in(write(tmp_path, CONVENTIONS))
    assert the_business().currency == "UZS"


CONTACTS = """date,phone,email,name,amount
2026-03-01,901234567,Nilufar@Example.uz,Karimova Nilufar Azizovna,5
2026-03-02,+998 90 123-45-67,,,6
2026-03-02,,aziz@example.uz,Aziz,7
"""


def test_contacts_that_a_file_tells_stand_with_their_customers(business: Business, tmp_path: Path) -> None:
    brought_in(write(tmp_path, CONTACTS))
    told = Customer.objects.values_list("last_name", "first_name", "patronymic", "phone", "email")
    assert sorted(told) == [
        ("", "Aziz", "", "", "aziz@example.uz"),
        ("Karimova", "Nilufar", "Azizovna", "+998901234567", "nilufar@example.uz"),
    ]
    brought_in(write(tmp_path, "date,email,amount\n2026-03-05,nilufar@example.uz,9\n", "by-email.csv"))
    assert Customer.objects.count() == 2
    assert Profile.objects.get(customer__last_name="Karimova").purchases == 3


def test_what_staff_wrote_is_not_overwritten(business: Business, tmp_path: Path) -> None:
    known = actions.add_customer(by=None, at=AT, first_name="Nigora", phone="+998901234567")
    brought_in(write(tmp_path, CONTACTS))
    known.refresh_from_db()
    assert (known.first_name, known.last_name, known.email) == ("Nigora", "", "nilufar@example.uz")


def test_without_a_word_of_consent_nobody_agreed(business: Business, tmp_path: Path) -> None:
    brought_in(write(tmp_path, CONTACTS))
    assert not Consent.objects.exists()


def test_consent_comes_with_its_proof_and_changes_no_earlier_answer(business: Business, tmp_path: Path) -> None:
    refused = actions.add_customer(by=None, at=AT, first_name="Aziz", email="aziz@example.uz")
    actions.answer_consent(
        refused, purpose=Purpose.MARKETING, granted=False, proof="asked at the till", through="staff", at=AT
    )
    draft = received(tmp_path, CONTACTS)
    drafts.confirm(draft, Mapping.model_validate(draft.mapping), consent_proof="Card form, point 4", at=AT)
    assert run.execute(draft, at=AT)
    answers = Consent.objects.values_list("customer__phone", "granted", "proof", "given_through")
    assert sorted(answers) == [
        ("", False, "asked at the till", "staff"),
        ("+998901234567", True, "Card form, point 4", "import"),
    ]
    given = Event.objects.get(type="consent_given")
    assert (given.payload["proof"], given.occurred_at) == ("Card form, point 4", AT)


def received(tmp_path: Path, content: str, name: str = "till.csv") -> ImportRun:
    files.folder().mkdir(parents=True, exist_ok=True)
    return drafts.receive(write(files.folder(), content, "upload-1"), file_name=name, by=None)


def test_a_draft_begins_with_what_its_headings_suggest(business: Business, tmp_path: Path) -> None:
    draft = received(tmp_path, CONTACTS, "till-3.csv")
    assert (draft.status, draft.source.name) == (ImportRun.Status.DRAFT, "till")
    assert Mapping.model_validate(draft.mapping).columns == {
        "date": "date",
        "amount": "amount",
        "phone": "phone",
        "email": "email",
        "name": "name",
    }


def test_a_refused_upload_leaves_nothing_behind(business: Business, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        received(tmp_path, "%PDF-1.4")
    assert list(files.folder().iterdir()) == []
    assert not ImportRun.objects.exists()


def test_the_uploaded_copy_goes_when_its_rows_are_in_or_it_is_set_aside(business: Business, tmp_path: Path) -> None:
    draft = received(tmp_path, CONTACTS)
    drafts.cancel(draft, at=AT)
    assert not Path(draft.path).exists()
    draft = received(tmp_path, CONTACTS)
    drafts.confirm(draft, Mapping.model_validate(draft.mapping), consent_proof="", at=AT)
    run.execute(draft, at=AT)
    assert not Path(draft.path).exists()


def test_a_file_that_a_command_was_given_stays(business: Business, tmp_path: Path) -> None:
    path = write(tmp_path, CONTACTS)
    brought_in(path)
    assert path.exists()


def test_copies_nobody_came_back_for_are_removed(business: Business, tmp_path: Path) -> None:
    draft = received(tmp_path, CONTACTS)
    assert files.forget_old(at=draft.created_at + timedelta(days=6)) == 0
    assert files.forget_old(at=draft.created_at + timedelta(days=8)) == 1
    assert not Path(draft.path).exists()


def test_a_file_that_turns_out_unusable_ends_the_run_with_the_reason(business: Business, tmp_path: Path) -> None:
    draft = received(tmp_path, CONTACTS)
    drafts.confirm(draft, Mapping.model_validate(draft.mapping), consent_proof="", at=AT)
    before = state()
    Path(draft.path).write_text("nothing")
    assert run.execute(draft, at=AT)
    draft.refresh_from_db()
    assert (draft.status, draft.finished_at) == (ImportRun.Status.FAILED, AT)
    assert "There is only one column." in draft.error
    assert state() == before


def test_an_endless_line_far_down_is_refused_before_the_first_row_is_written(
    business: Business, tmp_path: Path
) -> None:
    rows = "2026-03-01,7,5\n" * 1_000
    path = write(tmp_path, "date,customer,amount\n" + rows + "x" * (5 * 1024**2))
    with pytest.raises(ImportRefused, match="Line 1002 is longer than 4 MiB"):
        brought_in(path)
    assert not Event.objects.exists()


def test_a_run_that_failed_or_was_stopped_goes_on_when_asked(business: Business, tmp_path: Path) -> None:
    draft = received(tmp_path, CONTACTS)
    drafts.confirm(draft, Mapping.model_validate(draft.mapping), consent_proof="", at=AT)
    drafts.cancel(draft, at=AT)
    assert not run.execute(draft, at=AT)
    assert not Event.objects.exists()
    assert drafts.retry(draft, at=AT)
    assert run.execute(draft, at=AT)
    draft.refresh_from_db()
    assert (draft.status, Event.objects.count()) == (ImportRun.Status.DONE, 3)
    assert not drafts.retry(draft, at=AT)


def test_a_stopped_run_keeps_what_was_in_and_the_file_completes_it(
    business: Business, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_shop(tmp_path / "shop.csv", lines=2_000)
    written = run.record
    monkeypatch.setattr(run, "record", lambda events, source: stop_then(written, events, source))
    imported = ImportRun.objects.create(
        source=run.add_source("shop"),
        file_name="shop.csv",
        path=str(path),
        mapping=drafts.suggested(inspect(path)).model_dump(mode="json"),
        status=ImportRun.Status.WAITING,
        started_at=AT,
    )
    run.execute(imported, at=AT, chunk_bytes=20_000)
    imported.refresh_from_db()
    assert imported.status == ImportRun.Status.CANCELLED
    assert 0 < Event.objects.count() < 2_000
    monkeypatch.undo()
    assert drafts.retry(imported, at=AT)
    run.execute(imported, at=AT)
    imported.refresh_from_db()
    assert (imported.status, Event.objects.count()) == (ImportRun.Status.DONE, 2_000)
    assert "unchanged" not in imported.counts  # what the run itself had written before is no news to it


def stop_then(written: Any, events: Any, source: Any) -> Any:
    drafts.cancel(ImportRun.objects.get(), at=AT)
    return written(events, source=source)


def test_what_a_resumed_run_wrote_itself_is_not_called_unchanged(business: Business, tmp_path: Path) -> None:
    path = save_shop(tmp_path / "shop.csv", lines=1_000)
    whole = brought_in(path)
    ImportRun.objects.filter(pk=whole.pk).update(
        status=ImportRun.Status.RUNNING, counts={"lines": 1_000, "rejected": 0, "unchanged": 0}
    )
    again = brought_in(path)
    assert again.pk == whole.pk
    assert figures(again) == figures(whole)


def test_a_chunk_costs_the_same_number_of_queries_however_many_rows_it_has(business: Business, tmp_path: Path) -> None:
    def queries_of(lines: int) -> int:
        path = save_shop(tmp_path / f"shop-{lines}.csv", lines=lines)
        with CaptureQueriesContext(connection) as captured:
            brought_in(path, source=f"shop-{lines}")
        return len(captured)

    queries_of(10)  # asks for the refresh that the others find asked for
    assert queries_of(100) == queries_of(3_000) < 58


def test_the_purchases_of_cdnow_are_each_their_own(business: Business, tmp_path: Path) -> None:
    content = (
        " customer_id  date number_of_cds  dollar_value\r\n"
        " 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n 00002 19970112  5   77.00\r\n"
        " 00003 19970102  2   20.76\r\n 00003 19970102  2   20.76\r\n 00004 19970101  2    0.00\r\n"
    )
    imported = brought_in(write(tmp_path, content))
    assert (imported.counts["purchases"], imported.counts["customers"], imported.counts["rejected"]) == (6, 4, 0)
    assert imported.counts["revenue"] == 142.29
