"""Merges and identifiers for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from mijoz.business.programs import ApiRequest, Line, Number, Problem, needs
from mijoz.customers import contacts
from mijoz.customers.identity import kinds, merging
from mijoz.customers.identity.merging import REASON_LENGTH, MergeRefused
from mijoz.customers.models import Customer, Merge
from mijoz.customers.queries import ownerships, root_of

router = Router(tags=["Merges"])

CustomerNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


class IdentityOut(Schema):
    """One way by which a customer is known."""

    kind: str
    account: str = Field(description="The system within which the value means something; empty for a phone.")
    value: str
    strength: kinds.Strength
    since: datetime
    proved_at: datetime | None
    is_shared: bool
    retired_at: datetime | None


class IdentitiesOut(Schema):
    customer: int = Field(description="To whom the number leads after merges.")
    items: list[IdentityOut]


class MergeIn(Schema):
    model_config = ConfigDict(extra="forbid")

    kept: Number = Field(description="The customer whose number stays.")
    absorbed: Number = Field(description="The customer who becomes one with them; their number leads to `kept`.")
    reason: Annotated[Line, Field(min_length=1, max_length=REASON_LENGTH)]


class MergeOut(Schema):
    id: UUID
    kept: int
    absorbed: int
    merged_at: datetime
    reason: str
    undone_at: datetime | None


@router.get(
    "/customers/{number}/identities", response=IdentitiesOut, auth=needs("customers:read"), url_name="identities"
)
def identities(request: ApiRequest, number: CustomerNumber) -> dict[str, Any]:
    """How the customer is known, those too of whoever was merged into them; values are masked as phones are."""
    customer = Customer.objects.filter(pk=root_of([number]).get(number, number), erased_at=None).first()
    if customer is None:
        raise Http404
    hidden = not request.may("contacts:read")
    items = []
    for one in ownerships(customer):
        identity = one.identity
        value = contacts.shown(identity.kind, identity.value, hidden=True) if hidden else identity.value
        items.append(
            {
                "kind": identity.kind,
                "account": identity.account,
                "value": value,
                "strength": kinds.kind_of(identity.kind).strength,
                "since": one.since,
                "proved_at": one.proved_at,
                "is_shared": one.is_shared,
                "retired_at": one.retired_at,
            }
        )
    return {"customer": customer.pk, "items": items}


@router.post("/merges", response={201: MergeOut}, auth=needs("customers:merge"), url_name="merges")
def merge(request: ApiRequest, wanted: MergeIn) -> Status[dict[str, Any]]:
    """Make two customers one; 404 when one of them is not there, 409 when they are one already or cannot be."""
    found = Customer.objects.in_bulk([wanted.kept, wanted.absorbed])
    if not found.keys() >= {wanted.kept, wanted.absorbed}:
        raise Http404
    try:
        made = merging.merge(
            found[wanted.kept], found[wanted.absorbed], by=None, reason=wanted.reason, at=timezone.now()
        )
    except MergeRefused as refused:
        raise Problem(409, f"They cannot be merged: {refused}.") from refused
    return Status(201, _shown(made))


@router.post("/merges/{id}/undo", response=MergeOut, auth=needs("customers:merge"), url_name="undo_merge")
def undo(request: ApiRequest, id: UUID) -> dict[str, Any]:
    """Make two customers of one again; 409 when that was done already."""
    made = Merge.objects.filter(pk=id).first()
    if made is None:
        raise Http404
    try:
        return _shown(merging.undo(made, by=None, at=timezone.now()))
    except MergeRefused as refused:
        raise Problem(409, f"It cannot be undone: {refused}.") from refused


def _shown(merge: Merge) -> dict[str, Any]:
    return {
        "id": merge.pk,
        "kept": merge.kept_id,
        "absorbed": merge.absorbed_id,
        "merged_at": merge.merged_at,
        "reason": merge.reason,
        "undone_at": merge.undone_at,
    }
