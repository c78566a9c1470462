"""Which pages the frame shows, and which of them is the current one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

import mijoz
from mijoz.ui import navigation
from mijoz.ui.context import current_key, shell
from mijoz.ui.icons import icon_names
from mijoz.ui.navigation import NavItem, SearchBox

PACKAGE = Path(mijoz.__file__).parent


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    monkeypatch.setattr(navigation, "_search", [])


def item(key: str, section: str = "work", order: int = 50, roles: frozenset[str] = frozenset({"owner"})) -> NavItem:
    return NavItem(key=key, label=key, url_name=key, icon="x", roles=roles, order=order, section=section)


def test_the_icon_of_every_page_is_among_those_of_the_sprite() -> None:
    shown = {one.icon for one in navigation.items_for("owner")}
    assert shown
    assert not shown - set(icon_names(PACKAGE))


def test_sections_come_in_their_order_then_pages_in_theirs(empty: None) -> None:
    for one in (item("staff", "settings"), item("late", order=90), item("early", order=10), item("rules", "growth")):
        navigation.register(one)
    assert [one.key for one in navigation.items_for("owner")] == ["early", "late", "rules", "staff"]


def test_a_role_sees_its_pages_and_nobody_sees_none(empty: None) -> None:
    navigation.register(item("board", roles=frozenset({"owner", "analyst"})))
    navigation.register(item("staff"))
    assert [one.key for one in navigation.items_for("analyst")] == ["board"]
    assert navigation.items_for(None) == []


def test_an_unknown_section_is_refused_when_the_app_starts(empty: None) -> None:
    with pytest.raises(ValueError, match="'somewhere' is none of work, growth, insights, settings"):
        navigation.register(item("x", "somewhere"))


def test_only_who_may_search_gets_the_box(empty: None) -> None:
    navigation.register_search(SearchBox(label="Search", url_name="x", roles=frozenset({"owner"})))
    assert navigation.search_for("owner") is not None
    assert navigation.search_for("analyst") is None


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/", "home"),
        ("/customers/", "customers"),
        ("/customers/17/", "customers"),
        ("/customers/import/3", "imports"),
        ("/nowhere", ""),
    ],
)
def test_the_current_page_is_the_longest_that_fits(path: str, key: str) -> None:
    addresses = {"home": "/", "customers": "/customers/", "imports": "/customers/import/"}
    assert current_key(path, addresses) == key


@pytest.mark.parametrize(("pages", "tabs", "more"), [(2, 2, False), (5, 5, False), (6, 4, True)])
def test_a_phone_has_five_tabs_the_last_of_them_for_the_rest(empty: None, pages: int, tabs: int, more: bool) -> None:
    names = ["healthz", "readyz", "metrics", "set_language", "account_login", "account_logout"][:pages]
    for place, name in enumerate(names):
        roles = frozenset({"owner"})
        navigation.register(NavItem(key=name, label=name, url_name=name, icon="x", roles=roles, order=place))
    request = RequestFactory().get("/readyz")
    request.staff = SimpleNamespace(role="owner")
    shown = shell(request)
    assert [link.key for link in shown["tabs"]] == names[:tabs]
    assert shown["more"] == more
    assert [link.key for link in shown["tabs"] if link.is_current] == ["readyz"]
