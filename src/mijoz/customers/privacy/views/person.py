"""The page about one customer's own data: proof of consent, links, a copy, restriction, objection, erasure."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers import contacts, hooks
from mijoz.customers.models import Customer, SubjectRequest
from mijoz.customers.privacy import actions, exporting, jobs, links, queries, stops
from mijoz.customers.queries import root_of
from mijoz.customers.roles import DESCRIBERS

THROUGH = "staff"


@allow(*DESCRIBERS, does=gettext_lazy("See proof of consent and what a customer asked"))
@require_safe
def page(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = _customer(customer_id)
    at, leads = timezone.now(), request.staff.role in LEADS
    shown = {
        "customer": customer,
        "answers": queries.answers_given(customer),
        "links": [] if customer.erased_at else queries.links_of(customer, at=at),
        "requests": queries.requests_of(customer),
        "looks": queries.looks_at(customer) if leads else None,
        "objection": stops.objects_to_profiling(customer),
        "has_mail": bool(customer.email) and not contacts.hidden_from(request.staff.role),
        "leads": leads,
    }
    return render(request, "customers/privacy/person.html", shown)


@allow(*DESCRIBERS, does=gettext_lazy("Give a customer the link to their own page"))
@require_POST
def link(request: StaffRequest, customer_id: int, deed: str) -> HttpResponse:
    """Make a link to show or copy, send one by e-mail, or take all of them back."""
    customer, at = _living(customer_id), timezone.now()
    match deed:
        case "make":
            made = links.link_for(customer, at=at, by=request.staff)
            return render(request, "customers/privacy/_link.html", {"address": links.address_of(made), "link": made})
        case "send" if customer.email:
            _send_link(customer, request)
            messages.success(request, _("The link is on its way."))
        case "revoke":
            taken = links.revoke([customer.pk], at=at)
            messages.success(request, _("Links taken back: %(n)s.") % {"n": taken})
        case _:
            raise Http404
    return redirect("customers:privacy", customer.pk)


def _send_link(customer: Customer, request: StaffRequest) -> None:
    at = timezone.now()
    made = links.link_for(customer, at=at, channel="email", sent_to=customer.email)
    language = customer.language or request.business.language
    with translation.override(language):
        hooks.write_to(
            hooks.Letter(
                customer=customer,
                address=customer.email,
                language=language,
                key=f"own-page/{made.pk}/{at:%Y-%m-%dT%H}",
                subject=_("Your own page at %(business)s") % {"business": request.business},
                text=_("Here you see what we know about you and choose what we may write to you:\n%(link)s")
                % {"link": links.address_of(made)},
                send_after=at,
                expires_at=made.expires_at,
            )
        )


@allow(*LEADS, does=gettext_lazy("Download everything about a customer"))
@require_GET
def copy(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Everything about the customer as a zip, to hand over to them."""
    customer, at = _living(customer_id), timezone.now()
    actions.note_look(customer, request.staff, what="copy", saw_contacts=True, at=at)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    exporting.write_copy(customer, target, at=at)
    actions.note_copy(customer, by=request.staff, through=THROUGH, at=at)
    target.seek(0)
    name = f"{customer.pk}-{at:%Y-%m-%d}.zip"
    return FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")


@allow(*DESCRIBERS, does=gettext_lazy("Restrict and note an objection"))
@require_POST
def stop(request: StaffRequest, customer_id: int, deed: str) -> HttpResponse:
    """Restrict the record or lift that, note an objection to profiling or that it is gone."""
    customer, at = _living(customer_id), timezone.now()
    match deed:
        case "restrict":
            actions.restrict(customer, by=request.staff, through=THROUGH, at=at)
            messages.success(request, _("The record is kept and used for nothing from now on."))
        case "lift":
            actions.lift_restriction(customer, by=request.staff, through=THROUGH, at=at)
            messages.success(request, _("The record may be used again."))
        case "object" | "agree":
            actions.set_objection(
                customer,
                objects=deed == "object",
                proof=_("Told to staff"),
                by=request.staff,
                through=THROUGH,
                at=at,
            )
            messages.success(request, _("The answer was written down."))
        case _:
            raise Http404
    return redirect("customers:privacy", customer.pk)


@allow(*LEADS, does=gettext_lazy("Erase a customer"))
@require_POST
def erase(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask the worker to erase the person; the page of the request shows how it goes and the proof."""
    customer = _living(customer_id)
    asked = actions.ask(customer, SubjectRequest.Kind.ERASURE, through=THROUGH, at=timezone.now())
    jobs.ask_to_erase(asked, by=request.staff)
    return redirect("customers:privacy_request", asked.pk)


def _customer(customer_id: int) -> Customer:
    """The customer to whom this number leads now."""
    root = root_of([customer_id]).get(customer_id)
    return get_object_or_404(Customer, pk=root)


def _living(customer_id: int) -> Customer:
    customer = _customer(customer_id)
    if customer.erased_at:
        raise Http404
    return customer
