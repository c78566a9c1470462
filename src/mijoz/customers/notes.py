"""What staff write down about a customer for each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mijoz.business.models import StaffMember
from mijoz.business.rights import LEADS
from mijoz.customers.identity.holding import hold_present
from mijoz.customers.models import Customer, Note
from mijoz.ui import live

LONGEST = 4_000


class NotTheirs(ValueError):
    """Only who wrote a note, a manager or an owner may change or delete it."""


def write(
    customer: Customer, text: str, *, by: StaffMember | None, at: datetime, through: str = "", pinned: bool = False
) -> Note:
    """A new note; `through` names the program when no person wrote it. Raises Erased."""
    with transaction.atomic():
        hold_present([customer.pk])
        note = Note.objects.create(
            customer=customer, text=text, written_by=by, written_through=through, written_at=at, is_pinned=pinned
        )
        live.notify("customers", ids=[customer.pk])
    return note


def change(note: Note, text: str, *, by: StaffMember, at: datetime) -> Note:
    """Another text. Raises NotTheirs."""
    _refuse_strangers(note, by)
    if note.text != text:
        note.text, note.changed_at = text, at
        note.save(update_fields=["text", "changed_at"])
    return note


def pin(note: Note, *, pinned: bool) -> Note:
    """Keep the note on top, or no longer; everybody who writes notes may."""
    note.is_pinned = pinned
    note.save(update_fields=["is_pinned"])
    return note


def delete(note: Note, *, by: StaffMember) -> None:
    """Take the note away; the history keeps that it was there. Raises NotTheirs."""
    _refuse_strangers(note, by)
    note.delete()


def may_change(note: Note, staff: StaffMember) -> bool:
    return note.written_by_id == staff.pk or staff.role in LEADS


def notes_of(customer_ids: Sequence[int]) -> list[Note]:
    """The notes about a person who is kept under these numbers, pinned ones first, then the latest."""
    return list(Note.objects.filter(customer__in=customer_ids).select_related("written_by"))


def _refuse_strangers(note: Note, by: StaffMember) -> None:
    if not may_change(note, by):
        raise NotTheirs
