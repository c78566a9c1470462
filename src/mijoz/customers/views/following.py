"""The customer's page while it stays open: figures, profile, and what has happened since."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow_staff
from mijoz.customers import queries, showing
from mijoz.customers.models import Customer
from mijoz.customers.views.pages import timeline_of
from mijoz.ui import live


@allow_staff
@require_safe
def live_page(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Sends a part when it is another than before. `since` is the last row of the log that the page shows."""
    customer = get_object_or_404(Customer, pk=customer_id)
    whole = queries.whole(customer)
    given = request.GET.get("since", "")
    since = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else queries.latest_event()
    sent: dict[str, str] = {}

    def render() -> Iterator[live.Message]:
        current = Customer.objects.select_related("profile").get(pk=customer.pk)
        fresh = timeline_of(request, current, since=since or 1)
        parts = {
            "figures": ("customers/_figures.html", showing.figures(current)),
            "facts": ("customers/_profile.html", showing.facts(request, current)),
            "fresh": ("customers/_fresh.html", {"customer": current, **fresh}),
        }
        for name, (template, shown) in parts.items():
            html = render_to_string(template, shown, request)
            if sent.get(name) != html:
                sent[name] = html
                yield live.Message(name, html)

    return live.stream("customers", render, about=set(whole))
