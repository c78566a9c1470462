"""A copy of everything about a person, and erasing them, for programs."""

from __future__ import annotations

import tempfile
from typing import Annotated, Any
from uuid import UUID

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Path, Router, Schema

from mijoz.business.programs import ApiRequest, Problem, needs
from mijoz.customers.api import found_customer
from mijoz.customers.privacy import actions, erasing, exporting

THROUGH = "api"
ZIP = {
    "responses": {
        200: {
            "description": "A zip with everything.json for programs and everything.html for people.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}

router = Router(tags=["Privacy"])

CustomerNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ErasedOut(Schema):
    """What an erasure did, and what a search for the person found afterwards."""

    request: UUID
    customer: int
    rows: dict[str, int]
    searched: dict[str, int]
    found: dict[str, Any]
    clean: bool


@router.get("/customers/{number}/copy", auth=needs("customers:privacy"), url_name="customer_copy", openapi_extra=ZIP)
def copy(request: ApiRequest, number: CustomerNumber) -> HttpResponseBase:
    """Everything about the customer and whoever was merged into them, as a zip to hand over to them."""
    customer, at = found_customer(number), timezone.now()
    actions.note_look(customer, request.api_key.made_by, what="copy", saw_contacts=True, at=at)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    exporting.write_copy(customer, target, at=at)
    actions.note_copy(customer, by=None, through=THROUGH, at=at)
    target.seek(0)
    name = f"{customer.pk}-{at:%Y-%m-%d}.zip"
    return FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")


@router.post(
    "/customers/{number}/erase", response=ErasedOut, auth=needs("customers:privacy"), url_name="erase_customer"
)
def erase(request: ApiRequest, number: CustomerNumber) -> dict[str, Any]:
    """Erase the customer and whoever was merged into them from tables, files and the lake. Nothing brings them back.

    The answer is the proof. 404 when they were erased before, 409 while a message is on its way to them.
    """
    customer = found_customer(number)
    try:
        done = erasing.erase(customer, by=None, through=THROUGH, at=timezone.now())
    except erasing.EraseRefused as refused:
        raise Problem(409, f"Customer {customer.pk} cannot be erased now: {refused}.") from refused
    return {"request": done.pk, "customer": customer.pk, **done.proof}
