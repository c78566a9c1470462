"""The frame's entries: every app registers its pages and the search box here when it is ready."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SECTIONS: dict[str, str | Promise] = {
    "work": "",  # the daily pages stand first and need no heading
    "growth": _("Growth"),
    "insights": _("Insights"),
    "settings": _("Set-up"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One page of the navigation, shown to the roles it names."""

    key: str
    label: str | Promise
    url_name: str
    icon: str
    roles: frozenset[str]
    order: int = 50
    section: str = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBox:
    """The search in the top bar: `url_name` is a list page that understands `?q=`.

    `suggestions_url_name` answers `?q=` with `{% suggestion %}` components while a person types.
    """

    label: str | Promise
    url_name: str
    roles: frozenset[str]
    suggestions_url_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """One tab of the settings."""

    key: str
    label: str | Promise
    url_name: str
    order: int = 50


_items: dict[str, NavItem] = {}
_settings: dict[str, SettingsPage] = {}
_search: list[SearchBox] = []


def register(item: NavItem) -> None:
    """Add an entry; the last one of a key counts. Raises ValueError for a section that is not in SECTIONS."""
    if item.section not in SECTIONS:
        raise ValueError(f"{item.key}: section {item.section!r} is none of {', '.join(SECTIONS)}")
    _items[item.key] = item


def register_settings(page: SettingsPage) -> None:
    """Add a tab to the settings; the last one of a key counts."""
    _settings[page.key] = page


def settings_pages() -> list[SettingsPage]:
    return sorted(_settings.values(), key=lambda page: (page.order, page.key))


def register_search(box: SearchBox) -> None:
    """Set the search of the top bar; the last one registered counts."""
    _search[:] = [box]


def items_for(role: str | None) -> list[NavItem]:
    """The entries that a member of staff with this role may open, by section, then order."""
    places = {section: place for place, section in enumerate(SECTIONS)}
    visible = (item for item in _items.values() if role in item.roles)
    return sorted(visible, key=lambda item: (places[item.section], item.order, item.key))


def search_for(role: str | None) -> SearchBox | None:
    """The search box, if this role may use it."""
    return next((box for box in _search if role in box.roles), None)
