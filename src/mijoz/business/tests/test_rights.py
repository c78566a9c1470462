"""Who may open what: the gate, and the table that staff see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from mijoz.business import rights
from mijoz.business.middleware import DenyByDefaultMiddleware
from mijoz.business.models import Role, StaffMember
from mijoz.business.rights import allow, allow_anyone, allow_staff
from mijoz.business.tests.conftest import browser_of


def view(request: Any) -> HttpResponse:
    return HttpResponse("in")


def gate(view: Any, staff: StaffMember | None, *, name: str = "x", namespace: str = "") -> HttpResponse | None:
    """What the gate answers before the view runs; None is a free way."""
    request = RequestFactory().get("/x")
    request.staff = staff
    request.htmx = False
    spaces = [namespace] if namespace else []
    request.resolver_match = ResolverMatch(view, (), {}, url_name=name, namespaces=spaces)
    return DenyByDefaultMiddleware(view).process_view(request, view, [], {})


def test_a_view_that_says_nothing_is_refused_even_to_the_owner() -> None:
    with pytest.raises(PermissionDenied):
        gate(view, StaffMember(role=Role.OWNER))


@pytest.mark.parametrize("role", Role.values)
def test_a_role_passes_where_it_is_named_and_the_owner_everywhere(role: str) -> None:
    marketers = allow(Role.MARKETER)(lambda request: HttpResponse())
    staff = StaffMember(role=role)
    if role in {Role.MARKETER, Role.OWNER}:
        assert gate(marketers, staff) is None
    else:
        with pytest.raises(PermissionDenied):
            gate(marketers, staff)
    assert gate(allow_staff(lambda request: HttpResponse()), staff) is None


def test_nobody_passes_only_where_anyone_may() -> None:
    assert gate(allow_anyone(lambda request: HttpResponse()), None) is None
    answer = gate(allow_staff(lambda request: HttpResponse()), None)
    assert answer is not None
    assert answer["Location"] == "/account/login/?next=/x"


def test_a_decorator_around_a_view_keeps_what_it_says() -> None:
    wrapped = never_cache(require_GET(allow(Role.ANALYST)(lambda request: HttpResponse())))
    assert gate(wrapped, StaffMember(role=Role.ANALYST)) is None
    with pytest.raises(PermissionDenied):
        gate(wrapped, StaffMember(role=Role.OPERATOR))


def test_the_name_of_a_sign_in_page_opens_nothing_in_another_app() -> None:
    assert gate(view, None, name="account_login") is None
    with pytest.raises(PermissionDenied):
        gate(view, None, name="account_login", namespace="customers")


# Where the gate sends who is not signed in


@pytest.mark.django_db
def test_after_signing_in_people_come_back_to_the_page_they_wanted() -> None:
    answer = Client().get("/staff/?role=owner")
    assert answer["Location"] == "/account/login/?next=/staff/%3Frole%3Downer"


@pytest.mark.django_db
def test_after_a_post_they_do_not_come_back_to_an_address_that_only_takes_posts() -> None:
    assert Client().post("/staff/1/link")["Location"] == "/account/login/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/kpi/?as_of=2026-03-01", "?next=/kpi/%3Fas_of%3D2026-03-01"),
        ("https://evil.example/kpi/", ""),
    ],
)
def test_a_fragment_sends_the_whole_page_to_sign_in_and_back_to_that_page(page: str, back: str) -> None:
    answer = Client().get("/staff/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"/account/login/{back}"


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_signing_in_sends_nobody_to_another_host(owner: StaffMember, elsewhere: str) -> None:
    from mijoz.business.tests.conftest import sign_in

    assert sign_in(owner.email, next=elsewhere)["Location"] == "/"
    language = browser_of(owner).post("/language/", {"language": "ru", "next": elsewhere})
    assert language["Location"] == "/"


# Pages of staff are kept by no cache


def test_what_staff_see_is_kept_by_no_cache(owner: StaffMember) -> None:
    assert "no-store" in browser_of(owner).get("/staff/")["Cache-Control"]


# The table


def test_the_table_is_read_from_the_views(owner: StaffMember) -> None:
    rows = {str(row.label): row for row in rights.table()}
    assert rows["Staff and roles"].roles == {Role.OWNER, Role.MANAGER}
    assert rows["Staff and roles"].page
    assert rows["Invite and change staff"].roles == {Role.OWNER, Role.MANAGER}
    assert not rows["Invite and change staff"].page


def test_each_role_sees_exactly_the_pages_it_may_open(employed: Callable[..., StaffMember]) -> None:
    for role in Role.values:
        client = browser_of(employed(role))
        page = client.get("/me/")
        shown = {link.url for section in page.context["nav"] for link in section.links}
        allowed = {str(row.label) for row in rights.table() if row.page and role in row.roles}
        labels = {str(link.label) for section in page.context["nav"] for link in section.links}
        assert labels == allowed
        for url in shown:
            assert client.get(url).status_code != 403, (role, url)


def test_the_page_of_rights_shows_every_role(owner: StaffMember) -> None:
    page = browser_of(owner).get("/staff/roles").content.decode()
    assert all(str(label) in page for label in Role.labels)
