"""Who may open a page: every view says so itself, and what does not say so is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.urls import URLResolver, get_resolver
from django.utils.functional import Promise

from mijoz.business.models import Role
from mijoz.ui.navigation import items_for

View = TypeVar("View", bound=Callable[..., Any])

EVERYBODY = frozenset(Role.values)
LEADS = frozenset({Role.OWNER, Role.MANAGER})


def allow(*roles: str, does: str | Promise = "") -> Callable[[View], View]:
    """Let staff of these roles open the view; an owner may open all of them.

    `does` says in a few words what one can do there: it makes a row of its own in the table of rights.

    >>> @allow(Role.MANAGER, Role.MARKETER)
    ... def page(request): ...
    """

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles) | {Role.OWNER}  # type: ignore[attr-defined]
        view.does = does  # type: ignore[attr-defined]
        return view

    return mark


def allow_staff(view: View) -> View:
    """Let every signed-in member of staff open the view."""
    return allow(*EVERYBODY)(view)


def allow_anyone(view: View) -> View:
    """Let people who are not signed in open the view too."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True, slots=True)
class Right:
    """A page, or with `page` False something one can do on the page before it, and the roles that may."""

    label: str | Promise
    roles: frozenset[str]
    page: bool = True


def table() -> list[Right]:
    """What each role may do, read from the views: the pages of the navigation, each with its deeds."""
    views = {name: (route, view) for name, route, view in _views(get_resolver().url_patterns) if _roles(view)}
    pages = [item for item in items_for(Role.OWNER) if item.url_name in views]
    routes = {item.url_name: views[item.url_name][0] for item in pages}
    deeds: dict[str, list[Right]] = {item.url_name: [] for item in pages}
    for route, view in views.values():
        over = max(
            (name for name in routes if route.startswith(routes[name])),
            key=lambda name: len(routes[name]),
            default="",
        )
        if over and getattr(view, "does", ""):
            deeds[over].append(Right(view.does, _roles(view), page=False))
    rows = []
    for item in pages:
        rows += [Right(item.label, _roles(views[item.url_name][1])), *deeds[item.url_name]]
    return rows


def _roles(view: Any) -> frozenset[str]:
    return getattr(view, "allowed_roles", None) or frozenset()


def _views(patterns: list[Any], namespace: str = "", before: str = "") -> Iterator[tuple[str, str, Any]]:
    """Name, route and view of every address."""
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _views(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace, route)
        elif entry.name:
            yield f"{namespace}{entry.name}", route, entry.callback
