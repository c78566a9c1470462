"""The change history of everything, for owners and managers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mijoz.business import history
from mijoz.business.forms.history import HistoryForm
from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow


@require_GET
@allow(Role.MANAGER)
def changes(request: StaffRequest) -> HttpResponse:
    form = HistoryForm(request.GET)
    page = form.page()
    start = (page - 1) * history.CHANGES_A_PIECE
    found = history.changes(form.asked(request.business.zone), offset=start, limit=history.CHANGES_A_PIECE + 1)
    query = request.GET.copy()
    query["page"] = str(page + 1)
    shown = {
        "form": form,
        "changes": found[: history.CHANGES_A_PIECE],
        "next": query.urlencode() if len(found) > history.CHANGES_A_PIECE else "",
        "is_narrowed": any(form.cleaned_data.values()),
    }
    return render(request, "business/history/list.html", shown)
