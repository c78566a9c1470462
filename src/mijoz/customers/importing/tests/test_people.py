"""What an import of customers makes of a file, what a second one makes of it, and what undoing leaves."""

from __future__ import annotations

import csv
import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Business, Role
from mijoz.customers import actions
from mijoz.customers.importing import drafts, run, trial, undoing
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.importing.tests.conftest import SignedIn, state
from mijoz.customers.importing.tests.reading import AT, write
from mijoz.customers.importing.tests.test_faults import printed, started
from mijoz.customers.models import Consent, Customer, ImportRun, Note, Ownership, Tagging, Trait
from mijoz.customers.queries import root_of
from mijoz.events.models import Event, Identity

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]

RUSSIAN = """№;Код;ФИО;Телефон;Эл. почта;Дата рождения;Пол;Адрес;Город;Язык;Теги;Примечание;Скидка
1;A-1;Каримова Малика Анвар қизи;90 123 45 67, 93 111 22 33;Malika@Mail.RU;12.04.1990;;Чиланзар 9;г. Ташкент;рус;VIP, новый;любит чай;5
2;A-2;TO'RAYEV ANVAR;нет;ali@gmail.con;21.03;м;;;;;;
3;A-3;Собир;12;;31.02.1990;;;;;;;
4;;;;;;;;;;;;
5;A-1;Каримова Малика;;;;;;;;;;
"""  # noqa: E501
UZBEK = """Mijoz raqami,Familiya,Ism,Otasining ismi,Telefon raqami,Elektron pochta,Tugʻilgan sana,Manzil,Shahar
7,G'aniyev,O'ktam,Sobir o'g'li,901112233,uktam@mail.uz,1990-yil 12-aprel,Chilonzor 9,Toshkent shahri
8,Каримова,Ўғилой,Собир қизи,+998 91 222 33 44,,,,
"""
FEBRL = """rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, soc_sec_id
rec-1-org, michaela, neumann, 8, stanley street, miami, winston hills, 4223, nsw, 19151111, 5304218
rec-2-org, courtney, painter, 12, pinkerton circuit, bega flats, richlands, 4560, vic, 19161214, 4066625
"""  # noqa: E501


def brought_in(path: Path, **options: Any) -> ImportRun:
    return run.import_file(path, **{"at": AT, "holds": "customers", "source": "crm"} | options)


def told(number: str) -> dict[str, str]:
    traits = Trait.objects.filter(identity__kind="customer_number", identity__value=number)
    return dict(traits.values_list("name", "value"))


def customer(number: str) -> Customer:
    return Customer.objects.get(ownerships__identity__value=number, ownerships__identity__kind="customer_number")


def leads_to(kind: str, value: str) -> Customer:
    return Customer.objects.get(ownerships__identity__kind=kind, ownerships__identity__value=value)


def test_a_file_in_russian_is_understood_without_a_mapping(tmp_path: Path) -> None:
    imported = brought_in(write(tmp_path, RUSSIAN))
    assert {name: imported.counts[name] for name in ("lines", "customers", "new", "known", "rejected")} == {
        "lines": 5, "customers": 3, "new": 3, "known": 0, "rejected": 2,
    }  # fmt: skip
    malika = customer("A-1")
    assert (malika.last_name, malika.first_name, malika.patronymic) == ("Каримова", "Малика", "Анвар қизи")
    assert (malika.phone, malika.email, malika.language, malika.city) == (
        "+998901234567", "Malika@mail.ru", "ru", "Toshkent",
    )  # fmt: skip
    assert (str(malika.birth_on), malika.gender, malika.address) == ("1990-04-12", "female", "Чиланзар 9")
    assert leads_to("phone", "+998931112233") == leads_to("email", "malika@mail.ru") == malika
    assert sorted(malika.taggings.values_list("tag__name", flat=True)) == ["VIP", "новый"]
    assert [note.text for note in malika.notes.all()] == ["любит чай"]
    anvar = customer("A-2")
    assert (anvar.name, anvar.birthday, anvar.gender, anvar.phone) == ("Toʻrayev Anvar", "03-21", "male", "")
    assert told("A-1")["Скидка"] == "5"


