"""The embedded server: started once however many ask, stopped by the last who leaves, fine after a crash."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mijoz.config import embedded

HOLD = """
import sys, pathlib
from mijoz.config.embedded import EmbeddedServer, create_database
server = EmbeddedServer(pathlib.Path(sys.argv[1]), throw_away=True)
server.hold()
print("holding", flush=True)
sys.stdin.read()
"""


def other_process(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "holding\n"
    return process


@pytest.fixture
def folder() -> Iterator[Path]:
    """Apart from pytest's folders: each pytest that starts shuts them for all others, so for the server's account."""
    with tempfile.TemporaryDirectory(prefix="mijoz-") as folder:
        yield Path(folder) / "postgres"


def test_the_last_to_leave_stops_the_server(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, throw_away=True)
    server.hold()
    other = other_process(folder)
    server.release()
    assert server.is_running()
    other.communicate()
    assert not server.is_running()


def test_a_killed_process_leaves_no_lock_behind(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, throw_away=True)
    server.hold()
    other = other_process(folder)
    other.kill()
    other.wait()
    server.release()
    assert not server.is_running()


def test_a_killed_server_comes_back_with_its_data(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder)
    server.hold()
    assert embedded.create_database(folder, "mijoz")
    server.kill()
    server.release()
    again = embedded.EmbeddedServer(folder)
    again.hold()
    assert not embedded.create_database(folder, "mijoz")
    again.release()


def test_a_stranger_with_the_number_of_a_killed_server_is_left_alone(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, throw_away=True)
    server.hold()
    server.kill()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        note = server.tables / "postmaster.pid"
        note.write_text(note.read_text().replace(note.read_text().splitlines()[0], str(stranger.pid), 1))
        assert not server.is_alive()
        server.kill()
        server.release()
        assert stranger.poll() is None
        stranger.kill()


def test_a_deep_folder_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 120)
    assert len(str(embedded.socket_dir(deep))) < embedded.SOCKET_PATH_LIMIT


def test_without_any_server_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(embedded.Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setattr(embedded.shutil, "which", lambda name: None)
    with pytest.raises(embedded.ServerUnavailable, match="DATABASE_URL"):
        embedded.find_binaries()
