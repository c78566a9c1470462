"""Survey, interview and log side by side, and which figures speak of a theme."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.events.queries import default_as_of
from mijoz.insights.triangulation import actions, queries
from mijoz.insights.triangulation.forms import FiguresForm
from mijoz.insights.triangulation.measuring import DAYS
from mijoz.surveys.listening.models import Theme

READERS = LEADS | {Role.MARKETER, Role.ANALYST}


@allow(*READERS)
@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """Each theme with what three sources say of it."""
    as_of = default_as_of(timezone.now())
    shown = {"rows": queries.rows(as_of), "as_of": as_of, "since": as_of - timedelta(days=DAYS - 1)}
    return render(request, "insights/triangulation/page.html", shown)


@allow(*READERS, does=gettext_lazy("Choose the figures beside a theme"))
def figures(request: StaffRequest, key: str) -> HttpResponse:
    """Which figures speak of a theme, and their targets."""
    theme = get_object_or_404(Theme, key=key)
    form = FiguresForm(request.POST if request.method == "POST" else None, theme=theme)
    if request.method == "POST" and form.is_valid():
        actions.choose(theme, form.figures())
        messages.success(request, _("Saved."))
        return redirect("insights:triangulation")
    shown = {"theme": theme, "form": form, "survey": form.rows("survey"), "log": form.rows("log")}
    return render(request, "insights/triangulation/figures.html", shown, status=422 if form.errors else 200)
