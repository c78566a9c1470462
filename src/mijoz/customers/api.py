"""Customers for programs: find, read, add and change them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.text import slugify
from ninja import Path, Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from mijoz.business.models import ApiKey
from mijoz.business.programs import PIECE, After, ApiRequest, Limit, Line, Problem, Text, Wrong, needs, piece
from mijoz.customers import actions, contacts, queries
from mijoz.customers.actions import ContactTaken
from mijoz.customers.forms.people import CustomerForm
from mijoz.customers.listing import Criteria, Search
from mijoz.customers.models import Customer, Profile
from mijoz.customers.privacy.actions import note_list, note_look
from mijoz.events.models import Source

router = Router(tags=["Customers"])

CustomerNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ProfileOut(Schema):
    """What the log says of a customer. Money is in the currency of the business."""

    first_seen_at: datetime | None
    last_seen_at: datetime | None
    first_purchase_at: datetime | None
    last_purchase_at: datetime | None
    purchases: int
    revenue: Decimal
    average_check: Decimal | None
    refunds: int
    complaints: int
    last_satisfaction: float | None
    favourite_services: list[str]


class CustomerOut(Schema):
    id: int
    last_name: str
    first_name: str
    patronymic: str
    phone: str
    email: str
    language: str
    gender: str
    birth_on: date | None
    birthday: str = Field(description="Month and day, such as 03-21, when the year is not known.")
    address: str
    city: str
    number: str
    created_at: datetime
    profile: ProfileOut | None


class CustomerIn(Schema):
    """What is told of a customer. What is left out stays as it is; an empty text takes away what stood there."""

    model_config = ConfigDict(extra="forbid")

    last_name: Annotated[Line, Field(max_length=200)] | None = None
    first_name: Annotated[Line, Field(max_length=200)] | None = None
    patronymic: Annotated[Line, Field(max_length=200)] | None = None
    phone: Annotated[Line, Field(max_length=40)] | None = None
    email: Annotated[Line, Field(max_length=254)] | None = None
    language: Literal["", "uz", "ru", "en"] | None = None
    gender: Literal["", "female", "male"] | None = None
    birth_on: date | None = None


class CustomersOut(Schema):
    items: list[CustomerOut]
    next: int | None = Field(description="Give it as `after` to get the rest; null when this was all.")


@router.get("/customers", response=CustomersOut, auth=needs("customers:read"), url_name="customers")
def customers(
    request: ApiRequest,
    q: Text = Query("", max_length=200, description="Name, number, phone or e-mail, or a part of one."),
    after: After = Query(0),
    limit: Limit = Query(PIECE),
) -> dict[str, Any]:
    """Customers by their number, those alone whom `q` finds. Who was merged into another is found as that one."""
    search = Search(
        criteria=Criteria(query=q.strip()), until=timezone.now(), contacts_hidden=not request.may("contacts:read")
    )
    found = search.customers().filter(erased_at=None, merged_into=None, pk__gt=after)
    found = found.select_related("profile").order_by("pk")
    shown = piece(found[: limit + 1], limit=limit)
    by, saw = request.api_key.made_by, request.may("contacts:read")
    note_list(len(shown["items"]), by, what="api list", saw_contacts=saw, at=timezone.now())
    return shown | {"items": [_shown(customer, request) for customer in shown["items"]]}


@router.post("/customers", response={201: CustomerOut}, auth=needs("customers:write"), url_name="customers")
def add_customer(request: ApiRequest, told: CustomerIn) -> Status[dict[str, Any]]:
    """A new customer, with a name, a phone or an e-mail at least; 409 when phone or e-mail lead to another one."""
    values = _checked(told.dict(exclude_none=True))
    try:
        customer = actions.add_customer(by=None, at=timezone.now(), source=source_of(request.api_key), **values)
    except ContactTaken as taken:
        raise _conflict(taken) from taken
    return Status(201, _shown(found_customer(customer.pk), request))


@router.get("/customers/{number}", response=CustomerOut, auth=needs("customers:read"), url_name="customer")
def customer(request: ApiRequest, number: CustomerNumber) -> dict[str, Any]:
    """One customer. The number of somebody who was merged into another gives that one, with its own `id`."""
    found = found_customer(number)
    by, saw = request.api_key.made_by, request.may("contacts:read")
    note_look(found, by, what="api", saw_contacts=saw, at=timezone.now())  # in the name of who made the key
    return _shown(found, request)


@router.patch("/customers/{number}", response=CustomerOut, auth=needs("customers:write"), url_name="customer")
def change_customer(request: ApiRequest, number: CustomerNumber, told: CustomerIn) -> dict[str, Any]:
    """Tell something else of a customer. What staff or the customer told still counts before what a program tells."""
    known = found_customer(number)
    given = told.dict(exclude_unset=True)
    values = _checked(CustomerForm.values_of(known) | {name: value or "" for name, value in given.items()})
    try:
        actions.describe(
            known,
            by=None,
            at=timezone.now(),
            source=source_of(request.api_key),
            **{name: values[name] for name in given},
        )
    except ContactTaken as taken:
        raise _conflict(taken) from taken
    return _shown(found_customer(known.pk), request)


def source_of(key: ApiKey) -> Source:
    """The source under which a program tells things."""
    name = f"api-{slugify(key.name) or key.pk}"[:60]
    return Source.objects.get_or_create(name=name, defaults={"kind": Source.Kind.API})[0]


def _people() -> QuerySet[Customer]:
    return Customer.objects.filter(erased_at=None).select_related("profile")


def found_customer(number: int) -> Customer:
    """The customer to whom this number leads. Raises Http404."""
    root = queries.root_of([number]).get(number)
    customer = _people().filter(pk=root).first() if root else None
    if customer is None:
        raise Http404
    return customer


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the form for staff reads them. Raises Problem with what is wrong."""
    form = CustomerForm(values)
    if not form.is_valid():
        wrong = [Wrong(name, str(error)) for name, errors in form.errors.items() for error in errors]
        raise Problem(422, "This cannot be told of a customer.", errors=wrong)
    return form.told()


def _conflict(taken: ContactTaken) -> Problem:
    what = f"leads to customer {taken.customer.pk} already"
    return Problem(409, f"The {taken.field} {what}.", errors=[Wrong(taken.field, what)])


def _shown(customer: Customer, request: ApiRequest) -> dict[str, Any]:
    profile: Profile | None = getattr(customer, "profile", None)
    shown = {name: getattr(customer, name) for name in CustomerOut.model_fields if name != "profile"}
    if not request.may("contacts:read"):
        shown |= {
            "phone": contacts.masked_phone(customer.phone),
            "email": contacts.masked_email(customer.email),
        }
    return shown | {"profile": profile}
