"""Settings of the company: what it is, when it may write to customers, its branches."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from mijoz.business import actions, queries
from mijoz.business.forms.company import BranchForm, SettingsForm
from mijoz.business.models import Role
from mijoz.business.rights import allow


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER)
def settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, initial=SettingsForm.values_of(queries.business()))
    if request.method == "POST" and form.is_valid():
        actions.set_up(**form.cleaned_data)
        messages.success(request, _("The settings were saved."))
        return redirect("business:settings")
    return render(request, "business/settings.html", {"form": form}, status=400 if form.errors else 200)


@require_GET
@allow(Role.MANAGER, does=gettext_lazy("Branches and working hours"))
def branches(request: HttpRequest) -> HttpResponse:
    found = [(branch, queries.week_in_words(branch)) for branch in queries.branches()]
    return render(request, "business/branches.html", {"branches": found})


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER)
def new_branch(request: HttpRequest) -> HttpResponse:
    form = BranchForm(request.POST or None, initial=BranchForm.values_of(None))
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("code", "name", "city")}
        try:
            branch = actions.open_branch(**told, hours=form.hours())
        except actions.CodeTaken as taken:
            form.add_error("code", str(taken))
        else:
            messages.success(request, _("%(name)s was added.") % {"name": branch})
            return redirect("business:branches")
    return render(request, "business/branch.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER)
def branch(request: HttpRequest, code: str) -> HttpResponse:
    current = get_object_or_404(queries.branches(), code=code)
    form = BranchForm(request.POST or None, branch=current, initial=BranchForm.values_of(current))
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("name", "city")}
        actions.change_branch(current, **told, hours=form.hours())
        messages.success(request, _("%(name)s was saved.") % {"name": current})
        return redirect("business:branches")
    shown = {"form": form, "branch": current}
    return render(request, "business/branch.html", shown, status=400 if form.errors else 200)
