from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.business import keys
from mijoz.customers import actions
from mijoz.customers.importing import files as import_files
from mijoz.customers.importing import run as importing
from mijoz.customers.importing import trial, undoing
from mijoz.customers.matching import jobs as matching_jobs
from mijoz.customers.models import ImportRun

resolve = matching_jobs.resolve  # a worker finds the jobs of an app here


@app.periodic(cron="* * * * *")
@app.task(name="customers.project_leftovers", queueing_lock="customers.project_leftovers")
def project_leftovers(timestamp: int) -> None:
    """Once a minute, should the thread that does it all the time (projecting.py) have ended."""
    actions.project()


@app.task(name="customers.import", lock="customers.import")
def import_purchases(run_id: str) -> None:
    """Bring in the file of one import."""
    importing.execute(ImportRun.objects.get(pk=uuid.UUID(run_id)), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="customers.resume_imports", queueing_lock="customers.resume_imports")
def resume_imports(timestamp: int) -> None:
    """Take up imports whose worker died; one that is being worked on holds a lock and is left alone."""
    at = timezone.now()
    for run in importing.unfinished(at=at):
        importing.execute(run, at=at)
    for run in ImportRun.objects.filter(status=ImportRun.Status.UNDOING):
        undoing.undo(run, at=at)


@app.periodic(cron="30 3 * * *")
@app.task(name="customers.forget_import_files", queueing_lock="customers.forget_import_files")
def forget_import_files(timestamp: int) -> None:
    """Remove uploaded files that nobody came back for."""
    import_files.forget_old(at=timezone.now())


@app.task(name="customers.try_import", lock="customers.try_import")
def try_import(run_id: str) -> None:
    """Say what the whole file of a draft would do."""
    if draft := ImportRun.objects.filter(pk=uuid.UUID(run_id), status=ImportRun.Status.DRAFT).first():
        trial.of_whole(draft, at=timezone.now())


@app.task(name="customers.undo_import", lock="customers.import")
def undo_import(run_id: str) -> None:
    """Take one import back."""
    undoing.undo(ImportRun.objects.get(pk=uuid.UUID(run_id)), at=timezone.now())


def ask_for_trial(run: ImportRun) -> None:
    run_id = str(run.pk)
    transaction.on_commit(lambda: try_import.defer(run_id=run_id))


def ask_for_undoing(run: ImportRun) -> None:
    run_id = str(run.pk)
    transaction.on_commit(lambda: undo_import.defer(run_id=run_id))


@app.periodic(cron="50 3 * * *")
@app.task(name="customers.forget_api_answers", queueing_lock="customers.forget_api_answers")
def forget_api_answers(timestamp: int) -> None:
    """Remove answers of the API that are too old to be asked for again."""
    keys.forget_answers(at=timezone.now())


def ask_for_import(run: ImportRun) -> None:
    run_id = str(run.pk)
    transaction.on_commit(lambda: import_purchases.defer(run_id=run_id))
