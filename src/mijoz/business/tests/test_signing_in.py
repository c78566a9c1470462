"""Password, second factor, recovery codes; what is refused and what is said."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from mijoz.business import actions
from mijoz.business.models import Role, StaffMember
from mijoz.business.tests.conftest import PASSWORD, browser_of, is_in, sign_in

WRONG = "The e-mail or the password is wrong."


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_right_password_lets_in_in_the_members_language(employed: Callable[..., StaffMember]) -> None:
    owner = employed(Role.OWNER, language="uz")
    answer = sign_in(owner.email.upper())
    assert answer["Location"] == "/"
    assert answer.cookies["django_language"].value == "uz"
    assert is_in(answer.client)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(owner: StaffMember) -> None:
    wrong, unknown = sign_in(owner.email, "not the password"), sign_in("nobody@example.uz")
    for answer in (wrong, unknown):
        assert WRONG in text(answer)
        assert not is_in(answer.client)
    plain = [re.sub(r'value="[^"]*"|"X-CSRFToken": "\w+"', "", text(answer)) for answer in (wrong, unknown)]
    assert plain[0] == plain[1]


def test_after_five_wrong_passwords_even_the_right_one_waits(owner: StaffMember) -> None:
    for _attempt in range(5):
        assert WRONG in text(sign_in(owner.email, "not the password"))
    answer = sign_in(owner.email)
    assert "Too many attempts. Wait five minutes, then try again." in text(answer)
    assert not is_in(answer.client)


def test_who_asks_too_often_gets_a_page_that_says_so(owner: StaffMember) -> None:
    answers = [Client().post("/account/login/", {"login": "", "password": ""}) for _attempt in range(31)]
    assert answers[-1].status_code == 429
    assert "Too many attempts" in text(answers[-1])


def test_a_closed_account_is_told_so_only_with_its_password(owner: StaffMember, manager: StaffMember) -> None:
    actions.change_staff(manager, role=Role.MANAGER, branch=None, is_active=False, by=owner)
    assert WRONG in text(sign_in(manager.email, "not the password"))
    answer = sign_in(manager.email)
    assert not is_in(answer.client)
    assert (
        "Your account is closed" in text(answer.client.get(answer["Location"])) if answer.status_code == 302 else True
    )


def test_signing_out_takes_a_click_and_ends_the_session(owner: StaffMember) -> None:
    client = browser_of(owner)
    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)  # a link or a picture on another page signs nobody out
    assert client.post("/account/logout/")["Location"] == "/account/login/"
    assert not is_in(client)


def test_a_new_password_signs_other_browsers_out_and_keeps_this_one(owner: StaffMember) -> None:
    here, there = sign_in(owner.email).client, sign_in(owner.email).client
    told = {"oldpassword": PASSWORD, "password1": "yangi uzun parol", "password2": "yangi uzun parol"}
    assert here.post("/account/password/change/", told).status_code == 302
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"oldpassword": "wrong"}, "This is not your current password."),
        ({"password1": "short", "password2": "short"}, "This password is too short."),
        ({"password2": "another long one"}, "You must type the same password each time."),
    ],
)
def test_a_new_password_says_what_is_wrong(owner: StaffMember, changed: dict[str, str], sentence: str) -> None:
    told = {"oldpassword": PASSWORD, "password1": "yangi uzun parol", "password2": "yangi uzun parol"}
    answer = browser_of(owner).post("/account/password/change/", told | changed)
    assert sentence in text(answer)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


@pytest.mark.parametrize(
    "address", ["/account/signup/", "/account/email/", "/account/password/reset/", "/account/password/set/"]
)
def test_the_librarys_other_pages_stay_shut(owner: StaffMember, address: str) -> None:
    for client in (Client(), browser_of(owner)):
        assert client.get(address).status_code == 403
        assert client.post(address, {"email": owner.email}).status_code == 403


# The second factor


def code_of(secret: str, *, steps_later: int = 0) -> str:
    counter = int(time.time()) // 30 + steps_later
    return format_hotp_value(hotp_value(secret, counter))


@pytest.fixture
def with_app(owner: StaffMember) -> tuple[StaffMember, str, list[str]]:
    """An owner with an authenticator app: the app's secret and the recovery codes."""
    client = sign_in(owner.email).client
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = text(client.get("/account/2fa/totp/activate/"))
    found = re.search(r'class="mj-secret">([A-Z2-7]+)<', page)
    assert found
    assert "data:image/svg+xml" in page  # the picture of the key needs no script and no other host
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(found[1])}, follow=True)
    codes = re.findall(r"<li><code>(\w+)</code>", text(answer))
    assert len(codes) == 10
    cache.clear()
    return owner, found[1], codes


