from __future__ import annotations

import uuid
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.customers import jobs
from mijoz.customers.importing import queries, run
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.forms import MappingForm, UploadForm
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.sniff import FileShape, inspect
from mijoz.customers.models import ImportRun

IMPORTERS = ("manager", "marketer", "analyst")
Status = ImportRun.Status


@require_GET
@allow(*IMPORTERS)
def imports(request: StaffRequest) -> HttpResponse:
    return render(request, "customers/imports/list.html", {"imports": queries.imports()[:100]})


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def new_import(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.uploaded()
        try:
            draft = run.receive(
                run.keep_upload(file),
                file_name=file.name or "",
                source=form.cleaned_data["source"],
                by=request.staff,
            )
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("customers:import", draft.pk)
    return render(request, "customers/imports/new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def one_import(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    if current.status != Status.DRAFT:
        shown = {"run": current, "share": queries.share_done(current)}
        return render(request, "customers/imports/result.html", shown)
    shape = inspect(Path(current.path))
    before = Mapping.model_validate(current.mapping)
    form = MappingForm(request.POST or None, shape=shape, initial=MappingForm.values_of(before))
    if request.method == "POST" and form.is_valid():
        try:
            mapping = form.mapping(before)
            run.confirm(current, mapping, consent_proof=form.cleaned_data["consent_proof"], at=timezone.now())
        except ImportRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            jobs.ask_for_import(current)
            return redirect("customers:import", current.pk)
    shown = {"run": current, "shape": shape, "form": form, **_preview(current, shape, before)}
    return render(request, "customers/imports/mapping.html", shown, status=400 if form.errors else 200)


def _preview(current: ImportRun, shape: FileShape, mapping: Mapping) -> dict[str, object]:
    """The preview of a mapping, or the sentence that says why there is none."""
    try:
        return {"preview": queries.preview(shape, mapping, source=current.source.name, at=timezone.now())}
    except ImportRefused as refusal:
        return {"refusal": str(refusal)}


@require_POST
@allow(*IMPORTERS)
def preview(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """What the mapping in the form makes of the first rows; asked at every change."""
    current = get_object_or_404(queries.imports(), pk=run_id, status=Status.DRAFT)
    shape = inspect(Path(current.path))
    before = Mapping.model_validate(current.mapping)
    form = MappingForm(request.POST, shape=shape)
    if not form.is_valid():
        shown: dict[str, object] = {
            "refusal": " ".join(str(error) for errors in form.errors.values() for error in errors)
        }
    else:
        shown = _preview(current, shape, form.mapping(before))
    return render(request, "customers/imports/_preview.html", shown)


@require_GET
@allow(*IMPORTERS)
def progress(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    if current.status not in {Status.WAITING, Status.RUNNING}:
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    shown = {"run": current, "share": queries.share_done(current)}
    return render(request, "customers/imports/_progress.html", shown)


@require_POST
@allow(*IMPORTERS)
def cancel_import(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    run.cancel(current, at=timezone.now())
    messages.info(request, _("The import was stopped. Importing the file again completes it."))
    return redirect("customers:import", current.pk)


@require_GET
@allow(*IMPORTERS)
def rejects(request: StaffRequest, run_id: uuid.UUID) -> FileResponse:
    current = get_object_or_404(queries.imports(), pk=run_id)
    path = Path(current.rejects_path) if current.rejects_path else None
    if path is None or not path.exists():
        raise Http404(_("Every row of this import could be used."))
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejects-{current.file_name}.csv")
