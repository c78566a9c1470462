"""The page of channel and hours: what was learned, and how it goes on learning."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.scenarios import asked
from mijoz.scenarios.choosing import actions, learning, queries
from mijoz.scenarios.choosing.forms import SettingsForm

EDITORS = ("manager", "marketer")
READERS = (*EDITORS, "analyst")


@allow(*READERS, does=gettext_lazy("Change how channel and hours are learned"))
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    """What was learned by segment; posting changes the settings."""
    may_edit = request.staff.role in {"owner", *EDITORS}
    form = SettingsForm(request.POST or None, instance=learning.settings())
    if request.method == "POST":
        if not may_edit:
            return HttpResponse(status=403)
        if form.is_valid():
            actions.configure(**form.told())
            messages.success(request, _("Saved: the next lesson counts by it."))
            return redirect("choosing:page")
    context = {
        "map": queries.heat_map(request.GET.get("segment", "")),
        "segments": queries.segments(),
        "lesson": queries.lesson(),
        "form": form,
        "may_edit": may_edit,
        "run": asked.read(request, queries.is_learned_after),
    }
    return render(request, "choosing/page.html", context, status=400 if form.errors else 200)


@allow(*EDITORS)
@require_POST
def learn(request: StaffRequest) -> HttpResponse:
    """Ask for a lesson; the page that follows shows how far it is."""
    latest = queries.lesson()
    actions.ask()
    return asked.waiting_for("choosing:page", after=latest.pk if latest else 0)


@allow(*READERS)
@require_safe
def progress(request: StaffRequest) -> HttpResponse:
    """How far the lesson is that was asked for."""
    return asked.progress(request, queries.is_learned_after, page="choosing:page", template="choosing/_progress.html")
