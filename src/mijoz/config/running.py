"""Which `mijoz start` runs on a data folder: one at a time, and others can ask where it is."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mijoz.config.faults import Fault


class AlreadyRunning(RuntimeError):
    """Another `mijoz start` runs on this folder; the fault says where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Running:
    """A `mijoz start` that is at work."""

    pid: int
    address: str


def _note(folder: Path) -> Path:
    return folder / "running.lock"


@contextmanager
def alone(folder: Path, *, address: str) -> Iterator[None]:
    """Be the only `mijoz start` of this folder. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(_note(folder), "a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = find(folder)
            where = f" at {other.address} (process {other.pid})" if other else ""
            raise AlreadyRunning(
                Fault(
                    f"Mijoz already runs on {folder}{where}.",
                    "Stop that one first, or give this one a folder of its own by MIJOZ_DATA_DIR.",
                )
            ) from None
        note.truncate(0)
        note.write(json.dumps({"pid": os.getpid(), "address": address}))
        note.flush()
        try:
            yield
        finally:
            note.truncate(0)


def find(folder: Path) -> Running | None:
    """The `mijoz start` that runs on this folder now. A killed one leaves its note, but no lock."""
    try:
        with open(_note(folder)) as note:
            try:
                fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return Running(**json.loads(note.read() or "{}"))
    except (OSError, ValueError, TypeError):
        return None
    return None
