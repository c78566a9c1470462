"""What a supervisor asks: is the process alive, can it serve, and how is it doing."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from mijoz.business.rights import allow_anyone

WORKER_SILENCE_SECONDS = 30
COUNTS = {
    "mijoz_events": "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'events_event'",
    "mijoz_customers": "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'customers_customer'",
    "mijoz_jobs_waiting": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'",
    "mijoz_jobs_failed": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    "mijoz_messages_waiting": "SELECT count(*) FROM channels_message WHERE status = 'waiting'",
    "mijoz_profiles_behind": "SELECT count(*) FROM events_touched",
}


def _checks() -> dict[str, bool]:
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            checks["database"] = True
            executor = MigrationExecutor(connection)
            checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
            if checks["migrations"]:
                cursor.execute(
                    "SELECT count(*) FROM procrastinate_workers"
                    " WHERE last_heartbeat > now() - make_interval(secs => %s)",
                    [WORKER_SILENCE_SECONDS],
                )
                checks["worker"] = cursor.fetchone()[0] > 0
    except DatabaseError:
        pass
    return checks


@allow_anyone
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@allow_anyone
def ready(request: HttpRequest) -> HttpResponse:
    checks = _checks()
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


@allow_anyone
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for Prometheus; they name no person and no money."""
    lines = [f"mijoz_ready_{name} {int(fine)}" for name, fine in _checks().items()]
    with connection.cursor() as cursor:
        for name, statement in COUNTS.items():
            cursor.execute(statement)
            lines.append(f"{name} {cursor.fetchone()[0]}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
