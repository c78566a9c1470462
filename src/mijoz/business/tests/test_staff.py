"""Who works here: changes of role, closed accounts, the list."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from mijoz.business import actions
from mijoz.business.actions import LastOwner, OwnersOnly
from mijoz.business.models import Branch, Business, Role, StaffMember
from mijoz.business.tests.conftest import browser_of, is_in, sign_in

Employed = Callable[..., StaffMember]


def change(member: StaffMember, by: StaffMember, **fields: Any) -> StaffMember:
    told = {"role": member.role, "branch": None, "is_active": True} | fields
    return actions.change_staff(member, **told, by=by)


@pytest.mark.parametrize("change_to", [{"role": Role.MANAGER}, {"is_active": False}])
def test_the_last_owner_stays_owner(owner: StaffMember, change_to: dict[str, Any]) -> None:
    with pytest.raises(LastOwner):
        change(owner, by=owner, **change_to)
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == (Role.OWNER, True)


def test_one_of_two_owners_may_leave(owner: StaffMember, employed: Employed) -> None:
    second = employed(Role.OWNER, "second@example.uz")
    change(owner, by=second, role=Role.ANALYST)
    with pytest.raises(LastOwner):
        change(second, by=second, is_active=False)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_close_each_other_at_one_moment_leave_one(quick_and_fresh: None) -> None:
    Business.objects.create(pk=1)
    for _round in range(10):
        StaffMember.objects.all().delete()
        pair = [StaffMember.objects.create_user(email=f"{n}@example.uz", role=Role.OWNER) for n in range(2)]
        gate = threading.Barrier(2)

        def close(place: int, pair: list[StaffMember] = pair, gate: threading.Barrier = gate) -> None:
            try:
                connection.ensure_connection()
                gate.wait(300)
                change(pair[1 - place], by=pair[place], is_active=False)
            except LastOwner:
                pass
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(close, range(2)))
        assert StaffMember.objects.filter(role=Role.OWNER, is_active=True).count() == 1


def test_a_manager_neither_makes_nor_changes_an_owner(
    owner: StaffMember, manager: StaffMember, employed: Employed
) -> None:
    analyst = employed(Role.ANALYST)
    with pytest.raises(OwnersOnly):
        change(analyst, by=manager, role=Role.OWNER)
    with pytest.raises(OwnersOnly):
        change(owner, by=manager, role=Role.ANALYST)
    assert change(analyst, by=manager, role=Role.MARKETER).role == Role.MARKETER


def test_the_page_offers_a_manager_no_owners_role_and_refuses_a_forged_one(
    manager: StaffMember, employed: Employed
) -> None:
    analyst, client = employed(Role.ANALYST), browser_of(manager)
    assert 'value="owner"' not in client.get(f"/staff/{analyst.pk}/").content.decode()
    answer = client.post(f"/staff/{analyst.pk}/", {"role": "owner", "branch": "", "is_active": "on"})
    assert answer.status_code == 400
    analyst.refresh_from_db()
    assert analyst.role == Role.ANALYST


def test_a_closed_account_is_out_at_once_and_its_sessions_do_not_come_back(
    owner: StaffMember, manager: StaffMember
) -> None:
    client = browser_of(manager)
    assert is_in(client)
    change(manager, by=owner, is_active=False)
    assert client.get("/me/")["Location"].startswith("/account/login/")
    change(manager, by=owner, is_active=True)
    assert not is_in(client)
    assert is_in(sign_in(manager.email).client)


def test_nobody_closes_their_own_account_by_mistake(owner: StaffMember, employed: Employed) -> None:
    employed(Role.OWNER, "second@example.uz")
    page = browser_of(owner)
    assert page.post(f"/staff/{owner.pk}/", {"role": "owner", "branch": ""}).status_code == 302
    owner.refresh_from_db()
    assert owner.is_active


def test_another_role_counts_from_the_next_page(owner: StaffMember, manager: StaffMember) -> None:
    client = browser_of(manager)
    assert client.get("/staff/").status_code == 200
    change(manager, by=owner, role=Role.ANALYST)
    assert client.get("/staff/").status_code == 403


def test_two_spellings_of_an_address_are_one_account(owner: StaffMember) -> None:
    """Else whose password would count? `employ` and `create_user` write small letters, the table takes no others."""
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffMember.objects.create(email="Owner@example.uz", role=Role.ANALYST)
    person = {"name": "N", "email": "NODIRA@example.uz", "role": Role.ANALYST, "branch": ""}
    actions.employ([person], language="uz")
    assert StaffMember.objects.get(name="N").email == "nodira@example.uz"


# The list


def listed(client: Any, query: str) -> list[str]:
    return [member.name for member in client.get(f"/staff/?{query}").context["page"]]


@pytest.fixture
def team(owner: StaffMember) -> None:
    branch = Branch.objects.create(code="chilonzor", name="Chilonzor")
    StaffMember.objects.filter(pk=owner.pk).update(name="Aziz")
    StaffMember.objects.create(email="b@example.uz", name="Botir", role=Role.ANALYST, branch=branch)
    StaffMember.objects.create(email="v@example.uz", name="Vali", role=Role.ANALYST, is_active=False)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Aziz", "Botir", "Vali"]),
        ("q=bot", ["Botir"]),
        ("q=owner@example", ["Aziz"]),
        ("role=analyst", ["Botir", "Vali"]),
        ("role=analyst&sort=-name", ["Vali", "Botir"]),
        ("branch=chilonzor", ["Botir"]),
        ("state=closed", ["Vali"]),
        ("state=never", ["Botir"]),
        ("role=nonsense&sort=nonsense&page=nonsense", ["Aziz", "Botir", "Vali"]),
        ("q=nobody", []),
    ],
)
def test_the_list_is_searched_narrowed_and_sorted_by_its_address(
    team: None, owner: StaffMember, query: str, names: list[str]
) -> None:
    assert listed(browser_of(owner), query) == names


def test_the_list_asks_the_database_the_same_number_of_times_for_any_staff(
    team: None, owner: StaffMember, django_assert_num_queries: Any
) -> None:
    client = browser_of(owner)
    client.get("/staff/")
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/staff/")
    StaffMember.objects.bulk_create(StaffMember(email=f"{n}@x.uz", role=Role.OPERATOR) for n in range(40))
    with django_assert_num_queries(len(few)):
        client.get("/staff/")


def test_the_export_is_the_list_without_formulas(team: None, owner: StaffMember) -> None:
    StaffMember.objects.filter(name="Botir").update(name="=1+1")
    lines = b"".join(browser_of(owner).get("/staff/export.csv?role=analyst").streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeffName,E-mail,Role,Branch,May sign in,Last seen")
    assert lines[1:] == ["'=1+1,b@example.uz,Analyst,Chilonzor,yes,", "Vali,v@example.uz,Analyst,,no,"]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"name": "", "email": "n@example.uz", "role": "analyst"}, "This field is required."),
        ({"name": "N", "email": "none", "role": "analyst"}, "Enter a valid email address."),
        ({"name": "N", "email": "OWNER@example.uz", "role": "analyst"}, "already has an account."),
        ({"name": "N", "email": "n@example.uz", "role": "king"}, "king is not one of the available choices."),
        ({"name": "N", "email": "n@example.uz", "role": "analyst", "branch": "77"}, "Select a valid choice."),
    ],
)
def test_an_invitation_says_what_is_wrong(owner: StaffMember, told: dict[str, str], sentence: str) -> None:
    answer = browser_of(owner).post("/staff/invite", told)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_a_hostile_name_stays_text(owner: StaffMember, employed: Employed) -> None:
    employed(Role.ANALYST, name="<script>alert(1)</script>")
    page = browser_of(owner).get("/staff/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
