"""A dead worker's jobs are not lost, and hold nothing up for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from mijoz.config import worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs(transactional_db: None) -> Iterator[None]:
    """The tables of jobs are nobody's models, so that nobody else empties them."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def left_job(*, silent_seconds: int, attempts: int = 0, queueing_lock: str | None = None) -> int:
    """A job in the hands of a worker that gave its last sign so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_seconds],
        )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, attempts, lock, queueing_lock, worker_id)"
            " VALUES ('a.job', 'default', 'doing', %s, 'a.lock', %s, %s) RETURNING id",
            [attempts, queueing_lock, cursor.fetchone()[0]],
        )
        return cursor.fetchone()[0]


def look() -> int:
    async def once() -> int:
        with app.replace_connector(app.connector.get_worker_connector()) as ours:
            async with ours.open_async():
                return await worker.take_up_left_jobs(ours)

    return asyncio.run(once())


def state_of(job: int) -> str:
    return ProcrastinateJob.objects.get(pk=job).status


def test_a_job_of_a_dead_worker_waits_again() -> None:
    job = left_job(silent_seconds=60)
    assert look() == 1
    assert state_of(job) == "todo"
    assert look() == 0


def test_a_job_of_a_living_worker_is_left_alone() -> None:
    job = left_job(silent_seconds=5)
    assert look() == 0
    assert state_of(job) == "doing"


def test_a_job_that_kills_its_worker_again_and_again_is_given_up() -> None:
    job = left_job(silent_seconds=60, attempts=worker.TRIES - 1)
    look()
    assert state_of(job) == "failed"


def test_a_job_whose_like_waits_already_gives_way_to_it() -> None:
    job = left_job(silent_seconds=60, queueing_lock="one.at.a.time")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, queueing_lock)"
            " VALUES ('a.job', 'default', 'todo', 'one.at.a.time')"
        )
    look()
    assert not ProcrastinateJob.objects.filter(pk=job).exists()
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1
