"""The words by which people know what the log and the tables hold as keys."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mijoz.customers.identity.kinds import KINDS
from mijoz.events.models import Identity

CHANNELS: dict[str, str | Promise] = {
    "email": _("E-mail"),
    "sms": _("SMS"),
    "telegram": "Telegram",
    "phone": _("Phone"),
    "whatsapp": "WhatsApp",
    "instagram": "Instagram",
    "web": _("Website"),
    "walk_in": pgettext_lazy("channel", "On the spot"),
    "referral": pgettext_lazy("channel", "By recommendation"),
}
WRITTEN_CHANNELS = ("email", "sms", "telegram", "phone")  # by which we reach a customer of our own accord
TOUCHPOINTS: dict[str, str | Promise] = {
    "consultation": _("consultation"),
    "order": _("order"),
    "queue": _("queue"),
    "performance": _("the service itself"),
    "warranty": _("warranty"),
    "complaint": pgettext_lazy("touchpoint", "complaint"),
    "follow-up": _("follow-up"),
    "follow_up": _("follow-up"),
}
PACKAGES: dict[str, str | Promise] = {"minimal": _("Minimal"), "value_adding": _("Value-adding")}
PRIORITIES: dict[int, str | Promise] = {
    0: pgettext_lazy("priority", "Usual"),
    1: pgettext_lazy("priority", "High"),
    2: pgettext_lazy("priority", "Highest"),
}
# How the figures of a profile come about; whoever asks taps the figure.
COMPUTED: dict[str, str | Promise] = {
    "revenue": _("The sum of all purchase lines in the log. What was refunded stands apart and is not taken off."),
    "average_check": _("Revenue divided by the number of purchases; lines of one number are one purchase."),
    "last_purchase": _("The day of the latest purchase in the log; a purchase is dated by its first line."),
    "last_satisfaction": _("The latest answer to a satisfaction survey, from 1 to 5."),
    "favourite_services": _("The three services that stand on most purchase lines, of equal ones the latest."),
    "came_by": _("The channel of the first thing this customer did."),
    "purchase_lines": _("Every position of every purchase."),
    "refunds": _("Money that went back, by its own lines in the log."),
    "first_seen": _("The first thing that this customer did, in whatever source."),
    "last_seen": _("The latest thing that this customer did; messages that we sent do not count."),
}
IDENTITIES: dict[str, str | Promise] = {key: kind.label for key, kind in KINDS.items()}
GIVEN_THROUGH: dict[str, str | Promise] = {
    "import": _("with an import"),
    "staff": _("through staff"),
    "portal": _("by the customer, by a link"),
    "telegram": _("by the customer, in the bot"),
}
TRAITS: dict[str, str | Promise] = {
    "last_name": _("last name"),
    "first_name": _("first name"),
    "patronymic": _("patronymic"),
    "city": _("city"),
    "address": _("address"),
    "birthday": _("birthday"),
    "phone": _("phone"),
    "email": _("e-mail"),
    "language": _("language"),
    "gender": _("gender"),
    "birth_on": _("birth date"),
    "number": _("number"),
}


def channel(key: str) -> str:
    return str(CHANNELS.get(key, key))


def every_channel() -> str:
    return gettext("every channel")


def priority(value: int) -> str:
    """High and Highest are what scenarios and staff write; another number is shown as it is."""
    return str(PRIORITIES.get(value, value))


def identity(identity: Identity) -> str:
    """What kind of thing leads to a customer, with the system it is from."""
    kind = str(IDENTITIES.get(identity.kind) or plain(identity.kind))
    return f"{kind} ({identity.account})" if identity.account else kind


def plain(key: str) -> str:
    """A key nobody has a word for, as words: loyalty_points_earned is Loyalty points earned."""
    words = " ".join(key.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]
