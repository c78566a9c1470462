"""Waking the pages that show live what arrives."""

from __future__ import annotations

from mijoz.ui import live

TOPIC = "arrivals"


def tell(rows: int) -> None:
    """Something came, into the log or into quarantine."""
    live.notify(TOPIC)
