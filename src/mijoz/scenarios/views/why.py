"""Why a customer is in a scenario and got what they got."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow_staff
from mijoz.scenarios import why
from mijoz.scenarios.models import Enrolment
from mijoz.scenarios.on_customers import OPENS_SCENARIOS


@allow_staff
@require_safe
def page(request: StaffRequest, enrolment: int) -> HttpResponse:
    """The rule, the facts of that time, each step with what came of it, and the alternatives."""
    found = get_object_or_404(Enrolment.objects.select_related("scenario", "version", "customer"), pk=enrolment)
    context = {
        "why": why.why(found),
        "now": timezone.now(),
        "step": request.GET.get("step", ""),
        "opens_scenarios": request.staff.role in OPENS_SCENARIOS,
    }
    return render(request, "scenarios/why.html", context)
