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
from mijoz.customers.importing import drafts, files, queries
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.example import example_lines
from mijoz.customers.importing.fields import GROUPS
from mijoz.customers.importing.forms import FormatForm, MappingForm, UploadForm, too_large
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.presets import PRESETS
from mijoz.customers.importing.shape import FileShape
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.models import ImportRun
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


@allow(*IMPORTERS, does=gettext_lazy("bring purchases in from a file"))
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
    shown = {"form": form, "groups": GROUPS, "presets": PRESETS.values(), "limit": settings.LARGEST_UPLOAD}
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
    shown["can_go_on"] = may_import and current.started_at is not None and Path(current.path).exists()
    return render(request, "customers/imports/result.html", shown)


def _mapping_page(request: StaffRequest, current: ImportRun) -> HttpResponse:
    before = Mapping.model_validate(current.mapping)
    try:
        with files.room_on_disk():
            shape = inspect(Path(current.path), before.file)
    except ImportRefused as refusal:
        return render(request, "customers/imports/unreadable.html", {"run": current, "refusal": refusal}, status=422)
    initial = MappingForm.values_of(before, shape, source=current.source.name)
    form = MappingForm(request.POST or None, shape=shape, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.confirm(
                current,
                form.mapping(before),
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
    chosen = form.mapping(before) if is_usable else before
    source = form.cleaned_data["source"] if is_usable else current.source.name
    shown = {
        "run": current,
        "shape": shape,
        "form": form,
        "format_form": FormatForm(shape=shape),
        "preset": next((preset for preset in PRESETS.values() if preset.fits(shape)), None),
        "rejects_of": drafts.import_of_rejects(shape),
        "sources": queries.sources(),
        **_preview(shape, chosen, source=source),
    }
    return render(request, "customers/imports/mapping.html", shown, status=422 if form.errors else 200)


def _preview(shape: FileShape, mapping: Mapping, *, source: str) -> dict[str, Any]:
    """The preview of a mapping, or the sentence that says why there is none."""
    try:
        return {"preview": queries.preview(shape, mapping, source=source, at=timezone.now())}
    except ImportRefused as refusal:
        return {"refusal": str(refusal)}


@allow(*IMPORTERS)
@require_POST
def read_again(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Read the file as a person says it is written; columns are found anew."""
    current = get_object_or_404(queries.imports(), pk=run_id, status=Status.DRAFT)
    shape = inspect(Path(current.path), Mapping.model_validate(current.mapping).file)
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
    before = Mapping.model_validate(current.mapping)
    shape = inspect(Path(current.path), before.file)
    form = MappingForm(request.POST, shape=shape)
    wrong = form.errors.keys() - {"consent_proof"} if not form.is_valid() else set()
    if wrong:
        sentences = [str(error) for name in wrong for error in form.errors[name]]
        shown: dict[str, Any] = {"refusal": " ".join(dict.fromkeys(sentences))}
    else:
        shown = _preview(shape, form.mapping(before), source=form.cleaned_data["source"])
    return render(request, "customers/imports/_preview.html", shown)


@allow(*READERS)
@require_safe
def progress(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    if current.status not in {Status.WAITING, Status.RUNNING}:
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
