"""A marker in every personal field of every table and in files of every kind: a copy has them all, an erasure none."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, EmailField, JSONField, Model, TextField

from mijoz.channels.models import Message
from mijoz.customers import actions, hooks, queries
from mijoz.customers.models import (
    Consent,
    Customer,
    ErasedIdentifier,
    ImportRun,
    MetAgain,
    Note,
    Ownership,
    Relation,
    SubjectRequest,
    Trait,
)
from mijoz.customers.privacy import erasing, exporting
from mijoz.customers.privacy.person import person_of
from mijoz.customers.privacy.rows import tables_of
from mijoz.customers.tests.conftest import AT, Happened, Told
from mijoz.events import lake
from mijoz.events.actions import add_source, record
from mijoz.events.models import Event, Identity, Quarantined
from mijoz.events.types import NewEvent

NOW = datetime(2026, 3, 31, 7, tzinfo=UTC)
PHONE = "+998907351946"
EMAIL = "zumradbek.q@marker.example.uz"
FIRST, LAST, PATRONYMIC = "Zumradbek", "Qoʻchqorboyev", "Shohjahonovich"
MARKS = ("735194", "zumradbek", "marker.example.uz", "chqorboyev", "shohjahon")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.EMBEDDED_FOLDER = tmp_path / "postgres"
    return tmp_path


@pytest.fixture
def zumradbek(told: Told, happened: Happened) -> Customer:
    """Somebody with something in every table: own rows, words in passing on others' pages, a job, a quarantine."""
    person = told(
        first_name=FIRST, last_name=LAST, patronymic=PATRONYMIC, phone=PHONE, email=EMAIL, address=f"{LAST} koʻchasi 7"
    )
    other = told(first_name="Aziza", phone="+998901112233")
    happened(person, "purchase_line", amount=250_000, item="Palov", payload={"unit_price": 250_000, "note": FIRST})
    happened(person, "complaint", payload={"touchpoint": "queue", "text": f"{FIRST} waited"}, days_ago=1)
    happened(person, "page_view", payload={"email": EMAIL}, days_ago=2)
    happened(other, "complaint", payload={"text": f"my neighbour {FIRST} {LAST} ({PHONE}) was served before me"})
    fill(person, other)
    Note.objects.create(customer=other, text=f"Sister of {FIRST}, call 90 735-19-46 or {EMAIL.upper()}")
    Quarantined.objects.create(
        source=add_source("till"), message={"traits": {"phone": 998907351946, "name": FIRST}}, reason="wrong"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'greet', %s)",
            [json.dumps({"to": EMAIL, "words": [f"Hello {FIRST}"]})],
        )
    lake.export(at=NOW)
    return person


def fill(person: Customer, other: Customer) -> None:
    """A row of every personal table that has none yet, with a marker in each of its texts."""
    for table in hooks.personal_tables():
        model = apps.get_model(table.model)
        if table.by_search or model in {Customer, Identity, Event, Ownership, Relation}:
            continue
        model._default_manager.filter(**{f"{(table.customer or table.identity)[0]}__in": _ids(table, person)}).delete()
        row = model(**_values(model, person, other))
        row.save(force_insert=True)
    Relation.objects.create(customer=other, other=person, kind="sibling")


def _ids(table: hooks.PersonalTable, person: Customer) -> list[int]:
    if table.customer:
        return [person.pk]
    return list(Ownership.objects.filter(customer=person).values_list("identity_id", flat=True))


def _values(model: type[Model], person: Customer, other: Customer) -> dict[str, Any]:
    """A value for every field that must have one, words of the person wherever words may stand."""
    told: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.attname == "customer_id" and not field.is_relation:
            told[field.name] = person.pk
        if field.generated or (field.primary_key and not field.is_relation):
            continue
        if field.is_relation:
            told[field.name] = _related(field, person, other)
        elif field.name == "channel":
            told[field.name] = "email"
        elif field.choices:
            told[field.name] = field.choices[0][0]
        elif isinstance(field, EmailField):
            told[field.name] = EMAIL
        elif isinstance(field, (CharField, TextField)):
            longest = field.max_length or 100
            told[field.name] = FIRST if longest >= len(FIRST) else ""
        elif isinstance(field, JSONField):
            told[field.name] = {"who": [LAST, {"phone": PHONE}]}
        elif field.get_internal_type() == "DateTimeField":
            told[field.name] = NOW
        elif field.get_internal_type() == "DateField":
            told[field.name] = NOW.date()
        elif field.get_internal_type() in {"FloatField", "DecimalField"} or "Integer" in field.get_internal_type():
            told[field.name] = 1
        elif field.get_internal_type() == "BooleanField":
            told[field.name] = True
        elif field.get_internal_type() == "ArrayField":
            words = field.base_field.get_internal_type() in {"CharField", "TextField"}
            told[field.name] = [FIRST] if words else [1]
        else:
            told[field.name] = field.get_default()
    return told | CONSISTENT.get(model._meta.label, dict)()


