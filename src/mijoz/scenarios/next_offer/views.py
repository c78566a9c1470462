"""Pages of next offers: how good they are, which services can be offered, and what a customer said to one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers.models import Customer
from mijoz.scenarios import asked
from mijoz.scenarios.next_offer import actions, on_customers, queries
from mijoz.scenarios.next_offer.models import OfferModel

EDITORS = ("manager", "marketer")
READERS = (*EDITORS, "analyst")
SAID = {"": None, "yes": True, "no": False}
ROWS_A_PAGE = 50


class ServiceForm(forms.Form):
    name = forms.CharField(max_length=400)
    offered = forms.ChoiceField(choices=[(one, one) for one in SAID], required=False)
    again = forms.ChoiceField(choices=[(one, one) for one in SAID], required=False)


class AnswerForm(forms.Form):
    service = forms.CharField(max_length=400)
    answer = forms.ChoiceField(choices=[("taken", "taken"), ("refused", "refused")])


@allow(*READERS)
@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """How good the model is now, and what can be offered."""
    state = queries.state()
    rows = queries.services(state.model if state else None, text=request.GET.get("q", ""))
    context = {
        "state": state,
        "models": queries.models(),
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "may_edit": _may_edit(request),
        "run": asked.read(request, queries.is_learned_after),
    }
    return render(request, "next_offer/page.html", context)


@allow(*EDITORS, does=gettext_lazy("Learn anew what customers take next"))
@require_POST
def learn(request: StaffRequest) -> HttpResponse:
    """Ask for a new model; the page that follows shows how far it is."""
    latest = OfferModel.objects.first()
    actions.ask()
    return asked.waiting_for("next_offer:page", after=latest.pk if latest else 0)


@allow(*READERS)
@require_safe
def progress(request: StaffRequest) -> HttpResponse:
    """How far the model is that was asked for."""
    return asked.progress(
        request, queries.is_learned_after, page="next_offer:page", template="next_offer/_progress.html"
    )


@allow(*EDITORS, does=gettext_lazy("Say which services can be offered"))
@require_POST
def service(request: StaffRequest) -> HttpResponse:
    """Keep what staff say of one service."""
    form = ServiceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    said = form.cleaned_data
    actions.describe(said["name"], is_offered=SAID[said["offered"]], may_come_again=SAID[said["again"]])
    messages.success(request, _("Saved: what is suggested follows it at once or with the next model."))
    return redirect("next_offer:page")


@allow(*sorted(on_customers.SERVES), does=gettext_lazy("Note what a customer said to an offer"))
@require_POST
def answer(request: StaffRequest, customer: int) -> HttpResponse:
    """Note that the customer wants a service, or does not."""
    found = get_object_or_404(Customer, pk=customer, merged_into=None, erased_at=None)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    wants_it = form.cleaned_data["answer"] == "taken"
    actions.answer(found, form.cleaned_data["service"], wants_it=wants_it, by=request.staff, at=timezone.now())
    said = _("Noted: the customer wants it.") if wants_it else _("Noted: it will not be offered for six months.")
    messages.success(request, said)
    return redirect("customers:detail", found.pk)


def _may_edit(request: StaffRequest) -> bool:
    return request.staff.role in {"owner", *EDITORS}
