"""Relatives who come in files with one phone: two customers, asked about, never joined in silence, and all undone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mijoz.business.models import Role, StaffMember
from mijoz.customers.identity.linking import MANY_PEOPLE
from mijoz.customers.importing import run, undoing
from mijoz.customers.importing.tests.conftest import SignedIn, state
from mijoz.customers.importing.tests.reading import AT, write
from mijoz.customers.matching import reviewing
from mijoz.customers.models import Customer, ImportRun, Merge, Ownership, Pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

HEADINGS = "Mijoz raqami,Familiya,Ism,Otasining ismi,Telefon raqami,Tugʻilgan sana\n"
# Five households, in two scripts. Of each the one who stands first has the phone.
FAMILIES = f"""{HEADINGS}1,Karimov,Anvar,Sobir oʻgʻli,901000001,
2,Каримова,Малика,Анвар қизи,901000001,
3,Karimova,Malika,Anvar qizi,901000001,
4,Gʻaniyev,Oʻktam,,901000002,12.04.1990
5,Ғаниев,Ўктам,,901000002,
6,G'aniyev,O'ktam,,901000002,12.04.1990
7,Yoʻldosheva,Dilfuza,,901000003,
8,Йўлдошева,Дилноза,,901000003,
9,Toʻrayev,Jasur,,901000004,01.02.1960
10,Toʻrayev,Jasur,,901000004,03.07.1988
11,Sodiqov,,,901000005,
12,,,,901000005,
"""


def brought_in(tmp_path: Path, text: str, **options: Any) -> ImportRun:
    path = write(tmp_path, text, name=options.pop("name", "oila.csv"))
    return run.import_file(path, **{"at": AT, "holds": "customers", "source": "crm"} | options)


def customer(number: str, source: str = "crm") -> Customer:
    found = Ownership.objects.select_related("customer")
    return found.get(identity__kind="customer_number", identity__value=number, identity__account=source).customer


def asked() -> dict[frozenset[int], str]:
    """Who is asked about, and what speaks against their being one."""
    return {frozenset({pair.left_id, pair.right_id}): pair.evidence[-1]["bar"] for pair in reviewing.waiting()}


def households(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


def people() -> set[frozenset[str]]:
    """The numbers of each customer."""
    found: dict[int, set[str]] = {}
    for owner, number in Ownership.objects.filter(identity__kind="customer_number").values_list(
        "customer", "identity__value"
    ):
        found.setdefault(owner, set()).add(number)
    return {frozenset(numbers) for numbers in found.values()}


def test_relatives_of_one_file_are_two_and_wait_for_a_person(tmp_path: Path) -> None:
    brought_in(tmp_path, FAMILIES)
    assert people() == households("1", "2 3", "4 5 6", "7", "8", "9", "10", "11 12")
    assert asked() == {
        frozenset({customer("1").pk, customer("2").pk}): "relatives",
        frozenset({customer("7").pk, customer("8").pk}): "relatives",
        frozenset({customer("9").pk, customer("10").pk}): "birth",
    }
    phone = Ownership.objects.get(identity__value="+998901000001")
    assert (phone.customer, phone.is_shared) == (customer("1"), False)
    assert {one.name for one in (customer("7"), customer("8"))} == {"Yoʻldosheva Dilfuza", "Йўлдошева Дилноза"}


@pytest.mark.parametrize("source", ["crm", "till"])
def test_relatives_of_two_files_are_asked_about_as_well(tmp_path: Path, source: str) -> None:
    brought_in(tmp_path, f"{HEADINGS}1,Karimov,Anvar,,901000001,\n")
    brought_in(tmp_path, f"{HEADINGS}2,Каримова,Малика,,901000001,\n3,Каримов,Анвар,,901000001,\n", source=source)
    assert people() == households("1 3", "2")
    assert asked() == {frozenset({customer("1").pk, customer("2", source).pk}): "relatives"}


def test_the_same_files_again_ask_nothing_anew_and_what_was_decided_stays(tmp_path: Path) -> None:
    brought_in(tmp_path, FAMILIES)
    nodira = StaffMember.objects.create_user(email="n@example.uz", name="Nodira", role=Role.MANAGER)
    of_karimovs = Pair.objects.get(left=customer("1"))
    reviewing.two(of_karimovs, by=nodira, at=AT)
    before = people(), asked()
    brought_in(tmp_path, FAMILIES, at=AT + timedelta(days=1))
    brought_in(tmp_path, FAMILIES.replace("901000001", "901000001; 901000009"), at=AT + timedelta(days=2))
    assert (people(), asked()) == before
    assert Pair.objects.get(pk=of_karimovs.pk).state == Pair.State.APART


def test_the_result_of_an_import_says_how_many_wait_and_leads_there(tmp_path: Path, signed_in: SignedIn) -> None:
    imported = brought_in(tmp_path, FAMILIES)
    page = signed_in(Role.MANAGER).get(f"/imports/{imported.pk}/").content.decode()
    assert '<a href="/customers/duplicates/review/">3 pairs wait for you</a>' in page
    page = signed_in(Role.ANALYST).get(f"/imports/{imported.pk}/").content.decode()
    assert "3 pairs wait for you" in page
    assert "/customers/duplicates/review/" not in page
    Pair.objects.update(state=Pair.State.APART)
    assert "wait for you" not in signed_in(Role.MANAGER).get(f"/imports/{imported.pk}/").content.decode()


def test_a_person_sees_what_they_share_and_says_that_two_are_one(tmp_path: Path, signed_in: SignedIn) -> None:
    brought_in(tmp_path, FAMILIES)
    pair = Pair.objects.get(left=customer("7"))
    page = signed_in(Role.MANAGER).get(f"/customers/duplicates/review/{pair.pk}/").content.decode()
    assert "They share a phone or an e-mail, and their names differ" in page
    assert "Yoʻldosheva" in page
    assert "Дилноза" in page
    reviewing.same(pair, by=StaffMember.objects.get(), at=AT)
    assert customer("7") == customer("8")


def test_families_cost_no_statement_more_however_many_they_are(tmp_path: Path) -> None:
    def statements(size: int) -> int:
        rows = "".join(
            f"{size}-{place}-{name},Karimov,{name},,90{size:03}{place:04},\n"
            for place in range(size)
            for name in ("Anvar", "Malika")
        )
        with CaptureQueriesContext(connection) as captured:
            brought_in(tmp_path, HEADINGS + rows, name=f"{size}.csv")
        return len(captured)

    statements(3)
    assert statements(300) <= statements(30) + 4  # counted anew from 200 rows on
    assert Pair.objects.count() == 333


def test_a_phone_of_a_whole_office_is_shared_and_nobody_is_asked(tmp_path: Path) -> None:
    names = ("Anvar", "Malika", "Jasur", "Dilnoza", "Sobir", "Zulayho")
    rows = "".join(f"{number},Xodim,{name},,712000000,\n" for number, name in enumerate(names))
    brought_in(tmp_path, HEADINGS + rows)
    phone = Ownership.objects.get(identity__value="+998712000000")
    assert (phone.is_shared, phone.shared_because) == (True, MANY_PEOPLE)
    assert Customer.objects.filter(merged_into=None).count() == len(names)
    assert not Pair.objects.exists()


def test_undoing_a_file_takes_its_questions_and_its_shared_phones_back(tmp_path: Path) -> None:
    brought_in(tmp_path, FAMILIES)
    before = state()
    rows = "".join(f"9{number},Boshqa,{name},,901000003,\n" for number, name in enumerate(("Sobir", "Zulayho")))
    second = brought_in(
        tmp_path,
        # A new phone of somebody known, who turns out to share it with somebody else known.
        f"{HEADINGS}11,Sodiqov,Otabek,,901000001,\n13,Aliyev,Vali,,901000002,\n{rows}",
        at=AT + timedelta(days=1),
    )
    assert asked().keys() > {frozenset({customer("1").pk, customer("11").pk})}
    assert Ownership.objects.get(identity__value="+998901000003").is_shared
    undoing.undo(second, at=AT + timedelta(days=2))
    assert state() == before


SMALL = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ROWS = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from(["", "Anvar", "Анвар", "Malika", "Jasur", "Dilfuza", "Дилноза"]),
        st.sampled_from(["901000001", "901000002", "901000003"]),
        st.sampled_from(["", "", "12.04.1990", "01.02.1960"]),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda row: row[0],
)


@SMALL
@given(first=ROWS, second=ROWS, source=st.sampled_from(["crm", "till"]))
def test_undoing_the_second_of_two_files_is_as_if_it_had_never_come(
    tmp_path: Path, first: list[tuple[Any, ...]], second: list[tuple[Any, ...]], source: str
) -> None:
    for one in ImportRun.objects.exclude(status="undone").order_by("-created_at"):
        undoing.undo(one, at=AT)
    assert not Customer.objects.exists()
    brought_in(tmp_path, HEADINGS + "".join(f"{n},,{name},,{tel},{born}\n" for n, name, tel, born in first))
    before = state(), people(), asked()
    told = HEADINGS + "".join(f"{n},,{name},,{tel},{born}\n" for n, name, tel, born in second)
    later = brought_in(tmp_path, told, name="ikki.csv", source=source, at=AT + timedelta(days=1))
    assert not Merge.objects.filter(undone_at=None, merged_by__isnull=False).exists()
    undoing.undo(later, at=AT + timedelta(days=2))
    assert (state(), people(), asked()) == before
