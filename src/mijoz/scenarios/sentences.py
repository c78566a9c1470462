"""A scenario in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.dates import WEEKDAYS
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, Role
from mijoz.channels.models import Channel
from mijoz.customers.models import Purpose
from mijoz.scenarios import hooks, wording
from mijoz.scenarios.definition import (
    BEST,
    DateTrigger,
    Definition,
    End,
    EventTrigger,
    Fork,
    GiveTask,
    Message,
    Offer,
    QueueFirst,
    ScheduleTrigger,
    SegmentTrigger,
    SetProtocol,
    SilenceTrigger,
    Split,
    Step,
    Survey,
    Wait,
    Webhook,
    kind_label,
    outcome_label,
)
from mijoz.scenarios.event_names import conditions, event_label
from mijoz.scenarios.fitting import Texts
from mijoz.scenarios.goals import Goal, goal_label, measure_label
from mijoz.scenarios.models import first_sentence
from mijoz.segments import families, sentences
from mijoz.segments.models import in_language
from mijoz.ui import formats

LONGEST_TITLE = 40  # of a step where another one speaks of it
ICONS = {
    "wait": "hourglass",
    "branch": "git-branch",
    "split": "arrows-split-2",
    "message": "mail",
    "offer": "gift",
    "protocol": "user-star",
    "queue": "arrow-bar-to-up",
    "task": "checklist",
    "survey": "clipboard-text",
    "webhook": "webhook",
    "end": "flag",
}


@dataclass(frozen=True, slots=True)
class StepInWords:
    """A step: its `title` says what it does, `lines` hold its particulars, `text` its own words to read."""

    icon: str
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    text: str = ""
    level: int = 0  # how deep it stands inside of others
    way: str = ""  # what leads to it when it is the first of a way, such as “then”


def trigger(definition: Definition, segment: str) -> str:
    """Who is enrolled; `segment` is the segment's name."""
    begins = definition.trigger
    if isinstance(begins, SegmentTrigger):
        names = {"segment": segment}
        if begins.kind == "segment_left":
            return _("Whoever leaves the segment “%(segment)s”.") % names
        if begins.include_present:
            return _("Whoever is in the segment “%(segment)s”, now or later.") % names
        return _("Whoever enters the segment “%(segment)s” after the start.") % names
    said = _begins(begins)
    if begins.segment:
        said += " " + _("Only who is in the segment “%(segment)s”.") % {"segment": segment}
    return said


def _begins(begins: EventTrigger | DateTrigger | ScheduleTrigger | SilenceTrigger) -> str:
    match begins:
        case EventTrigger():
            names = {"event": event_label(begins.event), "conditions": conditions(begins.where)}
            if begins.each == "event":
                said = _("Each time “%(event)s” happens to a customer.") % names
            else:
                said = _("Whoever “%(event)s” happens to.") % names
            narrowed = _("Only if: %(conditions)s.") % names
            return f"{said} {narrowed}" if begins.where else said
        case DateTrigger():
            return _around(begins)
        case ScheduleTrigger():
            return _calendar(begins)
        case SilenceTrigger():
            return _silent(begins)


def _silent(begins: SilenceTrigger) -> str:
    days = begins.days
    said = {
        "purchase": ngettext(
            "Who has bought before and not for %(n)s day.", "Who has bought before and not for %(n)s days.", days
        ),
        "visit": ngettext(
            "Who has visited before and not for %(n)s day.", "Who has visited before and not for %(n)s days.", days
        ),
        "reply": ngettext(
            "Who was written to and has not answered for %(n)s day.",
            "Who was written to and has not answered for %(n)s days.",
            days,
        ),
    }[begins.of]
    return said % {"n": days}


def _around(begins: DateTrigger) -> str:
    what = {
        "birthday": pgettext("before or after", "the birthday"),
        "booking": pgettext("before or after", "a booked visit"),
        "anniversary": pgettext("before or after", "the anniversary of the first purchase"),
        "event": pgettext("before or after", "the date of “%(event)s”") % {"event": event_label(begins.event)},
    }[begins.date]
    if not begins.days and not begins.hours:
        return _("On the day of %(what)s, at %(time)s.") % {"what": what, "time": begins.at}
    names = {"length": duration(begins.days, begins.hours), "what": what, "time": begins.at}
    if begins.hours:
        pattern = _("%(length)s before %(what)s.") if begins.side == "before" else _("%(length)s after %(what)s.")
    else:
        before, after = _("%(length)s before %(what)s, at %(time)s."), _("%(length)s after %(what)s, at %(time)s.")
        pattern = before if begins.side == "before" else after
    return pattern % names


