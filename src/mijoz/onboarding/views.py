"""The start page: the three doors of the first start, later the page with which each role begins."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow, allow_staff
from mijoz.onboarding import actions, jobs, queries, steps
from mijoz.onboarding.forms import BeginForm, DemoForm
from mijoz.onboarding.models import DemoLoad

Status = DemoLoad.Status
NEXT_PAGES = {"import": "customers:new_import", "empty": "onboarding:first_steps"}


@require_GET
@allow_staff
def home(request: StaffRequest) -> HttpResponse:
    """Where everybody begins."""
    demo = queries.demo()
    if demo and demo.status != Status.DONE:
        return redirect("onboarding:demo_progress")
    if not queries.is_started():
        is_owner = request.staff.role == Role.OWNER
        return render(request, "onboarding/doors.html" if is_owner else "onboarding/not_yet.html")
    if queries.begins_with_first_steps(request.staff, at=timezone.now()):
        return redirect("onboarding:first_steps")
    return redirect(queries.first_page(request.staff.role, at=timezone.now()))


@require_http_methods(["GET", "POST"])
@allow()
def begin(request: StaffRequest, door: str) -> HttpResponse:
    """The doors `import` and `empty`: name the business, then go on."""
    if business().started_as:
        return redirect("onboarding:home")
    form = BeginForm(request.POST or None, initial=BeginForm.values_of(business()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.begin(door=door, **form.cleaned_data, at=timezone.now())
        except actions.DemoInTheWay:
            return redirect("onboarding:demo_progress")
        return redirect(NEXT_PAGES[door])
    shown = {"form": form, "door": door}
    return render(request, "onboarding/begin.html", shown, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allow(does=gettext_lazy("Choose how to begin"))
def demo(request: StaffRequest) -> HttpResponse:
    if queries.is_started() or queries.demo():
        return redirect("onboarding:home")
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
    """How far the demo is; htmx asks for the steps alone, and reloads the page when there is a result."""
    load = queries.demo()
    if load is None:
        return redirect("onboarding:home")
    shown = {"load": load, "steps": queries.demo_steps(load), "waits": queries.waits_for_long(load, at=timezone.now())}
    if not request.htmx:
        return render(request, "onboarding/demo_progress.html", shown)
    if load.status in {Status.DONE, Status.FAILED}:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "onboarding/_progress.html", shown)


@require_POST
@allow()
def demo_again(request: StaffRequest) -> HttpResponse:
    """Take up a demo that failed."""
    if load := queries.demo():
        actions.ask_again(load, at=timezone.now())
        jobs.ask_for_demo()
    return redirect("onboarding:demo_progress")


@require_http_methods(["GET", "POST"])
@allow(does=gettext_lazy("Remove the demo business"))
def remove_demo(request: StaffRequest) -> HttpResponse:
    """Ask once more, then remove the demo and show the doors again."""
    if not queries.demo():
        return redirect("onboarding:home")
    if request.method == "POST":
        try:
            actions.remove_demo()
        except actions.DemoRefused as refusal:
            return render(request, "onboarding/remove_demo.html", {"refusal": str(refusal)}, status=409)
        messages.success(request, _("The demo was removed. Choose how to begin."))
        return redirect("onboarding:home")
    return render(request, "onboarding/remove_demo.html")


@require_GET
@allow(Role.MANAGER)
def first_steps(request: StaffRequest) -> HttpResponse:
    """What there is to do at first; in a demo business, how to be rid of it."""
    if not queries.is_started():
        return redirect("onboarding:home")
    at = timezone.now()
    listed = steps.shown_to(request.staff, at=at)
    done = sum(step.done for step in listed)
    begins = queries.begins_with_first_steps(request.staff, at=at)
    shown = {"steps": listed, "done": done, "share": done / len(listed), "begins_here": begins, "demo": queries.demo()}
    return render(request, "onboarding/first_steps.html", shown)


@require_POST
@allow(Role.MANAGER)
def close_first_steps(request: StaffRequest) -> HttpResponse:
    actions.close_first_steps(by=request.staff, at=timezone.now())
    return redirect("onboarding:home")