def second_step(member: StaffMember) -> Client:
    answer = sign_in(member.email)
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert not is_in(answer.client)
    return answer.client


def test_with_an_app_the_password_alone_does_not_let_in(with_app: Any) -> None:
    owner, secret, _codes = with_app
    client = second_step(owner)
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "This code is not right." in text(wrong)
    assert not is_in(client)
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"
    assert is_in(client)


def test_a_code_of_the_last_half_minute_counts_an_older_one_does_not(with_app: Any) -> None:
    owner, secret, _codes = with_app
    client = second_step(owner)
    assert "not right" in text(client.post("/account/2fa/authenticate/", {"code": code_of(secret, steps_later=-4)}))
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret, steps_later=-1)}).status_code == 302


def test_a_code_seen_over_the_shoulder_does_not_work_twice(with_app: Any) -> None:
    owner, secret, _codes = with_app
    code = code_of(secret)
    assert second_step(owner).post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    assert "not right" in text(second_step(owner).post("/account/2fa/authenticate/", {"code": code}))


def test_codes_cannot_be_guessed_for_long(with_app: Any) -> None:
    owner, secret, _codes = with_app
    client = second_step(owner)
    for _attempt in range(5):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "Too many attempts" in text(client.post("/account/2fa/authenticate/", {"code": code_of(secret)}))
    assert not is_in(client)


def test_a_recovery_code_works_once(with_app: Any) -> None:
    owner, _secret, codes = with_app
    client = second_step(owner)
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert is_in(client)
    again = second_step(owner)
    again.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert not is_in(again)


def test_recovery_codes_are_not_kept_readable(with_app: Any) -> None:
    _owner, secret, codes = with_app
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(code in kept for code in codes)
    assert secret not in kept


@pytest.mark.parametrize(
    "address",
    [
        "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/recovery-codes/generate/",
    ],
)
def test_changing_how_one_signs_in_asks_for_the_password_again(owner: StaffMember, address: str) -> None:
    client = sign_in(owner.email).client
    answer = client.get(address)
    assert answer["Location"].startswith("/account/reauthenticate/")
    wrong = client.post(answer["Location"], {"password": "not the password"})
    assert "This is not your password." in text(wrong)
    assert client.get(address)["Location"].startswith("/account/reauthenticate/")


def test_sign_in_pages_speak_uzbek_and_russian(owner: StaffMember) -> None:
    for language, words in {"uz": "E-pochta yoki parol notoʻgʻri.", "ru": "Неверная эл. почта или пароль."}.items():
        client = Client(headers={"Accept-Language": language})
        assert words in text(sign_in(owner.email, "not the password", client))


def test_the_language_that_is_chosen_stays_with_the_account(owner: StaffMember) -> None:
    browser_of(owner).post("/language/", {"language": "ru", "next": "/me/"})
    owner.refresh_from_db()
    assert owner.language == "ru"
    browser_of(owner).post("/language/", {"language": "xx", "next": "/me/"})
    owner.refresh_from_db()
    assert owner.language == "ru"


def test_after_a_change_of_the_secret_key_no_code_fits_and_nothing_breaks(with_app: Any, settings: Any) -> None:
    owner, secret, codes = with_app
    settings.SECRET_KEY = "another one"
    client = second_step(owner)
    for code in (code_of(secret), codes[0]):
        assert "not right" in text(client.post("/account/2fa/authenticate/", {"code": code}))
