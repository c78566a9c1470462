"""Which colour a thing keeps on every page and chart; `static/ui/css/tokens.css` says what it looks like."""

from __future__ import annotations

import zlib

DEFAULT_SEGMENTS = frozenset({"new", "regular", "high_value", "price_sensitive", "at_risk"})
OTHER_COLOURS = 6


def segment_colour(key: str) -> str:
    """The colour's name for pills and charts: a default segment has its own, any other one of six by its key."""
    return key.replace("_", "-") if key in DEFAULT_SEGMENTS else other_colour(key)


def other_colour(name: str) -> str:
    """One of six colours, the same for the same name on every day and machine."""
    return f"other-{zlib.crc32(name.encode()) % OTHER_COLOURS + 1}"
