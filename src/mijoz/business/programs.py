"""What programs are given by the API: keys with scopes, the request of a call, errors as problems, pieces of lists.

An app's `api.py` makes a router of its own and names the scope of each operation; what names none is refused:

    router = Router(tags=["Customers"])

    @router.get("/customers/{number}", response=CustomerOut, auth=needs("customers:read"), url_name="customer")
    def customer(request: ApiRequest, number: Number) -> Customer: ...

`needs` takes the scope itself; `request.may("contacts:read")` asks for a further one inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer
from pydantic import AfterValidator, Field, StringConstraints

from mijoz.business import keys
from mijoz.business.models import ApiKey

PIECE, LONGEST_PIECE = 50, 200
BIGGEST_NUMBER = 2**63 - 1
USE_NOTED_EVERY = timedelta(minutes=1)

_scopes: dict[str, str | Promise] = {}


def register_scope(scope: str, label: str | Promise) -> None:
    """Let keys be made that may do this; `label` says so to an owner."""
    _scopes[scope] = label


def scopes() -> dict[str, str | Promise]:
    return dict(sorted(_scopes.items()))


class ApiRequest(HttpRequest):
    """A request behind `needs`: a program with a key is there."""

    api_key: ApiKey
    may: Callable[[str], bool]  # whether the key has a scope


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a call: where, and what."""

    where: str
    what: str


@dataclass(eq=False)
class Problem(Exception):
    """A refusal that the caller reads as problem+json (RFC 9457)."""

    status: int
    detail: str
    title: str = ""
    errors: list[Wrong] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class Bearer(HttpBearer):
    """Lets in a program whose key has this scope; without any scope nobody."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        key: ApiKey | None = getattr(request, "api_key", None) or keys.find(token)
        if key is None:
            raise Problem(401, "This key is unknown or was revoked.", headers={"WWW-Authenticate": "Bearer"})
        if self.scope not in key.scopes:
            raise Problem(403, f"This key lacks the scope {self.scope}." if self.scope else "Nobody may do this.")
        now = timezone.now()
        if key.used_at is None or now - key.used_at > USE_NOTED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(used_at=now)
        request.api_key = key  # type: ignore[attr-defined]
        request.may = key.scopes.__contains__  # type: ignore[attr-defined]
        return key


def needs(scope: str) -> Bearer:
    """Let in programs whose key has this scope."""
    return Bearer(scope)


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key of a call, whatever its scopes; None without a valid one."""
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    return keys.find(text) if scheme.lower() == "bearer" else None


def _storable(text: str) -> str:
    """The text, when a database can hold it. Raises ValueError."""
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("must not contain half a character") from error
    return text


Text = Annotated[str, AfterValidator(_storable)]
Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_storable)]
Number = Annotated[int, Field(ge=1, le=BIGGEST_NUMBER)]
After = Annotated[int, Field(ge=0, le=BIGGEST_NUMBER, description="What `next` said.")]
Limit = Annotated[int, Field(ge=1, le=LONGEST_PIECE, description="How many at most.")]


def piece(found: Iterable[Any], *, limit: int, number: str = "id") -> dict[str, Any]:
    """The first `limit` of `found`, which holds one more when there are more; `next` is the `after` of the rest."""
    rows = list(found)
    shown = rows[:limit]
    return {"items": shown, "next": getattr(shown[-1], number) if len(rows) > limit else None}


register_scope("contacts:read", _("See phones and e-mails in full"))
