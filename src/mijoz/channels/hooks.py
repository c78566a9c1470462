"""Typed hooks: what channels ask of those above them, who connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OriginState(StrEnum):
    LIVE = "live"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a message that a step of a scenario wrote."""

    enrolment: int
    step: str
    status: str
    reason: str
    settled_at: datetime


PutInOutbox = Callable[[int], None]
OriginStates = Callable[[Iterable[str]], dict[str, OriginState]]
OriginNames = Callable[[Iterable[str]], dict[str, str]]
UnsubscribeLink = Callable[[int, str], str]
OwnPage = Callable[[int, str, str, datetime], str]
ReasonsPage = Callable[[int, str], str]

SettledListener = Callable[[list[Settled]], None]

_on_settled: list[SettledListener] = []
_on_put_in_outbox: list[PutInOutbox] = []
_origin_states: list[OriginStates] = []
_origin_names: list[OriginNames] = []
_unsubscribe_link: list[UnsubscribeLink] = []
_own_page: list[OwnPage] = []
_reasons_page: list[ReasonsPage] = []


def on_settled(listener: SettledListener) -> None:
    """Call `listener(what came of messages)` inside the transaction that tells the log; a failed one may come again."""
    if listener not in _on_settled:
        _on_settled.append(listener)


def settled(messages: list[Settled]) -> None:
    for listener in _on_settled:
        listener(messages)


def on_put_in_outbox(listener: PutInOutbox) -> None:
    """Call `listener(rows)` inside the transaction after which messages may be due; `rows` of them are new."""
    if listener not in _on_put_in_outbox:
        _on_put_in_outbox.append(listener)


def put_in_outbox(rows: int) -> None:
    for listener in _on_put_in_outbox:
        listener(rows)


def connect_origin_states(ask: OriginStates) -> None:
    """Let `ask(scenario keys)` say, at the moment of sending, which scenarios are paused or stopped."""
    _origin_states[:] = [ask]


def origin_states(scenarios: Iterable[str]) -> dict[str, OriginState]:
    """State by scenario key; who is missing is live."""
    wanted = {scenario for scenario in scenarios if scenario}
    return _origin_states[0](wanted) if wanted and _origin_states else {}


def connect_origin_names(ask: OriginNames) -> None:
    """Let `ask(scenario keys)` say how scenarios are called in the reader's language."""
    _origin_names[:] = [ask]


def origin_names(scenarios: Iterable[str]) -> dict[str, str]:
    """Name by scenario key; its key is the name of one that nobody names."""
    wanted = {scenario for scenario in scenarios if scenario}
    named = _origin_names[0](wanted) if wanted and _origin_names else {}
    return {scenario: named.get(scenario, scenario) for scenario in wanted}


def connect_reasons(make: ReasonsPage) -> None:
    """Let `make(enrolment, step)` give the address of the page that says why a message was written."""
    _reasons_page[:] = [make]


def reasons_page(enrolment: int, step: str) -> str:
    """The page that says why a message was written; "" when there is none."""
    return _reasons_page[0](enrolment, step) if _reasons_page else ""


def connect_unsubscribe_link(make: UnsubscribeLink) -> None:
    """Let `make(customer id, channel)` give the address at which the customer stops marketing messages."""
    _unsubscribe_link[:] = [make]


def unsubscribe_link(customer_id: int, channel: str) -> str:
    """Raises LookupError when nothing can take an unsubscription: then no marketing message may go out."""
    if not _unsubscribe_link:
        raise LookupError("no page takes unsubscriptions")
    return _unsubscribe_link[0](customer_id, channel)


def connect_own_page(make: OwnPage) -> None:
    """Let `make(customer id, channel, address, at)` give the link to the customer's own page for a message there."""
    _own_page[:] = [make]


def own_page(customer_id: int, channel: str, address: str, *, at: datetime) -> str:
    """The link to the customer's own page; "" when there is none."""
    return _own_page[0](customer_id, channel, address, at) if _own_page else ""
