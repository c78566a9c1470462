"""What changes the choice of channel and hours: its settings, and asking for a lesson."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.scenarios.choosing.models import ChoosingSettings


def configure(*, exploring_share: float, half_life_days: int, answer_hours: int) -> ChoosingSettings:
    """Put these settings in force; counts follow with the next lesson."""
    settings, _made = ChoosingSettings.objects.update_or_create(
        pk=1,
        defaults={
            "exploring_share": exploring_share,
            "half_life_days": half_life_days,
            "answer_hours": answer_hours,
        },
    )
    return settings


def ask() -> None:
    """Ask a worker for a lesson; one that waits already is enough."""
    try:
        with transaction.atomic():
            app.configure_task("choosing.learn", queueing_lock="choosing.learn", lock="choosing").defer()
    except AlreadyEnqueued:
        return
