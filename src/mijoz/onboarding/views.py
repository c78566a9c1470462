"""The start page: the three doors of the first start, later the page with which each role begins."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow, allow_staff
from mijoz.onboarding import actions, jobs, queries
from mijoz.onboarding.forms import BeginForm, DemoForm
from mijoz.onboarding.models import DemoLoad

Status = DemoLoad.Status
NEXT_PAGES = {"import": "customers:new_import", "empty": "onboarding:home"}


@require_GET
@allow_staff
def home(request: StaffRequest) -> HttpResponse:
    """Where everybody begins."""
    is_owner = request.staff.role == Role.OWNER
    demo = queries.demo()
    if demo and demo.status in {Status.WAITING, Status.RUNNING}:
        return redirect("onboarding:demo_progress")
    if queries.is_started():
        return redirect(queries.first_page(request.staff.role))
    return render(request, "onboarding/doors.html" if is_owner else "onboarding/not_yet.html", {"demo": demo})


@require_http_methods(["GET", "POST"])
@allow()
def begin(request: StaffRequest, door: str) -> HttpResponse:
    """The doors `import` and `empty`: name the business, then go on."""
    if business().started_as:
        return redirect("onboarding:home")
    form = BeginForm(request.POST or None, initial=BeginForm.values_of(business()))
    if request.method == "POST" and form.is_valid():
        actions.begin(door=door, **form.cleaned_data, at=timezone.now())
        return redirect(NEXT_PAGES[door])
    shown = {"form": form, "door": door}
    return render(request, "onboarding/begin.html", shown, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allow(does=_("Choose how to begin"))
def demo(request: StaffRequest) -> HttpResponse:
    form = DemoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_for_demo(**form.wanted(), by=request.staff, at=timezone.now())
        except actions.DemoRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            jobs.ask_for_demo()
            return redirect("onboarding:demo_progress")
    return render(request, "onboarding/demo.html", {"form": form}, status=400 if form.errors else 200)


@require_GET
@allow_staff
def demo_progress(request: StaffRequest) -> HttpResponse:
    """How far the demo is; htmx asks for the bar alone, and reloads the page when there is a result."""
    load = queries.demo()
    if load is None:
        return redirect("onboarding:home")
    if not request.htmx:
        return render(request, "onboarding/demo_progress.html", {"load": load})
    if load.status in {Status.DONE, Status.FAILED}:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "onboarding/_progress.html", {"load": load})
