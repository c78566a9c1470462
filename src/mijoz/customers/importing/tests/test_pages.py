"""The pages of an import, from the file that is given to the rows that come back."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import jobs
from mijoz.customers.importing import drafts, files
from mijoz.customers.importing.tests.conftest import SignedIn
from mijoz.customers.importing.tests.reading import write
from mijoz.customers.models import Consent, Customer, ImportRun
from mijoz.events.models import Event, Source

pytestmark = pytest.mark.django_db

TILL = (
    "Sana;Chek;Mijoz ismi;Telefon;Xizmat;Summa\n"
    "01.03.2026 10:30;1001;Karimova Nilufar;+998 90 123-45-67;Soch olish;120 000,00\n"
    "02.03.2026 11:00;1002;;;Soch olish;90 000,00\n"
    "03.03.2026 12:00;1003;Yusupov Aziz;93 765 43 21;Soch olish;-90 000,00\n"
    "kecha;1004;Yusupov Aziz;93 765 43 21;Soch olish;90 000,00\n"
)
CHOSEN = {
    "source": "till-1",
    "column_0": "date",
    "column_1": "reference",
    "column_2": "name",
    "column_3": "phone",
    "column_4": "item",
    "column_5": "amount",
    "day_first": "yes",
    "decimal": ",",
    "currency": "",
    "time_zone": "",
    "gifts": "on",
    "consent": "no",
}
HTMX = {"HX-Request": "true"}
Status = ImportRun.Status
Execute = Callable[..., Any]


def text_of(response: Any) -> str:
    """What is to be read on a page, in one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(body.replace("&#x27;", "'").replace("&quot;", '"').split())


def upload(client: Client, content: str | bytes = TILL, name: str = "till.csv", **fields: Any) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    given = {"file": SimpleUploadedFile(name, raw), **fields}
    return client.post(reverse("customers:new_import"), given)


@pytest.fixture
def client(signed_in: SignedIn) -> Client:
    return signed_in(Role.MANAGER)


@pytest.fixture
def draft(client: Client) -> ImportRun:
    upload(client)
    return ImportRun.objects.get()


def address(run: ImportRun, page: str = "import") -> str:
    return reverse(f"customers:{page}", args=[run.pk])


def test_a_file_goes_in_and_comes_out_as_figures(client: Client, django_capture_on_commit_callbacks: Execute) -> None:
    response = upload(client)
    draft = ImportRun.objects.get()
    assert response["Location"] == address(draft)
    assert draft.started_by.role == Role.MANAGER
    page = client.get(address(draft))
    assert not Event.objects.exists()
    for said in ("Karimova Nilufar", "2 purchase rows", "1 refund", "1 cannot be used", "of the first 4 rows"):
        assert said in text_of(page)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address(draft), CHOSEN)
    assert response["Location"] == address(draft)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'customers.import'")
        assert json.loads(cursor.fetchone()[0]) == {"run_id": str(draft.pk)}
    waiting = client.get(address(draft))
    assert "Waiting for its turn" in text_of(waiting)
    assert f'hx-get="{address(draft, "import_progress")}"' in waiting.content.decode()
    jobs.import_purchases(run_id=str(draft.pk))
    done = client.get(address(draft, "import_progress"), headers=HTMX)
    assert done["HX-Refresh"] == "true"
    result = text_of(client.get(address(draft)))
    for said in ("Purchases 1 in 1 row", "Refunds 1 · UZS 90,000", "Rows without a customer 1", "could not be used 1"):
        assert said in result
    rejects = b"".join(client.get(address(draft, "import_rejects")).streaming_content).decode("utf-8-sig")
    assert "5,Sana,kecha,not a date," in rejects
    assert Customer.objects.get(last_name="Karimova").phone == "+998901234567"
    assert not Consent.objects.exists()


