"""How a process of a test dies at a moment that is the same however quick the machine is."""

from __future__ import annotations

import os
import signal
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
