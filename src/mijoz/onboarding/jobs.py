from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.onboarding import actions, queries
from mijoz.onboarding.models import DemoLoad

Status = DemoLoad.Status


@app.task(name="onboarding.load_demo", lock="onboarding.load_demo")
def load_demo() -> None:
    """Load the demo that was asked for."""
    load = queries.demo()
    if load is not None:
        actions.fill(load, at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="onboarding.resume_demo", queueing_lock="onboarding.resume_demo")
def resume_demo(timestamp: int) -> None:
    """Take up a demo whose worker died; one that somebody is at is left alone."""
    load = queries.unfinished_demo(before=timezone.now() - timedelta(minutes=1))
    if load is not None:
        with suppress(actions.DemoRefused):
            actions.fill(load, at=timezone.now())


def ask_for_demo() -> None:
    transaction.on_commit(lambda: load_demo.defer())
