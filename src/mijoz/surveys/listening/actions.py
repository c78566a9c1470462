"""What changes listening: themes, interviews, passages of open answers, coding, settling differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.surveys.definition import Text, parse
from mijoz.surveys.listening import ready
from mijoz.surveys.listening.models import Code, Interview, Passage, Reading, Settlement, Theme, Tone
from mijoz.surveys.models import Response, SurveyVersion


class NotCoded(ValueError):
    """It could not be coded so; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of an interview all but its words."""

    side: str
    consent: str
    language: str
    asked_on: date
    who: str = ""
    guide: str = ""
    customer: Customer | None = None


def take_ready_themes() -> int:
    """Add the ready themes that are not there yet; returns how many."""
    known = set(Theme.objects.values_list("key", flat=True))
    missing = [
        Theme(
            key=one.key,
            names=one.names,
            descriptions=one.descriptions,
            words={language: list(words) for language, words in one.words.items()},
            order=place,
        )
        for place, one in enumerate(ready.THEMES, start=1)
        if one.key not in known
    ]
    return len(Theme.objects.bulk_create(missing, ignore_conflicts=True))


def write_theme(
    theme: Theme | None,
    *,
    key: str,
    names: Mapping[str, str],
    descriptions: Mapping[str, str],
    words: Mapping[str, Sequence[str]],
    is_active: bool = True,
) -> Theme:
    """Add a theme, or change one; its key stays."""
    told = {
        "names": dict(names),
        "descriptions": dict(descriptions),
        "words": {language: list(each) for language, each in words.items()},
        "is_active": is_active,
    }
    if theme is not None:
        for name, value in told.items():
            setattr(theme, name, value)
        theme.save(update_fields=list(told))
        return theme
    last = Theme.objects.aggregate(last=Max("order"))["last"] or 0
    return Theme.objects.create(key=key, order=last + 1, **told)


def change_interview(interview: Interview, asked: Asked) -> None:
    """Correct who was asked, when, of what and by which consent; the words stay as they were said."""
    for name in (field.name for field in fields(asked)):
        setattr(interview, name, getattr(asked, name))
    interview.save(update_fields=[field.name for field in fields(asked)])


def keep_interview(asked: Asked, passages: Iterable[str], *, by: StaffMember | None, at: datetime) -> Interview:
    """Keep a talk in passages, and have themes to code it by."""
    with transaction.atomic():
        interview = Interview.objects.create(
            **{field.name: getattr(asked, field.name) for field in fields(asked)}, interviewer=by, kept_at=at
        )
        Passage.objects.bulk_create(
            [Passage(interview=interview, position=place, text=text) for place, text in enumerate(passages, start=1)]
        )
        if not Theme.objects.exists():
            take_ready_themes()
    return interview


def remove_interview(interview: Interview) -> None:
    """Take back a talk with all that was coded in it: the person asked for it, or it was entered wrongly."""
    interview.delete()


def keep_open_answers() -> int:
    """Make a passage of every open answer that has none yet; returns how many.

    The words stay in the answer. Those of all surveys come in one batch, in the order of numbers drawn by chance.
    """
    wanted: list[Passage] = []
    for version in SurveyVersion.objects.all():
        for question in parse(version.definition).questions:
            if isinstance(question, Text):
                answered = Response.objects.filter(version=version, is_pilot=False, answers__has_key=question.key)
                fresh = answered.exclude(passages__question=question.key).values_list("pk", flat=True)
                wanted += [Passage(response_id=pk, question=question.key) for pk in fresh]
    wanted.sort(key=lambda passage: passage.pk)
    Passage.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=2_000)
    if wanted and not Theme.objects.exists():
        take_ready_themes()
    return len(wanted)


def code(passage: Passage, tones: Mapping[str, str], *, by: StaffMember, is_blind: bool, at: datetime) -> Reading:
    """Keep what a coder saw: the tone of each theme by its key, nothing when it speaks of none.

    Coding it again replaces what the same coder saw before. Raises NotCoded for what is no theme or no tone.
    """
    themes = {theme.key: theme for theme in Theme.objects.filter(is_active=True, key__in=tones)}
    if set(tones) - set(themes):
        raise NotCoded(_("One of the themes is not in use any more. Open the page again."))
    if set(tones.values()) - set(Tone.values):
        raise NotCoded(_("Say of each theme whether it was spoken of well, badly or both."))
    with transaction.atomic():
        reading, _is_new = Reading.objects.update_or_create(
            passage=passage, coder=by, defaults={"read_at": at}, create_defaults={"read_at": at, "is_blind": is_blind}
        )
        reading.codes.all().delete()
        Code.objects.bulk_create([Code(reading=reading, theme=themes[key], tone=tone) for key, tone in tones.items()])
    return reading


def settle(passage: Passage, tones: Mapping[str, str], *, by: StaffMember, at: datetime) -> None:
    """Decide what holds of these themes in the passage: a tone, or "" for a theme that is not there.

    Raises NotCoded for what is no theme or no tone.
    """
    themes = {theme.key: theme for theme in Theme.objects.filter(key__in=tones)}
    if set(tones) - set(themes) or set(tones.values()) - {*Tone.values, ""}:
        raise NotCoded(_("Choose one of the answers shown."))
    with transaction.atomic():
        for key, tone in tones.items():
            Settlement.objects.update_or_create(
                passage=passage, theme=themes[key], defaults={"tone": tone, "settled_by": by, "settled_at": at}
            )
