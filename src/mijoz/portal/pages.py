"""How often a page of the portal may be tried."""

from __future__ import annotations

from mijoz.ui import outside

TRIES = {"broken": 30, "change": 60, "copy": 6, "confirm": 30}  # at most, in ten minutes


def count_try(kind: str, who: str) -> None:
    """Count one more try of this kind. Raises TooOften when there were as many as a person would make."""
    outside.count_try(f"portal/{kind}", who, most=TRIES[kind])
