"""One-time links: by them an account is made, or opened again, once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from mijoz.business import actions
from mijoz.business.actions import AddressTaken, InvitationInvalid, OwnersOnly
from mijoz.business.models import Invitation, Role, StaffMember
from mijoz.business.tests.conftest import AT, PASSWORD, browser_of, is_in, sign_in

NEW_PASSWORD = "yangi uzun parol"
Employed = Callable[..., StaffMember]


def accept(token: str, **fields: Any) -> StaffMember:
    told = {"name": "Nodira", "email": "nodira@example.uz", "password": NEW_PASSWORD, "language": "uz", "at": AT}
    return actions.accept_invitation(token, **(told | fields))


def invite(by: StaffMember, role: str = Role.FRONT_OFFICE, email: str = "nodira@example.uz") -> str:
    return actions.invite(role=role, name="Nodira", email=email, branch=None, by=by, at=AT)[0]


def test_only_a_digest_of_the_token_is_kept(owner: StaffMember) -> None:
    token = invite(owner)
    kept = [str(value) for row in Invitation.objects.values() for value in row.values()]
    assert not any(token in value for value in kept)
    assert accept(token).role == Role.FRONT_OFFICE


def test_a_link_works_once(owner: StaffMember) -> None:
    token = invite(owner)
    accept(token)
    with pytest.raises(InvitationInvalid):
        accept(token)
    assert StaffMember.objects.filter(email="nodira@example.uz").count() == 1


@pytest.mark.parametrize(("waited", "works"), [(timedelta(days=6, hours=23), True), (timedelta(days=7), False)])
def test_a_link_runs_out_after_a_week(owner: StaffMember, waited: timedelta, works: bool) -> None:
    token = invite(owner)
    if works:
        assert accept(token, at=AT + waited).email == "nodira@example.uz"
    else:
        with pytest.raises(InvitationInvalid):
            accept(token, at=AT + waited)
        assert not StaffMember.objects.filter(email="nodira@example.uz").exists()


def test_a_new_link_for_the_address_stops_the_earlier_one(owner: StaffMember) -> None:
    first, second = invite(owner), invite(owner, email="NODIRA@example.uz")
    with pytest.raises(InvitationInvalid):
        accept(first)
    assert accept(second).email == "nodira@example.uz"


def test_the_address_of_the_invitation_counts_not_what_is_sent(owner: StaffMember) -> None:
    assert accept(invite(owner), email="stranger@example.uz").email == "nodira@example.uz"


def test_who_has_an_account_is_not_invited_again(owner: StaffMember) -> None:
    with pytest.raises(AddressTaken):
        invite(owner, email=owner.email.upper())
    assert not Invitation.objects.exists()


def test_a_manager_neither_invites_an_owner_nor_lets_one_in_nor_takes_the_link_back(
    manager: StaffMember, owner: StaffMember
) -> None:
    with pytest.raises(OwnersOnly):
        invite(manager, role=Role.OWNER)
    with pytest.raises(OwnersOnly):
        actions.renew_access(owner, by=manager, at=AT)
    assert not Invitation.objects.exists()
    invite(owner, role=Role.OWNER)
    with pytest.raises(OwnersOnly):
        actions.withdraw_invitation(Invitation.objects.get(), by=manager)
    assert Invitation.objects.count() == 1


def test_a_withdrawn_link_does_not_work(owner: StaffMember) -> None:
    token = invite(owner)
    actions.withdraw_invitation(Invitation.objects.get(), by=owner)
    with pytest.raises(InvitationInvalid):
        accept(token)


def test_a_fresh_first_owners_link_stops_the_earlier_one(db: None) -> None:
    first, second = actions.invite_first_owner(at=AT), actions.invite_first_owner(at=AT)
    with pytest.raises(InvitationInvalid):
        accept(first)
    assert accept(second).role == Role.OWNER


def test_a_link_to_get_in_again_drops_password_sessions_and_second_factors(
    owner: StaffMember, manager: StaffMember
) -> None:
    stolen = browser_of(manager)
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "x"})
    token, _row = actions.renew_access(manager, by=owner, at=AT)
    assert is_in(stolen)  # nothing changes before the link is used
    accept(token)
    assert not is_in(stolen)
    assert not Authenticator.objects.exists()
    assert "_auth_user_id" not in sign_in(manager.email, PASSWORD).client.session
    assert is_in(sign_in(manager.email, NEW_PASSWORD).client)


def test_a_link_made_before_somebody_became_an_owner_no_longer_works(owner: StaffMember, employed: Employed) -> None:
    """Else the manager who made it could take over the owner's account."""
    manager, promoted = employed(Role.MANAGER), employed(Role.MARKETER)
    token, _row = actions.renew_access(promoted, by=manager, at=AT)
    actions.change_staff(promoted, role=Role.OWNER, branch=None, is_active=True, by=owner)
    with pytest.raises(InvitationInvalid):
        accept(token)
    promoted.refresh_from_db()
    assert promoted.check_password(PASSWORD)


