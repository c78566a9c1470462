"""`mijoz doctor`: what is wrong with this installation, in words, each with its fix."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mijoz.config import faults, tables
from mijoz.config.faults import SettingsWrong

LOW_DISK_BYTES = 2 * 1024**3
WORKER_SILENCE_SECONDS = 30


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
    settings = _settings()
    if not settings.fine:
        return [_python(), settings]
    findings = [check() for check in CHECKS]
    server = _server()
    findings.append(server)
    if server.fine:
        fitting = _tables()
        findings.append(fitting)
        if fitting.fine:
            findings += [check() for check in DATABASE_CHECKS]
    return findings


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")


def _settings() -> Finding:
    """Everything else needs them, so they are loaded here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    import django
    from django.conf import settings

    try:
        django.setup()
    except SettingsWrong as wrong:
        return Finding("Settings", False, wrong.fault.found, wrong.fault.fix)
    if settings.DEBUG:
        fix = "Unset MIJOZ_DEBUG: pages of errors show settings and code to whoever sees them."
        return Finding("Settings", False, "MIJOZ_DEBUG is on", fix, blocks=False)
    return Finding("Settings", True, "read from the environment")


def _data_folder() -> Finding:
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    probe = folder / f".doctor-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        fix = "It must belong to the user who runs Mijoz; or set MIJOZ_DATA_DIR to a folder that does."
        return Finding("Data folder", False, f"{folder}: {error.strerror}", fix)
    return Finding("Data folder", True, str(folder))


def _disk() -> Finding:
    from django.conf import settings

    free = shutil.disk_usage(settings.DATA_DIR).free
    found = f"{free / 1024**3:.1f} GiB free"
    return Finding("Disk", free > LOW_DISK_BYTES, found, "Free some space: 2 GiB is the least.", blocks=False)


def _secret() -> Finding:
    from django.conf import settings

    if os.environ.get("MIJOZ_SECRET_KEY"):
        long_enough = len(settings.SECRET_KEY) >= 32
        found = (
            "from MIJOZ_SECRET_KEY" if long_enough else f"MIJOZ_SECRET_KEY has {len(settings.SECRET_KEY)} characters"
        )
        return Finding("Secret key", long_enough, found, "Use at least 32 random characters.")
    path = Path(settings.DATA_DIR) / "secret_key"
    private = not stat.S_IMODE(path.stat().st_mode) & 0o077
    found = str(path) if private else f"others can read {path}"
    return Finding("Secret key", private, found, f"chmod 600 '{path}'")


def _address() -> Finding:
    from django.conf import settings

    parts = urlsplit(settings.PUBLIC_URL)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return Finding(
        "Address",
        local or settings.BEHIND_TLS,
        settings.PUBLIC_URL if not local else f"{settings.PUBLIC_URL}, this machine only",
        "Passwords travel where all can read them: put a proxy with TLS before Mijoz, and https:// into MIJOZ_URL.",
        blocks=False,
    )


def _assets() -> Finding:
    from django.contrib.staticfiles import finders

    missing = [name for name in ("vendor/tabler.min.css", "vendor/htmx.min.js") if not finders.find(name)]
    found = "built" if not missing else f"missing: {', '.join(missing)}"
    return Finding("Styles and scripts", not missing, found, "Run make setup.")


def _languages() -> Finding:
    from django.conf import settings

    folder = Path(settings.LOCALE_PATHS[0])
    missing = [code for code in ("uz", "ru") if not (folder / code / "LC_MESSAGES" / "django.mo").exists()]
    found = "uz, ru, en" if not missing else f"not compiled: {', '.join(missing)}"
    return Finding("Languages", not missing, found, "Run make setup.", blocks=False)


def _server() -> Finding:
    from django.conf import settings
    from django.db import DatabaseError, connection

    from mijoz.config.embedded import ServerUnavailable
    from mijoz.config.server import embedded_server

    kind = "embedded PostgreSQL" if settings.USES_EMBEDDED_SERVER else "PostgreSQL of DATABASE_URL"
    try:
        if settings.USES_EMBEDDED_SERVER:
            embedded_server(settings.EMBEDDED_FOLDER)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except (DatabaseError, ServerUnavailable, OSError) as error:
        fault = faults.in_words(error) or faults.of_database(str(error))
        return Finding("Database", False, fault.found, fault.fix)
    recent = int(version.split(".")[0]) >= 16
    return Finding("Database", recent, f"{kind} {version}", "Mijoz needs PostgreSQL 16 or newer.")


