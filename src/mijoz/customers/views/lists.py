"""The list of customers: what is found, what the top bar suggests, the export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import EVERYBODY, allow, allow_staff
from mijoz.customers import contacts, exporting, hooks, listing
from mijoz.customers.forms.filters import FilterForm
from mijoz.customers.listing import Criteria, CustomerPages, Search
from mijoz.customers.models import Customer
from mijoz.customers.privacy.actions import note_looks
from mijoz.customers.roles import DESCRIBERS, IMPORTERS, TAGGERS
from mijoz.events.queries import default_as_of
from mijoz.ui import formats
from mijoz.ui.export import csv_response

SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A customer as a line of the list."""

    customer: Customer
    phone: str
    cells: list[str]  # of the columns that higher apps add


@allow_staff
@require_safe
def customer_list(request: StaffRequest) -> HttpResponse:
    filters = FilterForm(request.GET, currency=request.business.currency)
    as_of = default_as_of(timezone.now())
    sort = listing.known_sort(request.GET.get("sort", ""))
    page = CustomerPages(_search(request, filters.criteria(), as_of), sort).get_page(request.GET.get("page"))
    columns = hooks.list_columns()
    shown = {
        "filters": filters,
        "chips": filters.chips(),
        "page": page,
        "rows": _rows(request, page, columns),
        "columns": columns,
        "as_of": as_of,
        "is_past": as_of < timezone.localdate(),
        "nobody_yet": not page.object_list and not Customer.objects.exists(),
        "may_edit": request.staff.role in DESCRIBERS,
        "may_tag": request.staff.role in TAGGERS,
        "known_tags": filters.tags,
        "may_import": request.staff.role in IMPORTERS,
    }
    return render(request, "customers/list.html", shown)


@allow_staff
@require_safe
def suggestions(request: StaffRequest) -> HttpResponse:
    """Customers whom the top bar suggests while somebody types."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    if not query:
        return HttpResponse()
    search = _search(request, Criteria(query=query), timezone.localdate())
    pages = CustomerPages(search, listing.DEFAULT_SORT, rows_a_page=SUGGESTED)
    rows = _rows(request, pages.page(1), [])
    count = formats.number(pages.count) + ("+" if pages.is_capped else "")
    shown = {
        "query": query,
        "rows": rows,
        "count": count if pages.count > len(rows) else "",
        "may_edit": request.staff.role in DESCRIBERS,
    }
    return render(request, "customers/_suggestions.html", shown)


@allow(*EVERYBODY, does=gettext_lazy("Export the customers found"))
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Everybody found as a CSV file, without contacts for roles that may not see them."""
    filters = FilterForm(request.GET, currency=request.business.currency)
    found = _search(request, filters.criteria(), default_as_of(timezone.now())).customers()
    saw = not contacts.hidden_from(request.staff.role)
    note_looks(found, request.staff, what="list export", saw_contacts=saw, at=timezone.now())
    rows = exporting.export(
        found,
        sort=listing.known_sort(request.GET.get("sort", "")),
        zone=request.business.zone,
        contacts_hidden=contacts.hidden_from(request.staff.role),
    )
    return csv_response(rows, file_name="customers.csv")


def _search(request: StaffRequest, criteria: Criteria, as_of: date) -> Search:
    until = listing.midnight_after(as_of, request.business.zone)
    return Search(criteria=criteria, until=until, contacts_hidden=contacts.hidden_from(request.staff.role))


def _rows(request: StaffRequest, page: Page[Customer], columns: list[hooks.ListColumn]) -> list[Row]:
    hidden = contacts.hidden_from(request.staff.role)
    customers = list(page)
    added = [column.values([customer.pk for customer in customers]) for column in columns]
    rows = []
    for customer in customers:
        told = contacts.contacts_of(customer, hidden=hidden)
        rows.append(Row(customer, told.phone, [cells.get(customer.pk, "") for cells in added]))
    return rows
