"""`mijoz start`: one process tree that ends with what started it, and mends what dies in it."""

from __future__ import annotations

import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.installation import LINK, Installation, answers, command, own_folder, prepared_folder, running, wait_until


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A running installation; its folder has a blank and a quote in its name, as people have them."""
    with own_folder() as folder, running(folder / "Ali's café") as started:
        yield started


def everybody(started: Installation) -> list[psutil.Process]:
    """Every process of the tree, those of the database too, which stands apart."""
    server = psutil.Process(postmaster(started.folder))
    tree = psutil.Process(started.process.pid).children(recursive=True)
    return [*tree, server, *server.children(recursive=True)]


def numbers_of(started: Installation, name: str) -> list[int]:
    """The processes of the tree whose command line has `name` in it, parents first."""
    found = []
    for process in psutil.Process(started.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if name in " ".join(process.cmdline()):
                found.append(process.pid)
    return found


def lives(process: psutil.Process) -> bool:
    """Whether it runs; where nobody collects dead processes they stay as zombies."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def postmaster(folder: Path) -> int | None:
    """The number of the database's first process; None while there is none."""
    with suppress(FileNotFoundError, IndexError):
        return int((folder / "postgres" / "tables" / "postmaster.pid").read_text().splitlines()[0])
    return None


def test_it_prints_its_address_and_a_link_that_opens(installation: Installation) -> None:
    link = installation.wait_for_line(LINK)
    assert link.startswith(installation.address)
    with urllib.request.urlopen(link) as page:
        assert page.status == 200
    installation.wait_for_line(re.compile("Ctrl-C stops it"))


def test_nothing_but_itself_is_said(installation: Installation) -> None:
    """No warning of a library, no line of a log: what it says is for the person who started it."""
    assert [line for line in installation.lines if not re.match("Mijoz |Make the owner's|Ctrl-C", line)] == []


def test_a_second_start_on_the_folder_says_where_the_first_one_runs(installation: Installation) -> None:
    second = command(installation.folder, "start", "--port", "1")
    assert second.returncode == 1
    assert f"already runs on {installation.folder} at {installation.address}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_said_before_anything_starts(installation: Installation, tmp_path: Path) -> None:
    port = installation.address.rsplit(":", 1)[1]
    other = command(tmp_path, "start", "--port", port)
    assert other.returncode == 1
    assert f"Port {port} is taken by another program" in other.stderr
    assert not (tmp_path / "postgres").exists()


def test_commands_work_beside_it(installation: Installation) -> None:
    link = installation.command("owner-link")
    assert link.returncode == 0, link.stderr
    assert link.stdout.startswith(f"{installation.address}/welcome/")
    assert answers(f"{installation.address}/readyz")


def test_a_body_that_is_too_large_is_refused_at_once(installation: Installation) -> None:
    request = urllib.request.Request(f"{installation.address}/account/login/", headers={"Content-Length": str(10**9)})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 413


@pytest.mark.parametrize("name", ["granian", "mijoz.cli worker"])
def test_a_killed_child_is_started_again(installation: Installation, name: str) -> None:
    killed = numbers_of(installation, name)[0]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: numbers_of(installation, name) and killed not in numbers_of(installation, name))
    installation.wait_until_ready()


def test_a_killed_database_is_started_again(installation: Installation) -> None:
    killed = postmaster(installation.folder)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: postmaster(installation.folder) not in {None, killed})
    installation.wait_until_ready()


def test_whatever_ends_it_leaves_nothing_behind() -> None:
    """SIGTERM stops it in order. kill -9 leaves it no chance to: nothing lives on all the same, and it starts again."""
    with prepared_folder() as folder:
        with running(folder, stop_by=signal.SIGTERM) as started:
            stopped = everybody(started)
        wait_until(lambda: not any(lives(process) for process in stopped))
        killed: list[psutil.Process] = []
        with suppress(AssertionError), running(folder, stop_by=signal.SIGKILL) as started:
            killed = everybody(started)
        assert len(killed) > 5
        wait_until(lambda: not any(lives(process) for process in killed))
        with running(folder) as again:
            assert answers(f"{again.address}/healthz")


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = command(tmp_path / "file" / "var", "start")
    assert refused.returncode == 1
    assert "MIJOZ_DATA_DIR" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_host_of_another_machine_is_said(tmp_path: Path) -> None:
    refused = command(tmp_path, "start", "--host", "192.0.2.1")
    assert refused.returncode == 1
    assert "no address of this machine" in refused.stderr
