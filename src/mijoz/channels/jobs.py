from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.channels import actions, queries
from mijoz.channels.reports import jobs as reports_jobs  # noqa: F401 - so that the worker knows its task
from mijoz.channels.sms import jobs as sms_jobs  # noqa: F401 - so that the worker knows its tasks
from mijoz.channels.telegram import jobs as telegram_jobs  # noqa: F401 - so that the worker knows its task


@app.task(name="channels.send", queueing_lock="channels.send")
def send() -> None:
    """Send what is due, tell the log, and ask for the next turn if there is more."""
    _send()


@app.periodic(cron="* * * * *")
@app.task(name="channels.send_leftovers", queueing_lock="channels.send_leftovers")
def send_leftovers(timestamp: int) -> None:
    """Once a minute, for what has become due and for what a process that died has left."""
    _send()


def _send() -> None:
    is_my_turn = actions.send_in_turn(at=timezone.now()) is not None
    actions.log_settled()
    # Asked after the turn is over: what came while it ended found it taken and asks no more.
    if is_my_turn and queries.is_anything_due(timezone.now()):
        _defer_send()


def ask_to_send(rows: int) -> None:
    """Ask a worker to send, once the messages are there for it to see."""
    transaction.on_commit(_defer_send)


def _defer_send() -> None:
    try:
        with transaction.atomic():
            send.defer()
    except AlreadyEnqueued:
        return  # the waiting job will see them too
