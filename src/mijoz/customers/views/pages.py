"""The page of one customer, and its timeline."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow_staff
from mijoz.customers import contacts, hooks, page, queries, showing, timeline
from mijoz.customers.identity import queries as merge_queries
from mijoz.customers.identity import shown as merges
from mijoz.customers.models import Customer, MetAgain
from mijoz.customers.privacy import stops
from mijoz.customers.privacy.actions import note_look
from mijoz.customers.roles import MERGERS, PROTOCOL_WRITERS


@allow_staff
@require_safe
def customer_page(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("profile", "protocol", "preferences"), pk=customer_id)
    if customer.merged_into_id:
        return redirect("customers:detail", queries.root_of([customer.pk])[customer.pk])
    if customer.erased_at:
        shown_of_nobody = {"customer": customer, **timeline_of(request, customer)}
        return render(request, "customers/privacy/erased.html", shown_of_nobody)
    hidden = contacts.hidden_from(request.staff.role)
    note_look(customer, request.staff, what="page", saw_contacts=not hidden, at=timezone.now())
    whole = queries.whole(customer)
    shown = {
        **showing.figures(customer),
        **showing.facts(request, customer),
        **showing.noted(request.staff, customer, whole),
        **showing.tagged(request.staff, customer, whole),
        **showing.related(request.staff, customer, whole),
        "objection": stops.objects_to_profiling(customer),
        "met_again": MetAgain.objects.filter(customer=customer).first(),
        "preferred": showing.preferred(customer),
        "last_event": queries.latest_event(),
        "contacts": contacts.contacts_of(customer, hidden=hidden),
        "pills": [column.values([customer.pk]).get(customer.pk, "") for column in hooks.list_columns()],
        "protocol": page.protocol(customer),
        "panels": _panels(request, customer),
        "consents": page.consents(customer),
        "identities": page.identities(customer, contacts_hidden=hidden),
        "merges": merges.merges(merge_queries.merges_of(customer)),
        "given_anew": merge_queries.given_anew(customer),
        "may_merge": request.staff.role in MERGERS,
        "may_undo": request.staff.role in LEADS,
        "may_set_protocol": request.staff.role in PROTOCOL_WRITERS,
        **timeline_of(request, customer),
    }
    return render(request, "customers/page.html", shown)


@allow_staff
@require_safe
def customer_timeline(request: StaffRequest, customer_id: int) -> HttpResponse:
    """A further piece of the timeline, or the first of another kind."""
    customer = get_object_or_404(Customer, pk=customer_id)
    template = "customers/_timeline_piece.html" if request.GET.get("before") else "customers/_timeline.html"
    return render(request, template, {"customer": customer, **timeline_of(request, customer)})


def timeline_of(request: StaffRequest, customer: Customer, *, since: int = 0) -> dict[str, Any]:
    """A piece of the timeline as its templates show it; with `since` what came after that row of the log."""
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    try:
        piece = queries.timeline(customer, kind=kind, before=before, since=since)
    except ValueError as error:
        raise Http404 from error
    entries = queries.entries(
        piece, currency=request.business.currency, contacts_hidden=contacts.hidden_from(request.staff.role)
    )
    return {
        "kind": kind if kind in timeline.KINDS else "",
        "kinds": [(key, label) for key, (label, _types) in timeline.KINDS.items()],
        "days": timeline.by_day(entries),
        "cursor": piece.cursor,
        "shown_day": queries.day_of_cursor(before) if before else None,
        "today": timezone.localdate(),
    }


def _panels(request: StaffRequest, customer: Customer) -> list[tuple[str, dict[str, Any]]]:
    """Templates and contexts of the panels that have something to show."""
    asked = [(panel.template, panel.context(customer, request)) for panel in hooks.panels_for(request.staff.role)]
    return [(template, context) for template, context in asked if context is not None]