def _related(field: Any, person: Customer, other: Customer) -> Any:
    if field.related_model is Customer:
        return other if field.name in {"right", "other", "absorbed", "friend"} else person
    if field.related_model is Identity:
        return Identity.objects.get(kind="phone", value=PHONE)
    if field.null:
        return None
    from mijoz.scenarios.models import Enrolment, Scenario
    from mijoz.segments.models import Segment

    made: dict[str, Any] = {
        "Source": lambda: add_source("till"),
        "Segment": lambda: Segment.objects.get_or_create(key="vip", names={"en": "VIP"}, order=1)[0],
        "Scenario": lambda: Scenario.objects.get_or_create(key="hello", names={"en": "Hello"})[0],
        "Enrolment": lambda: Enrolment.objects.get(customer=person),
        "ImportRun": lambda: ImportRun.objects.get_or_create(source=add_source("till"), file_name="x", path="x")[0],
        "Survey": _survey,
        "Offer": lambda: _named("loyalty.Offer", key="gift", number=1, terms={}),
        "Programme": lambda: _named("loyalty.Programme", key="points", kind="points", terms={}),
        "OfferModel": lambda: _only("scenarios.OfferModel", made_at=NOW, as_of=NOW.date(), services=1, customers=1),
        "SurveyVersion": lambda: _survey().versions.get(),
        "Response": lambda: apps.get_model("surveys.Response").objects.get(customer=person),
        "Tag": lambda: apps.get_model("customers.Tag").objects.get_or_create(name="regular guest")[0],
    }
    return made[field.related_model.__name__]()


def _only(model: str, **fields: Any) -> Any:
    rows = apps.get_model(model)._default_manager
    return rows.first() or rows.create(**fields)


def _named(model: str, **fields: Any) -> Any:
    return _only(model, names={"en": "Named"}, **fields)


def _survey() -> Any:
    texts = {"uz": "Kim?", "ru": "Кто?", "en": "Who?"}
    asked = {"questions": [{"key": "who", "kind": "text", "texts": texts}]}
    survey, _is_new = apps.get_model("surveys.Survey").objects.get_or_create(key="who", kind="free", names=texts)
    apps.get_model("surveys.SurveyVersion").objects.get_or_create(
        survey=survey, number=1, defaults={"definition": asked, "written_at": NOW}
    )
    return survey


CONSISTENT: dict[str, Any] = {
    "loyalty.Redemption": lambda: {"sum_before": 9, "currency": "UZS", "cancelled_because": FIRST},
    "loyalty.Account": lambda: {"kind": "customer", "balance": 0},
    "surveys.Invitation": lambda: {"expires_at": NOW + timedelta(days=9)},
    "surveys.Response": lambda: {"is_anonymous": False, "language": "uz"},
    "surveys.FollowUp": lambda: {"closed_at": None, "outcome": ""},
    "segments.Membership": lambda: {"left_at": None},
    "scenarios.Enrolment": lambda: {
        "state": "ended",
        "due_at": None,
        "waits_for": "",
        "ending": "from_log",
        "window_closes_at": NOW + timedelta(days=9),
    },
    "scenarios.Task": lambda: {"role": "operator"},
    "channels.Message": lambda: {
        "status": "sent",
        "reason": "",
        "expires_at": NOW + timedelta(days=3),
        "purpose": "service",
    },
    "customers.Merge": lambda: {"undone_at": NOW},
    "customers.Consent": lambda: {"channel": ""},
}


