"""What staff say about a customer beside the form: which value counts, notes, relations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business import history
from mijoz.business.history import Asked
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers import actions, contacts, listing, notes, queries, relations, showing
from mijoz.customers.actions import ContactTaken
from mijoz.customers.choosing import NAMES, SHOWN
from mijoz.customers.history import tables
from mijoz.customers.listing import Criteria, CustomerPages, Search
from mijoz.customers.models import Customer, Note, Relation, Trait
from mijoz.customers.roles import DESCRIBERS, NOTE_WRITERS
from mijoz.customers.views.leading import of_somebody

FOUND = 6
LATEST = 200  # changes of one customer that a page shows


@allow(*DESCRIBERS)
@require_safe
def changes(request: StaffRequest, customer_id: int) -> HttpResponse:
    """What staff and programs changed of the customer."""
    customer = get_object_or_404(Customer, pk=customer_id)
    found = history.changes(Asked(), about=tables(queries.whole(customer)), limit=LATEST)
    return render(request, "customers/history.html", {"customer": customer, "changes": found, "latest": LATEST})


@allow(*DESCRIBERS, does=gettext_lazy("Choose which of several values counts"))
@require_POST
def choose(request: StaffRequest, customer_id: int, trait_id: int) -> HttpResponse:
    """Let a value that some source told be what staff say."""
    customer = get_object_or_404(Customer, pk=customer_id)
    trait = get_object_or_404(
        Trait.objects.exclude(value=""), pk=trait_id, identity__ownership__customer=customer, name__in=SHOWN
    )
    told = {trait.name: trait.value}
    if trait.name in NAMES:  # a name is one person's: its parts come from one teller
        told |= queries.name_by(trait)
    try:
        actions.choose(customer, told, by=request.staff, at=timezone.now())
    except ContactTaken as taken:
        messages.error(request, _("It leads to %(name)s already.") % {"name": taken.customer.name})
    else:
        messages.success(request, _("Saved."))
    return redirect("customers:detail", customer.pk)


@allow(*NOTE_WRITERS, does=gettext_lazy("Write notes about customers"))
@require_POST
@of_somebody
def add_note(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    text = _text(request)
    if text:
        pinned = request.POST.get("pinned") == "on"
        notes.write(customer, text, by=request.staff, at=timezone.now(), pinned=pinned)
    return _notes(request, customer, problem="" if text else _("Write something first."))


@allow(*NOTE_WRITERS)
@require_POST
def change_note(request: StaffRequest, note_id: int) -> HttpResponse:
    note = _note(note_id)
    text = _text(request)
    if text:
        try:
            notes.change(note, text, by=request.staff, at=timezone.now())
        except notes.NotTheirs as refusal:
            raise PermissionDenied from refusal
    return _notes(request, note.customer, problem="" if text else _("Write something first."))


@allow(*NOTE_WRITERS)
@require_POST
def pin_note(request: StaffRequest, note_id: int) -> HttpResponse:
    note = notes.pin(_note(note_id), pinned=request.POST.get("pinned") == "1")
    return _notes(request, note.customer)


@allow(*NOTE_WRITERS)
@require_POST
def delete_note(request: StaffRequest, note_id: int) -> HttpResponse:
    note = _note(note_id)
    try:
        notes.delete(note, by=request.staff)
    except notes.NotTheirs as refusal:
        raise PermissionDenied from refusal
    return _notes(request, note.customer)


@allow(*DESCRIBERS)
@require_safe
def find_relative(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Customers among whom the other one may be."""
    query = request.GET.get("who", "").replace("\0", "").strip()[:200]
    found: list[Customer] = []
    if query:
        search = Search(criteria=Criteria(query=query), until=timezone.now())
        pages = CustomerPages(search, listing.DEFAULT_SORT, rows_a_page=FOUND + 1)
        found = [one for one in pages.page(1) if one.pk != customer_id and one.merged_into_id is None][:FOUND]
    people = [(one, contacts.spaced(one.phone)) for one in found]
    return render(request, "customers/_relatives.html", {"people": people, "query": query})


@allow(*DESCRIBERS, does=gettext_lazy("Note who is related to whom"))
@require_POST
@of_somebody
def relate(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    number, kind = request.POST.get("other", ""), request.POST.get("kind", "")
    other = Customer.objects.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
    problem = ""
    if other is None:
        problem = _("Find the other customer first and pick them.")
    elif kind not in Relation.Kind.values:
        problem = _("Say how the other one is related.")
    else:
        try:
            relations.relate(customer, other, kind)
        except relations.OneSelf:
            problem = _("Nobody is related to themselves.")
    return _relations(request, customer, problem=problem)


@allow(*DESCRIBERS)
@require_POST
def unrelate(request: StaffRequest, customer_id: int, other_id: int, kind: str) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    other = get_object_or_404(Customer, pk=other_id)
    if kind in Relation.Kind.values:
        relations.unrelate(queries.whole(customer), queries.whole(other), kind)
    return _relations(request, customer)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\0", "").strip()[: notes.LONGEST]


def _note(note_id: int) -> Note:
    return get_object_or_404(Note.objects.select_related("customer"), pk=note_id)


def _notes(request: StaffRequest, customer: Customer, *, problem: str = "") -> HttpResponse:
    customer = _root(customer)
    shown = showing.noted(request.staff, customer, queries.whole(customer))
    return _part(request, customer, "customers/_notes.html", shown, problem)


def _relations(request: StaffRequest, customer: Customer, *, problem: str = "") -> HttpResponse:
    customer = _root(customer)
    shown = showing.related(request.staff, customer, queries.whole(customer))
    return _part(request, customer, "customers/_relations.html", shown, problem)


def _root(customer: Customer) -> Customer:
    """Who the customer is now, after merges."""
    root = queries.root_of([customer.pk]).get(customer.pk, customer.pk)
    return customer if root == customer.pk else Customer.objects.get(pk=root)


def _part(
    request: StaffRequest, customer: Customer, template: str, shown: dict[str, Any], problem: str
) -> HttpResponse:
    """The part alone for htmx, else the whole page again."""
    if request.htmx:
        status = 422 if problem else 200
        return render(request, template, {**shown, "problem": problem}, status=status)
    if problem:
        messages.error(request, problem)
    return redirect("customers:detail", customer.pk)