def _calendar(begins: ScheduleTrigger) -> str:
    if begins.every == "day":
        return _("Everybody who fits, every day at %(time)s.") % {"time": begins.at}
    if begins.every == "week":
        names = {"day": WEEKDAYS[begins.weekday], "time": begins.at}
        return _("Everybody who fits, every week on %(day)s at %(time)s.") % names
    return _("Everybody who fits, on day %(n)s of every month at %(time)s.") % {"n": begins.day, "time": begins.at}


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


def goal(found: Goal) -> str:
    """What counts as success, and within which time."""
    segment = families.name_of(found.segment) if found.segment else ""
    days = found.window_days
    said = ngettext("%(what)s within %(n)s day.", "%(what)s within %(n)s days.", days)
    return capfirst(said % {"what": _reached(found, segment), "n": days})


def _reached(found: Goal, segment: str) -> str:
    """What reaches the goal, as a part of a sentence; `segment` is the segment's name."""
    if found.kind == "segment_entered":
        return _("entering the segment “%(segment)s”") % {"segment": segment}
    if found.kind == "segment_left":
        return _("leaving the segment “%(segment)s”") % {"segment": segment}
    if found.kind == "event":
        named = {"event": event_label(found.event), "conditions": conditions(found.where)}
        return _("“%(event)s” (%(conditions)s)") % named if found.where else _("“%(event)s”") % named
    if found.kind == "survey" and found.measure:
        named = {"measure": measure_label(found.measure)}
        if found.at_least is None:
            return _("an answer about %(measure)s") % named
        score = {"score": formats.number(found.at_least)}
        return _("an answer about %(measure)s of at least %(score)s") % (named | score)
    return goal_label(found.kind)


def at_goal(definition: Definition) -> str:
    if definition.ends_at_goal:
        return _("Who has reached the goal gets none of the steps that are left.")
    return _("The steps go on after the goal is reached too.")


def purpose(definition: Definition) -> str:
    if definition.purpose == Purpose.MARKETING:
        return _("Marketing: messages need the customer's consent and keep quiet hours and limits.")
    return _("Service: messages go to everybody who has not objected.")


def priority(definition: Definition) -> str:
    """Which goes first when two scenarios compete."""
    return _("Priority %(n)s of 9: of two messages for which only one has room, the higher goes first.") % {
        "n": definition.priority
    }


def held_from(definition: Definition) -> str:
    """What those kept for comparison go without."""
    return {
        "everything": _("They get nothing of this scenario."),
        "messages": _("They are served as all others, but get no messages and offers of this scenario."),
        "service": _("They get its messages, but not its service: protocol, package, queue and tasks."),
    }[definition.holdout_of]


def steps(definition: Definition, branches: dict[str, str] | None = None) -> list[StepInWords]:
    """All steps in their order, those inside of others too; `branches` has names by code."""
    first: dict[int, str] = {}
    called = names_of_steps(definition)
    for placed in definition.placed:
        for outcome, position in placed.ways.items():
            if position != placed.after:
                first[position] = way_label(placed.step, outcome)
    return [
        replace(
            step(placed.step, branches, offer=definition.offer_before(placed.position), called=called),
            level=placed.level,
            way=first.get(placed.position, ""),
        )
        for placed in definition.placed
    ]


def names_of_steps(definition: Definition) -> dict[str, str]:
    """What each step of which a branch asks is called there: its kind and how it begins."""
    asked = {placed.step.step for placed in definition.placed if isinstance(placed.step, Fork)}
    called = {}
    for placed in definition.placed:
        if placed.step.key not in asked:
            continue
        words = step(placed.step, offer=definition.offer_before(placed.position))
        title = Truncator(words.title).chars(LONGEST_TITLE) if placed.step.kind != "branch" else ""
        called[placed.step.key] = f"{words.kind}: {title}" if title else words.kind
    return called


def way_label(found: Step, outcome: str) -> str:
    """What a way out of a branch or a split is called."""
    if isinstance(found, Split):
        arm = next(arm for arm in found.arms if arm.key == outcome)
        return f"{in_language(arm.names) or arm.key}, {formats.share(arm.share / 100, 0)}"
    return {"then": pgettext("way", "if so"), "otherwise": pgettext("way", "if not")}.get(outcome, outcome)


