"""Exercises on customers: reading a profile, choosing a segment and a rule, seeing who needs a call."""

from __future__ import annotations

from random import Random

from django.utils.translation import gettext as _

from mijoz.insights.training.exercises.exercise import (
    LONG_AWAY,
    Choice,
    Exercise,
    clear_guest,
    days,
    days_ago,
    one_right,
    profile,
    shuffled,
)
from mijoz.insights.training.world import World
from mijoz.segments.defaults import DEFAULT_SEGMENTS
from mijoz.segments.models import in_language
from mijoz.ui import formats


def read_profile(world: World, chance: Random) -> Exercise:
    """A profile on the screen: what to offer."""
    guest, kind = clear_guest(world, chance, ("new", "at_risk", "high_value", "price_sensitive"))
    said = {"favourite": guest.favourite}
    texts = {
        "new": (
            _("Show what there is and what it costs, and invite them for a second visit."),
            _("Fits somebody who has just come for the first time: the second visit decides whether they stay."),
        ),
        "at_risk": (
            _("Say that they were missed, ask what was wrong, and make a personal offer."),
            _("Fits somebody who stays away much longer than is usual for them."),
        ),
        "high_value": (
            _("Take them without a queue and have %(favourite)s ready as they like it.") % said,
            _("Fits somebody who comes often and pays the full price: attention is worth more than a discount."),
        ),
        "price_sensitive": (
            _("Name the best value for money first, and say the price before they ask."),
            _("Fits somebody who mostly buys at a discount: a clear price is the best service."),
        ),
    }
    task = _("%(name)s stands at your desk. You see this profile. What do you do?") % {"name": guest.name}
    return Exercise(task, one_right(texts, kind, chance), facts=profile(guest, world))


def which_segment(world: World, chance: Random) -> Exercise:
    """A profile: into which segment it belongs."""
    kinds = ("new", "at_risk", "high_value", "price_sensitive", "regular")
    guest, kind = clear_guest(world, chance, kinds)
    known = {segment.key: segment for segment in DEFAULT_SEGMENTS}
    choices = [
        Choice(key, in_language(known[key].names), in_language(known[key].descriptions), key == kind) for key in kinds
    ]
    facts = (
        *profile(guest, world),
        (_("Half of all customers spent less than"), formats.money(world.usual_spent, world.currency)),
    )
    return Exercise(_("Into which segment does this customer belong?"), tuple(choices), facts=facts)


def who_to_call(world: World, chance: Random) -> Exercise:
    """Four customers: who needs a call today."""
    away = [one for one in world.guests if one.visits >= 3 and one.pauses_away >= LONG_AWAY]
    wanted = chance.choice(away or sorted(world.guests, key=lambda one: -one.pauses_away)[:1])
    usual = [one for one in world.guests if one.visits >= 3 and one.pauses_away <= 1.3 and one is not wanted]
    slow = sorted(usual, key=lambda one: -one.days_away)[:8]
    others = chance.sample(slow, min(3, len(slow)))
    shown = chance.sample([wanted, *others], 1 + len(others))
    choices = tuple(
        Choice(
            str(place),
            one.name,
            _("Away for %(away)s, and usually comes every %(pause)s: %(times)s times as long as usual.")
            % {
                "away": days(one.days_away),
                "pause": days(one.usual_pause),
                "times": formats.number(one.pauses_away, 1),
            },
            one is wanted,
        )
        for place, one in enumerate(shown, start=1)
    )
    table = tuple(
        (one.name, days_ago(one.days_away), days(one.usual_pause), formats.number(one.visits)) for one in shown
    )
    heading = (_("Customer"), _("Last visit"), _("Usually comes every"), _("Visits"))
    task = _("You have time for one call. Who needs it most?")
    return Exercise(task, choices, heading=heading, table=table)