def test_what_cannot_be_read_is_kept_as_it_was_given(tmp_path: Path) -> None:
    imported = brought_in(write(tmp_path, RUSSIAN))
    kept = {
        trait.name: (trait.value, trait.original, trait.trouble)
        for trait in Trait.objects.filter(identity__value="A-3")
    }
    assert kept["phone"] == ("", "12", "phone_too_short")
    assert kept["birth_on"] == ("", "31.02.1990", "date_impossible")
    assert imported.counts["unreadable"] == 2
    slip = Trait.objects.get(identity__value="A-2", name="email")
    assert (slip.value, slip.trouble) == ("ali@gmail.con", "email_typo ali@gmail.com")


def test_rows_that_cannot_be_used_come_back_with_the_reason(tmp_path: Path) -> None:
    imported = brought_in(write(tmp_path, RUSSIAN))
    with Path(imported.rejects_path).open(encoding="utf-8-sig") as file:
        rejects = list(csv.DictReader(file))
    assert [(row["row"], row["Код"]) for row in rejects] == [("5", ""), ("6", "A-1")]
    assert ["nothing says who" in rejects[0]["reason"], "earlier row" in rejects[1]["reason"]] == [True, True]


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        (UZBEK, "7", ("Gʻaniyev Oʻktam Sobir oʻgʻli", "1990-04-12", "Toshkent", "Chilonzor 9")),
        (UZBEK, "8", ("Каримова Ўғилой Собир қизи", "None", "", "")),
        (FEBRL, "rec-1-org", ("Neumann Michaela", "1915-11-11", "Winston Hills", "8 stanley street miami 4223 nsw")),
    ],
)
def test_usual_headings_need_no_mapping(tmp_path: Path, text: str, number: str, expected: tuple[str, ...]) -> None:
    assert brought_in(write(tmp_path, text)).counts["rejected"] == 0
    found = customer(number)
    assert (found.name, str(found.birth_on), found.city, found.address) == expected


def test_columns_that_mean_nothing_to_us_are_kept(tmp_path: Path) -> None:
    brought_in(write(tmp_path, FEBRL))
    assert told("rec-2-org")["soc_sec_id"] == "4066625"


def test_an_address_book_comes_in(tmp_path: Path) -> None:
    cards = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9A=D0=B0=D1=80=D0=B8=D0=BC=D0=BE=D0=B2;=D0=90=D0=BD=D0=B2=\r\n"
        "=D0=B0=D1=80;;;\r\nTEL;CELL:90 123 45 67\r\nTEL;HOME;PREF:712000000\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Malika Karimova\r\nitem1.EMAIL;TYPE=work:malika@mail.ru\r\n"
        "BDAY:--0321\r\nADR;TYPE=home:;;Chilonzor 9\\, 12;Toshkent;;;Uzbekistan\r\nNOTE:long\r\n  note\r\n"
        "CATEGORIES:vip,new\r\nUID:urn:uuid:1\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Nobody\r\n"
    )
    path = tmp_path / "book.vcf"
    path.write_bytes(gzip.compress(cards.encode()))
    imported = brought_in(path)
    assert (imported.counts["customers"], imported.counts["rejected"]) == (2, 1)
    anvar, malika = leads_to("phone", "+998901234567"), customer("urn:uuid:1")
    assert (anvar.name, anvar.phone) == ("Каримов Анвар", "+998712000000")
    assert (malika.name, malika.birthday, malika.address) == ("Karimova Malika", "03-21", "Chilonzor 9, 12")
    assert [note.text for note in malika.notes.all()] == ["long note"]


@pytest.mark.parametrize("text", [RUSSIAN, UZBEK, FEBRL])
def test_a_second_import_changes_nothing(tmp_path: Path, text: str) -> None:
    brought_in(write(tmp_path, text))
    before, traits = state(), list(Trait.objects.order_by("id").values())
    again = brought_in(write(tmp_path, text), at=AT + timedelta(days=1))
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)
    assert again.counts["unchanged"] == again.counts["known"] > 0
    assert state() == before
    assert list(Trait.objects.order_by("id").values()) == traits


def test_only_what_is_told_otherwise_changes(tmp_path: Path) -> None:
    brought_in(write(tmp_path, UZBEK))
    again = brought_in(write(tmp_path, UZBEK.replace("Chilonzor 9", "Yunusobod 4")), at=AT + timedelta(days=1))
    assert (again.counts["changed"], again.counts["unchanged"]) == (1, 1)
    assert customer("7").address == "Yunusobod 4"


