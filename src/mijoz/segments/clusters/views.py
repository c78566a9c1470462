"""Pages of groups: look for them, see what was found, make a segment of one."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.segments import drafts, rules
from mijoz.segments import views as segment_views
from mijoz.segments.clusters import finding, queries
from mijoz.segments.clusters.forms import USUAL, TraitsForm
from mijoz.segments.clusters.models import ClusterRun
from mijoz.segments.forms import RuleForm, TextsForm

EDITORS = LEADS | {Role.MARKETER}
READERS = EDITORS | {Role.ANALYST}


@allow(*READERS, does=gettext_lazy("Look for natural groups of customers"))
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest, run: int | None = None) -> HttpResponse:
    """What a run found, by default the latest; posting asks for a new one."""
    if request.method == "POST":
        form = TraitsForm(request.POST)
        if form.is_valid():
            asked = finding.ask(
                form.cleaned_data["traits"], wanted=form.cleaned_data["wanted"], by=request.staff, at=timezone.now()
            )
            return redirect("clusters:run", run=asked.pk)
    found = get_object_or_404(ClusterRun, pk=run) if run else ClusterRun.objects.first()
    if request.method != "POST":
        form = TraitsForm(initial={"traits": found.traits if found else USUAL})
    context = {
        "run": found,
        "runs": queries.runs(),
        "cards": queries.cards(found) if found else [],
        "dots": queries.dots(found) if found else [],
        "form": form,
        "may_edit": request.staff.role in EDITORS,
    }
    return render(request, "clusters/page.html", context, status=400 if form.errors else 200)


@allow(*READERS)
@require_safe
def progress(request: StaffRequest, run: int) -> HttpResponse:
    """How far a run is; when it has ended, the page is told to show what was found."""
    found = get_object_or_404(ClusterRun, pk=run)
    response = render(request, "clusters/_progress.html", {"run": found})
    if found.status in {ClusterRun.Status.DONE, ClusterRun.Status.FAILED}:
        response["HX-Redirect"] = redirect("clusters:run", run=run).url
    return response


@allow(*EDITORS)
def draft(request: StaffRequest, run: int, number: int) -> HttpResponse:
    """A new segment whose rule finds the group again, ready to be named and changed; nothing is kept before."""
    if request.method == "POST":
        return segment_views.add(request)
    found = get_object_or_404(ClusterRun, pk=run, status=ClusterRun.Status.DONE)
    clusters = (found.result or {}).get("clusters", [])
    document = finding.rule_of(clusters[number - 1]) if 1 <= number <= len(clusters) else None
    if document is None:
        raise Http404
    try:
        rule = drafts.from_rule(rules.parse(document))
    except rules.RuleRefused as refusal:
        raise Http404 from refusal
    if rule is None:
        raise Http404
    return segment_views._editor(request, RuleForm(rule), texts=TextsForm(asked=["names"]))
