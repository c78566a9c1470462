"""What the parts of a customer's page are filled with; each part is also swapped alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mijoz.business.models import StaffMember
from mijoz.business.requests import StaffRequest
from mijoz.customers import contacts, notes, provenance, relations, tags, wording
from mijoz.customers.models import Customer, Note, Preferences, Profile
from mijoz.customers.roles import DESCRIBERS, NOTE_WRITERS, TAGGERS


@dataclass(frozen=True, slots=True)
class NoteShown:
    note: Note
    author: str
    may_change: bool


def figures(customer: Customer) -> dict[str, Any]:
    """Part `_figures.html`."""
    return {"customer": customer, "profile": getattr(customer, "profile", None), "hints": wording.COMPUTED}


def facts(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """Part `_profile.html`."""
    profile: Profile | None = getattr(customer, "profile", None)
    return {
        "customer": customer,
        "profile": profile,
        "hints": wording.COMPUTED,
        "came_by": wording.channel(profile.acquisition_channel) if profile else "",
        "facts": provenance.facts(customer, hidden=contacts.hidden_from(request.staff.role)),
        "may_edit": request.staff.role in DESCRIBERS,
    }


def noted(staff: StaffMember, customer: Customer, whole: list[int]) -> dict[str, Any]:
    """Part `_notes.html`; who may see no contacts sees no notes either."""
    seen = [] if contacts.hidden_from(staff.role) else notes.notes_of(whole)
    may_write = staff.role in NOTE_WRITERS
    return {
        "customer": customer,
        "notes": [
            NoteShown(
                note=note,
                author=str(note.written_by or note.written_through),
                may_change=may_write and notes.may_change(note, staff),
            )
            for note in seen
        ],
        "may_write_notes": may_write,
        "longest_note": notes.LONGEST,
    }


def tagged(staff: StaffMember, customer: Customer, whole: list[int]) -> dict[str, Any]:
    """Part `_tags.html`."""
    may_tag = staff.role in TAGGERS
    own = tags.tags_of(whole)
    known = [tag for tag in tags.all_tags() if tag not in own][: tags.SUGGESTED] if may_tag else []
    return {"customer": customer, "tags": own, "suggested_tags": known, "may_tag": may_tag}


def related(staff: StaffMember, customer: Customer, whole: list[int]) -> dict[str, Any]:
    """Part `_relations.html`."""
    return {
        "customer": customer,
        "relatives": relations.relatives(whole),
        "kinds_of_relation": relations.Kind.choices,
        "may_edit": staff.role in DESCRIBERS,
    }


def preferred(customer: Customer) -> dict[str, Any] | None:
    """What the customer chose for themselves, in words; None when nothing."""
    chosen: Preferences | None = getattr(customer, "preferences", None)
    if chosen is None:
        return None
    return {
        "chosen": chosen,
        "channel": wording.channel(chosen.channel),
        "says_something": bool(chosen.language or chosen.channel or chosen.hours)
        or chosen.messages_a_month is not None,
    }
