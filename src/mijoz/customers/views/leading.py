"""Old numbers lead to the customer kept on every page, and whoever was erased is nobody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from mijoz.business.requests import StaffRequest
from mijoz.customers.identity.holding import Erased
from mijoz.customers.models import Customer
from mijoz.customers.queries import root_of

Page = Callable[..., HttpResponse]


def leads_to_the_kept(view: Page) -> Page:
    """Send who opens the page of a customer that was merged to the same page of whom they were merged into."""

    @wraps(view)
    def page(request: StaffRequest, customer_id: int, **rest: Any) -> HttpResponse:
        root = root_of([customer_id]).get(customer_id, customer_id) if request.method == "GET" else customer_id
        if root != customer_id and request.resolver_match:
            return redirect(request.resolver_match.view_name, root, *rest.values())
        if Customer.objects.filter(pk=root).exclude(erased_at=None).exists():
            raise Http404  # nothing is told of who was erased
        return view(request, customer_id, **rest)

    return page


def of_somebody(view: Page) -> Page:
    """Nothing is written down of who was erased: then there is no such customer."""

    @wraps(view)
    def page(request: StaffRequest, *given: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *given, **named)
        except Erased as gone:
            raise Http404 from gone

    return page
