"""What hangs on a customer, for programs: notes, tags, relations, traits, and what happened."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from mijoz.business.programs import PIECE, After, ApiRequest, Limit, Line, Problem, Text, Wrong, needs, piece
from mijoz.customers import contacts, notes, provenance, queries, relations, tags
from mijoz.customers.api import CustomerNumber, found_customer
from mijoz.customers.models import Customer, Note, Relation, Trait
from mijoz.events.models import Event

router = Router(tags=["What hangs on a customer"])
READ, WRITE = needs("customers:read"), needs("customers:write")


class NoteIn(Schema):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, Field(min_length=1, max_length=notes.LONGEST, pattern=r"\S")]
    pinned: bool = False


class NoteOut(Schema):
    id: int
    text: str
    pinned: bool
    written_at: datetime
    written_by: str = Field(description="Name of a member of staff or of a program.")


class TagIn(Schema):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(min_length=1, max_length=tags.LONGEST)]


class TagOut(Schema):
    id: int
    name: str


class RelationIn(Schema):
    """`other` is the `kind` of this customer: their parent, their employer."""

    model_config = ConfigDict(extra="forbid")

    other: Annotated[int, Field(ge=1, le=2**63 - 1)]
    kind: Literal["spouse", "parent", "child", "sibling", "relative", "employer", "employee", "colleague", "friend"]


class RelationOut(Schema):
    other: int
    name: str
    kind: str


class TraitOut(Schema):
    name: str
    value: str = Field(description="Empty when the original could not be read.")
    original: str = Field(description="As it was given; empty without contacts:read.")
    source: str
    told_at: datetime
    told_by: str = Field(description="staff, customer or system.")
    trouble: str


class EventOut(Schema):
    id: int
    type: str
    source: str
    occurred_at: datetime
    reference: str
    item: str
    quantity: float | None
    amount: Decimal | None
    currency: str
    branch: str
    channel: str


class EventsOut(Schema):
    items: list[EventOut]
    next: int | None


@router.get("/customers/{number}/notes", response=list[NoteOut], auth=READ, url_name="notes")
def notes_of(request: ApiRequest, number: CustomerNumber) -> list[dict[str, Any]]:
    """Notes of staff, pinned ones first; needs `contacts:read` too, since people write contacts into notes."""
    if not request.may("contacts:read"):
        raise Problem(403, "This key lacks the scope contacts:read.")
    return [_note(note) for note in notes.notes_of(queries.whole(found_customer(number)))]


@router.post("/customers/{number}/notes", response={201: NoteOut}, auth=WRITE, url_name="notes")
def write_note(request: ApiRequest, number: CustomerNumber, told: NoteIn) -> Status[dict[str, Any]]:
    """A new note, under the name of the key."""
    note = notes.write(
        found_customer(number),
        told.text.strip(),
        by=None,
        at=timezone.now(),
        through=request.api_key.name,
        pinned=told.pinned,
    )
    return Status(201, _note(note))


@router.get("/customers/{number}/tags", response=list[TagOut], auth=READ, url_name="tags")
def tags_of(request: ApiRequest, number: CustomerNumber) -> list[Any]:
    """The customer's tags, by name."""
    return list(tags.tags_of(queries.whole(found_customer(number))))


@router.post("/customers/{number}/tags", response=list[TagOut], auth=WRITE, url_name="tags")
def add_tag(request: ApiRequest, number: CustomerNumber, told: TagIn) -> list[Any]:
    """Tag the customer; gives all of their tags. The same tag in another spelling is the same tag."""
    customer = found_customer(number)
    if not tags.tidy(told.name):
        raise Problem(422, "This is no tag.", errors=[Wrong("name", "must have a letter or a digit")])
    tags.tag(Customer.objects.filter(pk=customer.pk), told.name)
    return list(tags.tags_of(queries.whole(customer)))


@router.delete("/customers/{number}/tags/{tag}", response={204: None}, auth=WRITE, url_name="api_tag")
def take_tag_off(request: ApiRequest, number: CustomerNumber, tag: CustomerNumber) -> Status[None]:
    """Take the tag off; nothing happens when the customer does not have it."""
    tags.untag(queries.whole(found_customer(number)), tag)
    return Status(204, None)


