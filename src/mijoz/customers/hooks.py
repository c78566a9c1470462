"""Typed hooks: what those above add to the customers' list and page. They connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from mijoz.customers.models import Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A block of the customer page: `template` rendered with what `context` returns, `customer` and `request`.

    `context` is asked for one customer at a time and returns None when there is nothing to show.
    `roles` of None shows the panel to everybody who may open the page. `order` counts from the top.
    """

    key: str
    template: str
    context: Callable[[Customer, HttpRequest], dict[str, Any] | None]
    order: int = 50
    roles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """A choice above the list, kept in the address as `?key=value`.

    `choices` gives (value, label) pairs; `apply` narrows the queryset by one of these values. It must stay
    quick with a million customers: filter by an indexed subquery, never by a join that multiplies rows.
    `roster` gives the same people as bits, the customer's number counting them from the least significant one of
    the first byte. With it the list goes quickly along a sort at whose beginning none of them stand.
    """

    key: str
    label: str | Promise
    choices: Callable[[], list[tuple[str, str]]]
    apply: Callable[[QuerySet[Customer], str], QuerySet[Customer]]
    roster: Callable[[str], bytes] | None = None
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumn:
    """A column of the list and a pill in the head of the customer page.

    `values` is asked once for all customers of a page and gives text or safe markup by customer id; who is
    missing gets an empty cell. `exported` gives plain text for the CSV; without it the export leaves the column out.
    """

    key: str
    label: str | Promise
    values: Callable[[list[int]], dict[int, str]]
    exported: Callable[[list[int]], dict[int, str]] | None = None
    order: int = 50


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge by its number in the ledger: who absorbed whom, and who is at the root of the kept one now."""

    id: UUID
    kept: int
    absorbed: int
    root: int


Unreachable = Callable[[], set[int]]
ImportFinished = Callable[[], None]
Merges = Callable[[list[Merged], datetime], None]
NamesOfKeys = Callable[[set[str]], dict[str, str]]
ExportRows = Callable[[QuerySet[Any]], Iterable[dict[str, Any]]]
EraseRows = Callable[[QuerySet[Any], datetime], int]
ServiceStopped = Callable[[list[int], datetime], None]
ProfilesChanged = Callable[[list[int], datetime], None]
Numbers = Callable[[list[int]], None]

_panels: dict[str, Panel] = {}
_filters: dict[str, ListFilter] = {}
_columns: dict[str, ListColumn] = {}
_on_import_finished: list[ImportFinished] = []
_names_of_keys: dict[str, NamesOfKeys] = {}
_on_merged: list[Merges] = []
_on_unmerged: list[Merges] = []
_on_profiles_changed: list[ProfilesChanged] = []
_on_pairs_suggested: list[Numbers] = []
_on_identities_shared: list[Numbers] = []


def register_panel(panel: Panel) -> None:
    """Add a panel to the customer page; the last one of a key counts."""
    _panels[panel.key] = panel


def register_filter(list_filter: ListFilter) -> None:
    """Add a filter to the list of customers; the last one of a key counts."""
    _filters[list_filter.key] = list_filter


def register_column(column: ListColumn) -> None:
    """Add a column to the list of customers; the last one of a key counts."""
    _columns[column.key] = column


def panels_for(role: str) -> list[Panel]:
    """The panels that this role sees, from the top."""
    seen = (panel for panel in _panels.values() if panel.roles is None or role in panel.roles)
    return sorted(seen, key=lambda panel: (panel.order, panel.key))


def list_filters() -> list[ListFilter]:
    return sorted(_filters.values(), key=lambda list_filter: (list_filter.order, list_filter.key))


def list_columns() -> list[ListColumn]:
    return sorted(_columns.values(), key=lambda column: (column.order, column.key))


def on_import_finished(listener: ImportFinished) -> None:
    """Call `listener()` when an import has brought in rows and the profiles show them."""
    if listener not in _on_import_finished:
        _on_import_finished.append(listener)


def import_finished() -> None:
    for listener in _on_import_finished:
        listener()


def on_merged(listener: Merges) -> None:
    """Call `listener(merges, at)` inside the transaction that makes customers one."""
    if listener not in _on_merged:
        _on_merged.append(listener)


def on_unmerged(listener: Merges) -> None:
    """Call `listener(merges, at)` inside the transaction that undoes merges."""
    if listener not in _on_unmerged:
        _on_unmerged.append(listener)


def merged(merges: list[Merged], at: datetime) -> None:
    for listener in _on_merged:
        listener(merges, at)


def unmerged(merges: list[Merged], at: datetime) -> None:
    for listener in _on_unmerged:
        listener(merges, at)


def on_profiles_changed(listener: ProfilesChanged) -> None:
    """Call `listener(customer ids, at)` once their profiles show what is new and everybody can see it.

    It is called after the commit, in the thread that projects and again and again while events arrive: be quick, or
    leave it to a job. A listener that fails or a process that ends between the two loses the call, not the profiles:
    who must miss nobody looks from time to time at all of them. After an import the list may hold every customer.
    """
    if listener not in _on_profiles_changed:
        _on_profiles_changed.append(listener)


def profiles_changed(customer_ids: list[int], at: datetime) -> None:
    """Tell it once the running transaction has committed; what one listener fails at, the others do not pay for."""

    def telling(listener: ProfilesChanged) -> Callable[[], None]:
        return lambda: listener(customer_ids, at)

    for listener in _on_profiles_changed if customer_ids else ():
        transaction.on_commit(telling(listener), robust=True)


def on_pairs_suggested(listener: Numbers) -> None:
    """Call `listener(pair ids)` inside the transaction that first asks whether these are one person."""
    if listener not in _on_pairs_suggested:
        _on_pairs_suggested.append(listener)


def pairs_suggested(pair_ids: list[int]) -> None:
    for listener in _on_pairs_suggested:
        listener(pair_ids)


def on_identities_shared(listener: Numbers) -> None:
    """Call `listener(identity ids)` inside the transaction that marks them by itself as shared."""
    if listener not in _on_identities_shared:
        _on_identities_shared.append(listener)


def identities_shared(identity_ids: list[int]) -> None:
    for listener in _on_identities_shared:
        listener(identity_ids)


def connect_names(kind: str, ask: NamesOfKeys) -> None:
    """Let `ask(keys)` name what the log holds as keys; kinds are "scenario", "segment", and "reason" of a message."""
    _names_of_keys[kind] = ask


def names_of(keys: dict[str, set[str]]) -> dict[str, dict[str, str]]:
    """By kind and key what people call it; who has no name is missing."""
    return {kind: _names_of_keys[kind](wanted) for kind, wanted in keys.items() if wanted and kind in _names_of_keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalTable:
    """A table that says something about a person: how their rows are found, copied for them, and erased.

    A row is the person's when one of the fields in `customer` leads to one of their customers, or one in `identity`
    to one of their identities. With `by_search` it is theirs when its text holds their phone, e-mail or name.
    `export` turns their rows into what a copy says, by default every column but those in `hidden`; `erase` leaves
    nothing of the person in them and returns how many it changed, by default by deleting them.
    """

    model: str  # app.Model
    title: str | Promise
    customer: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    by_search: bool = False
    hidden: frozenset[str] = frozenset()
    export: ExportRows | None = None
    erase: EraseRows | None = None
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message about the service itself, such as a link to confirm something: written once by its key."""

    customer: Customer
    address: str
    language: str
    key: str
    subject: str
    text: str
    send_after: datetime
    expires_at: datetime