def everything_in_tables() -> dict[str, list[str]]:
    """Every row of every table as text, asked of the catalogue and not of our own search."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [row[0] for row in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            found[name] = [row[0] for row in cursor.fetchall()]
    return found


def traces(folder: Path) -> list[str]:
    """Where one of the marks still stands: tables, files as bytes, archives unpacked, the lake."""
    found = [
        f"{name}: {row[:200]}"
        for name, rows in everything_in_tables().items()
        for row in rows
        if any(mark in row.lower().replace(" ", "").replace("-", "") for mark in MARKS)
    ]
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            content = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    content = b"".join(archive.read(name) for name in archive.namelist())
            elif content[:2] == b"\x1f\x8b":
                content = gzip.decompress(content)
            text = content.decode("utf-8", errors="ignore").lower() + content.decode("cp1251", errors="ignore").lower()
            found += [f"{path}: {mark}" for mark in MARKS if mark in text]
    for path in folder.rglob("*.parquet"):
        rows = pl.read_parquet(path).select(pl.concat_str(pl.all().cast(pl.String), separator=" ", ignore_nulls=True))
        found += [f"{path}: {row}" for row in rows.to_series() if any(mark in row.lower() for mark in MARKS)]
    return found


def copy_of(customer: Customer) -> tuple[dict[str, Any], str]:
    target = io.BytesIO()
    exporting.write_copy(customer, target, at=NOW)
    with zipfile.ZipFile(target) as archive:
        return json.loads(archive.read("everything.json")), archive.read("everything.html").decode()


def test_the_copy_has_a_row_of_every_table_and_reads_as_a_page(zumradbek: Customer) -> None:
    document, page = copy_of(zumradbek)
    wanted = {apps.get_model(table.model)._meta.db_table for table in hooks.personal_tables()}
    assert {table["table"] for table in document["tables"]} >= wanted
    assert document["format"] == "mijoz-personal-copy/1"
    for mark in (PHONE, EMAIL, FIRST, LAST, PATRONYMIC):
        assert mark in json.dumps(document, ensure_ascii=False)
        assert mark in page.replace("&#x27;", "'")
    assert "Palov" in page


@pytest.mark.django_db(transaction=True)  # the lake takes what is committed
def test_an_erasure_leaves_nothing_in_tables_and_the_lake_and_proves_it(zumradbek: Customer, folder: Path) -> None:
    assert traces(folder)
    request = erasing.erase(zumradbek, by=None, through="command", at=NOW)
    assert traces(folder) == []
    assert request.proof["clean"] is True
    assert request.proof["searched"]["tables"] > 40
    assert request.proof["searched"]["lake_rows"] > 0
    assert request.proof["rows"]["customers_note"] == 1
    assert request.proof["in_passing"]["customers_note"] == 1
    kept = Note.objects.get()
    assert kept.text == "Sister of •••, call ••• or •••"
    assert json.dumps(request.proof).lower().count("zumrad") == 0


@pytest.mark.django_db(transaction=True)  # the lake takes what is committed
def test_amounts_stay_and_profiles_agree_with_the_log(zumradbek: Customer) -> None:
    erasing.erase(zumradbek, by=None, through="command", at=NOW)
    actions.project()
    rows = Event.objects.filter(identity__ownership__customer=zumradbek)
    line = rows.get(type="purchase_line")
    assert (line.amount, line.item, line.payload) == (Decimal(250_000), "Palov", {"unit_price": 250_000})
    assert rows.get(type="complaint").payload == {"touchpoint": "queue"}
    assert set(rows.values_list("type", flat=True)) == {"purchase_line", "complaint"}
    zumradbek.refresh_from_db()
    assert zumradbek.profile.revenue == 250_000
    assert zumradbek.erased_at == NOW
    in_lake = lake.scan().filter(pl.col("type") == "purchase_line").collect()
    assert in_lake["amount"].to_list() == [Decimal(250_000)]
    actions.project_all()
    zumradbek.profile.refresh_from_db()
    assert zumradbek.profile.revenue == 250_000


@pytest.mark.django_db(transaction=True)  # the lake takes what is committed
def test_an_export_of_the_lake_afterwards_brings_nothing_back(zumradbek: Customer, folder: Path) -> None:
    erasing.erase(zumradbek, by=None, through="command", at=NOW)
    lake.export(at=NOW)
    assert traces(folder) == []
    lake.forget()
    lake.export(at=NOW)
    assert traces(folder) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16"])
def test_rows_of_uploaded_files_are_emptied_and_all_others_stay(
    zumradbek: Customer, folder: Path, encoding: str
) -> None:
    imports = folder / "imports"
    imports.mkdir()
    rows = ["Name;Phone;Note", "Aziza;+998901112233;x", f'{FIRST};"{PHONE}";"two\nlines"', "Bobur;+998907351947;y", ""]
    (imports / "upload-1").write_bytes("\n".join(rows).encode(encoding))
    erasing.erase(zumradbek, by=None, through="command", at=NOW)
    left = (imports / "upload-1").read_bytes().decode(encoding)
    assert left.split("\n") == ["Name;Phone;Note", "Aziza;+998901112233;x", ";;", "Bobur;+998907351947;y", ""]


def test_archives_and_logs_are_reached(zumradbek: Customer, folder: Path) -> None:
    (folder / "imports").mkdir()
    with zipfile.ZipFile(folder / "imports" / "upload-2", "w") as workbook:
        workbook.writestr("xl/sharedStrings.xml", f"<si><t>{EMAIL}</t></si>")
    (folder / "imports" / "upload-3").write_bytes(gzip.compress(f"a,b\n{PHONE},1\n".encode()))
    (folder / "postgres").mkdir()
    (folder / "postgres" / "postgres.log").write_text(f"DETAIL: Key (email)=({EMAIL}) already exists.\n")
    request = erasing.erase(zumradbek, by=None, through="command", at=NOW)
    assert traces(folder) == []
    assert request.proof["files"] == {"changed": 1, "removed": 2}
    assert (folder / "postgres" / "postgres.log").read_text() == "DETAIL: Key (email)=(•••) already exists.\n"


def test_a_namesake_keeps_their_name_and_the_proof_says_so(zumradbek: Customer, told: Told) -> None:
    namesake = told(first_name=FIRST, last_name="Karimov", phone="+998905556677")
    Note.objects.create(customer=namesake, text=f"{FIRST} likes tea")
    request = erasing.erase(zumradbek, by=None, through="command", at=NOW)
    namesake.refresh_from_db()
    assert (namesake.first_name, namesake.notes.get().text) == (FIRST, f"{FIRST} likes tea")
    assert request.proof["needles"]["shared_with_others"] == 1
    assert request.proof["clean"] is True


def test_what_was_merged_is_erased_whole(told: Told, folder: Path) -> None:
    kept = told(first_name="Kimdir", phone="+998903334455")
    absorbed = told(first_name=FIRST, phone=PHONE, email=EMAIL)
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    Ownership.objects.filter(customer=absorbed).update(customer=kept, home=absorbed)
    erasing.erase(kept, by=None, through="command", at=NOW)
    assert traces(folder) == []
    assert not Customer.objects.filter(erased_at=None).exists()


def test_whoever_was_erased_is_known_again_and_starts_without_consent(zumradbek: Customer) -> None:
    erasing.erase(zumradbek, by=None, through="command", at=NOW)
    assert ErasedIdentifier.objects.count() >= 2
    row = NewEvent(
        message_id="later", type="purchase_line", identity=("phone", "", PHONE), occurred_at=NOW, amount=Decimal(5)
    )
    record([row], source="till")
    again = Ownership.objects.get(identity__value=PHONE).customer
    assert again.pk != zumradbek.pk
    assert MetAgain.objects.get(customer=again).erased_at == NOW
    for days, granted in ((-3, True), (-2, False), (-1, True)):
        payload = {"purpose": "marketing" if granted else "sharing", "proof": "old form"}
        type_ = "consent_given" if granted else "consent_withdrawn"
        at = NOW + timedelta(days=days)
        identity = ("phone", "", PHONE)
        old = NewEvent(message_id=f"old{days}", type=type_, identity=identity, occurred_at=at, payload=payload)
        record([old], source="till")
    actions.take_consents(add_source("till"))
    assert list(Consent.objects.filter(customer=again).values_list("purpose", "granted")) == [("sharing", False)]


def test_nobody_is_erased_twice_and_a_refusal_changes_nothing(zumradbek: Customer) -> None:
    Message.objects.update(status="sending", claimed_at=NOW, claimed_by=1, settled_at=None)
    before = everything_in_tables()
    with pytest.raises(erasing.EraseRefused):
        erasing.erase(zumradbek, by=None, through="command", at=NOW)
    assert everything_in_tables() == before
    Message.objects.all().delete()
    erasing.erase(zumradbek, by=None, through="command", at=NOW)
    with pytest.raises(erasing.ErasedAlready):
        erasing.erase(zumradbek, by=None, through="command", at=NOW)
    assert SubjectRequest.objects.count() == 1


def test_every_personal_table_was_filled_by_this_test(zumradbek: Customer) -> None:
    empty = [
        table.name for table in tables_of(person_of(zumradbek)) if not table.is_history and not table.rows.exists()
    ]
    assert empty == []
    assert Trait.objects.exists()
    assert queries.whole(zumradbek) == [zumradbek.pk]
    assert AT