def test_an_upload_by_htmx_is_sent_on_to_the_mapping(client: Client) -> None:
    given = {"file": SimpleUploadedFile("till.csv", TILL.encode())}
    response = client.post(reverse("customers:new_import"), given, headers=HTMX)
    assert response["HX-Redirect"] == address(ImportRun.objects.get())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "This is an old Excel file"),
        (gzip.compress(TILL.encode() * 100)[:-20], "The packed file is broken"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_file_is_said_beside_it_and_not_kept(
    client: Client, content: bytes, sentence: str, headers: dict[str, str]
) -> None:
    given = {"file": SimpleUploadedFile("file.csv", content)}
    response = client.post(reverse("customers:new_import"), given, headers=headers)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not ImportRun.objects.exists()
    assert list(files.folder().iterdir()) == []


def test_nothing_given_and_a_file_that_is_too_large_are_said(client: Client, settings: Any) -> None:
    settings.LARGEST_UPLOAD = 1024**2
    assert "Choose a file first." in text_of(client.post(reverse("customers:new_import"), {}))
    response = upload(client, b"x" * (1024**2 + 1))
    assert "The file is larger than 1 MB." in text_of(response)
    assert not ImportRun.objects.exists()


def test_the_page_of_a_new_import_explains_every_column(client: Client) -> None:
    page = text_of(client.get(reverse("customers:new_import")))
    for said in ("Purchase number", "rows with one number are one purchase", "Online Retail", "CDNOW"):
        assert said in page


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_the_example_is_understood_as_it_is(signed_in: SignedIn, language: str, tmp_path: Path) -> None:
    client = signed_in(Role.OWNER, language)
    example = b"".join(client.get(reverse("customers:import_example")).streaming_content)
    draft = ImportRun.objects.get(pk=upload(client, example)["Location"].split("/")[-2])
    assert set(draft.mapping["columns"]) == {"date", "reference", "phone", "name", "item", "quantity", "amount"}


@pytest.mark.parametrize(
    ("language", "said"), [("ru", "Что значит каждый столбец"), ("uz", "Har bir ustun nimani bildiradi")]
)
def test_the_mapping_speaks_the_readers_language(signed_in: SignedIn, language: str, said: str) -> None:
    client = signed_in(Role.OWNER, language)
    upload(client)
    assert said in text_of(client.get(address(ImportRun.objects.get())))


def test_the_preview_follows_the_form_and_writes_nothing(client: Client, draft: ImportRun) -> None:
    def preview(**changes: str) -> str:
        return text_of(client.post(address(draft, "import_preview"), CHOSEN | changes))

    assert "+998901234567" in preview()
    assert "Nothing says who bought." in preview(column_2="", column_3="")
    assert "Customers are told apart by their names alone" in preview(column_3="")
    assert "Say which column holds the date of the purchase." in preview(column_0="")
    assert "“Date” is chosen for “Sana” already." in preview(column_1="date")
    assert "Amounts in USD are kept as they are: the business counts in UZS." in preview(currency="usd")
    assert "A currency is three capital letters" in preview(currency="12")
    assert "is not a time zone" in preview(time_zone="Mars/Olympus")
    assert "Most rows cannot be used like this" in preview(column_5="", column_4="amount")
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert not Event.objects.exists()


def test_files_of_one_system_are_brought_together_by_its_name(client: Client, draft: ImportRun) -> None:
    """What another name would do is said before the start: customers and receipts would be taken for new ones."""
    client.post(address(draft), CHOSEN)
    jobs.import_purchases(run_id=str(draft.pk))
    location = upload(client, TILL, "april.csv")["Location"]
    page = client.get(location)
    assert "3 of these rows are here already, from till-1: under another name they would count twice." in text_of(page)
    assert '<option value="till-1">' in page.content.decode()
    others = upload(client, TILL.replace(";100", ";200"), "may.csv")["Location"]
    assert "Files with these columns came from till-1 before." in text_of(client.get(others))
    ImportRun.objects.get(file_name="may.csv").delete()
    later = ImportRun.objects.exclude(pk=draft.pk).get()
    preview = text_of(client.post(address(later, "import_preview"), CHOSEN))
    assert "3 were here before" in preview
    assert "count twice" not in preview
    client.post(address(later), CHOSEN)
    jobs.import_purchases(run_id=str(later.pk))
    later.refresh_from_db()
    assert (later.source.name, later.counts["unchanged"], Event.objects.count()) == ("till-1", 3, 3)


def test_the_name_of_the_system_is_a_short_one(client: Client, draft: ImportRun) -> None:
    response = client.post(address(draft), CHOSEN | {"source": "Касса 1"})
    assert response.status_code == 422
    assert "Use Latin letters, digits and dashes only." in text_of(response)


def test_dates_that_read_both_ways_are_asked_about(client: Client) -> None:
    upload(client, "date,customer,amount\n03/04/2026,7,5\n04/05/2025,7,6\n")
    draft = ImportRun.objects.get()
    assert "Every date in the file can be read in two ways." in text_of(client.get(address(draft)))
    chosen = {
        "source": "till-1",
        "column_0": "date",
        "column_1": "customer",
        "column_2": "amount",
        "decimal": ".",
        "consent": "no",
    }
    first = [
        text_of(client.post(address(draft, "import_preview"), chosen | {"day_first": answer}))
        for answer in ("yes", "no")
    ]
    assert "4 May 2025" in first[0]
    assert "5 Apr 2025" in first[1]


def test_consent_needs_its_proof(client: Client, draft: ImportRun) -> None:
    refused = client.post(address(draft), CHOSEN | {"consent": "yes", "consent_proof": " "})
    assert refused.status_code == 422
    assert "Say to which words they agreed" in text_of(refused)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    client.post(address(draft), CHOSEN | {"consent": "yes", "consent_proof": "Card form of 2024, point 4"})
    jobs.import_purchases(run_id=str(draft.pk))
    assert set(Consent.objects.values_list("granted", "proof")) == {(True, "Card form of 2024, point 4")}
    assert "Card form of 2024, point 4" in text_of(client.get(address(draft)))


def test_proof_without_a_yes_is_no_consent(client: Client, draft: ImportRun) -> None:
    client.post(address(draft), CHOSEN | {"consent": "no", "consent_proof": "Card form"})
    jobs.import_purchases(run_id=str(draft.pk))
    assert not Consent.objects.exists()


def test_a_form_that_cannot_be_used_says_why_and_starts_nothing(client: Client, draft: ImportRun) -> None:
    response = client.post(address(draft), CHOSEN | {"column_5": ""})
    assert response.status_code == 422
    assert "Say which column holds the amount, or the unit price." in text_of(response)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_the_format_can_be_corrected_by_hand(client: Client) -> None:
    upload(client, "Дата|Клиент|Сумма\n01.03.2026|Иванов|5,50\n".encode("cp866"))
    draft = ImportRun.objects.get()
    client.post(address(draft, "import_format"), {"encoding": "cp1251", "delimiter": "|", "has_header": "no"})
    draft.refresh_from_db()
    assert "Дата" not in text_of(client.get(address(draft)))
    client.post(address(draft, "import_format"), {"encoding": "cp866", "delimiter": "|", "has_header": ""})
    draft.refresh_from_db()
    assert draft.mapping["columns"] == {"date": "Дата", "customer": "Клиент", "amount": "Сумма"}
    assert draft.mapping["file"]["encoding"] == "cp866"
    assert "Иванов" in text_of(client.get(address(draft)))


def test_a_format_that_gives_no_table_is_refused_and_the_last_one_stays(client: Client, draft: ImportRun) -> None:
    response = client.post(
        address(draft, "import_format"), {"encoding": "utf-8", "delimiter": "|", "has_header": ""}, follow=True
    )
    assert "There is only one column." in text_of(response)
    before = draft.mapping
    draft.refresh_from_db()
    assert draft.mapping == before


def test_another_sheet_can_be_chosen(client: Client, tmp_path: Path) -> None:
    from mijoz.customers.importing.tests import workbooks

    sheets = {
        "March": [["date", "customer", "amount"], ["2026-03-01", "7", 5]],
        "April": [["Дата", "Клиент", "Сумма"], ["01.04.2026", "8", 6]],
    }
    upload(client, workbooks.save(tmp_path / "till.xlsx", sheets).read_bytes(), "till.xlsx")
    draft = ImportRun.objects.get()
    client.post(address(draft, "import_format"), {"sheet": "April", "has_header": ""})
    draft.refresh_from_db()
    assert draft.mapping["columns"]["date"] == "Дата"


def test_a_known_layout_and_mended_rejects_are_recognised(client: Client, draft: ImportRun) -> None:
    client.post(address(draft), CHOSEN)
    jobs.import_purchases(run_id=str(draft.pk))
    rejects = b"".join(client.get(address(draft, "import_rejects")).streaming_content).decode("utf-8-sig")
    location = upload(client, rejects.replace("kecha,1004", "04.03.2026 09:00,1004"), "mended.csv")["Location"]
    page = text_of(client.get(location))
    assert "These are rows that an import of till.csv could not use." in page
    assert "1 purchase row" in page
    assert ImportRun.objects.exclude(pk=draft.pk).get().source.name == "till-1"


def test_reasons_are_said_in_the_language_of_whoever_gave_the_file(client: Client, draft: ImportRun) -> None:
    StaffMember.objects.update(language="ru")
    client.post(address(draft), CHOSEN)
    jobs.import_purchases(run_id=str(draft.pk))
    rejects = b"".join(client.get(address(draft, "import_rejects")).streaming_content).decode("utf-8-sig")
    assert "5,Sana,kecha,это не дата," in rejects
    mended = upload(client, rejects.replace("kecha,1004", "04.03.2026 09:00,1004"), "mended.csv")["Location"]
    assert "an import of till.csv could not use" in text_of(client.get(mended))


def test_a_draft_is_set_aside_with_its_file(client: Client, draft: ImportRun) -> None:
    response = client.post(address(draft, "cancel_import"), follow=True)
    assert "The file is set aside." in text_of(response)
    assert not Path(draft.path).exists()
    assert "Nothing of it was kept." in text_of(client.get(address(draft)))


def test_a_running_import_is_stopped_and_goes_on(client: Client, draft: ImportRun) -> None:
    client.post(address(draft), CHOSEN)
    client.post(address(draft, "cancel_import"))
    assert "The import was stopped." in text_of(client.get(address(draft)))
    jobs.import_purchases(run_id=str(draft.pk))
    assert not Event.objects.exists()
    client.post(address(draft, "retry_import"))
    jobs.import_purchases(run_id=str(draft.pk))
    assert Event.objects.filter(type="purchase_line").count() == 2


def test_a_failed_import_says_why_and_what_to_do(client: Client, draft: ImportRun) -> None:
    client.post(address(draft), CHOSEN)
    write(files.folder(), "nothing", Path(draft.path).name)
    jobs.import_purchases(run_id=str(draft.pk))
    page = text_of(client.get(address(draft)))
    assert "There is only one column." in page
    assert "Try again" in page
    Path(draft.path).unlink()
    response = client.post(address(draft, "retry_import"), follow=True)
    assert "its file is no longer here" in text_of(response)


def test_a_draft_whose_file_is_gone_says_so(client: Client, draft: ImportRun) -> None:
    Path(draft.path).unlink()
    response = client.get(address(draft))
    assert response.status_code == 422
    assert "There is no file" in text_of(response)


def test_an_import_that_is_left_behind_is_taken_up_every_minute(client: Client, draft: ImportRun) -> None:
    client.post(address(draft), CHOSEN)
    ImportRun.objects.update(status=Status.RUNNING)
    jobs.resume_imports(timestamp=0)
    draft.refresh_from_db()
    assert draft.status == Status.DONE


def test_an_analyst_sees_results_and_no_customer_of_a_draft(signed_in: SignedIn, draft: ImportRun) -> None:
    analyst = signed_in(Role.ANALYST)
    page = text_of(analyst.get(address(draft)))
    assert "This file was given and not brought in yet." in page
    assert "Karimova" not in page
    assert "Import a file" not in text_of(analyst.get(reverse("customers:imports")))


def test_the_list_finds_narrows_and_pages(client: Client) -> None:
    source = Source.objects.create(name="till-9")
    ImportRun.objects.bulk_create(
        ImportRun(
            source=source,
            file_name=f"march-{number}.csv",
            path="/nowhere",
            status=Status.DONE if number % 2 else Status.FAILED,
            counts={"lines": number, "rejected": 0} if number % 2 else {},
        )
        for number in range(60)
    )
    page = client.get(reverse("customers:imports"))
    assert "1–50 of 60" in text_of(page)
    found = text_of(client.get(reverse("customers:imports"), {"q": "march-7 till", "status": "done"}))
    assert "march-7.csv" in found
    assert "march-8.csv" not in found
    assert "No import like this" in text_of(client.get(reverse("customers:imports"), {"q": "april"}))


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    page = text_of(client.get(reverse("customers:imports")))
    assert "Nothing was imported yet" in page
    assert "An example to fill in" in page


def test_the_list_asks_as_often_for_fifty_as_for_one(client: Client, business: Business) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("customers:imports"))
        return len(captured)

    source = Source.objects.create(name="till-9")
    ImportRun.objects.create(source=source, file_name="one.csv", path="/nowhere")
    one = queries()
    ImportRun.objects.bulk_create(ImportRun(source=source, file_name="x.csv", path="/nowhere") for _ in range(49))
    assert queries() == one


def test_time_left_is_told_once_it_can_be(business: Business) -> None:
    from datetime import timedelta

    from mijoz.customers.importing import queries

    at = timezone.now()
    run = ImportRun(
        status=Status.RUNNING, lines_expected=1_000, counts={"lines": 250}, started_at=at - timedelta(seconds=10)
    )
    assert queries.time_left(run, at=at) == timedelta(seconds=30)
    run.counts = {"lines": 10}
    assert queries.time_left(run, at=at) is None


def test_confirming_twice_starts_one_import(client: Client, draft: ImportRun) -> None:
    client.post(address(draft), CHOSEN)
    client.post(address(draft), CHOSEN | {"column_5": ""})
    jobs.import_purchases(run_id=str(draft.pk))
    jobs.import_purchases(run_id=str(draft.pk))
    assert Event.objects.count() == 3
    assert drafts.retry(ImportRun.objects.get(), at=timezone.now()) is False
