from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers import jobs
from mijoz.customers.importing import drafts, files, people_fields, queries, trial, undoing
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.example import example_lines
from mijoz.customers.importing.fields import GROUPS
from mijoz.customers.importing.forms import FormatForm, MappingForm, UploadForm, too_large
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.people_forms import PeopleForm
from mijoz.customers.importing.people_mapping import PeopleMapping
from mijoz.customers.importing.presets import PRESETS
from mijoz.customers.importing.shape import FileShape
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.models import ImportRun
from mijoz.customers.roles import DESCRIBERS
from mijoz.ui.export import csv_response
from mijoz.ui.navigation import items_for

IMPORTERS = (Role.MANAGER, Role.MARKETER)
READERS = (*IMPORTERS, Role.ANALYST)
NEXT_STEPS = ("customers", "segments", "scenarios")
PAGE_ROWS = 50
Status = ImportRun.Status


@allow(*READERS)
@require_safe
def imports(request: StaffRequest) -> HttpResponse:
    wanted = request.GET.dict()
    page = Paginator(queries.imports(wanted), PAGE_ROWS).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "statuses": Status.choices,
        "may_import": request.staff.role in {*IMPORTERS, Role.OWNER},
        "is_narrowed": any(wanted.get(name) for name in ("q", "status")),
    }
    return render(request, "customers/imports/list.html", shown)


