"""Tags of one customer, and of everybody found or ticked in the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers import contacts, listing, queries, showing, tags
from mijoz.customers.forms.filters import FilterForm
from mijoz.customers.listing import Search
from mijoz.customers.models import Customer
from mijoz.customers.roles import TAGGERS
from mijoz.events.queries import default_as_of
from mijoz.ui import formats


@allow(*TAGGERS, does=gettext_lazy("Tag customers"))
@require_POST
def tag(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    if name := _name(request):
        tags.tag(Customer.objects.filter(pk=customer.pk), name)
    return _shown(request, customer)


@allow(*TAGGERS)
@require_POST
def untag(request: StaffRequest, customer_id: int, tag_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    tags.untag(queries.whole(customer), tag_id)
    return _shown(request, customer)


@allow(*TAGGERS)
@require_POST
def tag_many(request: StaffRequest) -> HttpResponse:
    """Tag those ticked in the list, or everybody whom its filters find."""
    name = _name(request)
    if not name:
        messages.error(request, _("Write the tag first."))
    elif request.POST.get("whom") == "found":
        _say(request, tags.tag(_found(request), name), name)
    else:
        ticked = [int(number) for number in request.POST.getlist("ticked") if number.isascii() and number.isdigit()]
        if ticked:
            _say(request, tags.tag(Customer.objects.filter(pk__in=ticked), name), name)
        else:
            messages.error(request, _("Tick somebody in the list first."))
    query = request.GET.urlencode()
    return redirect(reverse("customers:list") + (f"?{query}" if query else ""))


def _found(request: StaffRequest) -> listing.QuerySet[Customer]:
    filters = FilterForm(request.GET, currency=request.business.currency)
    until = listing.midnight_after(default_as_of(timezone.now()), request.business.zone)
    hidden = contacts.hidden_from(request.staff.role)
    return Search(criteria=filters.criteria(), until=until, contacts_hidden=hidden).customers()


def _say(request: StaffRequest, count: int, name: str) -> None:
    told = ngettext("%(n)s customer was tagged “%(tag)s”.", "%(n)s customers were tagged “%(tag)s”.", count)
    messages.success(request, told % {"n": formats.number(count), "tag": name})


def _name(request: StaffRequest) -> str:
    return tags.tidy(request.POST.get("tag", "").replace("\0", ""))


def _shown(request: StaffRequest, customer: Customer) -> HttpResponse:
    if not request.htmx:
        return redirect("customers:detail", customer.pk)
    shown = showing.tagged(request.staff, customer, queries.whole(customer))
    return render(request, "customers/_tags.html", shown)
