"""How a process of a test dies at a moment that is the same however quick the machine is."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any


def dying_before(word: int) -> Callable[..., Any]:
    """A wrapper for what the process says to a database or a server: kill -9 instead of the word of this number.

    It is called with what says a word, and what is said. 0 is to live.
    """
    said = 0

    def die_at_last(say: Callable[..., Any], *told: Any) -> Any:
        nonlocal said
        said += 1
        if said == word:
            os.kill(os.getpid(), signal.SIGKILL)
        return say(*told)

    return die_at_last


def die_again_and_again(work: Callable[[int, int], int], *, kills: int, most_words: int, seed: int) -> int:
    """Let one process after the other do `work`, given the word before which it is to die and how many died before it.

    The word is drawn by chance below `most_words`, and 0 for the one that may end in peace, after `kills` of them.
    Prints how many died and returns how the last one ended. Nothing may be connected here: each has its own connection.
    """
    chance = random.Random(seed)
    killed = 0
    while True:
        word = chance.randrange(3, most_words) if killed < kills else 0
        worker = os.fork()
        if worker == 0:
            os._exit(work(word, killed))
        _pid, status = os.waitpid(worker, 0)
        if os.WIFEXITED(status):
            sys.stdout.write(f"{killed}\n")
            return os.WEXITSTATUS(status)
        killed += 1
