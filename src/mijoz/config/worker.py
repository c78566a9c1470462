"""The process that runs the jobs, and takes up those that a dead worker left behind."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

JOBS_AT_ONCE = 2
LOOK_EVERY_SECONDS = 10.0
SILENCE_SECONDS = 30.0  # a worker that gives no sign for so long is dead; it gives one every ten
TRIES = 3  # a job that takes its worker down again and again is given up
GRACE_SECONDS = 10.0

log = logging.getLogger(__name__)


def run() -> None:
    """Run jobs until SIGINT or SIGTERM."""
    from mijoz.channels.telegram.answering import Answering
    from mijoz.customers.projecting import Projecting
    from mijoz.segments.following import Following

    threads = (Projecting(), Following(), Answering())
    for thread in threads:
        thread.start()
    with app.replace_connector(app.connector.get_worker_connector()) as ours:  # type: ignore[attr-defined]
        try:
            asyncio.run(_work(ours))
        finally:
            for thread in threads:
                thread.stop()


async def _work(ours: App) -> None:
    async with ours.open_async():
        looking = asyncio.create_task(_take_up_forever(ours))
        try:
            await ours.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                stalled_worker_timeout=SILENCE_SECONDS,
            )
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking


async def _take_up_forever(ours: App) -> None:
    while True:
        with suppress(ConnectorException):  # the worker itself says so, and is started again
            await take_up_left_jobs(ours)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def take_up_left_jobs(ours: App) -> int:
    """Put the jobs of dead workers back in line, and give up those tried too often; returns how many there were.

    Without this a dead worker's job would hold its lock for ever, and every later job of that lock would wait.
    """
    left = list(await ours.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE_SECONDS))
    for job in left:
        if job.attempts + 1 >= TRIES:
            log.error("The worker of %s died %s times; the job is given up.", job.task_name, TRIES)
            await ours.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
            continue
        log.warning("The worker of %s died; the job is taken up again.", job.task_name)
        try:
            await ours.job_manager.retry_job(job)
        except UniqueViolation:  # another one of its kind waits already and does the same
            await ours.job_manager.finish_job(job, status=Status.ABORTED, delete_job=True)
    return len(left)
