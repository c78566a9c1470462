"""What a supervisor asks: is the process alive, can it serve, and how is it doing."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from mijoz.business.rights import allow_anyone
from mijoz.config import tables

WORKER_SILENCE_SECONDS = 30
COUNTS = {
    "mijoz_events": "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'events_event'",
    "mijoz_customers": "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'customers_customer'",
    "mijoz_jobs_waiting": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'",
    "mijoz_jobs_failed": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    "mijoz_messages_waiting": "SELECT count(*) FROM channels_message WHERE status = 'waiting'",
    "mijoz_profiles_behind": "SELECT coalesce(sum(coalesce(last_event - first_event + 1, 1)), 0)::bigint"
    " FROM events_touched",
}


def _checks() -> dict[str, bool]:
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            checks["database"] = True
            checks["migrations"] = tables.fit(cursor) or not tables.waiting()
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


def _may_count(request: HttpRequest) -> bool:
    """Whether this may see /metrics: who has the token, and without one who asks from this machine itself.

    How many customers there are is nobody else's business, and a proxy on this machine asks for others.
    """
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@require_safe
@allow_anyone
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@allow_anyone
def ready(request: HttpRequest) -> HttpResponse:
    checks = _checks()
    response = JsonResponse(checks, status=200 if all(checks.values()) else 503)
    setattr(response, "_has_been_logged", True)  # noqa: B010 - "not yet" is an answer, no error for the log
    return response


@require_safe
@allow_anyone
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for Prometheus; they name no person and no money. What cannot be counted now is left out."""
    if not _may_count(request):
        raise PermissionDenied
    checks = _checks()
    lines = [f"mijoz_ready_{name} {int(fine)}" for name, fine in checks.items()]
    if checks["migrations"]:
        with connection.cursor() as cursor:
            for name, statement in COUNTS.items():
                cursor.execute(statement)
                lines += [f"# TYPE {name} gauge", f"{name} {cursor.fetchone()[0]}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
