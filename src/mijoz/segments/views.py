"""Pages of segments: all of them, one of them, its rule, the RFM map."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.segments import actions, drafts, figures, overview, preview, queries, rules, scoring, together
from mijoz.segments.drafts import Draft
from mijoz.segments.forms import DaysForm, RfmForm, RuleForm, TextsForm
from mijoz.segments.models import RefreshRun, RfmSettings, Segment

EDITORS = LEADS | {Role.MARKETER}
READERS = EDITORS | {Role.ANALYST, Role.FRONT_OFFICE}


def _segment(key: str) -> Segment:
    return get_object_or_404(Segment, key=key, is_active=True)


@allow(*READERS)
@require_safe
def overview_page(request: StaffRequest) -> HttpResponse:
    """All segments with their figures."""
    shown = overview.overview()
    context = {
        "overview": shown,
        "shares": figures.shares(shown.default_cards) if shown.customers else None,
        "sizes": figures.sizes(overview.sizes_over_time()),
        "flows": figures.flows(overview.flows_between()),
        "run": overview.open_run(timezone.now()),
        "may_edit": request.staff.role in EDITORS,
        "reads_groups": request.staff.role in EDITORS | {Role.ANALYST},
    }
    return render(request, "segments/list.html", context)


@allow(*READERS)
@require_safe
def detail_page(request: StaffRequest, key: str) -> HttpResponse:
    """One segment: figures, rule, packages, history, members."""
    segment = _segment(key)
    context = {
        "detail": overview.detail(segment),
        "sizes": figures.sizes(overview.sizes_over_time(segment)),
        "moves": figures.moves(overview.moves_by_month(segment)),
        "run": overview.open_run(timezone.now()),
        "may_edit": request.staff.role in EDITORS,
    }
    return render(request, "segments/detail.html", context)


@allow(*READERS)
@require_safe
def rfm(request: StaffRequest) -> HttpResponse:
    """Customers by recency and frequency."""
    context = {
        "map": overview.rfm_map(),
        "last_run": overview.last_run(),
        "settings": scoring.settings_in_force(),
        "may_edit": request.staff.role in EDITORS,
    }
    return render(request, "segments/rfm.html", context)


@allow(*EDITORS)
def rfm_settings(request: StaffRequest) -> HttpResponse:
    """Which purchases are scored and how the scores weigh; saving makes a new version and asks for a refresh."""
    now = scoring.settings_in_force()
    written = model_to_dict(now, ["r_weight", "f_weight", "m_weight"]) | {"months": now.months or 0}
    form = RfmForm(request.POST or None, initial=written)
    if request.method == "POST" and form.is_valid():
        found = actions.write_rfm_settings(**form.cleaned_data, by=request.staff, at=timezone.now())
        messages.success(request, _("Version %(n)s of the scoring is in force.") % {"n": found.number})
        return redirect("segments:rfm")
    context = {"form": form, "versions": RfmSettings.objects.select_related("written_by")[:20]}
    return render(request, "segments/rfm_settings.html", context, status=422 if form.errors else 200)


@allow(*READERS)
@require_safe
def flows(request: StaffRequest) -> HttpResponse:
    """Who went where between two days, and who is in several segments."""
    known = together.days_known()
    context: dict[str, Any] = {"known": known}
    if known:
        usual = dict(zip(("first", "last"), together.usual_days(*known), strict=True))
        form = DaysForm(request.GET if "first" in request.GET else usual, known=known)
        context |= {"form": form, "overlap": together.overlap()}
        if form.is_valid():
            chosen = form.cleaned_data
            among = Segment.objects.filter(key=chosen["among"], is_active=True).first()
            between = together.flow(chosen["first"], chosen["last"], among=among)
            context |= {"chart": figures.flows(between), "customers": sum(one.customers for one in between)}
    return render(request, "segments/flows.html", context)


@allow(*EDITORS)
def edit_rule(request: StaffRequest, key: str) -> HttpResponse:
    """The rule editor; saving puts a new version in force and asks for a refresh."""
    segment = _segment(key)
    if request.method != "POST":
        draft = drafts.from_rule(queries.rule_of(segment))
        form, fixed = RuleForm(draft or Draft()), queries.takes_the_rest(segment)
        return _editor(request, form, segment=segment, too_deep=draft is None, fixed=fixed)
    form = RuleForm.posted(dict(request.POST.lists()), checked=True)
    if not form.is_valid():
        return _editor(request, form, segment=segment, status=422)
    try:
        version = actions.write_rule(segment, form.draft.document(), by=request.staff, at=timezone.now())
    except (rules.RuleRefused, actions.RuleFixed) as refusal:
        messages.error(request, str(refusal))
        return _editor(request, form, segment=segment, status=422)
    actions.ask_for_refresh(by=request.staff, at=timezone.now())
    messages.success(request, _("Version %(n)s of the rule is in force.") % {"n": version.number})
    return redirect("segments:detail", key=key)


@allow(*EDITORS)
@require_POST
def draft(request: StaffRequest) -> HttpResponse:
    """The editor with its preview after a change, for htmx; nothing is kept."""
    segment = Segment.objects.filter(key=request.GET.get("segment", "")).first()
    form = RuleForm.posted(dict(request.POST.lists()))
    return render(request, "segments/_rule_editor.html", _editor_context(form, segment=segment))


@allow(*EDITORS)
def add(request: StaffRequest) -> HttpResponse:
    """A new segment: its texts and its rule."""
    if request.method != "POST":
        return _editor(request, RuleForm(Draft()), texts=TextsForm(asked=["names"]))
    texts, form = (
        TextsForm(request.POST, asked=["names"]),
        RuleForm.posted(dict(request.POST.lists()), checked=True),
    )
    if not (texts.is_valid() & form.is_valid()):
        return _editor(request, form, texts=texts, status=422)
    now = timezone.now()
    key = queries.free_key(texts.key())
    try:
        segment = actions.add_segment(key=key, rule=form.draft.document(), by=request.staff, at=now, **texts.texts())
    except actions.KeyTaken:
        texts.refuse_name(_("There is a segment of this name already."))
        return _editor(request, form, texts=texts, status=422)
    except rules.RuleRefused as refusal:
        messages.error(request, str(refusal))
        return _editor(request, form, texts=texts, status=422)
    actions.ask_for_refresh(by=request.staff, at=now)
    return redirect("segments:detail", key=segment.key)


@allow(*EDITORS)
def edit_texts(request: StaffRequest, key: str) -> HttpResponse:
    """Name, description and packages of a segment, in three languages."""
    segment = _segment(key)
    form = TextsForm(request.POST or None, segment=segment)
    if request.method == "POST" and form.is_valid():
        actions.describe(segment, **form.texts())
        messages.success(request, _("Saved."))
        return redirect("segments:detail", key=key)
    status = 422 if form.errors else 200
    return render(request, "segments/texts.html", {"segment": segment, "form": form}, status=status)


@allow(*EDITORS)
@require_POST
def set_aside(request: StaffRequest, key: str) -> HttpResponse:
    """Take a segment out of use; a default one stays."""
    segment = get_object_or_404(Segment, key=key, is_active=True, is_default=False)
    try:
        actions.set_aside(segment)
    except actions.StillAskedFor as refusal:
        messages.error(request, str(refusal))
        return redirect("segments:detail", key=key)
    actions.ask_for_refresh(by=request.staff, at=timezone.now())
    messages.success(request, _("“%(name)s” is out of use; its history is kept.") % {"name": segment.name})
    return redirect("segments:list")


@allow(*EDITORS)
@require_POST
def refresh(request: StaffRequest) -> HttpResponse:
    """Ask for a refresh; the answer is its progress."""
    run = actions.ask_for_refresh(by=request.staff, at=timezone.now())
    return render(request, "segments/_progress.html", {"run": run}) if request.htmx else redirect("segments:list")


@allow(*READERS)
@require_safe
def refresh_progress(request: StaffRequest, run: int) -> HttpResponse:
    """How far a refresh is; when it has ended, the page is told to show the new figures."""
    found = get_object_or_404(RefreshRun, pk=run)
    response = render(request, "segments/_progress.html", {"run": found})
    if found.status == RefreshRun.Status.DONE:
        response["HX-Refresh"] = "true"
    return response


def _editor(request: StaffRequest, form: RuleForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context = _editor_context(form, segment=context.get("segment")) | context
    return render(request, "segments/rule.html", context, status=status)


def _editor_context(form: RuleForm, *, segment: Segment | None) -> dict[str, Any]:
    draft_url = reverse("segments:draft") + (f"?segment={segment.key}" if segment else "")
    context: dict[str, Any] = {"form": form, "segment": segment, "draft_url": draft_url}
    if form.is_valid():
        try:
            context["preview"] = preview.preview(form.rule(), segment=segment, at=timezone.now())
        except (rules.RuleRefused, preview.TooSlow) as refusal:
            context["problem"] = str(refusal)
    return context
