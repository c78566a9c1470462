"""What changed from one version of a scenario to another, in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.customers.wording import PRIORITIES
from mijoz.scenarios import sentences
from mijoz.scenarios.definition import Definition
from mijoz.segments.families import name_of, names_of
from mijoz.segments.models import Segment
from mijoz.ui import formats

ENOUGH_IN_COMMON = 0.4  # of the words of both
WORDS = re.compile(r"\s+|\S+")
LANGUAGES = dict(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; `pieces` are the text of before and after in one."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step that is `added`, `removed`, `changed` or `moved`, with what differs in it."""

    kind: str
    icon: str
    title: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Comparison:
    settings: list[Change]
    steps: list[StepChange]

    @property
    def is_empty(self) -> bool:
        return not self.settings and not self.steps


def compare(old: Definition, new: Definition) -> Comparison:
    """What `new` has otherwise than `old`; steps are the same by their key."""
    return Comparison(list(_settings(old, new)), list(_steps(old, new)))


def _settings(old: Definition, new: Definition) -> Iterator[Change]:
    with names_of(Segment.objects.all()):
        told = list(zip(_told(old), _told(new), strict=True))
    for (label, before), (_label, after) in told:
        if before != after:
            yield Change(label, pieces(before, after))


def _told(found: Definition) -> list[tuple[str, str]]:
    segment = found.trigger.segment
    cost = found.package_cost
    return [
        (_("What begins it"), sentences.trigger(found, name_of(segment) if segment else "")),
        (_("Only if"), sentences.eligibility(found)),
        (_("Hold-out"), f"{sentences.hold_out(found)} {sentences.held_from(found)}"),
        (_("The same customer again"), sentences.again(found)),
        (_("Purpose of the messages"), sentences.purpose(found)),
        (_("Priority"), sentences.priority(found)),
        (_("Cost of the package"), formats.money(cost, business().currency) if cost is not None else ""),
        (_("Goal"), f"{sentences.goal(found.goal)} {sentences.at_goal(found)}"),
    ]


def _steps(old: Definition, new: Definition) -> Iterator[StepChange]:
    before = {placed.step.key: placed for placed in old.placed}
    after = {placed.step.key: placed for placed in new.placed}
    old_words, new_words = (sentences.steps(one, sentences.names_of_branches()) for one in (old, new))
    common = [key for key in before if key in after]
    stays = _in_both_orders(common, [key for key in after if key in before])
    for key, placed in after.items():
        words = new_words[placed.position]
        title = f"{words.kind}: {words.title}"
        if key not in before:
            yield StepChange("added", words.icon, title, [])
            continue
        changes = list(_fields(_flat(before[key].step), _flat(placed.step)))
        if changes:
            yield StepChange("changed", words.icon, title, changes)
        elif key not in stays or before[key].place.count(".") != placed.place.count("."):
            yield StepChange("moved", words.icon, title, [])
    for key, placed in before.items():
        if key not in after:
            words = old_words[placed.position]
            yield StepChange("removed", words.icon, f"{words.kind}: {words.title}", [])


def _in_both_orders(old: list[str], new: list[str]) -> set[str]:
    """The keys that did not move, as many as there can be."""
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    return {key for block in matcher.get_matching_blocks() for key in old[block.a : block.a + block.size]}


def _flat(step: Any) -> dict[str, str]:
    """The fields of a step as texts, those by language each; what is inside of it is compared by itself."""
    flat: dict[str, str] = {}
    for name, value in step.model_dump(mode="json", exclude={"key", "kind", "then", "otherwise"}).items():
        if isinstance(value, dict) and set(value) <= set(LANGUAGES):
            flat |= {f"{name}.{code}": text for code, text in value.items()}
        elif name == "arms":
            flat |= {f"arm.{arm['key']}": f"{arm['share']} %" for arm in value}
        elif name == "confirm":
            flat |= {f"confirm.{one['key']}": " / ".join(one["texts"].values()) for one in value}
        elif value not in (None, "", [], {}):
            flat[name] = _said(name, value)
    return flat


def _said(name: str, value: Any) -> str:
    """The value of a field as people read it."""
    match name:
        case "channel":
            return sentences.channel_label(value)
        case "role" if value in Role.values:
            return str(Role(value).label)
        case "package":
            return sentences.package_label(value)
        case "discount":
            return formats.share(value, 0)
        case "priority" if value in PRIORITIES:
            return str(PRIORITIES[value])
    return formats.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _fields(old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(_label(name), pieces(old.get(name, ""), new.get(name, "")))


def _label(name: str) -> str:
    head, _dot, rest = name.partition(".")
    labels = {
        "subjects": _("Subject"),
        "texts": _("Text"),
        "short_texts": _("Text for SMS, if another"),
        "names": _("Name"),
        "gifts": _("Gift"),
        "scripts": _("Script for staff"),
        "channel": _("Channel"),
        "days": _("Days"),
        "hours": _("Hours"),
        "discount": _("Discount"),
        "valid_days": _("Valid for so many days"),
        "role": _("For"),
        "branch": _("Branch"),
        "priority": _("Priority in the queue"),
        "package": _("Package"),
        "confirm": _("What staff confirm"),
        "arm": _("Share, per cent"),
    }
    label = labels.get(head, head)
    return f"{label}, {LANGUAGES[rest]}" if rest in LANGUAGES else label


def pieces(old: str, new: str) -> list[Piece]:
    """Both texts in one, word by word: what stayed, what is gone, what is new. Of texts that have little in common the
    whole old one, then the whole new one: a patchwork of both can be read by nobody."""
    if not _have_much_in_common(old.split(), new.split()):
        return [Piece(kind, text) for kind, text in (("gone", old), ("new", new)) if text]
    before, after = WORDS.findall(old), WORDS.findall(new)
    found = []
    for verb, a0, a1, b0, b1 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if verb == "equal":
            found.append(Piece("same", "".join(before[a0:a1])))
            continue
        if a1 > a0:
            found.append(Piece("gone", "".join(before[a0:a1])))
        if b1 > b0:
            found.append(Piece("new", "".join(after[b0:b1])))
    return found


def _have_much_in_common(old: list[str], new: list[str]) -> bool:
    return difflib.SequenceMatcher(a=old, b=new, autojunk=False).ratio() >= ENOUGH_IN_COMMON
