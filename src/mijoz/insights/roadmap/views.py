"""The road map of the roll-out, and planning its steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.insights.models import RoadStep
from mijoz.insights.roadmap import actions, queries
from mijoz.insights.roadmap.forms import PlanForm

READERS = LEADS | {Role.MARKETER, Role.ANALYST}


@allow(*READERS)
@require_safe
def road_map(request: StaffRequest) -> HttpResponse:
    """How far the roll-out is and what to do next."""
    found = queries.road_map(at=timezone.now())
    may_plan = request.staff.role in LEADS
    forms = {step.kind.key: PlanForm(instance=step.plan, prefix=step.kind.key) for step in found.steps}
    shown = {"road": found, "rows": [(step, forms[step.kind.key]) for step in found.steps], "may_plan": may_plan}
    return render(request, "insights/roadmap/road_map.html", shown)


@allow(*LEADS, does=gettext_lazy("Plan the roll-out"))
@require_POST
def plan(request: StaffRequest, key: str) -> HttpResponse:
    """Who does a step and by when."""
    if key not in RoadStep.Key.values:
        raise Http404(key)
    form = PlanForm(request.POST, prefix=key)
    if form.is_valid():
        actions.plan(key, **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("insights:road_map")


@allow(*READERS)
@require_POST
def review(request: StaffRequest) -> HttpResponse:
    """Note that the segment rules were read and are right."""
    actions.note_review(by=request.staff, at=timezone.now())
    messages.success(request, _("Noted. When a rule changes, the road map asks again."))
    return redirect("insights:road_map")