WriteLetter = Callable[[Letter], None]
_write_letter: list[WriteLetter] = []
_personal: dict[str, PersonalTable] = {}
_impersonal: dict[str, str] = {}
_on_service_stopped: list[ServiceStopped] = []


def register_personal(*tables: PersonalTable) -> None:
    """Declare tables that a copy of everything must show and an erasure must reach."""
    for table in tables:
        _personal[table.model] = table


def register_impersonal(reason: str, *models: str) -> None:
    """Declare tables that look as if they held something about customers, and why they do not."""
    for model in models:
        _impersonal[model] = reason


def connect_letters(write: WriteLetter) -> None:
    """Let `write(letter)` put a letter on its way."""
    _write_letter[:] = [write]


def write_to(letter: Letter) -> None:
    """Put the letter on its way, in the transaction of its cause."""
    for write in _write_letter:
        write(letter)


def personal_tables() -> list[PersonalTable]:
    return sorted(_personal.values(), key=lambda table: (table.order, table.model))


def impersonal_tables() -> dict[str, str]:
    return dict(_impersonal)


def on_service_stopped(listener: ServiceStopped) -> None:
    """Call `listener(customer ids, at)` inside the transaction after which these customers may not be profiled:
    they objected, their record was restricted, or it is being erased."""
    if listener not in _on_service_stopped:
        _on_service_stopped.append(listener)


def service_stopped(customer_ids: list[int], at: datetime) -> None:
    for listener in _on_service_stopped:
        listener(customer_ids, at)


_unreachable: list[Unreachable] = []


def connect_unreachable(ask: Unreachable) -> None:
    """Let `ask()` say to which customers' e-mail nothing can be delivered."""
    _unreachable[:] = [ask]


def unreachable() -> set[int]:
    """Customers whose e-mail does not work, as whoever carries mail has learned."""
    return _unreachable[0]() if _unreachable else set()
