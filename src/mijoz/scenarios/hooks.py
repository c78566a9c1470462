"""Typed hooks: what scenarios ask of those above them, who connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a scenario changed: the difference of the arms' goal rates with its 95 % interval, None when unknown.

    `verdict` is one of works, harms, no_difference_seen and too_few; `sentence` says it in the page's language.
    """

    difference: float | None
    low: float | None
    high: float | None
    verdict: str
    sentence: str
    as_of: date


Effects = Callable[[], dict[str, Effect]]

_effects: list[Effects] = []


def connect_effects(ask: Effects) -> None:
    """Let `ask()` say what each scenario changed, by its key; a scenario without a measured effect is left out."""
    _effects[:] = [ask]


def effects() -> dict[str, Effect]:
    return _effects[0]() if _effects else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """An offer of the offers page for customers: `origins` has the customer by the enrolment that brings it."""

    offer: str
    origins: dict[int, int]
    scenario: str
    step: str
    valid_until: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Customers, by enrolment, to be invited to a survey. Again with the same enrolment and step it changes nothing."""

    survey: str
    customers: dict[int, int]
    channel: str
    purpose: str
    valid_days: int
    scenario: str
    step: str
    is_test: bool
    at: datetime


Span = tuple[time, time]
GrantOffers = Callable[[Granting], dict[int, str]]
BestOffers = Callable[[Sequence[int], datetime], dict[int, str]]
BestChannels = Callable[[Sequence[int], Sequence[str], str, datetime], dict[int, str]]
GoodHours = Callable[[Sequence[int], str, datetime], dict[int, Span]]
Invite = Callable[[Invitation], None]

_grant_offers: list[GrantOffers] = []
_best_offers: list[BestOffers] = []
_best_channels: list[BestChannels] = []
_good_hours: list[GoodHours] = []
_invite: list[Invite] = []
_calls_put: list[Callable[[], None]] = []


def connect_offers(grant: GrantOffers) -> None:
    """Let `grant(Granting)` give each customer their claim, once for an enrolment and step; it returns their codes by
    enrolment ("" for a claim without one) and leaves out who cannot have it."""
    _grant_offers[:] = [grant]


def grant_offers(granting: Granting) -> dict[int, str]:
    return _grant_offers[0](granting) if _grant_offers else {}


def gives_offers() -> bool:
    return bool(_grant_offers)


def connect_best_offers(choose: BestOffers) -> None:
    """Let `choose(customers, at)` name the offer that suits each best; who has none is left out."""
    _best_offers[:] = [choose]


def best_offers(customers: Sequence[int], *, at: datetime) -> dict[int, str]:
    return _best_offers[0](customers, at) if _best_offers else {}


def knows_best_offers() -> bool:
    return bool(_best_offers)


def connect_best_channels(choose: BestChannels) -> None:
    """Let `choose(customers, channels, purpose, at)` name each one's channel; who has none is left out."""
    _best_channels[:] = [choose]


def best_channels(
    customers: Sequence[int], *, channels: Sequence[str], purpose: str, at: datetime
) -> dict[int, str] | None:
    """The channel of each customer, None when nobody can choose."""
    return _best_channels[0](customers, channels, purpose, at) if _best_channels else None


def connect_good_hours(choose: GoodHours) -> None:
    """Let `choose(customers, purpose, at)` name the local hours in which each answers; unknown ones are left out."""
    _good_hours[:] = [choose]


def good_hours(customers: Sequence[int], *, purpose: str, at: datetime) -> dict[int, Span]:
    return _good_hours[0](customers, purpose, at) if _good_hours else {}


def connect_surveys(invite: Invite) -> None:
    """Let `invite(Invitation)` invite; what comes of it is told to `actions.note_outcomes`."""
    _invite[:] = [invite]


def invite_to_survey(invitation: Invitation) -> None:
    if not _invite:
        raise LookupError("nobody invites to surveys")
    _invite[0](invitation)


def has_surveys() -> bool:
    return bool(_invite)


def on_calls_put(listener: Callable[[], None]) -> None:
    """Call `listener()` inside the transaction after which calls to other systems are due."""
    _calls_put[:] = [listener]


def calls_put() -> None:
    for listener in _calls_put:
        listener()