def test_the_same_phone_is_the_same_customer(tmp_path: Path) -> None:
    brought_in(write(tmp_path, UZBEK))
    other = brought_in(
        write(tmp_path, "id,name,phone\nx1,Gʻaniyev Oʻktam,+998901112233\n", name="b.csv"), source="till"
    )
    assert (other.counts["new"], other.counts["known"], other.counts["customers"]) == (0, 1, 1)
    assert customer("x1") == customer("7")


def test_rows_without_a_number_are_the_same_customers_the_next_time(tmp_path: Path) -> None:
    text = "Ism,Telefon\nAnvar,901112233\nMalika,902223344\nJasur,\n"
    brought_in(write(tmp_path, text))
    again = brought_in(write(tmp_path, text), at=AT + timedelta(days=1))
    assert (again.counts["new"], again.counts["unchanged"], Customer.objects.count()) == (0, 3, 3)


def test_a_number_that_we_made_is_shown_to_nobody(tmp_path: Path, signed_in: SignedIn) -> None:
    brought_in(write(tmp_path, "Ism,Telefon,Email\nAnvar,901112233,\n,,nobody@mail.uz\n"))
    manager, analyst = signed_in(Role.MANAGER), signed_in(Role.ANALYST)
    page = manager.get("/sources/live/").content.decode()
    assert "Anvar" in page
    assert "key:" not in page
    assert "Anvar" not in analyst.get("/sources/live/").content.decode()
    anvar, other = Customer.objects.order_by("pk")
    shown = manager.get(f"/customers/{anvar.pk}/merge/{other.pk}").content.decode()
    assert "nobody@mail.uz" in shown
    assert "key:" not in shown


def test_a_consent_counts_only_with_its_proof(tmp_path: Path) -> None:
    text = "id,name,consent,consent proof\n1,Anvar,ha,ariza 14-band\n2,Malika,да,\n3,Jasur,yoʻq,\n4,Sobir,,ariza\n"
    imported = brought_in(write(tmp_path, text))
    given = Consent.objects.values_list("customer__first_name", "granted", "proof", "given_through")
    assert sorted(given) == [("Anvar", True, "ariza 14-band", "import"), ("Jasur", False, "", "import")]
    assert imported.counts["unproved"] == 1
    assert Event.objects.filter(type="consent_given").count() == 1


def test_a_dry_run_says_what_would_happen_and_does_nothing(tmp_path: Path) -> None:
    brought_in(write(tmp_path, UZBEK))
    before = state()
    text = UZBEK.replace("Chilonzor 9", "Yunusobod 4") + "9,Aliyev,Ali,,901112233,,,,\n10,,,,,,,,\n"
    path = write(tmp_path, text, name="b.csv")
    shape = inspect(path)
    draft = ImportRun(path=str(path), source=ImportRun.objects.get().source)
    found = trial.try_out(draft, drafts.suggested(shape, holds="customers"), source="crm", at=AT)
    assert {name: found.counts[name] for name in ("new", "known", "changed", "unchanged", "rejected")} == {
        "new": 1, "known": 3, "changed": 2, "unchanged": 1, "rejected": 0,
    }  # fmt: skip
    assert [(change["name"], change["before"], change["value"]) for change in found.changes] == [
        ("address", "Chilonzor 9", "Yunusobod 4")
    ]
    assert [(group["by"], group["lines"]) for group in found.groups] == [("phone", [2, 4])]
    assert state() == before


def test_undoing_leaves_nothing_of_a_file(tmp_path: Path) -> None:
    imported = brought_in(write(tmp_path, RUSSIAN))
    said = undoing.plan(imported)
    assert (said.customers, said.customers_kept, said.notes, said.tags) == (3, 0, 1, 2)
    done = undoing.undo(imported, at=AT)
    assert done == said
    assert (Customer.objects.count(), Identity.objects.count(), Trait.objects.count()) == (0, 0, 0)
    assert (Event.objects.count(), Note.objects.count(), Tagging.objects.count()) == (0, 0, 0)
    imported.refresh_from_db()
    assert imported.status == "undone"
    brought_in(write(tmp_path, RUSSIAN), at=AT + timedelta(hours=1))
    assert Customer.objects.count() == 3