def _tables() -> Finding:
    if strange := tables.unknown():
        found = f"made by a newer Mijoz ({', '.join(strange[:3])})"
        return Finding("Tables", False, found, "Update this Mijoz, or restore a backup of this version.")
    waiting = tables.waiting()
    if not waiting and (columns := tables.lacking()):
        fault = tables.TablesDiffer(columns).fault
        return Finding("Tables", False, fault.found, fault.fix)
    found = f"{len(waiting)} not up to date, such as {waiting[0]}" if waiting else "up to date"
    return Finding("Tables", not waiting, found, "Run mijoz start; it makes the changes by itself.")


def _owner() -> Finding:
    from mijoz.business import queries

    fine = queries.has_owner()
    found = "has an account" if fine else "nobody can sign in yet"
    return Finding("Owner", fine, found, "Run mijoz owner-link.", blocks=False)


def _worker() -> Finding:
    from django.conf import settings
    from django.db import connection

    from mijoz.config import running

    here = running.find(settings.DATA_DIR)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [WORKER_SILENCE_SECONDS],
        )
        workers = cursor.fetchone()[0]
    if here and not workers:
        fix = "Look at the output of mijoz start: it says why its worker stops."
        return Finding("Running", False, f"at {here.address}, but no worker gives a sign", fix)
    if here:
        return Finding("Running", True, f"at {here.address} (process {here.pid}), {workers} worker")
    found = f"not here; {workers} worker elsewhere" if workers else "not running"
    return Finding(
        "Running", workers > 0, found, "Run mijoz start: imports, messages and figures wait for it.", blocks=False
    )


def _failed_jobs() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'")
        failed = Counter(name for (name,) in cursor.fetchall())
    found = ", ".join(f"{name} ({count})" for name, count in failed.most_common(5)) if failed else "none"
    fix = "The output of mijoz start says why. What is regular is tried again by itself; repeat the others in the page."
    return Finding("Failed jobs", not failed, found, fix, blocks=False)


def _other_channels() -> Finding:
    from django.utils import translation

    from mijoz.channels import queries
    from mijoz.channels.models import Channel

    with translation.override("en"):
        told = queries.troubles_in_words()
        troubles = [f"{Channel(channel).label}: {said}" for channel, said in told.items() if channel != Channel.EMAIL]
        others = [str(Channel(channel).label) for channel in queries.open_channels() if channel != Channel.EMAIL]
        found = ", ".join(others)
    fix = "Settings → Channels, in the browser."
    return Finding("Other channels", not troubles, "; ".join(troubles) or found or "none is set up", fix, blocks=False)


def _email() -> Finding:
    from django.conf import settings
    from django.utils import translation

    from mijoz.channels import public, queries
    from mijoz.channels.models import Channel

    account, fix = queries.account(Channel.EMAIL), "Settings → Channels, in the browser."
    if account is None:
        return Finding("E-mail", False, "no account: messages wait", fix, blocks=False)
    if account.trouble:
        with translation.override("en"):
            return Finding("E-mail", False, queries.trouble_in_words(account), fix, blocks=False)
    reached = public.links_reach_customers()
    found = f"an account is set up; links in messages lead to {settings.PUBLIC_URL}"
    fix = "Customers cannot open that. Set MIJOZ_URL to the https address at which they reach Mijoz."
    return Finding("E-mail", reached, found, fix, blocks=False)


def _ledger() -> Finding:
    from mijoz.loyalty.ledger.audit import faults as faults_of_ledger

    found = ", ".join(f"{name} ({rows[0][0]})" for name, rows in faults_of_ledger().items())
    fix = "Points were changed past Mijoz: restore a backup of before. The names say what does not add up, with a row."
    return Finding("Points", not found, found or "every account adds up", fix, blocks=False)


CHECKS: list[Callable[[], Finding]] = [_python, _settings, _data_folder, _disk, _secret, _address, _assets, _languages]
DATABASE_CHECKS: list[Callable[[], Finding]] = [_owner, _worker, _failed_jobs, _email, _other_channels, _ledger]
