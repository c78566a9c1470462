"""Identifiers and merges in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from mijoz.customers import contacts, wording
from mijoz.customers.identity import kinds, queries
from mijoz.customers.identity.grouping import Bar
from mijoz.customers.identity.linking import LINKED, MANY_PEOPLE, MANY_USERS
from mijoz.customers.models import Customer, Merge, Ownership
from mijoz.events.models import Identity
from mijoz.events.types import OUR_OWN
from mijoz.ui import formats

SHARED_BECAUSE: dict[str, str | Promise] = {
    "family": gettext_lazy("A family uses it"),
    "company": gettext_lazy("A company uses it"),
    "device": gettext_lazy("A device that several people use"),
    MANY_PEOPLE: gettext_lazy("Mijoz noticed that it came with too many people"),
    MANY_USERS: gettext_lazy("Mijoz noticed that a second person used it"),
}
BARS: dict[Bar, str | Promise] = {
    Bar.APART: gettext_lazy("Somebody decided that they are two people."),
    Bar.PROVED: gettext_lazy("Each of them showed who they are, so they may well be two people."),
    Bar.BIRTH: gettext_lazy("They were born on different days."),
    Bar.NAMES: gettext_lazy("They differ in gender and in name."),
    Bar.RELATIVES: gettext_lazy("They share a phone or an e-mail, and their names differ: relatives, perhaps."),
    Bar.RESTRICTED: gettext_lazy("One of them asked that their record be left alone."),
}
# Reasons in the ledger that are keys; any other is what a member of staff or a program wrote.
REASONS: dict[str, str | Promise] = {
    "likely one person": gettext_lazy("Names, birth dates and contacts agree"),
    "looked at by a person": gettext_lazy("Both records were compared by a person"),
}


@dataclass(frozen=True, slots=True)
class IdentifierShown:
    """One identifier as the customer page lists it."""

    id: int
    kind: str
    value: str
    since: datetime
    proved_at: datetime | None
    shared: str
    retired_at: datetime | None
    brought_by: str  # name of whoever was absorbed and had it
    can_change: bool

    @property
    def title(self) -> str:
        return f"{self.kind}: {self.value}"


@dataclass(frozen=True, slots=True)
class MergeShown:
    merge: Merge
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of two customers side by side."""

    label: str
    values: tuple[str, str]
    is_ones_own: bool = False  # a person has one of them, so that two are a doubt

    @property
    def differs(self) -> bool:
        return self.is_ones_own and all(self.values) and self.values[0] != self.values[1]


def identifiers(owned: Sequence[Ownership], *, contacts_hidden: bool) -> list[IdentifierShown]:
    return [identifier(one, contacts_hidden=contacts_hidden) for one in owned]


def identifier(one: Ownership, *, contacts_hidden: bool) -> IdentifierShown:
    return IdentifierShown(
        id=one.pk,
        kind=kind(one.identity, retired=one.retired_at is not None),
        value=_("no number in the file")
        if _has_no_number(one.identity)
        else contacts.shown(one.identity.kind, one.identity.value, hidden=contacts_hidden),
        since=one.since,
        proved_at=one.proved_at,
        shared=shared(one),
        retired_at=one.retired_at,
        brought_by=one.home.name if one.home_id != one.customer_id else "",
        can_change=one.identity.kind != kinds.OURS,
    )


def _has_no_number(identity: Identity) -> bool:
    """Whether a row of a file told none, and we made one."""
    return identity.kind == "customer_number" and identity.value.startswith(OUR_OWN)


def kind(identity: Identity, *, retired: bool = False) -> str:
    """What kind of thing it is, with the system it is from; of a retired one the account only says until when."""
    if retired:
        return wording.identity(Identity(kind=identity.kind))
    return wording.identity(identity)


def shared(one: Ownership) -> str:
    """Why it proves nobody; "" when it is one person's."""
    if not one.is_shared:
        return ""
    return str(SHARED_BECAUSE.get(one.shared_because, one.shared_because) or _("Several people use it"))


def merges(found: list[Merge]) -> list[MergeShown]:
    known = queries.kinds_linked(found)
    return [MergeShown(one, str(one.merged_by or "Mijoz"), reason(one, known)) for one in found]


def reason(merge: Merge, known: Mapping[int, Identity]) -> str:
    """Why they were merged, in words."""
    if merge.reason == LINKED:
        kinds_of = dict.fromkeys(kind(known[id_]) for id_ in merge.evidence.get("identities", ()) if id_ in known)
        return _("A source said that both are one person's: %(kinds)s") % {"kinds": ", ".join(kinds_of) or "–"}
    return str(REASONS.get(merge.reason, merge.reason))


def side_by_side(one: Customer, other: Customer, *, currency: str, contacts_hidden: bool) -> list[Compared]:
    """What is known of two customers, line by line; lines that are empty on both sides are left out."""
    columns = [_facts(customer, currency=currency, contacts_hidden=contacts_hidden) for customer in (one, other)]
    ones_own = {pgettext("person", "Name"), _("Birth date"), _("Gender")}
    lines = [Compared(label, (columns[0][label], columns[1][label]), label in ones_own) for label in columns[0]]
    return [line for line in lines if any(line.values)]


def _facts(customer: Customer, *, currency: str, contacts_hidden: bool) -> dict[str, str]:
    told = contacts.contacts_of(customer, hidden=contacts_hidden)
    profile: Any = getattr(customer, "profile", None)
    owned = Ownership.objects.filter(customer=customer).exclude(identity__kind=kinds.OURS).select_related("identity")
    known = [one.identity for one in owned if not _has_no_number(one.identity)][:8]
    values = [contacts.shown(identity.kind, identity.value, hidden=contacts_hidden) for identity in known]
    bought = bool(profile and profile.purchases)
    return {
        pgettext("person", "Name"): customer.name,
        _("Phone"): told.phone,
        _("E-mail"): told.email,
        _("Birth date"): formats.day(customer.birth_on) if customer.birth_on else customer.birthday,
        _("Gender"): customer.get_gender_display(),
        _("Language"): customer.get_language_display(),
        _("City"): customer.city,
        _("Address"): customer.address,
        _("Number"): customer.number,
        _("Known by"): ", ".join(values),
        _("Purchases"): formats.number(profile.purchases) if bought else "",
        _("Revenue"): formats.money(profile.revenue, currency) if bought else "",
        _("Last purchase"): formats.day(profile.last_purchase_at) if bought else "",
        _("Added"): formats.day(customer.created_at),
    }
