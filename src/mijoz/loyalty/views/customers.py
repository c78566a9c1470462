"""What staff do with the points of one customer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers.models import Customer
from mijoz.loyalty import actions, quoting, wording
from mijoz.loyalty.actions import referring
from mijoz.loyalty.forms.programmes import AdjustForm, FriendForm
from mijoz.loyalty.roles import TILL


@allow(*TILL, does=gettext_lazy("Give or take points"))
@require_POST
def adjust(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give or take points with a reason; front office up to a limit."""
    customer, form = get_object_or_404(Customer, pk=customer_id, erased_at=None), AdjustForm(request.POST)
    programme = quoting.live_points()
    if programme is None or not form.is_valid():
        messages.error(request, _("Write how many points, and why."))
        return redirect("customers:detail", customer_id)
    told = form.cleaned_data
    try:
        actions.adjust(programme, customer, told["points"], reason=told["reason"], by=request.staff, at=timezone.now())
    except actions.AdjustRefused as refused:
        figures = {"available": str(refused.figure), "least": str(refused.figure)}
        messages.error(request, wording.reason(refused.reason, figures, request.business.currency))
    else:
        messages.success(request, _("Saved."))
    return redirect("customers:detail", customer_id)


@allow(*TILL)
@require_POST
def refer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Note by whose code a new customer came."""
    customer, form = get_object_or_404(Customer, pk=customer_id, erased_at=None), FriendForm(request.POST)
    try:
        referring.refer(form.data.get("code", "")[:60], customer, at=timezone.now())
    except referring.ReferRefused as refused:
        messages.error(request, wording.reason(refused.reason, {}, request.business.currency))
    else:
        messages.success(request, _("Both get their reward after the first purchase."))
    return redirect("customers:detail", customer_id)
