"""What an exercise is: a task, what is known, and answers of which one is right, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from django.utils.translation import gettext as _

from mijoz.insights.training.world import Guest, World
from mijoz.ui import formats

LONG_AWAY = 3  # usual pauses, from which on silence is a warning
OFTEN = 4  # visits


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer and why it is right or wrong."""

    key: str
    text: str
    because: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Exercise:
    """`facts` are label and value; `table` is a heading and rows. Exactly one choice is right."""

    task: str
    choices: tuple[Choice, ...]
    facts: tuple[tuple[str, str], ...] = ()
    heading: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def right(self) -> Choice:
        return next(choice for choice in self.choices if choice.is_right)

    def choice(self, key: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)


Build = Callable[[World, Random], Exercise]


def shuffled(choices: list[Choice], chance: Random) -> tuple[Choice, ...]:
    """The answers in an order that tells nothing."""
    return tuple(chance.sample(choices, len(choices)))


def one_right(
    texts: dict[str, tuple[str, str]], right: str, chance: Random, *, keep_order: bool = False
) -> tuple[Choice, ...]:
    """Choices from {key: (text, because)}; `right` is the key of the right one."""
    choices = [Choice(key, text, because, key == right) for key, (text, because) in texts.items()]
    return tuple(choices) if keep_order else shuffled(choices, chance)


def kind_of(guest: Guest, world: World) -> str:
    """The segment that a profile clearly belongs to; "" when it could be read in two ways."""
    is_away, is_dear = guest.pauses_away >= LONG_AWAY, guest.spent >= 2 * world.usual_spent
    is_cheap = guest.discounted >= 0.5 and guest.visits >= 3
    if guest.visits == 1 and guest.days_away <= 21:
        return "new"
    if guest.visits < 3:
        return ""
    if is_away:
        return "at_risk"
    if guest.pauses_away > 1.7 or (is_dear and is_cheap):
        return ""
    if is_dear and guest.discounted <= 0.2:
        return "high_value"
    if is_cheap and guest.spent < world.usual_spent:
        return "price_sensitive"
    if guest.visits >= OFTEN and guest.discounted < 0.2 and guest.spent < 1.5 * world.usual_spent:
        return "regular"
    return ""


def clear_guest(world: World, chance: Random, kinds: tuple[str, ...]) -> tuple[Guest, str]:
    """A guest who clearly is of one of these kinds, each kind as likely as another."""
    by_kind = {kind: [guest for guest in world.guests if kind_of(guest, world) == kind] for kind in kinds}
    there = [kind for kind in kinds if by_kind[kind]]
    kind = chance.choice(there)
    return chance.choice(by_kind[kind]), kind


def profile(guest: Guest, world: World) -> tuple[tuple[str, str], ...]:
    """What the desk sees of a customer."""
    return (
        (_("Customer"), guest.name),
        (_("Visits"), formats.number(guest.visits)),
        (_("Last visit"), days_ago(guest.days_away)),
        (_("Usually comes every"), days(guest.usual_pause) if guest.visits > 1 else formats.NOTHING),
        (_("Spent in all"), formats.money(guest.spent, world.currency)),
        (_("Bought at a discount"), formats.share(guest.discounted, 0)),
        (_("Mostly buys"), guest.favourite),
    )


def days(n: int) -> str:
    from django.utils.translation import ngettext

    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


def days_ago(n: int) -> str:
    from django.utils.translation import ngettext

    return ngettext("%(n)s day ago", "%(n)s days ago", n) % {"n": n} if n else _("today")