def test_a_closed_account_is_not_opened_by_a_link(owner: StaffMember, manager: StaffMember) -> None:
    token, _row = actions.renew_access(manager, by=owner, at=AT)
    actions.change_staff(manager, role=Role.MANAGER, branch=None, is_active=False, by=owner)
    with pytest.raises(InvitationInvalid):
        accept(token)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_moment_make_one_account() -> None:
    token = actions.invite_first_owner(at=AT)
    for _round in range(10):
        gate = threading.Barrier(4)

        def click(place: int, gate: threading.Barrier = gate, token: str = token) -> bool:
            try:
                connection.ensure_connection()
                gate.wait(300)
                accept(token, email=f"owner-{place}@example.uz")
            except InvitationInvalid:
                return False
            else:
                return True
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(click, range(4))) == [False, False, False, True]
        assert StaffMember.objects.count() == 1
        StaffMember.objects.all().delete()
        token = actions.invite_first_owner(at=AT)


# The page behind the link


def test_the_first_owner_comes_by_the_link_and_is_in(db: None) -> None:
    from django.utils import timezone

    client = Client()
    link = f"/welcome/{actions.invite_first_owner(at=timezone.now())}"
    told = {"name": "Dilshod", "email": "Dilshod@Example.uz", "password": PASSWORD, "language": "ru"}
    answer = client.post(link, told)
    assert answer.status_code == 302
    assert answer.cookies["django_language"].value == "ru"
    assert is_in(client)
    assert StaffMember.objects.get().email == "dilshod@example.uz"
    closed = Client().get(link)
    assert closed.status_code == 410
    assert "This link does not work any more" in closed.content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"email": "owner@example.uz"}, "This address already has an account."),
        ({"password": "short"}, "This password is too short. It must contain at least 10 characters."),
        ({"password": "nodira@example"}, "The password is too similar to the e-mail."),
        ({"password": "1234567890"}, "This password is too common."),
        ({"language": "fr"}, "Select a valid choice. fr is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(
    owner: StaffMember, changed: dict[str, str], sentence: str
) -> None:
    from django.utils import timezone

    link = f"/welcome/{actions.invite_first_owner(at=timezone.now())}"
    told = {"name": "Nodira", "email": "nodira@example.uz", "password": PASSWORD, "language": "uz"}
    answer = Client().post(link, told | changed)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert PASSWORD not in answer.content.decode()  # what was typed does not come back
    assert not StaffMember.objects.filter(email="nodira@example.uz").exists()
    assert Client().get(link).status_code == 200


def test_the_link_is_shown_once_and_works_at_the_address_of_the_request(owner: StaffMember) -> None:
    client = browser_of(owner)
    told = {"name": "Nodira", "email": "nodira@example.uz", "role": Role.ANALYST, "branch": ""}
    page = client.post("/staff/invite", told).content.decode()
    link = re.search(r"http://testserver(/welcome/[\w-]+)", page)
    assert link
    assert "no-store" in client.get("/staff/")["Cache-Control"]
    assert link[1] not in client.get("/staff/").content.decode()
    invited = Client()
    answer = invited.post(link[1], {"name": "Nodira", "password": NEW_PASSWORD, "language": "uz"})
    assert answer.status_code == 302
    assert is_in(invited)
