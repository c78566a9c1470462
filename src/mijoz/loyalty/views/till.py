"""The till: who is here or which code they show, what applies, the sum after, redeem, take back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers import contacts
from mijoz.customers.models import Customer
from mijoz.loyalty import actions, queries, quoting, shown, wording
from mijoz.loyalty.actions.redeeming import CancelRefused, RedeemRefused, Till
from mijoz.loyalty.forms.till import CancelForm, TillForm
from mijoz.loyalty.models import Redemption
from mijoz.loyalty.roles import READERS, TILL

ROWS_A_PAGE = 50


@allow(*TILL, does=gettext_lazy("Redeem offers and points at the till"))
@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """The till, empty, or with the customer from whose page somebody came."""
    number = request.GET.get("customer", "")
    customer = Customer.objects.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
    context = {
        "customer": customer,
        "code": request.GET.get("code", "")[:60],
        "rows": [("", "", "")],
        "services": shown.services(),
        "latest": queries.redemptions()[:8],
        "may_be_late": request.staff.role in LEADS,
        "at": timezone.now(),
    }
    return render(request, "loyalty/till.html", context)


@allow(*TILL)
@require_safe
def find(request: StaffRequest) -> HttpResponse:
    """Customers by name or phone."""
    query = request.GET.get("who", "")
    hidden = contacts.hidden_from(request.staff.role)
    people = [
        (one, contacts.contacts_of(one, hidden=hidden).phone)
        for one in queries.find_customers(query, at=timezone.now())
    ]
    return render(request, "loyalty/_people.html", {"people": people, "query": query.strip()})


@allow(*TILL)
@require_POST
def quote(request: StaffRequest) -> HttpResponse:
    """What the receipt gets; nothing is used yet."""
    form = TillForm(request.POST)
    if not form.is_valid():
        return render(request, "loyalty/_quote.html", {"form": form}, status=422)
    found = quoting.quote(form.receipt(), at=timezone.now())
    return render(request, "loyalty/_quote.html", {"form": form, **shown.quote(found, request.business.currency)})


@allow(*TILL)
@require_POST
def redeem(request: StaffRequest) -> HttpResponse:
    """Use what was shown; refused when it changed meanwhile."""
    form = TillForm(request.POST)
    if not form.is_valid():
        return render(request, "loyalty/_quote.html", {"form": form}, status=422)
    branch = request.staff.branch.code if request.staff.branch else ""
    try:
        done = actions.redeem(
            form.receipt(),
            till=Till(staff=request.staff, branch=branch),
            at=timezone.now(),
            expected=_expected(request.POST.get("expected", "")),
        )
    except RedeemRefused as refused:
        refusal = wording.reason(refused.reason, refused.figures, request.business.currency)
        found = quoting.quote(form.receipt(), at=timezone.now())
        context = {"form": form, "refusal": refusal, **shown.quote(found, request.business.currency)}
        return render(request, "loyalty/_quote.html", context, status=422)
    context = {"redemption": done.redemption, **shown.quote(done.quote, request.business.currency)}
    return render(request, "loyalty/_redeemed.html", context)


@allow(*TILL)
@require_POST
def cancel(request: StaffRequest, redemption: UUID) -> HttpResponse:
    """Take a redemption back; leads may do it after a day too."""
    found, form = get_object_or_404(Redemption, pk=redemption), CancelForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is taken back."))
        return redirect("loyalty:till")
    try:
        actions.cancel(
            found,
            because=form.cleaned_data["because"],
            by=request.staff,
            at=timezone.now(),
            may_be_late=request.staff.role in LEADS,
        )
    except CancelRefused as refused:
        messages.error(request, wording.reason(refused.reason, {}, request.business.currency))
    else:
        messages.success(request, _("Taken back: codes, budget and points are as before."))
    return redirect("loyalty:till")


@allow(*(TILL | READERS))
@require_safe
def redemptions(request: StaffRequest) -> HttpResponse:
    """Every redemption, the latest first."""
    found = queries.redemptions()
    if q := request.GET.get("q", "").replace("\0", "").strip():
        found = found.filter(reference__icontains=q)
    pages = Paginator(found, ROWS_A_PAGE)
    context: dict[str, Any] = {
        "page": pages.get_page(request.GET.get("page")),
        "may_cancel": request.staff.role in TILL,
        "may_be_late": request.staff.role in LEADS,
        "at": timezone.now(),
    }
    return render(request, "loyalty/redemptions.html", context)


def _expected(typed: str) -> Decimal | None:
    try:
        return Decimal(typed)
    except InvalidOperation:
        return None
