"""Own branches side by side, fair by mix of segments, and where the business stands among others."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.events.queries import default_as_of
from mijoz.insights import queries
from mijoz.insights.branches import actions, figures, pooled
from mijoz.insights.branches import queries as branches
from mijoz.insights.branches.forms import PooledForm
from mijoz.insights.register import definition, definitions
from mijoz.ui import formats

READERS = LEADS | {"marketer", "analyst"}
SHOWN_REFUSED = 50


@require_safe
@allow(*READERS)
def page(request: StaffRequest) -> HttpResponse:
    """Which branch is better or worse than the others, beyond chance and beyond its customers."""
    return _page(request, PooledForm())


def _page(request: StaffRequest, form: PooledForm, *, status: int = 200, **more: Any) -> HttpResponse:
    at = timezone.now()
    as_of = queries.shown_day(default_as_of(at))
    asked = request.GET.get("kpi", branches.FIRST), request.GET.get("month", "")
    try:
        name, month = branches.parse(*asked)
    except branches.NotCompared as refusal:
        return render(request, "insights/refused.html", {"refusal": str(refusal)}, status=400)
    rows = branches.rows(name, month, as_of=as_of, at=at) if as_of is not None else []
    shown = {
        "as_of": as_of,
        "definition": definition(name),
        "month": asked[1],
        "months": branches.months(as_of) if as_of is not None else [],
        "choices": branches.comparable(),
        "rows": rows if len(rows) > 1 else [],
        "figure": figures.standings(rows, definition(name), request.business.currency) if len(rows) > 1 else None,
        "height": 56 + 40 * len(rows),
        "among": branches.among_others(as_of),
        "may_edit": request.staff.role in LEADS,
        "form": form,
    }
    return render(request, "insights/branches/page.html", shown | more, status=status)


@require_POST
@allow(*LEADS, does=gettext_lazy("Import pooled figures of other businesses"))
def take_in(request: StaffRequest) -> HttpResponse:
    """Take in the rows that fit, and say of each other one what is wrong."""
    form = PooledForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        fitting, refused = pooled.read(form.cleaned_data["file"], {known.name: known for known in definitions()})
    except pooled.FileRefused as refusal:
        form.add_error("file", str(refusal))
        return _page(request, form, status=400)
    taken = actions.take_in(fitting, at=timezone.now())
    said = ngettext("%(n)s row taken in.", "%(n)s rows taken in.", taken) % {"n": formats.number(taken)}
    if refused:
        more = {"taken": said, "refused": refused[:SHOWN_REFUSED], "refused_count": len(refused)}
        return _page(request, PooledForm(), status=400, **more)
    messages.success(request, said)
    return redirect("insights:branches")


@require_POST
@allow(*LEADS)
def forget(request: StaffRequest) -> HttpResponse:
    """Throw the pooled figures away."""
    actions.forget()
    messages.success(request, _("The pooled figures are gone."))
    return redirect("insights:branches")
