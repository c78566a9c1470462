"""A whole scenario read back as sentences, in the language of the page or in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.scenarios import sentences
from mijoz.scenarios.definition import (
    Definition,
    Fork,
    GiveTask,
    Message,
    Offer,
    Placed,
    SetProtocol,
    Split,
    Wait,
    arms_of,
    outcome_label,
)
from mijoz.scenarios.models import first_sentence
from mijoz.segments import sentences as rule_sentences
from mijoz.segments.families import name_of, names_of
from mijoz.segments.models import Segment, in_language
from mijoz.ui import formats

Told = tuple[str, str, bool, list[str]]  # code, name of the language, whether it is the page's, paragraphs


def in_all_languages(definition: Definition) -> list[Told]:
    """The scenario in every language, that of the page marked."""
    page = (get_language() or "uz").split("-")[0]
    told, branches = [], sentences.names_of_branches()
    with names_of(Segment.objects.all()):
        for code, language in settings.LANGUAGES:
            with translation.override(code):
                told.append((code, str(language), code == page, paragraphs(definition, branches)))
    return told


def paragraphs(definition: Definition, branches: dict[str, str]) -> list[str]:
    """Who and when; what then; the comparison and the goal; how messages go and what it costs."""
    segment = definition.trigger.segment
    who = [sentences.trigger(definition, name_of(segment) if segment else "")]
    if definition.eligibility:
        who.append(_("Only if: %(rule)s") % {"rule": sentences.eligibility(definition)})
    who.append(sentences.again(definition))
    compared = [sentences.hold_out(definition)]
    if definition.holdout_share:
        compared.append(sentences.held_from(definition))
    compared += [_("The goal: %(goal)s") % {"goal": sentences.goal(definition.goal)}, sentences.at_goal(definition)]
    how = [sentences.purpose(definition), sentences.priority(definition)]
    if definition.package_cost is not None:
        cost = formats.money(definition.package_cost, business().currency)
        how.append(_("The package costs %(cost)s for a customer.") % {"cost": cost})
    reading = _Reading(definition, branches, sentences.names_of_steps(definition))
    steps = _("What happens: %(steps)s.") % {"steps": _joined(_way(reading, definition.placed, level=0))}
    return [" ".join(who), steps, " ".join(compared), " ".join(how)]


def _joined(phrases: Iterable[str]) -> str:
    return "; ".join(phrases)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A definition with what its branches and steps are called."""

    definition: Definition
    branches: dict[str, str]
    called: dict[str, str]


def _way(reading: _Reading, placed: Iterable[Placed], *, level: int) -> list[str]:
    return [_phrase(reading, one) for one in placed if one.level == level]


def _phrase(reading: _Reading, placed: Placed) -> str:
    """One step as a part of a sentence; a branch and a split with all that is inside of them."""
    step, offer = placed.step, reading.definition.offer_before(placed.position)
    words = sentences.step(step, reading.branches, offer=offer)
    match step:
        case Wait():
            return _("wait: %(length)s") % {"length": words.title}
        case Message():
            return _("write by %(channel)s: “%(subject)s”") % {"channel": words.lines[0], "subject": words.title}
        case Offer():
            return _("offer: %(offer)s (%(worth)s)") % {"offer": words.title, "worth": ", ".join(words.lines)}
        case SetProtocol():
            return _("serve so: %(protocol)s") % {"protocol": words.title}
        case GiveTask():
            what = first_sentence(in_language(step.texts))[0].rstrip(".")
            return _("task for %(role)s: “%(task)s”") % {"role": Role(step.role).label, "task": what}
        case Fork():
            then, otherwise = (_inside(reading, placed, way) for way, _steps in arms_of(step))
            asked = question(step, reading.called)
            said = _("if %(question)s: %(then)s") % {"question": asked, "then": then or _("nothing")}
            return _("%(if)s, otherwise: %(otherwise)s") % {"if": said, "otherwise": otherwise or _("nothing")}
        case Split():
            ways = (
                f"{sentences.way_label(step, way)}: {_inside(reading, placed, way) or _('nothing')}"
                for way, _steps in arms_of(step)
            )
            return _("by chance: %(ways)s") % {"ways": _joined(ways)}
    return ": ".join(filter(None, [words.kind.lower(), words.title]))


def _inside(reading: _Reading, holder: Placed, way: str) -> str:
    """The steps of a way in brackets; "" when it leads straight on."""
    definition = reading.definition
    begin = holder.ways[way]
    if begin == holder.after:
        return ""
    others = [position for position in (*holder.ways.values(), holder.after) if position > begin]
    ends = min(others, default=len(definition.placed))
    ends = min(ends, begin + _size(definition, begin, holder.level + 1))
    return f"({_joined(_way(reading, definition.placed[begin:ends], level=holder.level + 1))})"


def _size(definition: Definition, begin: int, level: int) -> int:
    """How many steps from `begin` on stand at this level or deeper."""
    rest = definition.placed[begin:]
    return next((count for count, one in enumerate(rest) if one.level < level), len(rest))


def question(step: Fork, called: Mapping[str, str]) -> str:
    """What a branch asks, as a part of a sentence; `called` names the other steps by their keys."""
    if step.rule is not None:
        return rule_sentences.of_rule(step.rule).rstrip(".")
    outcomes = ", ".join(outcome_label(outcome) for outcome in step.outcomes)
    return _("step “%(step)s” ended so: %(outcomes)s") % {
        "step": called.get(step.step, step.step),
        "outcomes": outcomes,
    }