def rule_choice(world: World, chance: Random) -> Exercise:
    """Whom a rule selects, and which rule says what is meant."""
    limit = chance.choice([21, 30, 45])

    def counted(rule: str) -> int:
        fits = {
            "pauses": lambda one: one.visits >= 3 and one.pauses_away >= LONG_AWAY,
            "days": lambda one: one.days_away >= limit,
            "spent": lambda one: one.spent < world.usual_spent,
            "once": lambda one: one.visits == 1,
        }
        return sum(map(fits[rule], world.guests))

    said = {"days": days(limit), "pauses": LONG_AWAY}
    texts = {
        "pauses": (
            _("At least 3 visits, and silent for %(pauses)s of their own usual pauses or longer") % said,
            _("Each customer is measured by their own habit: this is what was asked for."),
        ),
        "days": (
            _("Last visit %(days)s ago or longer") % said,
            _("One limit for all: it takes those who always come rarely, and misses regulars who have just stopped."),
        ),
        "spent": (
            _("Spent less than half of all customers do"),
            _("Says how much somebody spends, not whether they stay away."),
        ),
        "once": (
            _("Came exactly once"),
            _("Whoever came once has no habit yet from which they could stray."),
        ),
    }
    choices = shuffled(
        [
            Choice(key, f"{text} ({formats.number(counted(key))})", why, key == "pauses")
            for key, (text, why) in texts.items()
        ],
        chance,
    )
    task = _(
        "You want to win back those who stay away much longer than is usual for them. Which rule selects them? "
        "In brackets: how many customers it selects."
    )
    return Exercise(task, choices)


def may_we_write(world: World, chance: Random) -> Exercise:
    """An advertising message: whether this customer may get it."""
    agreed = chance.random() < 0.5
    fitting = [one for one in world.guests if ("marketing" in one.purposes) == agreed] or list(world.guests)
    guest = chance.choice(fitting)
    agreed = "marketing" in guest.purposes
    words = {
        "service": _("Messages about the service itself"),
        "marketing": _("Advertising and offers"),
        "profiling": _("Looking at habits to serve better"),
        "sharing": _("Passing data on to partners"),
    }
    facts = tuple(
        (label, _("agreed") if purpose in guest.purposes else _("did not agree")) for purpose, label in words.items()
    )
    right = "send" if agreed else "ask"
    texts = {
        "send": (
            _("Yes, send it."),
            _("They agreed to advertising.")
            if agreed
            else _("They did not agree to advertising: what goes out anyway is spam."),
        ),
        "ask": (
            _("Not now. Ask at the next visit whether they want offers."),
            _("They agreed already: asking again only disturbs.")
            if agreed
            else _("Without a yes no advertising. Asking in person is allowed."),
        ),
        "disguise": (
            _("Yes, when it is written as a message about their visit."),
            _("A disguised advertisement is one all the same, and it spoils the trust in real messages."),
        ),
        "silent": (
            _("No, and tell them nothing at all any more, not even about bookings."),
            _("Messages about the service itself do not depend on the consent to advertising."),
        ),
    }
    task = _("You want to send %(name)s an offer for the weekend. May you?") % {"name": guest.name}
    return Exercise(task, one_right(texts, right, chance), facts=facts)


def same_person(world: World, chance: Random) -> Exercise:
    """Two records: one person or two."""
    guest = chance.choice([one for one in world.guests if " " in one.name] or list(world.guests))
    first, _blank, last = guest.name.partition(" ")
    phone = f"+998 90 {chance.randint(100, 999)} {chance.randint(10, 99)} {chance.randint(10, 99)}"
    other_first = next(
        (one.name.split(" ")[0] for one in chance.sample(world.guests, len(world.guests)) if one.name[:1] != first[:1]),
        "Aziza",
    )
    born = f"{chance.randint(1, 28):02}.{chance.randint(1, 12):02}.{chance.randint(1960, 2003)}"
    case = chance.choice(["same", "two", "later"])
    left = (guest.name, phone, born)
    right = {
        "same": (f"{last} {first[:1]}.", phone.replace(" ", ""), born),
        "two": (f"{other_first} {last}", phone, f"{chance.randint(1, 28):02}.{chance.randint(1, 12):02}.2009"),
        "later": (guest.name, formats.NOTHING, formats.NOTHING),
    }[case]
    texts = {
        "same": (
            _("One person: make one profile of them."),
            _("Phone and birthday agree; the name is only written in another way.")
            if case == "same"
            else _("What agrees is not enough to prove that it is one person."),
        ),
        "two": (
            _("Two people: keep both."),
            _("One phone, but other first names and birthdays: most likely a family.")
            if case == "two"
            else _("Nothing here speaks for two people."),
        ),
        "later": (
            _("It cannot be told: leave it and ask at the next visit."),
            _("Many people share a name, and nothing else is known here.")
            if case == "later"
            else _("Here there is enough to decide now."),
        ),
    }
    heading = (_("What"), _("First record"), _("Second record"))
    labels = (_("Name"), _("Phone"), _("Birthday"))
    table = tuple(zip(labels, left, right, strict=True))
    return Exercise(
        _("Are these two records one person?"), one_right(texts, case, chance), heading=heading, table=table
    )
