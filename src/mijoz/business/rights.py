"""Who may open a page: every view says so itself, and what does not say so is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from mijoz.business.models import Role

View = TypeVar("View", bound=Callable[..., Any])

EVERYBODY = frozenset(Role.values)
LEADS = frozenset({Role.OWNER, Role.MANAGER})


def allow(*roles: str) -> Callable[[View], View]:
    """Let staff of these roles open the view; an owner may open all of them.

    >>> @allow(Role.MANAGER, Role.MARKETER)
    ... def page(request): ...
    """

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles) | {Role.OWNER}  # type: ignore[attr-defined]
        return view

    return mark


def allow_staff(view: View) -> View:
    """Let every signed-in member of staff open the view."""
    return allow(*EVERYBODY)(view)


def allow_anyone(view: View) -> View:
    """Let people who are not signed in open the view too."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view
