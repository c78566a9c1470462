"""Exercises on serving: consent, complaints, the protocol, work that must be done again, who is on the line."""

from __future__ import annotations

from random import Random

from django.utils.translation import gettext as _

from mijoz.insights.training.exercises.exercise import Exercise, days, one_right
from mijoz.insights.training.world import World


def ask_consent(world: World, chance: Random) -> Exercise:
    """Which words ask for consent properly."""
    guest = chance.choice(world.guests)
    texts = {
        "proper": (
            _("“May we send you offers by Telegram, about twice a month? You can stop it at any time.”"),
            _("It says what for, by which channel and how often, that one may stop, and it leaves the choice."),
        ),
        "bundled": (
            _("“Please sign here, otherwise I cannot serve you.”"),
            _("A yes that is a condition of the service is none: it must be free."),
        ),
        "vague": (
            _("“You do not mind if we stay in touch, do you?”"),
            _("Nobody knows afterwards what was agreed to: no purpose and no channel was named."),
        ),
        "assumed": (
            _("Say nothing: they left their number, so they agree."),
            _("A number left for a booking is for the booking. Silence is no consent."),
        ),
    }
    task = _("%(name)s leaves a phone number for a booking. You would like to send offers too. What do you say?")
    return Exercise(task % {"name": guest.name}, one_right(texts, "proper", chance))


def complaint(world: World, chance: Random) -> Exercise:
    """A complaint comes in: what to do first."""
    guest, service = chance.choice(world.guests), chance.choice(world.services)
    from mijoz.segments.models import in_language

    named = {"service": in_language(service)}
    told = chance.choice(
        [
            _("“I waited for forty minutes although I had booked!”"),
            _("“%(service)s was not what you promised me.”") % named,
            _("“I wrote to you three days ago and nobody answered.”"),
            _("“You charged me more than the price on the list.”"),
        ]
    )
    texts = {
        "protocol": (
            _("Listen to the end, say sorry, open a case at once, and say who answers by when."),
            _("So the complaint is not lost, the customer knows what happens next, and the cause can be found."),
        ),
        "defend": (
            _("Explain that it was very busy that day and that others waited too."),
            _("Reasons before an apology sound like excuses, and nothing is put right."),
        ),
        "gift": (
            _("Give a large discount at once and write nothing down."),
            _("It calms this one customer, but the cause stays and nobody learns of it."),
        ),
        "refer": (
            _("Ask them to write an e-mail to the manager."),
            _("Whoever hears a complaint takes it. Most who are sent away never come back."),
        ),
    }
    task = _("%(name)s says: %(told)s What do you do first?") % {"name": guest.name, "told": told}
    return Exercise(task, one_right(texts, "protocol", chance))


def protocol(world: World, chance: Random) -> Exercise:
    """The service protocol on a profile: what it asks for."""
    guest = chance.choice([one for one in world.guests if one.visits >= 3] or list(world.guests))
    language = {"uz": _("Uzbek"), "ru": _("Russian"), "en": _("English")}[guest.language]
    hour = chance.choice(["17:00", "18:00", "19:00"])
    facts = (
        (_("Customer"), guest.name),
        (_("Priority"), _("high")),
        (_("Language"), language),
        (_("Contact"), _("Telegram, after %(hour)s") % {"hour": hour}),
        (
            _("Script"),
            _("Greet by name. Ask whether all was well last time. %(favourite)s as usual?")
            % {"favourite": guest.favourite},
        ),
    )
    texts = {
        "follow": (
            _("Take them next, greet them by name in %(language)s, and ask about the last time.")
            % {"language": language},
            _("This is what the protocol says: priority, language and script."),
        ),
        "queue": (
            _("Serve in the order of the queue: everybody is equal."),
            _("The protocol gives them priority. It is decided beforehand so that nobody must decide at the desk."),
        ),
        "call": (
            _("Call them at noon to confirm the visit."),
            _("They want to be written to, by Telegram, after %(hour)s.") % {"hour": hour},
        ),
        "own": (
            _("Offer whatever is new this week and leave the script."),
            _("What the script asks for was chosen for this customer; what is new can come afterwards."),
        ),
    }
    task = _("%(name)s comes in, and two others are waiting. The profile shows this protocol. What do you do?")
    return Exercise(task % {"name": guest.name}, one_right(texts, "follow", chance), facts=facts)


def first_time_right(world: World, chance: Random) -> Exercise:
    """Work that was done comes back."""
    guest = chance.choice(world.guests)
    after = days(chance.randint(2, 6))
    texts = {
        "reopen": (
            _("Open the same case again, put it before new work, and note the cause."),
            _("So the share of work that was right the first time stays true, and the cause can be mended."),
        ),
        "new": (
            _("Open a new case, so that the old one stays counted as done."),
            _("The figure looks better and the service does not: nobody sees any more that it was not right."),
        ),
        "quick": (
            _("Mend it on the side and write nothing down."),
            _("The customer is helped, but the same fault will happen to the next one."),
        ),
        "pay": (
            _("Ask them to pay again: the first work was accepted."),
            _("The fault is the same as before: that is what the warranty is for."),
        ),
    }
    task = _("%(name)s comes back after %(after)s: the same fault as before. What do you do?")
    return Exercise(task % {"name": guest.name, "after": after}, one_right(texts, "reopen", chance))


def who_is_calling(world: World, chance: Random) -> Exercise:
    """Somebody asks on the phone about somebody else."""
    guest = chance.choice(world.guests)
    who = chance.choice([_("Their husband or wife"), _("Their employer"), _("A friend of theirs")])
    texts = {
        "refuse": (
            _("Say kindly that you may tell this only to the customer, and offer to call them at their own number."),
            _("What is on a profile belongs to the customer alone. Calling back at their number proves who it is."),
        ),
        "tell": (
            _("Tell it: they know the name and the phone."),
            _("A name and a phone are known to many. They prove nothing."),
        ),
        "part": (
            _("Tell only the day of the last visit, nothing else."),
            _("That somebody was here, and when, is just as private."),
        ),
        "deny": (
            _("Say that there is no such customer."),
            _("An untruth is not needed: that you may not tell is reason enough."),
        ),
    }
    task = _("%(who)s calls and asks when %(name)s was here last and what for. What do you do?")
    return Exercise(task % {"who": who, "name": guest.name}, one_right(texts, "refuse", chance))
