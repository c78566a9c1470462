"""What every page gets from the frame: navigation, search and languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from mijoz.ui import navigation

TABS_ON_A_PHONE = 5


@dataclass(frozen=True, slots=True)
class NavLink:
    key: str
    label: str | Promise
    url: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class NavSection:
    label: str | Promise
    links: list[NavLink]


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav` (sections of links), `tabs` (the links on a phone), `search` (address, label) and `languages`.

    Where a phone has no room for all links, `more` is true and the rest are behind a tab of that name.
    `settings_pages` makes the tabs of the settings, where a template shows them.
    """
    staff = getattr(request, "staff", None)
    role = staff.role if staff else None
    items = navigation.items_for(role)
    addresses = {item.key: reverse(item.url_name) for item in items}
    current = current_key(request.path, addresses)
    sections = [
        NavSection(
            navigation.SECTIONS[section],
            [NavLink(item.key, item.label, addresses[item.key], item.icon, item.key == current) for item in members],
        )
        for section, members in groupby(items, key=lambda item: item.section)
    ]
    links = [link for section in sections for link in section.links]
    return {
        "nav": sections,
        "tabs": links if len(links) <= TABS_ON_A_PHONE else links[: TABS_ON_A_PHONE - 1],
        "more": len(links) > TABS_ON_A_PHONE,
        "search": _search(role),
        "settings_pages": partial(_settings_pages, request.path),
        "languages": settings.LANGUAGES,
    }


def _settings_pages(path: str) -> list[NavLink]:
    pages = navigation.settings_pages()
    addresses = {page.key: reverse(page.url_name) for page in pages}
    current = current_key(path, addresses)
    return [NavLink(page.key, page.label, addresses[page.key], "", page.key == current) for page in pages]


def current_key(path: str, addresses: dict[str, str]) -> str:
    """The key whose address is the longest beginning of `path`; "" if none is. The root matches itself alone.

    >>> current_key("/customers/17/", {"home": "/", "customers": "/customers/"})
    'customers'
    """
    matching = [
        key for key, address in addresses.items() if path == address or (address != "/" and path.startswith(address))
    ]
    return max(matching, key=lambda key: len(addresses[key]), default="")


def _search(role: str | None) -> dict[str, Any] | None:
    box = navigation.search_for(role)
    if box is None:
        return None
    suggestions = reverse(box.suggestions_url_name) if box.suggestions_url_name else ""
    return {"label": box.label, "url": reverse(box.url_name), "suggestions_url": suggestions}
