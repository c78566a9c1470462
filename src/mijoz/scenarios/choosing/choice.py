"""Choosing: for many customers at once, by which channel and in which hours to write to each, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mijoz.analysis.learning import bandit
from mijoz.business.models import Business
from mijoz.business.queries import business
from mijoz.channels import registry
from mijoz.channels.gate import quiet_until, rules_of
from mijoz.channels.queries import latest_answers, unusable
from mijoz.customers.models import Preferences, Protocol, Purpose
from mijoz.customers.privacy import stops
from mijoz.customers.queries import root_of
from mijoz.customers.wording import channel as channel_name
from mijoz.scenarios.choosing import hours, learning
from mijoz.scenarios.choosing.hours import ANY_HOUR, PARTS, Window
from mijoz.scenarios.choosing.models import OwnCount, SegmentCount
from mijoz.segments.models import Membership, Segment
from mijoz.ui import formats

FEW = 3  # fewer messages of their own say nothing of a customer


class Ground(StrEnum):
    """What a choice rests on."""

    DECLARED = "declared"  # the customer chose it
    PROTOCOL = "protocol"  # staff or a scenario wrote it down
    OWN = "own"  # how the customer answered
    SEGMENT = "segment"  # how others of their segment answered
    EVERYBODY = "everybody"
    EXPLORED = "explored"  # to learn
    NOTHING = "nothing"  # nobody has been written to yet


@dataclass(frozen=True, slots=True)
class Why:
    """The grounds with the counts at that time; `expected` is the share of answers looked for."""

    ground: Ground
    channel: str
    window: str
    answers: int = 0
    messages: int = 0
    segment: str = ""  # key
    others_answers: int = 0
    others_messages: int = 0
    expected: float = 0.0

    def sentence(self) -> str:
        """The reason in the language of the page."""
        return _sentence(self)

    def as_dict(self) -> dict[str, object]:
        """As JSON, to be kept beside what was done."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Why:
        """As it was kept by `as_dict`."""
        return cls(**{**kept, "ground": Ground(kept["ground"])})


@dataclass(frozen=True, slots=True)
class Choice:
    """By which channel and in which hours to write, and the first such moment from the one asked about on."""

    customer_id: int
    channel: str
    window: Window
    moment: datetime
    why: Why


