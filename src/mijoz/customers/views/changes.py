"""What staff change of a customer: who it is, how they are served, what they agreed to."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers import actions
from mijoz.customers.actions import ContactTaken
from mijoz.customers.forms.people import ConsentForm, CustomerForm, ProtocolForm, values_from
from mijoz.customers.models import Confirmation, Customer, Purpose
from mijoz.customers.privacy.consent import AskedTooOften, Proof, take
from mijoz.customers.roles import DESCRIBERS, MERGERS, PROTOCOL_WRITERS
from mijoz.customers.views.leading import leads_to_the_kept


@allow(*DESCRIBERS, does=gettext_lazy("Add customers"))
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    form = CustomerForm(_posted(request), initial=values_from(request.GET.get("q", "")[:200]))
    if request.method == "POST" and form.is_valid():
        try:
            customer = actions.add_customer(by=request.staff, at=timezone.now(), **form.told())
        except ContactTaken as taken:
            _say_taken(form, taken)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": customer.name})
            return redirect("customers:detail", customer.pk)
    return render(request, "customers/form.html", {"form": form}, status=422 if form.errors else 200)


@allow(*DESCRIBERS, does=gettext_lazy("Change names, contacts and language"))
@require_http_methods(["GET", "POST"])
@leads_to_the_kept
def edit(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    form = CustomerForm(_posted(request), initial=CustomerForm.values_of(customer))
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe(customer, by=request.staff, at=timezone.now(), **form.told())
        except ContactTaken as taken:
            customer.refresh_from_db()
            _say_taken(form, taken, customer if request.staff.role in MERGERS else None)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:detail", customer.pk)
    shown = {"form": form, "customer": customer}
    return render(request, "customers/form.html", shown, status=422 if form.errors else 200)


def _posted(request: StaffRequest) -> QueryDict | None:
    """What was sent, also when all of it is empty."""
    return request.POST if request.method == "POST" else None


def _say_taken(form: CustomerForm, taken: ContactTaken, customer: Customer | None = None) -> None:
    """Lead to the customer whose contact it is, and to a look at both for who may make them one."""
    other = format_html(
        '<a href="{}">{}</a>', reverse("customers:detail", args=[taken.customer.pk]), taken.customer.name
    )
    sentence = {
        "phone": _("This phone leads to %(name)s already."),
        "email": _("This e-mail leads to %(name)s already."),
    }[taken.field]
    form.add_error(taken.field, format_html(sentence.replace("%(name)s", "{}"), other))
    if customer:
        both = reverse("customers:compare", args=[customer.pk, taken.customer.pk])
        form.add_error(
            taken.field, format_html('<a href="{}">{}</a>', both, _("Are they one person? Compare the two."))
        )


@allow(*PROTOCOL_WRITERS, does=gettext_lazy("Set the service protocol"))
@require_http_methods(["GET", "POST"])
@leads_to_the_kept
def protocol(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("protocol"), pk=customer_id)
    form = ProtocolForm(_posted(request), protocol=getattr(customer, "protocol", None))
    if request.method == "POST" and form.is_valid():
        actions.set_protocol(customer, by=request.staff.email, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The service protocol was saved."))
        return redirect("customers:detail", customer.pk)
    shown = {"form": form, "customer": customer}
    return render(request, "customers/protocol.html", shown, status=422 if form.errors else 200)


@allow(*DESCRIBERS, does=gettext_lazy("Write down what a customer agreed to"))
@require_http_methods(["GET", "POST"])
@leads_to_the_kept
def consent(request: StaffRequest, customer_id: int, purpose: str, answer: str) -> HttpResponse:
    """The customer's yes or no for one purpose."""
    customer = get_object_or_404(Customer, pk=customer_id)
    if purpose not in Purpose.values or answer not in {"give", "withdraw"}:
        raise Http404
    form = ConsentForm(_posted(request), channel=request.GET.get("channel", ""))
    if request.method == "POST" and form.is_valid():
        try:
            asked = _take(request, customer, purpose=purpose, granted=answer == "give", form=form)
        except AskedTooOften:
            messages.warning(request, _("The letter that asks to confirm went out a moment ago. Try again later."))
        else:
            said = _("A letter asks the customer to confirm; until then it does not count.")
            messages.success(request, said if asked else _("The answer was written down."))
        return redirect("customers:detail", customer.pk)
    shown = {"form": form, "customer": customer, "purpose": Purpose(purpose).label, "gives": answer == "give"}
    return render(request, "customers/consent.html", shown, status=422 if form.errors else 200)


def _take(
    request: StaffRequest, customer: Customer, *, purpose: str, granted: bool, form: ConsentForm
) -> Confirmation | None:
    proof = Proof(text=form.cleaned_data["proof"], through="staff", place="customer page", by=request.staff)
    channel = form.cleaned_data["channel"]
    return take(customer, purpose=purpose, channel=channel, granted=granted, proof=proof, at=timezone.now())
