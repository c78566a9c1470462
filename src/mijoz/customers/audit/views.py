from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers.audit import jobs, queries
from mijoz.customers.audit.findings import FINDINGS, TRAITS

READERS = (Role.MANAGER, Role.MARKETER, Role.ANALYST)
MENDERS = (Role.MANAGER, Role.FRONT_OFFICE, Role.MARKETER)
ROWS = 50


@allow(*READERS)
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    day = queries.last_day()
    asked = request.GET.get("since", "")
    shown: dict[str, Any] = {"day": day, "is_counting": asked != "" and asked == _stamp(day)}
    if request.htmx and asked:
        return HttpResponse(status=204) if shown["is_counting"] else HttpResponseClientRefresh()
    if day:
        shown |= {
            "found": queries.found_on(day),
            "fields": queries.fields_on(day),
            "sources": queries.sources_on(day),
            "labels": list(TRAITS.values()),
            "figure": queries.trend(),
        }
    shown["may_run"] = request.staff.role != Role.ANALYST
    shown["may_mend"] = request.staff.role in {*MENDERS, Role.OWNER}
    return render(request, "customers/audit/page.html", shown)


def _stamp(day: object) -> str:
    """By which a page knows whether a new audit has come."""
    made_at = getattr(day, "made_at", None)
    return str(int(made_at.timestamp())) if made_at else "none"


@allow(Role.MANAGER, Role.MARKETER, does=gettext_lazy("have the records audited"))
@require_POST
def run_audit(request: StaffRequest) -> HttpResponse:
    stamp = _stamp(queries.last_day())
    jobs.ask_for_audit()
    response = redirect("customers:audit")
    response["Location"] += f"?since={stamp}"
    return response


@allow(*MENDERS)
@require_safe
def finding(request: StaffRequest, code: str) -> HttpResponse:
    """The customers whom a finding concerns, each with what is wrong and the way to mend it."""
    if code not in FINDINGS:
        raise Http404
    page = Paginator(queries.customers_with(code), ROWS).get_page(request.GET.get("page"))
    wrong = queries.wrong_with(list(page.object_list), code)
    rows = [(customer, wrong.get(customer.pk, [])) for customer in page.object_list]
    may_edit = request.staff.role in {Role.OWNER, Role.MANAGER, Role.FRONT_OFFICE}
    shown = {"finding": FINDINGS[code], "page": page, "rows": rows, "may_edit": may_edit}
    return render(request, "customers/audit/finding.html", shown)
