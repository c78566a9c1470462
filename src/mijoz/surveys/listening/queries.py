"""Reads of listening: what is to be coded, what holds of each passage, and how far coders agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from mijoz.analysis.psychometrics.agreement import Kappa, of_two_coders
from mijoz.business.models import StaffMember
from mijoz.surveys.listening.models import Interview, Passage, Reading, Settlement, Theme, Tone

FIRST, SECOND = "first", "second"


@dataclass(frozen=True, slots=True)
class Work:
    """How much there is: passages, those nobody has read, and those that this member may read as the second one."""

    passages: int
    to_read: int
    to_read_blind: int
    read_twice: int


@dataclass(slots=True)
class Finding:
    """A theme over all passages: how many speak of it, in which tone, and in how many interviews and answers."""

    theme: Theme
    tones: Counter[str] = field(default_factory=Counter)
    interviews: set[int] = field(default_factory=set)
    answers: int = 0

    @property
    def n(self) -> int:
        return sum(self.tones.values())

    @property
    def good(self) -> int:
        return self.tones[Tone.GOOD]

    @property
    def bad(self) -> int:
        return self.tones[Tone.BAD]

    @property
    def mixed(self) -> int:
        return self.tones[Tone.MIXED]


@dataclass(frozen=True, slots=True)
class Held:
    """A passage with what holds of it: the tone of each theme by its key."""

    passage: Passage
    tones: dict[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree on one theme: whether it is there, and of those where both saw it, in which tone."""

    theme: Theme
    kappa: Kappa
    both: int
    same_tone: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A theme on which two coders differ in a passage; each side is a tone, "" for not seen."""

    theme: Theme
    first: str
    second: str

    @property
    def first_label(self) -> str:
        return str(Tone(self.first).label) if self.first else ""

    @property
    def second_label(self) -> str:
        return str(Tone(self.second).label) if self.second else ""


@dataclass(frozen=True, slots=True)
class Disputed:
    """A passage with the themes on which its two coders differ and nobody has decided."""

    passage: Passage
    coders: tuple[StaffMember, StaffMember]
    differences: tuple[Difference, ...]


def themes() -> QuerySet[Theme]:
    return Theme.objects.filter(is_active=True)


def with_words() -> QuerySet[Passage]:
    """Passages whose words are still there, with what is needed to show them."""
    return Passage.objects.select_related("interview", "response__survey", "response__version")


def work(staff: StaffMember) -> Work:
    counted = Passage.objects.annotate(
        n=Count("readings"), mine=Count("readings", filter=Q(readings__coder=staff))
    ).aggregate(
        passages=Count("pk"),
        to_read=Count("pk", filter=Q(n=0)),
        to_read_blind=Count("pk", filter=Q(n=1, mine=0)),
        read_twice=Count("pk", filter=Q(n__gte=2)),
    )
    return Work(**counted)


def next_passage(staff: StaffMember, mode: str, *, after: UUID | None = None) -> Passage | None:
    """The next passage for this coder: one nobody has read, or as the second coder one that one other has read.

    Passages of one talk come one after another; with `after` those that stand behind it, else from the beginning.
    """
    counted = with_words().annotate(
        n=Count("readings", distinct=True), mine=Count("readings", filter=Q(readings__coder=staff), distinct=True)
    )
    wanted = counted.filter(n=0) if mode == FIRST else counted.filter(n=1, mine=0)
    in_order = wanted.order_by("interview__asked_on", "interview", "position", "pk")
    if after is not None:
        numbers = list(in_order.values_list("pk", flat=True))
        past = Passage.objects.filter(pk=after).first()
        rest = numbers[numbers.index(after) + 1 :] if past and after in numbers else numbers
        return in_order.filter(pk=rest[0]).first() if rest else in_order.exclude(pk=after).first()
    return in_order.first()


def seen_by(passage: Passage, staff: StaffMember) -> dict[str, str] | None:
    """What this coder saw in it, None before they have read it."""
    reading = Reading.objects.filter(passage=passage, coder=staff).first()
    return None if reading is None else dict(reading.codes.values_list("theme__key", "tone"))


def _readings(passages: Iterable[UUID] | None = None) -> dict[UUID, list[Reading]]:
    """By passage its readings, the first two, each with its codes and coder."""
    rows = Reading.objects.select_related("coder").prefetch_related("codes")
    if passages is not None:
        rows = rows.filter(passage__in=list(passages))
    found: dict[UUID, list[Reading]] = {}
    for reading in rows.order_by("read_at", "pk"):
        found.setdefault(reading.passage_id, []).append(reading)
    return {passage: readings[:2] for passage, readings in found.items()}


def _tones(reading: Reading) -> dict[int, str]:
    return {code.theme_id: code.tone for code in reading.codes.all()}


def _decided() -> dict[tuple[UUID, int], str]:
    return {(row.passage_id, row.theme_id): row.tone for row in Settlement.objects.all()}


def held() -> list[Held]:
    """Every passage that was read, with what holds of it.

    What was settled holds; else a theme holds when every coder who read the passage saw it, in the tone they share,
    mixed when they do not. A theme that only one of two saw waits until it is settled.
    """
    readings, decided = _readings(), _decided()
    keys = dict(Theme.objects.values_list("pk", "key"))
    passages = with_words().in_bulk(list(readings))
    found = []
    for number, read in readings.items():
        if number not in passages or not passages[number].said:
            continue
        told = [_tones(reading) for reading in read]
        tones = {}
        for theme, key in keys.items():
            seen = [each.get(theme, "") for each in told]
            agreed = "" if not all(seen) else seen[0] if len(set(seen)) == 1 else str(Tone.MIXED)
            if tone := decided.get((number, theme), agreed):
                tones[key] = tone
        found.append(Held(passages[number], tones))
    return found


def findings(held_now: Iterable[Held] | None = None) -> list[Finding]:
    """What was said of each theme, in the order of the themes."""
    found = {theme.key: Finding(theme) for theme in themes()}
    for one in held() if held_now is None else held_now:
        for key, tone in one.tones.items():
            if key not in found:
                continue
            found[key].tones[tone] += 1
            if one.passage.interview_id is not None:
                found[key].interviews.add(one.passage.interview_id)
            else:
                found[key].answers += 1
    return list(found.values())


def agreement() -> tuple[list[Agreement], int]:
    """How far the first two coders of each passage agree, by theme, and how many passages two have read.

    From what they saw themselves, before anything was settled.
    """
    pairs = [(_tones(read[0]), _tones(read[1])) for read in _readings().values() if len(read) == 2]
    rows = []
    for theme in themes():
        sides = [(first.get(theme.pk), second.get(theme.pk)) for first, second in pairs]
        both = [(first, second) for first, second in sides if first and second]
        kappa = of_two_coders([bool(first) for first, _s in sides], [bool(second) for _f, second in sides])
        rows.append(Agreement(theme, kappa, len(both), sum(first == second for first, second in both)))
    return rows, len(pairs)


def disputed(passage: UUID | None = None) -> Iterator[Disputed]:
    """Passages on which two coders differ and nobody has decided yet."""
    readings = {number: read for number, read in _readings([passage] if passage else None).items() if len(read) == 2}
    decided, known = _decided(), list(themes())
    words = with_words().in_bulk(list(readings))
    for number, (first, second) in readings.items():
        one, other = _tones(first), _tones(second)
        differences = tuple(
            Difference(theme, one.get(theme.pk, ""), other.get(theme.pk, ""))
            for theme in known
            if one.get(theme.pk, "") != other.get(theme.pk, "") and (number, theme.pk) not in decided
        )
        if differences and number in words and words[number].said:
            yield Disputed(words[number], (first.coder, second.coder), differences)


def quotes(key: str, held_now: Iterable[Held] | None = None) -> list[tuple[Passage, str]]:
    """The passages that speak of a theme, each with its tone, bad ones first."""
    order = {Tone.BAD: 0, Tone.MIXED: 1, Tone.GOOD: 2}
    rows = [(one.passage, one.tones[key]) for one in (held() if held_now is None else held_now) if key in one.tones]
    return sorted(rows, key=lambda row: (order[Tone(row[1])], str(row[0].pk)))


def interviews() -> QuerySet[Interview]:
    """All talks, the latest first, each with how many passages it has and how many of them were read."""
    counted = Interview.objects.select_related("customer", "interviewer").annotate(
        n=Count("passages", distinct=True),
        read=Count("passages", filter=Q(passages__readings__isnull=False), distinct=True),
    )
    return counted.order_by("-asked_on", "-pk")


def last_guide(side: str) -> str:
    """The questions asked last on this side; empty before the first talk."""
    return str(Interview.objects.filter(side=side).exclude(guide="").values_list("guide", flat=True).first() or "")


def copies(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """What a person's copy says of their interviews: the questions and every word."""
    for interview in rows.prefetch_related("passages"):
        yield {
            "asked_on": interview.asked_on.isoformat(),
            "consent": interview.consent,
            "who": interview.who,
            "guide": interview.guide,
            "said": [passage.text for passage in sorted(interview.passages.all(), key=lambda one: one.position)],
        }