@router.get("/customers/{number}/relations", response=list[RelationOut], auth=READ, url_name="relations")
def relations_of(request: ApiRequest, number: CustomerNumber) -> list[dict[str, Any]]:
    """Who is what of this customer."""
    return _relations(found_customer(number))


@router.post("/customers/{number}/relations", response=list[RelationOut], auth=WRITE, url_name="relations")
def relate(request: ApiRequest, number: CustomerNumber, told: RelationIn) -> list[dict[str, Any]]:
    """Let `other` be the `kind` of this customer; the other customer gets the relation the other way round."""
    customer = found_customer(number)
    try:
        other = found_customer(told.other)
    except Http404 as missing:
        raise Problem(422, "There is no such other customer.", errors=[Wrong("other", "is nobody")]) from missing
    try:
        relations.relate(customer, other, told.kind)
    except relations.OneSelf as refusal:
        raise Problem(422, "Nobody is related to themselves.", errors=[Wrong("other", "is the same")]) from refusal
    return _relations(customer)


@router.delete(
    "/customers/{number}/relations/{other}/{kind}", response={204: None}, auth=WRITE, url_name="api_relation"
)
def unrelate(
    request: ApiRequest,
    number: CustomerNumber,
    other: CustomerNumber,
    kind: Literal["spouse", "parent", "child", "sibling", "relative", "employer", "employee", "colleague", "friend"],
) -> Status[None]:
    """Take the relation away in both directions."""
    ours, theirs = queries.whole(found_customer(number)), queries.whole(found_customer(other))
    relations.unrelate(ours, theirs, Relation.Kind(kind))
    return Status(204, None)


@router.get("/customers/{number}/traits", response=list[TraitOut], auth=READ, url_name="traits")
def traits_of(request: ApiRequest, number: CustomerNumber) -> list[dict[str, Any]]:
    """Every value that anybody told, with where it is from; the customer's own columns show what counts."""
    told = Trait.objects.filter(identity__ownership__customer=found_customer(number)).select_related("source")
    return [_trait(trait, hidden=not request.may("contacts:read")) for trait in told.order_by("name", "-told_at")]


@router.get("/customers/{number}/timeline", response=EventsOut, auth=READ, url_name="events")
def timeline(
    request: ApiRequest, number: CustomerNumber, after: After = Query(0), limit: Limit = Query(PIECE)
) -> dict[str, Any]:
    """What happened to the customer, the latest first; give `next` as `after` for what was before."""
    found = Event.objects.filter(identity__ownership__customer=found_customer(number)).select_related("source")
    if after:
        found = found.filter(id__lt=after)
    shown = piece(found.order_by("-id")[: limit + 1], limit=limit)
    return shown | {"items": [_event(event) for event in shown["items"]]}


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.pk,
        "text": note.text,
        "pinned": note.is_pinned,
        "written_at": note.written_at,
        "written_by": str(note.written_by or note.written_through),
    }


def _relations(customer: Customer) -> list[dict[str, Any]]:
    return [
        {"other": one.customer.pk, "name": one.customer.name, "kind": one.kind}
        for one in relations.relatives(queries.whole(customer))
    ]


def _trait(trait: Trait, *, hidden: bool) -> dict[str, Any]:
    by_person = "customer" if trait.told_by == provenance.BY_CUSTOMER else "staff"
    value = trait.value
    if hidden:
        value = provenance.in_words(trait.name, value, hidden=True) if _is_contact(trait) else value
    return {
        "name": trait.name,
        "value": value,
        "original": "" if hidden else trait.original,
        "source": trait.source.name,
        "told_at": trait.told_at,
        "told_by": by_person if trait.told_by else "system",
        "trouble": trait.trouble.partition(" ")[0] if hidden else trait.trouble,
    }


def _is_contact(trait: Trait) -> bool:
    return trait.name in {"phone", "email"} or contacts.DOTS in provenance.in_words(
        trait.name, trait.value, hidden=True
    )


def _event(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in EventOut.model_fields if name != "source"} | {
        "source": event.source.name
    }
