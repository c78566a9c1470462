"""What the audit finds, in the words of the page: what it is, what it costs, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers.audit.scoring import POINTS


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may be wrong with what is known of a customer."""

    code: str
    title: str | Promise  # of the customers concerned
    costs: str | Promise
    first: str | Promise  # what to do about it

    @property
    def points(self) -> int:
        return POINTS[self.code]


FINDINGS = {
    finding.code: finding
    for finding in (
        Finding(
            "no_phone",
            _("No phone"),
            _("They cannot be called, and no SMS reaches them."),
            _("Ask for the phone at the next visit; bring in the file of the till or call centre, where it may stand."),
        ),
        Finding(
            "no_name",
            _("No name"),
            _("Staff cannot address them, and nobody finds them by name."),
            _("Bring in a file of customers with the same numbers or phones, or ask at the next visit."),
        ),
        Finding(
            "no_birth",
            _("No birthday"),
            _("No birthday greeting, and people of one name cannot be told apart."),
            _("Ask for the day and the month; the year is not needed."),
        ),
        Finding(
            "no_email",
            _("No e-mail"),
            _("Documents and longer letters cannot be sent."),
            _("Ask when sending a receipt; where the phone is known this can wait."),
        ),
        Finding(
            "duplicate",
            _("May be here twice"),
            _("One person gets two messages, and each half of the history looks like a worse customer."),
            _("Look at the likely duplicates and decide: one person, or two."),
        ),
        Finding(
            "no_language",
            _("Language not known"),
            _("Messages may go out in a language they do not read well."),
            _("Ask at the next visit, or let them choose by their own link."),
        ),
        Finding(
            "unreadable",
            _("Something told cannot be read"),
            _("A phone, date or name is there, and of no use as it is written."),
            _("Open each and write it as it should be: the original is shown beside."),
        ),
        Finding(
            "conflict",
            _("Sources disagree"),
            _("One of the systems is wrong, and nobody knows which."),
            _("Open each, choose the value that is right; staff’s choice counts from then on."),
        ),
        Finding(
            "no_place",
            _("Neither city nor address"),
            _("Nothing can be delivered, and offers of a branch cannot be meant for them."),
            _("Bring it in from the delivery system, or leave it: many services do not need it."),
        ),
        Finding(
            "no_gender",
            _("Gender not known"),
            _("Staff and letters may address them wrongly."),
            _("It follows by itself from a patronymic: bring in full names."),
        ),
        Finding(
            "stale",
            _("Nothing heard for two years"),
            _("Phones change hands: what is known may belong to somebody else by now."),
            _("Check before writing to them, or let a scenario ask whether they are still there."),
        ),
        Finding(
            "slip",
            _("The e-mail does not work"),
            _("Letters to it come back or reach a stranger."),
            _("Open each: where it is a slip, what was most likely meant is shown; else ask for another address."),
        ),
    )
}
assert FINDINGS.keys() == POINTS.keys()
TRAITS: dict[str, str | Promise] = {
    "named": _("Name"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "birth": _("Birth date or birthday"),
    "gender": _("Gender"),
    "language": _("Language"),
    "place": _("City or address"),
}
TOLD_AS = {  # the traits by which each of these is told
    "named": ("first_name", "last_name"),
    "phone": ("phone",),
    "email": ("email",),
    "birth": ("birth_on", "birthday"),
    "gender": ("gender",),
    "language": ("language",),
    "place": ("city", "address"),
}
COMPARED = ("birth_on", "birthday", "gender", "first_name", "last_name")  # of which a person has one
