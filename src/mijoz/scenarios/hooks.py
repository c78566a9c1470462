"""Typed hooks: what scenarios ask of those above them, who connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from mijoz.business.models import StaffMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a scenario changed: the difference of the arms' goal rates with its 95 % interval, None when unknown.

    `verdict` is one of works, harms, early (clear only to who looks once), no_difference_seen and too_few; `sentence`
    says it in the page's language.
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


Invite = Callable[[Invitation], None]
IsAsked = Callable[[str], bool]
Choices = Callable[[], list[tuple[str, str]]]
SurveyName = Callable[[str], str]
SurveyOf = Callable[[str, str, StaffMember | None, datetime], str]

_invite: list[Invite] = []
_is_asked: list[IsAsked] = []
_surveys: list[Choices] = []
_survey_name: list[SurveyName] = []
_survey_of: list[SurveyOf] = []
_calls_put: list[Callable[[], None]] = []


def connect_surveys(invite: Invite, *, is_asked: IsAsked, choices: Choices = list) -> None:
    """Let `invite(Invitation)` invite; what comes of it is told to `actions.note_outcomes`.

    `is_asked(key)` says whether a survey of this key takes answers now, `choices()` which do, by key and name.
    """
    _invite[:], _is_asked[:], _surveys[:] = [invite], [is_asked], [choices]


def connect_survey_names(name: SurveyName, *, of: SurveyOf) -> None:
    """`name(key)` says what a survey is called; `of(kind, key, by, at)` gives the key of one that asks for this kind of
    figure, and makes a draft with that key when there is none."""
    _survey_name[:], _survey_of[:] = [name], [of]


def survey_name(survey: str) -> str:
    """What a survey is called; "" when nobody knows it."""
    return _survey_name[0](survey) if _survey_name else ""


def survey_of(kind: str, key: str, *, by: StaffMember | None, at: datetime) -> str:
    """The key of a survey that asks for this kind of figure; `key` itself where there are no surveys."""
    return _survey_of[0](kind, key, by, at) if _survey_of else key


def surveys() -> list[tuple[str, str]]:
    """Key and name of the surveys that take answers now."""
    return _surveys[0]() if _surveys else []


def invite_to_survey(invitation: Invitation) -> None:
    if not _invite:
        raise LookupError("nobody invites to surveys")
    _invite[0](invitation)


def asks(survey: str) -> bool:
    """Whether a survey of this key takes answers now."""
    return bool(_is_asked) and _is_asked[0](survey)


def on_calls_put(listener: Callable[[], None]) -> None:
    """Call `listener()` inside the transaction after which calls to other systems are due."""
    _calls_put[:] = [listener]


def calls_put() -> None:
    for listener in _calls_put:
        listener()