@allow(*IMPORTERS, does=gettext_lazy("bring purchases or customers in from a file"))
@require_http_methods(["GET", "HEAD", "POST"])
def new_import(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            draft = _received(form, request)
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            address = reverse("customers:import", args=[draft.pk])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    shown = {
        "form": form,
        "groups": GROUPS,
        "people_groups": people_fields.GROUPS,
        "presets": PRESETS.values(),
        "limit": settings.LARGEST_UPLOAD,
    }
    shown["too_large"] = too_large()
    template = "customers/imports/_upload.html" if request.htmx else "customers/imports/new.html"
    return render(request, template, shown, status=422 if form.errors else 200)


def _received(form: UploadForm, request: StaffRequest) -> ImportRun:
    file = form.uploaded()
    kept = files.keep(file)
    return drafts.receive(kept, file_name=file.name or "", by=request.staff)


@allow(*IMPORTERS)
@require_safe
def example(request: StaffRequest) -> HttpResponseBase:
    """A small file with the right headings in the reader's language, to fill in."""
    return csv_response(example_lines(at=timezone.now()), file_name="mijoz-example.csv")


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def one_import(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    may_import = request.staff.role in {*IMPORTERS, Role.OWNER}
    if current.status == Status.DRAFT and may_import:
        return _mapping_page(request, current)
    if request.method == "POST":
        return redirect("customers:import", current.pk)
    steps = [item for item in items_for(request.staff.role) if item.key in NEXT_STEPS]
    shown = {"run": current, "may_import": may_import, "steps": steps, **_progress(current)}
    shown |= {"asked": queries.pairs_asked(current), "may_review": request.staff.role in DESCRIBERS}
    shown["can_undo"] = may_import and undoing.can_undo(current)
    shown["can_go_on"] = may_import and current.started_at is not None and Path(current.path).exists()
    return render(request, "customers/imports/result.html", shown)


def _mapping_page(request: StaffRequest, current: ImportRun) -> HttpResponse:
    before = drafts.mapping_of(current)
    try:
        with files.room_on_disk():
            shape = inspect(Path(current.path), before.file)
    except ImportRefused as refusal:
        return render(request, "customers/imports/unreadable.html", {"run": current, "refusal": refusal}, status=422)
    kind = _form_of(current)
    initial = kind.values_of(before, shape, source=current.source.name)  # type: ignore[arg-type]
    form = kind(request.POST or None, shape=shape, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.confirm(
                current,
                form.mapping(before),  # type: ignore[arg-type]
                source=form.cleaned_data["source"],
                consent_proof=form.consent_told(),
                at=timezone.now(),
            )
        except ImportRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            jobs.ask_for_import(current)
            return redirect("customers:import", current.pk)
    is_usable = form.is_bound and form.is_valid()
    chosen = form.mapping(before) if is_usable else before  # type: ignore[arg-type]
    source = form.cleaned_data["source"] if is_usable else current.source.name
    shown = {
        "run": current,
        "shape": shape,
        "form": form,
        "format_form": FormatForm(shape=shape),
        "preset": next((preset for preset in PRESETS.values() if preset.fits(shape)), None),
        "rejects_of": drafts.import_of_rejects(shape),
        "sources": queries.sources(),
        **_preview(current, shape, chosen, source=source),
        "whole": trial_shown(current),
    }
    return render(request, "customers/imports/mapping.html", shown, status=422 if form.errors else 200)


def _form_of(current: ImportRun) -> type[MappingForm]:
    return PeopleForm if current.holds == ImportRun.Holds.CUSTOMERS else MappingForm


def _preview(current: ImportRun, shape: FileShape, mapping: Mapping | PeopleMapping, *, source: str) -> dict[str, Any]:
    """The preview of a mapping, or the sentence that says why there is none."""
    try:
        if isinstance(mapping, PeopleMapping):
            return {"trial": trial.beginning(current, mapping, source=source, at=timezone.now())}
        return {"preview": queries.preview(shape, mapping, source=source, at=timezone.now())}
    except ImportRefused as refusal:
        return {"refusal": str(refusal)}


@allow(*IMPORTERS)
@require_POST
def read_again(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Read the file as a person says it is written; columns are found anew."""
    current = get_object_or_404(queries.imports(), pk=run_id, status=Status.DRAFT)
    shape = inspect(Path(current.path), drafts.mapping_of(current).file)
    form = FormatForm(request.POST, shape=shape)
    if form.is_valid():
        try:
            drafts.read_again(current, form.told())
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
    return redirect("customers:import", current.pk)


@allow(*IMPORTERS)
@require_POST
def preview(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """What the mapping in the form makes of the first rows; asked at every change."""
    current = get_object_or_404(queries.imports(), pk=run_id, status=Status.DRAFT)
    before = drafts.mapping_of(current)
    shape = inspect(Path(current.path), before.file)
    form = _form_of(current)(request.POST, shape=shape)
    wrong = form.errors.keys() - {"consent_proof"} if not form.is_valid() else set()
    if wrong:
        sentences = [str(error) for name in wrong for error in form.errors[name]]
        shown: dict[str, Any] = {"refusal": " ".join(dict.fromkeys(sentences))}
    else:
        chosen = form.mapping(before)  # type: ignore[arg-type]
        shown = _preview(current, shape, chosen, source=form.cleaned_data["source"])
    name = "_preview_people" if current.holds == ImportRun.Holds.CUSTOMERS else "_preview"
    return render(request, f"customers/imports/{name}.html", shown | {"run": current})


@allow(*READERS)
@require_safe
def progress(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    if current.status not in {Status.WAITING, Status.RUNNING, Status.UNDOING}:
        return HttpResponseClientRefresh()
    return render(request, "customers/imports/_progress.html", {"run": current, **_progress(current)})


def _progress(current: ImportRun) -> dict[str, Any]:
    return {"share": queries.share_done(current), "left": queries.time_left(current, at=timezone.now())}


@allow(*IMPORTERS)
@require_POST
def cancel_import(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    was_draft = current.status == Status.DRAFT
    drafts.cancel(current, at=timezone.now())
    if was_draft:
        messages.info(request, _("The file is set aside. Nothing of it was kept."))
        return redirect("customers:imports")
    return redirect("customers:import", current.pk)


@allow(*IMPORTERS)
@require_POST
def retry_import(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Let an import that failed or was stopped go on."""
    current = get_object_or_404(queries.imports(), pk=run_id)
    if drafts.retry(current, at=timezone.now()):
        jobs.ask_for_import(current)
    else:
        messages.error(request, _("This import cannot go on: its file is no longer here. Give the file again."))
    return redirect("customers:import", current.pk)


@allow(*IMPORTERS)
@require_safe
def rejects(request: StaffRequest, run_id: uuid.UUID) -> FileResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    path = Path(current.rejects_path) if current.rejects_path else None
    if path is None or not path.exists():
        raise Http404(_("Every row of this import could be used."))
    name = f"rejects-{Path(current.file_name).name.split('.')[0]}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def trial_shown(current: ImportRun) -> trial.Trial | None:
    """What a dry run of the whole file found with the columns as they are kept."""
    found = current.trial.get("found")
    return trial.Trial(**found) if found and current.trial.get("mapping") == current.mapping else None


@allow(*IMPORTERS)
@require_POST
def holds(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Say what a draft's file holds; its columns are found anew."""
    current = get_object_or_404(queries.imports(), pk=run_id, status=Status.DRAFT)
    wanted = request.POST.get("holds", "")
    if wanted in ImportRun.Holds.values and wanted != current.holds:
        try:
            drafts.read_again(current, drafts.mapping_of(current).file, holds=wanted)
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
    return redirect("customers:import", current.pk)


@allow(*IMPORTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def whole_trial(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask for a dry run of the whole file of customers, and show how far it is."""
    drafts_there = queries.imports().filter(status=Status.DRAFT, holds=ImportRun.Holds.CUSTOMERS)
    current = get_object_or_404(drafts_there, pk=run_id)
    if request.method == "POST":
        before = drafts.mapping_of(current)
        shape = inspect(Path(current.path), before.file)
        form = PeopleForm(request.POST, shape=shape)
        if form.is_valid() or not form.errors.keys() - {"consent_proof"}:
            drafts.keep(current, form.mapping(before), source=form.cleaned_data["source"])  # type: ignore[arg-type]
            jobs.ask_for_trial(current)
    shown = {"run": current, "whole": trial_shown(current), "is_asked": bool(current.trial.get("asked"))}
    return render(request, "customers/imports/_whole.html", shown)


@allow(*IMPORTERS, does=gettext_lazy("undo an import"))
@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Say what undoing would take away and what it must keep, then do it."""
    current = get_object_or_404(queries.imports(), pk=run_id)
    if not undoing.can_undo(current):
        return redirect("customers:import", current.pk)
    if request.method == "POST":
        if undoing.ask(current):
            jobs.ask_for_undoing(current)
        return redirect("customers:import", current.pk)
    return render(request, "customers/imports/undo.html", {"run": current, "plan": undoing.plan(current)})
