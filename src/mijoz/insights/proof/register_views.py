"""The improvement register: the list an owner reads first, and the page of one improvement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mijoz.business.history import Asked, changes
from mijoz.business.models import StaffMember
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.insights.models import Improvement
from mijoz.insights.proof import actions, improvements, queries, wording
from mijoz.insights.proof.forms import ImprovementForm, initial_of
from mijoz.insights.proof.improvements import Line
from mijoz.insights.proof.views import READERS
from mijoz.ui.export import csv_response

ROWS_A_PAGE = 50
CHANGES_SHOWN = 20
LONGEST_KEY = Improvement._meta.get_field("key").max_length or 200


def _wanted(request: StaffRequest) -> Any:
    query = request.GET
    return improvements.wanted(
        text=query.get("q", ""),
        state=query.get("state", ""),
        owner=query.get("owner", ""),
        source=query.get("source", ""),
        sort=query.get("sort", ""),
    )


@allow(*READERS)
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Gap, change, who is responsible, what was measured, kept or dropped."""
    page = Paginator(_wanted(request), ROWS_A_PAGE).get_page(request.GET.get("page"))
    lines = improvements.lines(page, at=timezone.now())
    context = {
        "page": page,
        "lines": lines,
        "oldest": queries.oldest(one.reading for one in lines if one.reading),
        "states": Improvement.State.choices,
        "sources": Improvement.Source.choices,
        "owners": StaffMember.objects.filter(pk__in=Improvement.objects.values("owner")),
        "is_narrowed": any(request.GET.get(name) for name in ("q", "state", "owner", "source")),
    }
    return render(request, "insights/improvements/list.html", context)


@allow(*READERS, does=gettext_lazy("Export the improvement register"))
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    lines = improvements.lines(_wanted(request), at=timezone.now())
    return csv_response(_exported(lines, request.business.currency), file_name="improvements.csv")


def _exported(lines: list[Line], currency: str) -> Iterator[list[Any]]:
    yield [
        _("In a few words"), _("Gap"), _("Cause"), _("Change"), _("Responsible"), _("State"), _("Verdict"),
        _("Measured effect"), _("Reason"), _("Found by"), _("Since"), _("Changed"),
    ]  # fmt: skip
    for line in lines:
        one = line.improvement
        yield [
            one.title, one.gap, one.cause, one.change, str(one.owner or ""), one.get_state_display(),
            wording.verdict_name(line.verdict), effect_text(line, currency), one.reason, one.get_source_display(),
            one.made_at, one.changed_at,
        ]  # fmt: skip


def effect_text(line: Line, currency: str) -> str:
    """The answer of the proof, "" without one."""
    if line.reading is not None:
        return wording.sentence(line.reading, currency)
    return wording.comparison_sentence(line.comparison, currency) if line.comparison else ""


@allow(*READERS, does=gettext_lazy("Write improvements down and change them"))
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """A new line; `kind` and `key` in the address say where it was found, `title` and `gap` fill it in."""
    source = request.GET.get("kind", "")
    source = source if source in Improvement.Source.values else Improvement.Source.HAND.value
    key = request.GET.get("key", "")[:LONGEST_KEY].replace("\x00", "")
    longest = {"title": 200, "gap": 2_000, "proof": 100}
    filled = {name: request.GET.get(name, "")[:most] for name, most in longest.items()}
    form = ImprovementForm(
        request.POST or None, initial={**filled, "state": Improvement.State.FOUND, "owner": request.staff}
    )
    if request.method == "POST" and form.is_valid():
        try:
            one = actions.add_improvement(source=source, key=key, given=form.given, by=request.staff, at=timezone.now())
        except actions.ImprovementRefused as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("It stands in the improvement register."))
            return redirect("insights:improvement", one.pk)
    context = {"form": form, "source": Improvement.Source(source).label, "source_key": source}
    status = 400 if request.method == "POST" else 200
    return render(request, "insights/improvements/new.html", context, status=status)


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def improvement(request: StaffRequest, pk: int) -> HttpResponse:
    """One line of the register: its effect as it stands, and what is written."""
    one = get_object_or_404(improvements.wanted(), pk=pk)
    form = ImprovementForm(request.POST or None, initial=initial_of(one))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_improvement(one, given=form.given, at=timezone.now())
        except actions.ImprovementRefused as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The change is kept."))
            return redirect("insights:improvement", one.pk)
    context = {
        "line": improvements.line(one, at=timezone.now()),
        "form": form,
        "changes": changes(Asked(kind="insights.Improvement", number=str(one.pk)), limit=CHANGES_SHOWN),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "insights/improvements/detail.html", context, status=status)


def _tell(form: ImprovementForm, refusal: actions.ImprovementRefused) -> None:
    for sentence in refusal.wanted:
        form.add_error("state", sentence)
