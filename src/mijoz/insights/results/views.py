"""The results report: of a month, as a page and as a PDF; its aims and its readers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.insights.results import actions, jobs, pdf, queries, shown
from mijoz.insights.results.forms import AimsForm, ReadersForm
from mijoz.segments.models import LANGUAGES

READERS = LEADS | {Role.MARKETER, Role.ANALYST}


@require_safe
@allow(*READERS)
def page(request: StaffRequest, month: str = "") -> HttpResponse:
    """The report of a month, by default of the last one that is over."""
    now = timezone.now()
    months = queries.months(now)
    known = [listed.month for listed in months]
    if month and month not in known:
        raise Http404(_("There is no report of this month."))
    chosen = month or next(iter(known), "")
    kept = queries.kept(chosen) if chosen else None
    context: dict[str, Any] = {
        "month": chosen,
        "months": months,
        "making": queries.making(chosen, now) if chosen and kept is None else None,
        "may_edit": request.staff.role in LEADS,
        "can_be_mailed": queries.can_be_mailed(),
        "readers": queries.readers(),
        "languages": LANGUAGES,
    }
    if kept is not None:
        report, figures = kept
        context |= {
            "kept": report,
            "figures": figures,
            "report": shown.report(figures),
            "sendings": queries.sendings(report),
        }
    return render(request, "insights/results/page.html", context)


@require_POST
@allow(*READERS, does=gettext_lazy("Have the report of a month made"))
def make(request: StaffRequest, month: str) -> HttpResponse:
    try:
        actions.ask(month, at=timezone.now())
    except actions.MonthRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("insights:results")
    return redirect("insights:results_month", month=month)


@require_safe
@allow(*READERS)
def progress(request: StaffRequest, month: str) -> HttpResponse:
    """How far the report is; when it is there, the page is told to show it."""
    asked = queries.making(month, timezone.now())
    if asked is None or not asked.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "insights/results/_progress.html", {"making": asked})


@require_safe
@allow(*READERS)
def download(request: StaffRequest, month: str) -> HttpResponse:
    """The report as a PDF, in the language asked for or that of the page."""
    kept = queries.kept(month)
    if kept is None:
        raise Http404(_("There is no report of this month."))
    asked = request.GET.get("language", "")
    language = asked if asked in dict(LANGUAGES) else translation.get_language().split("-")[0]
    try:
        content = pdf.make(kept[0], language=language)
    except pdf.NoPrinter as missing:
        messages.error(request, str(missing))
        return redirect("insights:results_month", month=month)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{pdf.file_name(kept[0], language)}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*LEADS, does=gettext_lazy("Say what the results report aims at"))
def aims(request: StaffRequest) -> HttpResponse:
    """The aim of each figure, beside what research reports."""
    form = AimsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_aims(form.aims())
        messages.success(request, _("Saved. Reports from now on show these aims."))
        return redirect("insights:results")
    return render(request, "insights/results/aims.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*LEADS, does=gettext_lazy("Choose who gets the results report"))
def readers(request: StaffRequest) -> HttpResponse:
    """Who gets each month's report by e-mail."""
    form = ReadersForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.set_readers(form.cleaned_data["members"])
        messages.success(request, _("Saved."))
        return redirect("insights:results")
    context = {"form": form, "can_be_mailed": queries.can_be_mailed()}
    return render(request, "insights/results/readers.html", context, status=422 if form.errors else 200)


@require_POST
@allow(*LEADS, does=gettext_lazy("Send the results report to its readers"))
def send(request: StaffRequest, month: str) -> HttpResponse:
    if queries.kept(month) is None:
        raise Http404(_("There is no report of this month."))
    jobs.send.defer(month=month)
    messages.success(request, _("It is being sent to its readers."))
    return redirect("insights:results_month", month=month)
