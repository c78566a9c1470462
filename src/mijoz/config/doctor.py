"""`mijoz doctor`: what is wrong with this installation, in words, each with its fix."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOW_DISK_BYTES = 2 * 1024**3
WORKER_SILENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `fix` says what to do when it is not `fine`; `blocks` whether Mijoz cannot run so."""

    subject: str
    fine: bool
    found: str
    fix: str = ""
    blocks: bool = True


def examine() -> list[Finding]:
    """Look at everything that can be wrong; later checks are left out when what they need is missing."""
    findings = [_python(), _data_folder(), _disk(), _secret(), _assets(), _languages()]
    server = _server()
    findings.append(server)
    if server.fine:
        findings += [check() for check in DATABASE_CHECKS]
    return findings


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")


def _data_folder() -> Finding:
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fine = os.access(folder, os.W_OK)
    except OSError:
        fine = False
    return Finding("Data folder", fine, str(folder), "Make it writable, or set MIJOZ_DATA_DIR to a folder that is.")


def _disk() -> Finding:
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding(
        "Disk",
        free > LOW_DISK_BYTES,
        f"{free / 1024**3:.1f} GiB free",
        "Free some space: 2 GiB is the least.",
        blocks=False,
    )


def _secret() -> Finding:
    from django.conf import settings

    if os.environ.get("MIJOZ_SECRET_KEY"):
        long_enough = len(settings.SECRET_KEY) >= 32
        return Finding("Secret key", long_enough, "from MIJOZ_SECRET_KEY", "Use at least 32 random characters.")
    path = Path(settings.DATA_DIR) / "secret_key"
    private = not stat.S_IMODE(path.stat().st_mode) & 0o077
    return Finding("Secret key", private, str(path), f"Others can read it: chmod 600 {path}")


def _assets() -> Finding:
    from django.contrib.staticfiles import finders

    missing = [name for name in ("vendor/tabler.min.css", "vendor/htmx.min.js") if not finders.find(name)]
    return Finding(
        "Styles and scripts",
        not missing,
        "built" if not missing else f"missing: {', '.join(missing)}",
        "Run make setup.",
    )


def _languages() -> Finding:
    from django.conf import settings

    missing = [
        code
        for code in ("uz", "ru")
        if not (Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.mo").exists()
    ]
    found = "uz, ru, en" if not missing else f"not compiled: {', '.join(missing)}"
    return Finding("Languages", not missing, found, "Run make setup.", blocks=False)


def _server() -> Finding:
    from django.conf import settings
    from django.db import DatabaseError, connection

    from mijoz.config.embedded import EmbeddedServer, ServerUnavailable, create_database

    kind = "embedded PostgreSQL" if settings.USES_EMBEDDED_SERVER else "PostgreSQL of DATABASE_URL"
    try:
        if settings.USES_EMBEDDED_SERVER:
            EmbeddedServer(settings.EMBEDDED_FOLDER).hold()
            create_database(settings.EMBEDDED_FOLDER, "mijoz")
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except (DatabaseError, ServerUnavailable, OSError) as error:
        return Finding("Database", False, f"{kind}: {error}", "Start the server, or correct DATABASE_URL.")
    recent = int(version.split(".")[0]) >= 16
    return Finding("Database", recent, f"{kind} {version}", "Mijoz needs PostgreSQL 16 or newer.")


def _migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    found = "up to date" if not waiting else f"{waiting} changes to the tables are waiting"
    return Finding("Tables", not waiting, found, "Run mijoz start; it makes the changes by itself.")


def _owner() -> Finding:
    from mijoz.business import queries

    fine = queries.has_owner()
    return Finding(
        "Owner",
        fine,
        "has an account" if fine else "nobody can sign in yet",
        "Run mijoz owner-link.",
        blocks=False,
    )


def _worker() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [WORKER_SILENCE_SECONDS],
        )
        running = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        failed = cursor.fetchone()[0]
    found = f"{running} running, {failed} jobs failed"
    return Finding("Worker", running > 0, found, "It runs while mijoz start runs.", blocks=False)


def _email() -> Finding:
    from django.conf import settings
    from django.utils import translation

    from mijoz.channels import queries
    from mijoz.channels.models import Channel

    account, fix = queries.account(Channel.EMAIL), "Settings → Channels, in the browser."
    if account is None:
        return Finding("E-mail", False, "no account: messages wait", fix, blocks=False)
    if account.trouble:
        with translation.override("en"):
            return Finding("E-mail", False, queries.trouble_in_words(account), fix, blocks=False)
    reached = queries.links_reach_customers()
    found = f"an account is set up; links in messages lead to {settings.PUBLIC_URL}"
    fix = "Customers cannot open that. Set MIJOZ_URL to the https address at which they reach Mijoz."
    return Finding("E-mail", reached, found, fix, blocks=False)


DATABASE_CHECKS: list[Callable[[], Finding]] = [_migrations, _owner, _worker, _email]