def step(
    found: Step,
    branches: dict[str, str] | None = None,
    *,
    offer: Offer | None = None,
    called: Mapping[str, str] | None = None,
) -> StepInWords:
    """One step; `offer` is the one that a message speaks of, `called` names other steps by their keys."""
    icon, kind = ICONS[found.kind], kind_label(found.kind)
    match found:
        case Wait():
            return StepInWords(icon, kind, _wait(found))
        case Fork():
            return StepInWords(icon, kind, _question(found, called or {}))
        case Split():
            return StepInWords(icon, kind, " · ".join(way_label(found, arm.key) for arm in found.arms))
        case QueueFirst():
            hours = ngettext("for %(n)s hour", "for %(n)s hours", found.hours) % {"n": found.hours}
            return StepInWords(icon, kind, _("Priority in the queue: %(n)s") % {"n": found.priority}, (hours,))
        case Survey():
            particulars = (channel_label(found.channel), _valid(found.valid_days))
            return StepInWords(icon, kind, hooks.survey_name(found.survey) or _("a survey of yours"), particulars)
        case Webhook():
            return StepInWords(icon, kind, found.endpoint)
        case End():
            return StepInWords(icon, kind, _("Ends when the goal is reached") if found.at_goal else _("Ends here"))
        case Message():
            channel = channel_label(found.channel)
            text = read(found.texts, offer)
            title = read(found.subjects, offer) if found.subjects else Truncator(" ".join(text.split())).chars(80)
            return StepInWords(icon, kind, title, (channel,), text)
        case Offer():
            return StepInWords(icon, kind, _offer_name(found), (*_worth(found), _valid(found.valid_days)))
        case SetProtocol():
            title = " · ".join(protocol(found)) or _("Script for staff")
            return StepInWords(icon, kind, title, (), in_language(found.scripts))
        case GiveTask():
            branch = (branches or {}).get(found.branch, found.branch) if found.branch else _("all branches")
            who = f"{Role(found.role).label}, {branch}"
            what, how = first_sentence(in_language(found.texts))
            asked = tuple(f"☐ {in_language(one.texts)}" for one in found.confirm)
            return StepInWords(icon, kind, what, (who, _within(found.due_days), *asked), how)


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
    if found.response_minutes:
        minutes = found.response_minutes
        said = ngettext("Answer within %(n)s minute", "Answer within %(n)s minutes", minutes)
        lines.append(said % {"n": minutes})
    if found.preferred_hours:
        lines.append(_("Hours: %(hours)s") % {"hours": found.preferred_hours})
    return tuple(lines)


def package_label(package: str) -> str:
    return {"": _("as it is"), "minimal": _("minimal"), "value_adding": _("value-adding")}.get(package, package)


def names_of_branches() -> dict[str, str]:
    return dict(Branch.objects.values_list("code", "name"))


def channel_label(channel: str) -> str:
    """A channel, or that each customer's best one is taken."""
    return _("the customer's best channel") if channel == BEST else str(Channel(channel).label)


def _wait(found: Wait) -> str:
    length = duration(found.days, found.hours)
    if found.until == "event":
        told = {"event": event_label(found.event), "conditions": conditions(found.where), "length": length}
        if found.where:
            return _("Until “%(event)s” (%(conditions)s), at most %(length)s") % told
        return _("Until “%(event)s”, at most %(length)s") % told
    if found.until == "good_hours":
        return _("Until the customer's good hours, at most %(length)s") % {"length": length}
    return length


def _question(found: Fork, called: Mapping[str, str]) -> str:
    if found.rule is not None:
        return sentences.of_rule(found.rule)
    outcomes = ", ".join(outcome_label(outcome) for outcome in found.outcomes)
    name = called.get(found.step, found.step)
    return _("The step “%(key)s” ended as: %(outcomes)s") % {"key": name, "outcomes": outcomes}


def _offer_name(found: Offer) -> str:
    return _("the customer's best offer") if found.source == BEST else in_language(found.names) or found.offer


def _worth(found: Offer) -> tuple[str, ...]:
    if found.discount is not None:
        return (_("Discount of %(share)s") % {"share": formats.share(found.discount, 0)},)
    return (_("Gift: %(gift)s") % {"gift": in_language(found.gifts)},) if found.gifts else ()


def _valid(days: int) -> str:
    return ngettext("valid for %(n)s day", "valid for %(n)s days", days) % {"n": days}


def _within(days: int) -> str:
    if not days:
        return _("due on the same day")
    return ngettext("due within %(n)s day", "due within %(n)s days", days) % {"n": days}
