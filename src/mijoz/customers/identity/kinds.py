"""What identities there are, and what each proves. Other kinds may come from anywhere: they lead to their customer, but
two customers are not merged for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Strength(StrEnum):
    STRONG = "strong"  # two customers with one of these are one person, unless it is shared
    WEAK = "weak"  # a device: it knows a visitor until somebody says who they are
    OTHER = "other"  # leads to its customer, merges nobody


@dataclass(frozen=True, slots=True)
class Kind:
    """`is_scoped`: the value means something only within the account it came from (a source, a bot).
    `numbers_people`: a system gives each person one of them, so several of one system may be several people.
    """

    label: str | Promise
    strength: Strength
    is_scoped: bool = True
    numbers_people: bool = False
    can_be_reassigned: bool = False  # the same value may belong to somebody else one day


STRONG, WEAK, OTHER = Strength.STRONG, Strength.WEAK, Strength.OTHER
KINDS: dict[str, Kind] = {
    "phone": Kind(_("Phone"), STRONG, is_scoped=False, can_be_reassigned=True),
    "email": Kind(_("E-mail"), STRONG, is_scoped=False, can_be_reassigned=True),
    "customer_number": Kind(_("Customer number"), STRONG, numbers_people=True),
    "user_id": Kind(pgettext_lazy("identity", "Account"), STRONG, numbers_people=True),
    "card": Kind(_("Card"), STRONG, is_scoped=False, can_be_reassigned=True),
    "telegram": Kind("Telegram", STRONG),
    "whatsapp": Kind("WhatsApp", STRONG, can_be_reassigned=True),
    "instagram": Kind("Instagram", STRONG),
    "anonymous_id": Kind(_("Browser or device"), WEAK),
    "cookie": Kind(_("Browser"), WEAK),
    "device": Kind(_("Device"), WEAK),
    "customer": Kind(_("Number in Mijoz"), OTHER, is_scoped=False),  # our own, under which we log
}
UNKNOWN = Kind("", OTHER)
OURS = "customer"
IDENTIFYING = tuple(key for key, kind in KINDS.items() if kind.strength == STRONG)


def kind_of(key: str) -> Kind:
    return KINDS.get(key, UNKNOWN)


def is_weak(key: str) -> bool:
    return kind_of(key).strength == WEAK


def is_strong(key: str) -> bool:
    return kind_of(key).strength == STRONG
