"""Merging customers and parting them again, the ledger of merges, and single identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers import contacts, listing
from mijoz.customers.identity import changing, kinds, merging, queries, shown
from mijoz.customers.identity.changing import ChangeRefused
from mijoz.customers.identity.forms import MergeForm, ShareForm
from mijoz.customers.identity.merging import ErasedSince, MergeRefused
from mijoz.customers.identity.queries import MergeFilter
from mijoz.customers.listing import Criteria, CustomerPages, Search
from mijoz.customers.models import Customer, Merge, Ownership
from mijoz.customers.roles import MERGERS
from mijoz.customers.views.leading import of_somebody
from mijoz.ui.export import csv_response

ROWS_A_PAGE = 50
SUGGESTED = 12


@allow(*LEADS)
@require_safe
def merges(request: StaffRequest) -> HttpResponse:
    """The ledger: who became one with whom, why, and whether it still holds."""
    wanted = _filter(request)
    falling = request.GET.get("sort", "-merged") != "merged"
    page = Paginator(queries.ledger(wanted, falling=falling), ROWS_A_PAGE).get_page(request.GET.get("page"))
    told = {
        "page": page,
        "rows": shown.merges(list(page)),
        "wanted": wanted,
        "narrowed": any((wanted.text, wanted.who, wanted.state)),
    }
    return render(request, "customers/identity/merges.html", told)


@allow(*LEADS, does=gettext_lazy("Export the list of merges"))
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    return csv_response(_lines(_filter(request)), file_name="merges.csv")


def _lines(wanted: MergeFilter) -> Iterator[list[Any]]:
    yield [
        _("Merged"),
        pgettext("merge", "Kept"),
        pgettext("person", "Name"),
        pgettext("merge", "Absorbed"),
        pgettext("person", "Name"),
        _("By"),
        _("Reason"),
        pgettext("merge", "Undone"),
    ]
    for one in shown.merges(list(queries.ledger(wanted))):
        merge = one.merge
        undone = f"{timezone.localtime(merge.undone_at):%Y-%m-%d %H:%M}" if merge.undone_at else ""
        moment = f"{timezone.localtime(merge.merged_at):%Y-%m-%d %H:%M}"
        kept, absorbed = merge.kept, merge.absorbed
        yield [moment, kept.pk, kept.name, absorbed.pk, absorbed.name, one.by, one.reason, undone]


def _filter(request: HttpRequest) -> MergeFilter:
    return MergeFilter(
        text=request.GET.get("q", ""), who=request.GET.get("who", ""), state=request.GET.get("state", "")
    )


@allow(*LEADS, does=gettext_lazy("Undo a merge"))
@require_POST
def undo(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    merge = get_object_or_404(Merge, pk=merge_id)
    try:
        undone = merging.undo(merge, by=request.staff, at=timezone.now())
    except ErasedSince:
        messages.error(request, _("One of them was erased since: there is nothing left to take apart."))
        return redirect("customers:merges")
    except MergeRefused:
        messages.info(request, _("This merge was undone already."))
        return redirect("customers:merges")
    names = {"one": undone.kept.name, "other": undone.absorbed.name}
    messages.success(request, _("%(one)s and %(other)s are two customers again.") % names)
    return redirect("customers:detail", undone.absorbed_id)


@allow(*MERGERS, does=gettext_lazy("Merge customers"))
@require_safe
def find_other(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Look for the other customer who is the same person."""
    customer = get_object_or_404(Customer, pk=customer_id, merged_into=None)
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found: list[Customer] = []
    if query:
        hidden = contacts.hidden_from(request.staff.role)
        search = Search(criteria=Criteria(query=query), until=timezone.now(), contacts_hidden=hidden)
        pages = CustomerPages(search, listing.DEFAULT_SORT, rows_a_page=SUGGESTED)
        found = [other for other in pages.page(1) if other.pk != customer.pk]
    rows = [(other, contacts.contacts_of(other, hidden=contacts.hidden_from(request.staff.role))) for other in found]
    return render(request, "customers/identity/find.html", {"customer": customer, "query": query, "rows": rows})


@allow(*MERGERS, does=gettext_lazy("Merge customers"))
@require_http_methods(["GET", "POST"])
def compare(request: StaffRequest, customer_id: int, other_id: int) -> HttpResponse:
    """Two customers side by side; a post makes them one."""
    one, other = _two(customer_id, other_id)
    form = MergeForm(_posted(request), one=one, other=other)
    if request.method == "POST" and form.is_valid():
        kept, absorbed = (one, other) if form.cleaned_data["kept"] == one.pk else (other, one)
        try:
            merging.merge(kept, absorbed, by=request.staff, reason=form.cleaned_data["reason"], at=timezone.now())
        except MergeRefused:
            form.add_error(None, _("These two cannot be merged: one of them was erased, or they are one already."))
        else:
            names = {"absorbed": absorbed.name, "kept": kept.name}
            messages.success(request, _("%(absorbed)s is now one with %(kept)s.") % names)
            return redirect("customers:detail", kept.pk)
    bar = queries.what_speaks_against(one, other)
    told = {
        "one": one,
        "other": other,
        "form": form,
        "lines": shown.side_by_side(
            one,
            other,
            currency=request.business.currency,
            contacts_hidden=contacts.hidden_from(request.staff.role),
        ),
        "warning": shown.BARS[bar] if bar else "",
    }
    return render(request, "customers/identity/compare.html", told, status=422 if form.errors else 200)


def _two(customer_id: int, other_id: int) -> tuple[Customer, Customer]:
    found = Customer.objects.select_related("profile").filter(merged_into=None).in_bulk([customer_id, other_id])
    if len(found) != 2:
        raise Http404
    return found[customer_id], found[other_id]


@allow(*MERGERS, does=gettext_lazy("Change what leads to a customer"))
@require_http_methods(["GET", "POST"])
@of_somebody
def identifier(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """One identifier: shared, somebody else's by now, or attached to the wrong person."""
    owned = queries.ownership_of(customer_id, identity_id)
    if owned is None or owned.identity.kind == kinds.OURS:
        raise Http404
    form = ShareForm(_posted(request))
    if request.method == "POST" and (form.is_valid() or request.POST.get("deed") != "share"):
        return _change(request, owned, form)
    hidden = contacts.hidden_from(request.staff.role)
    told = {
        "customer": owned.customer,
        "one": shown.identifier(owned, contacts_hidden=hidden),
        "form": form,
        "can_retire": kinds.kind_of(owned.identity.kind).can_be_reassigned and not owned.retired_at,
    }
    return render(request, "customers/identity/identifier.html", told, status=422 if form.errors else 200)


def _change(request: StaffRequest, owned: Ownership, form: ShareForm) -> HttpResponse:
    at, customer = timezone.now(), owned.customer
    try:
        match request.POST.get("deed"):
            case "share":
                changing.share(owned, because=form.cleaned_data["because"])
                said = _("Mijoz merges nobody for it any more.")
            case "unshare":
                changing.unshare(owned)
                said = _("It stands for one person again.")
            case "retire":
                changing.retire(owned, at=at)
                said = _("What comes under it from now on leads to a new customer.")
            case "detach":
                customer = changing.detach(owned, by=request.staff, at=at)
                said = _("It leads to a customer of its own now.")
            case _other:
                raise Http404
    except ChangeRefused:
        messages.error(request, _("This is the only identifier of the customer, or it was changed meanwhile."))
        return redirect("customers:identifier", owned.customer_id, owned.pk)
    messages.success(request, said)
    return redirect("customers:detail", customer.pk)


def _posted(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
