"""A scenario in words, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, Role
from mijoz.channels.models import Channel
from mijoz.customers.models import Purpose
from mijoz.scenarios import wording
from mijoz.scenarios.definition import Definition, GiveTask, Message, Offer, SetProtocol, Step, Wait, kind_label
from mijoz.scenarios.fitting import Texts
from mijoz.scenarios.models import first_sentence
from mijoz.segments import sentences
from mijoz.segments.models import in_language
from mijoz.ui import formats

ICONS = {
    "wait": "hourglass",
    "message": "mail",
    "offer": "gift",
    "protocol": "user-star",
    "task": "checklist",
}


@dataclass(frozen=True, slots=True)
class StepInWords:
    """A step: its `title` says what it does, `lines` hold its particulars, `text` its own words to read."""

    icon: str
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    text: str = ""


def trigger(definition: Definition, segment: str) -> str:
    """Who is enrolled; `segment` is the segment's name."""
    names = {"segment": segment}
    if definition.trigger.kind == "segment_left":
        return _("Whoever leaves the segment “%(segment)s”.") % names
    if definition.trigger.include_present:
        return _("Whoever is in the segment “%(segment)s”, now or later.") % names
    return _("Whoever enters the segment “%(segment)s” after the start.") % names


def eligibility(definition: Definition) -> str:
    """Who of them fits, "" when all do."""
    return sentences.of_rule(definition.eligibility) if definition.eligibility else ""


def again(definition: Definition) -> str:
    days = definition.again_after_days
    if days is None:
        return _("Each customer once.")
    return ngettext(
        "The same customer again after %(n)s day at the earliest.",
        "The same customer again after %(n)s days at the earliest.",
        days,
    ) % {"n": days}


def hold_out(definition: Definition) -> str:
    if not definition.holdout_share:
        return _("Nobody is kept for comparison, so nobody can say what the scenario changed.")
    return _(
        "%(share)s of them, drawn by chance, get nothing from this scenario: the difference to them shows its effect."
    ) % {"share": formats.share(definition.holdout_share, 0)}


def goal(definition: Definition) -> str:
    days = definition.goal.window_days
    return ngettext("A purchase within %(n)s day.", "A purchase within %(n)s days.", days) % {"n": days}


def at_goal(definition: Definition) -> str:
    if definition.ends_at_goal:
        return _("Who has bought gets none of the steps that are left.")
    return _("The steps go on after a purchase too.")


def purpose(definition: Definition) -> str:
    if definition.purpose == Purpose.MARKETING:
        return _("Marketing: messages need the customer's consent and keep quiet hours and limits.")
    return _("Service: messages go to everybody who has not objected.")


def steps(definition: Definition, branches: dict[str, str] | None = None) -> list[StepInWords]:
    """All steps in their order; `branches` has names by code."""
    offers = (definition.offer_before(position) for position in range(len(definition.steps)))
    return [step(found, branches, offer=offer) for found, offer in zip(definition.steps, offers, strict=True)]


def step(found: Step, branches: dict[str, str] | None = None, *, offer: Offer | None = None) -> StepInWords:
    """One step; `offer` is the one that a message speaks of."""
    icon, kind = ICONS[found.kind], kind_label(found.kind)
    match found:
        case Wait():
            return StepInWords(icon, kind, duration(found.days, found.hours))
        case Message():
            channel = str(Channel(found.channel).label)
            return StepInWords(icon, kind, read(found.subjects, offer), (channel,), read(found.texts, offer))
        case Offer():
            return StepInWords(icon, kind, in_language(found.names), (_worth(found), _valid(found)))
        case SetProtocol():
            title = " · ".join(protocol(found)) or _("Script for staff")
            return StepInWords(icon, kind, title, (), in_language(found.scripts))
        case GiveTask():
            branch = (branches or {}).get(found.branch, found.branch) if found.branch else _("all branches")
            who = f"{Role(found.role).label}, {branch}"
            what, how = first_sentence(in_language(found.texts))
            return StepInWords(icon, kind, what, (who, _within(found.due_days)), how)


def read(texts: Texts, offer: Offer | None) -> str:
    """A template as one may read it who is no customer."""
    language = (get_language() or "uz").split("-")[0]
    code = language if texts.get(language) else next(iter(texts))
    return wording.illustrate(texts[code], offer.words(code) if offer else None, language=code)


def duration(days: int, hours: int) -> str:
    """2 days 3 hours."""
    parts = []
    if days:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    return " ".join(parts)


def protocol(found: SetProtocol) -> tuple[str, ...]:
    """What of the protocol is set, a line each."""
    lines = []
    if found.priority is not None:
        lines.append(_("Priority in the queue: %(n)s") % {"n": found.priority})
    if found.package:
        lines.append(_("Package: %(package)s") % {"package": package_label(found.package)})
    if found.preferred_channel:
        lines.append(_("Channel: %(channel)s") % {"channel": Channel(found.preferred_channel).label})
    if found.preferred_hours:
        lines.append(_("Hours: %(hours)s") % {"hours": found.preferred_hours})
    return tuple(lines)


def package_label(package: str) -> str:
    return {"": _("as it is"), "minimal": _("minimal"), "value_adding": _("value-adding")}.get(package, package)


def names_of_branches() -> dict[str, str]:
    return dict(Branch.objects.values_list("code", "name"))


def _worth(found: Offer) -> str:
    if found.discount is not None:
        return _("Discount of %(share)s") % {"share": formats.share(found.discount, 0)}
    return _("Gift: %(gift)s") % {"gift": in_language(found.gifts)}


def _valid(found: Offer) -> str:
    days = found.valid_days
    return ngettext("valid for %(n)s day", "valid for %(n)s days", days) % {"n": days}


def _within(days: int) -> str:
    if not days:
        return _("due on the same day")
    return ngettext("due within %(n)s day", "due within %(n)s days", days) % {"n": days}
