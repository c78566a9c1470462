"""The list of customers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow_staff
from mijoz.customers import contacts, listing
from mijoz.customers.listing import Criteria, CustomerPages


@allow_staff
@require_safe
def customer_list(request: StaffRequest) -> HttpResponse:
    hidden = contacts.hidden_from(request.staff.role)
    criteria = Criteria(query=request.GET.get("q", ""))
    sort = listing.known_sort(request.GET.get("sort", ""))
    pages = CustomerPages(listing.find(criteria, until=timezone.now(), contacts_hidden=hidden), sort)
    return render(request, "customers/list.html", {"page": pages.get_page(request.GET.get("page"))})