def choose(
    customer_ids: Collection[int],
    *,
    channels: Sequence[str],
    purpose: str,
    at: datetime,
    within: timedelta | None = None,
    exploring: float | None = None,
) -> dict[int, Choice]:
    """A choice for each of these customers, among `channels`; the number of statements does not depend on theirs.

    What customers chose themselves counts first, then what their protocol says, then what was learned. A channel by
    which somebody cannot be reached, or may not be written to by what they answered, is left out while another one is
    there. With `within` only hours that begin in that time are chosen. The gate judges all of it again, with caps and
    quiet hours, when the message goes out; hours that are quiet for marketing as a whole are not chosen for it. The
    same at one `at` and purpose gives the same again.
    """
    if not customer_ids or not channels:
        return {}
    ids = sorted(customer_ids)
    roots = root_of(ids)
    people = np.array(sorted(set(roots.values())), dtype=np.int64)
    known = _known(people, channels)
    company = business()
    told = _told(people, channels)
    allowed = (
        _reachable(people, channels, purpose)[:, :, None] & _open_parts(company, purpose, at, within)[None, None, :]
    )
    for row, (channel, window, ground) in list(told.items()):
        if not channel:
            continue
        if allowed[row, channels.index(channel)].any():
            allowed[row, [place for place, name in enumerate(channels) if name != channel]] = False
        elif window is None:
            del told[row]
        else:
            told[row] = ("", window, ground)
    found = bandit.choose(
        known.learned, segment=known.segment, own_sent=known.sent, own_answered=known.answered, allowed=allowed,
        rng=np.random.default_rng([int(at.timestamp()), *purpose.encode()]),
        exploring=learning.settings().exploring_share if exploring is None else exploring,
    )  # fmt: skip
    chosen = {
        int(person): _choice(int(person), row, found, known, told.get(row), channels, company, at)
        for row, person in enumerate(people)
    }
    return {
        customer: Choice(customer, one.channel, one.window, one.moment, one.why)
        for customer, root in roots.items()
        if (one := chosen[root])
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What was learned, and of each person what concerns them."""

    learned: bandit.Learned
    counts: np.ndarray  # (segments, channels, parts, 2): messages and answers as they were
    keys: list[str]  # of the segments; the first is none
    segment: bandit.Ints
    sent: bandit.Floats
    answered: bandit.Floats
    own: np.ndarray  # (people, channels, parts, 2)


def _known(people: np.ndarray, channels: Sequence[str]) -> _Known:
    keys = ["", *Segment.objects.filter(is_default=True).order_by("order").values_list("key", flat=True)]
    shape = (len(keys), len(channels), len(PARTS))
    sent, answered, counts = np.zeros(shape), np.zeros(shape), np.zeros((*shape, 2), dtype=np.int64)
    for one in SegmentCount.objects.filter(channel__in=channels):
        place = (keys.index(one.segment) if one.segment in keys else 0, channels.index(one.channel), one.part)
        sent[place] += one.sent
        answered[place] += one.answered
        counts[place] += (one.messages, one.answers)
    own_shape = (len(people), len(channels), len(PARTS))
    own_sent, own_answered = np.zeros(own_shape), np.zeros(own_shape)
    own = np.zeros((*own_shape, 2), dtype=np.int64)
    profiled = set(people.tolist()) - set(stops.unprofiled())
    rows = OwnCount.objects.filter(customer__in=list(profiled), channel__in=channels)
    for customer, channel, part, messages, answers, faded, faded_answers in rows.values_list(
        "customer_id", "channel", "part", "messages", "answers", "sent", "answered"
    ):
        place = (int(np.searchsorted(people, customer)), channels.index(channel), part)
        own_sent[place], own_answered[place], own[place] = faded, faded_answers, (messages, answers)
    segment = np.zeros(len(people), dtype=np.int64)
    members = Membership.objects.filter(customer__in=list(profiled), left_at=None, segment__is_default=True)
    for customer, key in members.values_list("customer_id", "segment__key"):
        segment[np.searchsorted(people, customer)] = keys.index(key)
    learned = bandit.learn(bandit.Counts(sent, answered))
    return _Known(learned, counts, keys, segment, own_sent, own_answered, own)


def _told(people: np.ndarray, channels: Sequence[str]) -> dict[int, tuple[str, Window | None, Ground]]:
    """What customers chose, else what their protocol says: a channel of those asked for or "", hours or None."""
    told: dict[int, tuple[str, Window | None, Ground]] = {}
    chosen = Preferences.objects.filter(customer__in=people.tolist()).values_list("customer_id", "channel", "hours")
    written = Protocol.objects.filter(customer__in=people.tolist()).values_list(
        "customer_id", "preferred_channel", "preferred_hours"
    )
    for ground, rows in ((Ground.PROTOCOL, written), (Ground.DECLARED, chosen)):
        for customer, channel, clock in rows:
            row = int(np.searchsorted(people, customer))
            kept = channel if channel in channels else ""
            window = hours.declared(clock)
            if kept or window:
                before = told.get(row, ("", None, ground))
                told[row] = (kept or before[0], window or before[1], ground)
    return told


def _reachable(people: np.ndarray, channels: Sequence[str], purpose: str) -> bandit.Flags:
    """By which channels each has an address that works and may be written to.

    Who has none of any may be asked by all, and the gate will say no.
    """
    carried = registry.channels()
    found = np.zeros((len(people), len(channels)), dtype=bool)
    answers = latest_answers(people.tolist()) if len(channels) > 1 else None
    needs_yes = purpose == Purpose.MARKETING
    for place, channel in enumerate(channels):
        if channel not in carried:
            found[:, place] = True
            continue
        addresses = registry.addresses(channel, set(people.tolist()))
        gone = unusable(addresses.values(), channel) if answers else set()
        for row, person in enumerate(people.tolist()):
            address = addresses.get(person)
            answer = answers.consent(person, purpose, channel) if answers else True
            found[row, place] = bool(address) and address not in gone and (answer or (answer is None and not needs_yes))
    found[~found.any(axis=1)] = True
    return found


def _open_parts(company: Business, purpose: str, at: datetime, within: timedelta | None) -> bandit.Flags:
    """The parts of the day that may be chosen: not quiet as a whole for marketing, and soon enough. All if none is."""
    rules = rules_of(company)
    found = []
    for part in PARTS:
        moment = part.next_moment(at, zone=company.zone)
        is_open = within is None or moment <= at + within
        if purpose == Purpose.MARKETING and is_open:
            quiet_ends = quiet_until(rules, moment)
            is_open = quiet_ends is None or part.next_moment(quiet_ends, zone=company.zone) == quiet_ends
        found.append(is_open)
    return np.array(found) if any(found) else np.ones(len(PARTS), dtype=bool)


def _choice(
    person: int,
    row: int,
    found: bandit.Chosen,
    known: _Known,
    told: tuple[str, Window | None, Ground] | None,
    channels: Sequence[str],
    company: Business,
    at: datetime,
) -> Choice:
    place, part = int(found.channel[row]), int(found.part[row])
    channel = channels[place]
    window = (told[1] if told else None) or PARTS[part]
    segment = int(known.segment[row])
    nobody = known.counts[..., 0].sum() == 0
    if nobody and not (told and told[1]):
        window = ANY_HOUR
    own, others = known.own[row, place, part], known.counts[segment, place, part] - known.own[row, place, part]
    if told:
        ground = told[2]
    elif nobody:
        ground = Ground.NOTHING
    elif found.explored[row]:
        ground = Ground.EXPLORED
    elif own[0] >= FEW and own[1]:
        ground = Ground.OWN
    else:
        ground = Ground.SEGMENT if segment and others[0] >= FEW else Ground.EVERYBODY
    if ground is Ground.EVERYBODY:
        others = known.counts[:, place, part].sum(axis=0) - own
    why = Why(
        ground=ground, channel=channel, window=window.name, answers=int(own[1]), messages=int(own[0]),
        segment=known.keys[segment], others_answers=max(int(others[1]), 0), others_messages=max(int(others[0]), 0),
        expected=round(float(found.rate[row]), 4),
    )  # fmt: skip
    return Choice(person, channel, window, window.next_moment(at, zone=company.zone), why)


def _sentence(why: Why) -> str:
    words = {
        "arm": _("%(channel)s, %(hours)s") % {"channel": channel_name(why.channel), "hours": why.window},
        "answers": formats.number(why.answers),
        "messages": formats.number(why.messages),
        "others_answers": formats.number(why.others_answers),
        "others_messages": formats.number(why.others_messages),
        "expected": formats.share(why.expected),
    }
    match why.ground:
        case Ground.DECLARED:
            said = _("%(arm)s: the customer chose so.")
        case Ground.PROTOCOL:
            said = _("%(arm)s: it stands in the customer’s protocol.")
        case Ground.OWN:
            said = _("%(arm)s: so the customer answered %(answers)s of %(messages)s messages.")
        case Ground.SEGMENT:
            said = _("%(arm)s: so others of the segment answered %(others_answers)s of %(others_messages)s messages.")
        case Ground.EVERYBODY:
            said = _("%(arm)s: so customers answered %(others_answers)s of %(others_messages)s messages.")
        case Ground.EXPLORED:
            said = _("%(arm)s: tried to learn whether it is answered better; expected %(expected)s.")
        case Ground.NOTHING:
            said = _("%(arm)s: nobody has been written to yet, so there is nothing to learn from.")
    return said % words
