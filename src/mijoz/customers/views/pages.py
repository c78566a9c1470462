"""The page of one customer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow_staff
from mijoz.customers.models import Customer


@allow_staff
@require_safe
def customer_page(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("profile"), pk=customer_id)
    return render(request, "customers/page.html", {"customer": customer})
