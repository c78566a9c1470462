"""How often a source may call, so that one that runs wild does not take the others' place."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass
class Bucket:
    """Lets `at_once` through at once, and then so many a second; one for each key, in this process."""

    at_once: float
    a_second: float
    most_keys: int = 10_000
    _left: dict[Hashable, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def takes(self, key: Hashable, *, now: float) -> bool:
        """Whether one more of this key may pass at `now`, in seconds of a clock that only goes forward."""
        with self._lock:
            left, before = self._left.get(key, (self.at_once, now))
            left = min(self.at_once, left + (now - before) * self.a_second)
            passes = left >= 1
            if len(self._left) >= self.most_keys and key not in self._left:
                self._left.clear()
            self._left[key] = (left - passes, now)
            return passes
