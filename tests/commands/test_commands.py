"""What the commands print, and what a backup keeps: all on one demo business."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mijoz.config.running import alone
from tests.installation import command, content_of, database, own_folder, prepared_folder

DEMO = ["demo", "--sector", "hotel", "--customers", "60", "--months", "6", "--seed", "2"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A demo business; its database runs all the time, so that each command need not start it."""
    with prepared_folder() as folder:
        loaded = command(folder, *DEMO)
        assert loaded.returncode == 0, loaded.stderr
        assert "customers" in loaded.stdout
        assert "Getting to know the customers" in loaded.stderr
        with database(folder):
            yield folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> Iterator[Path]:
    with own_folder() as kept:
        path = kept / "mijoz.tar.gz"
        written = command(folder, "backup", str(path))
        assert written.returncode == 0, written.stderr
        yield path


def purchases(folder: Path) -> Path:
    path = folder / "purchases.csv"
    path.write_text("date,phone,amount\n2026-05-01,+998901112233,120000\n2026-05-02,+998901112233,90000\n")
    return path


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (DEMO, {"sector", "customers", "events", "revenue", "truth_file", "unchanged"}),
        (["doctor"], {"fine", "findings"}),
        (["segments"], {"segments"}),
        (["refresh"], {"as_of"}),
        (["kpi"], {"kpis"}),
        (["owner-link"], {"link"}),
        (["backup", "{folder}/again.tar.gz"], {"archive", "bytes"}),
        (["export", "customers", "{folder}/customers.csv"], {"customers", "file"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_with_json_a_command_prints_one_object_and_nothing_else(
    folder: Path, arguments: list[str], keys: set[str]
) -> None:
    done = command(folder, *(argument.format(folder=folder) for argument in arguments), "--json")
    assert done.returncode == 0, done.stderr
    assert keys <= set(json.loads(done.stdout))
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demo", "--sector", "bank"], "restaurant, clinic, hotel, repair, salon"),
        (["demo", "--sector", "salon"], "--sector hotel --customers 60 --months 6 --seed 2"),
        (["backup", "/nowhere/mijoz.tar.gz"], "There is no folder /nowhere"),
        (["import", "purchases", "/nowhere/file.csv"], "/nowhere/file.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(folder: Path, arguments: list[str], words: str) -> None:
    refused = command(folder, *arguments)
    assert refused.returncode == 1
    assert words in refused.stderr
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


def test_two_customers_become_one_and_two_again(folder: Path) -> None:
    merged = command(folder, "merge", "1", "2", "--reason", "told us", "--json")
    assert merged.returncode == 0, merged.stderr
    made = json.loads(merged.stdout)
    assert (made["kept"], made["absorbed"]) == (1, 2)
    again = command(folder, "merge", "1", "2")
    assert (again.returncode, again.stdout) == (1, "")
    assert "one already" in again.stderr
    undone = command(folder, "unmerge", made["merge"], "--json")
    assert json.loads(undone.stdout) == {"merge": made["merge"], "customers": [1, 2]}
    assert "undone already" in command(folder, "unmerge", made["merge"]).stderr


def test_a_backup_brings_everything_back(folder: Path, archive: Path) -> None:
    assert oct(archive.stat().st_mode & 0o777) == "0o600"
    with own_folder() as other:
        restored = command(other, "restore", str(archive), "--json")
        assert restored.returncode == 0, restored.stderr
        assert json.loads(restored.stdout)["restored"] is True
        assert content_of(other, without=("written_by",)) == content_of(folder, without=("written_by",))
        assert (other / "secret_key").read_text() == (folder / "secret_key").read_text()
        assert (other / "demo" / "truth.json").read_bytes() == (folder / "demo" / "truth.json").read_bytes()
        board = command(other, "kpi", "--json")
        assert kpis(board.stdout) == kpis(command(folder, "kpi", "--json").stdout)

        before = content_of(other)
        refused = command(other, "restore", str(archive))
        assert refused.returncode == 1
        assert "--replace" in refused.stderr
        assert content_of(other) == before
        assert command(other, "restore", str(archive), "--replace").returncode == 0


def kpis(printed: str) -> list[object]:
    """The rows to nine digits: sums of floats follow the order of the rows, which is nobody's promise."""
    rows = json.loads(printed, parse_float=lambda told: float(f"{float(told):.9g}"))["kpis"]
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_what_is_no_backup_changes_nothing(folder: Path, archive: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.tar.gz"
    text.write_text("This is a letter.")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    strange = tmp_path / "strange.tar.gz"
    with tarfile.open(strange, "w:gz") as tar:
        tar.add(text, arcname="letter.txt")
    newer = tmp_path / "newer.tar.gz"
    shutil.unpack_archive(archive, tmp_path / "unpacked", filter="data")
    note = json.loads((tmp_path / "unpacked" / "mijoz.json").read_text())
    note |= {"mijoz": "9.9", "migrations": [*note["migrations"], "customers.0099_wings"]}
    (tmp_path / "unpacked" / "mijoz.json").write_text(json.dumps(note))
    with tarfile.open(newer, "w:gz") as tar:
        tar.add(tmp_path / "unpacked", arcname=".")
    before = content_of(folder)
    for path, words in (
        (text, "is not a whole backup"),
        (cut, "is not a whole backup"),
        (strange, "is no backup of Mijoz"),
        (newer, "Mijoz 9.9, which is newer"),
    ):
        refused = command(folder, "restore", str(path), "--replace")
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr
    assert content_of(folder) == before


def test_an_archive_cannot_write_elsewhere(folder: Path, archive: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar.gz"
    outside = tmp_path / "outside"
    with tarfile.open(archive) as whole, tarfile.open(evil, "w:gz") as tar:
        for member in whole.getmembers():
            tar.addfile(member, whole.extractfile(member) if member.isfile() else None)
        stranger = tarfile.TarInfo(f"../../../../../../../../../..{outside}")
        tar.addfile(stranger)
    refused = command(folder, "restore", str(evil), "--replace")
    assert refused.returncode == 1
    assert not outside.exists()


def test_nothing_is_restored_under_a_running_installation(folder: Path, archive: Path) -> None:
    with alone(folder, address="http://127.0.0.1:8123"):
        refused = command(folder, "restore", str(archive), "--replace")
    assert refused.returncode == 1
    assert "runs at http://127.0.0.1:8123" in refused.stderr