def test_undoing_gives_back_what_was_told_before(tmp_path: Path) -> None:
    brought_in(write(tmp_path, UZBEK))
    before, traits = state(), list(Trait.objects.order_by("id").values("name", "value", "original", "told_at"))
    second = brought_in(
        write(tmp_path, UZBEK.replace("Chilonzor 9", "Yunusobod 4").replace("901112233", "905556677")),
        at=AT + timedelta(days=1),
    )
    assert customer("7").phone == "+998905556677"
    said = undoing.plan(second)
    assert (said.customers, said.identities, said.values_back) == (0, 1, 2)
    undoing.undo(second, at=AT + timedelta(days=2))
    assert customer("7").phone == "+998901112233"
    assert list(Trait.objects.order_by("id").values("name", "value", "original", "told_at")) == traits
    assert state() == before


def test_who_has_a_life_of_their_own_by_now_stays(tmp_path: Path) -> None:
    imported = brought_in(write(tmp_path, UZBEK))
    run.import_file(write(tmp_path, "date,amount,customer\n2026-01-05,100,7\n", name="sales.csv"), source="crm", at=AT)
    Note.objects.create(customer=customer("8"), text="calls on Fridays")
    said = undoing.plan(imported)
    assert (said.customers, said.kept) == (0, {"events": 1, "customers.Note": 1})
    undoing.undo(imported, at=AT)
    actions.project()
    kept = customer("7")
    assert (kept.name, kept.address, kept.profile.purchases) == ("7", "", 1)
    assert Note.objects.get().customer == customer("8")


def test_a_person_of_two_files_stays_when_one_is_undone(tmp_path: Path) -> None:
    first = brought_in(write(tmp_path, UZBEK))
    brought_in(write(tmp_path, "id,name,phone\nx1,Ганиев Уктам,+998901112233\n", name="b.csv"), source="till")
    assert root_of([customer("x1").pk])[customer("x1").pk] == customer("7").pk
    undoing.undo(first, at=AT)
    left = customer("x1")
    assert root_of([left.pk]) == {left.pk: left.pk}
    assert (left.name, left.phone) == ("Ганиев Уктам", "+998901112233")
    assert not Identity.objects.filter(value__in=["7", "8", "uktam@mail.uz"]).exists()
    assert Ownership.objects.filter(customer=left).count() == 2


def test_an_import_of_purchases_can_be_undone(tmp_path: Path, business: Business) -> None:
    text = "date,amount,phone,name\n2026-01-05,100,901112233,Karimov Anvar\n2026-01-06,50,,\n"
    imported = run.import_file(write(tmp_path, text), source="till", at=AT)
    assert Event.objects.count() == 2
    said = undoing.undo(imported, at=AT)
    assert (said.customers, said.events) == (1, 2)
    assert (Customer.objects.count(), Event.objects.count(), Identity.objects.count()) == (0, 0, 0)


def test_the_number_of_statements_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def statements(rows: int) -> int:
        lines = "\n".join(f"{rows}-{n},Karimov,Anvar{n},9{n:08},a{rows}-{n}@mail.uz" for n in range(rows))
        path = write(tmp_path, f"id,familiya,ism,telefon,email\n{lines}\n", name=f"{rows}.csv")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            brought_in(path)
        return len(captured)

    statements(3)
    assert statements(400) <= statements(40) + 2


@pytest.mark.slow
def test_an_import_that_is_killed_again_and_again_is_whole_and_can_be_undone(tmp_path: Path) -> None:
    lines = "".join(f"k{n},Karimov,Anvar{n},9{n:08},k{n}@mail.uz,VIP,note {n}\n" for n in range(3_000))
    file = write(tmp_path, f"id,familiya,ism,telefon,email,teglar,izoh\n{lines}")
    killed = started(file, tmp_path / "data", "--holds", "customers", "--kills", "5", "--seed", "3")
    assert int(printed(killed)) >= 2  # later draws lie behind the end
    done = ImportRun.objects.get()
    assert {name: done.counts[name] for name in ("lines", "customers", "new", "known", "rejected")} == {
        "lines": 3_000, "customers": 3_000, "new": 3_000, "known": 0, "rejected": 0,
    }  # fmt: skip
    whole = Customer.objects.filter(merged_into=None)
    assert whole.count() == Event.objects.count() == Note.objects.count() == Tagging.objects.count() == 3_000
    assert Trait.objects.filter(name="phone").exclude(value="").count() == 3_000
    undoing.undo(done, at=AT)
    assert (Customer.objects.count(), Identity.objects.count(), Event.objects.count()) == (0, 0, 0)
