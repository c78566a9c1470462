"""Reading ahead: the next piece is made while the last one is written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

LOOK_SECONDS = 0.2  # how often a reader that waits looks whether it should stop
T = TypeVar("T")


def ahead(pieces: Iterator[T]) -> Generator[T]:
    """The same pieces, one of them ready beforehand; what making them raises is raised here."""
    ready: queue.Queue[T | BaseException | None] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def offer(piece: T | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                return ready.put(piece, timeout=LOOK_SECONDS)
            except queue.Full:
                continue

    def read() -> None:
        try:
            for piece in pieces:
                offer(piece)
                if stopped.is_set():
                    return
        except BaseException as error:
            offer(error)
        else:
            offer(None)

    reader = threading.Thread(target=read, name="import-reader", daemon=True)
    reader.start()
    try:
        while (piece := ready.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        stopped.set()
        reader.join()
