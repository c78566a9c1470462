"""The register of KPIs, where targets and owners are set, and the history of alerts."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.events.queries import default_as_of
from mijoz.insights import queries
from mijoz.insights.aims import actions, wording
from mijoz.insights.aims import queries as aims
from mijoz.insights.aims.forms import AimForm
from mijoz.ui.toasts import toast

ALERTS_A_PAGE = 50


@require_safe
@allow(*aims.READERS)
def register(request: StaffRequest) -> HttpResponse:
    """All KPIs by group: value, target, how it stands, trend and owner."""
    as_of = queries.shown_day(default_as_of(timezone.now()))
    shown = {
        "as_of": as_of,
        "parts": aims.parts(as_of),
        "may_edit": request.staff.role in LEADS,
        "alerts": [wording.sentence(alert, request.business.currency) for alert in aims.alerts_of(request.staff)],
    }
    return render(request, "insights/aims/register.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*LEADS, does=gettext_lazy("Set targets and owners of KPIs"))
def aim(request: StaffRequest, name: str) -> HttpResponse:
    """Edit one row in its place; without scripts, on a page of its own."""
    as_of = queries.shown_day(default_as_of(timezone.now()))
    row = aims.row(name, as_of)
    if row is None:
        raise Http404(_("There is no such KPI, or none was computed yet."))
    form = AimForm(
        request.POST if request.method == "POST" else None,
        known=row.definition,
        aim=row.aim,
        currency=request.business.currency,
    )
    if request.method == "POST" and form.is_valid():
        actions.aim_at(name, **form.wanted())
        if not request.htmx:
            return redirect("insights:register")
        answer = render(request, "insights/aims/_row.html", {"row": aims.row(name, as_of), "may_edit": True})
        toast(answer, _("Saved."))
        return answer
    if request.method != "POST" and request.htmx and "cancel" in request.GET:
        return render(request, "insights/aims/_row.html", {"row": row, "may_edit": True})
    status = (422 if request.htmx else 400) if form.is_bound else 200
    template = "insights/aims/_edit.html" if request.htmx else "insights/aims/edit.html"
    return render(request, template, {"row": row, "form": form}, status=status)


@require_safe
@allow(*aims.READERS)
def alerts(request: StaffRequest) -> HttpResponse:
    """Which targets were missed, since when and until when."""
    page = Paginator(aims.history(), ALERTS_A_PAGE).get_page(request.GET.get("page"))
    rows = [wording.sentence(alert, request.business.currency) for alert in page]
    return render(request, "insights/aims/alerts.html", {"page": page, "rows": rows})
