"""What a file holds, counted as it goes by; the counts do not depend on what the log knew before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

WHO = ["identity_kind", "identity_value"]
HUNDREDTH = Decimal("0.01")


class Counter:
    """Counts of one run. Lines up to `seen_before` were written when it ran before it was killed, and are not news."""

    def __init__(self, *, seen_before: int = 0, unchanged: int = 0) -> None:
        self.seen_before = seen_before
        self.unchanged = unchanged
        self.lines = 0
        self.purchase_lines = 0
        self.anonymous_lines = 0
        self.rejected = 0
        self.revenue = Decimal(0)
        self.refund_value = Decimal(0)
        self._seen: dict[str, list[pl.DataFrame]] = {
            "purchases": [],
            "refunds": [],
            "purchasers": [],
            "customers": [],
        }

    @classmethod
    def resumed(cls, counts: Mapping[str, Any]) -> Counter:
        """A counter for a run that was so far when it was killed; a fresh one for no counts."""
        return cls(seen_before=counts.get("lines", 0), unchanged=counts.get("unchanged", 0))

    def add(self, events: pl.DataFrame, *, lines: int, rejected: int, known: int) -> None:
        """Count one chunk: its events, lines, rejected lines, and how many of its events the log knew."""
        told = events.filter(pl.col("identity_value") != "")
        purchases = told.filter(pl.col("type") == "purchase_line")
        refunds = told.filter(pl.col("type") == "refund_line")
        own = max(0, min(lines, self.seen_before - self.lines))
        self.unchanged += max(0, known - own)
        self.lines += lines
        self.rejected += rejected
        self.anonymous_lines += events.height - told.height
        self.purchase_lines += purchases.height
        self.revenue += Decimal(purchases["amount"].sum() or 0)
        self.refund_value -= Decimal(refunds["amount"].sum() or 0)
        for name, rows, columns in (
            ("purchases", purchases, ["reference"]),
            ("refunds", refunds, ["reference"]),
            ("purchasers", purchases, WHO),
            ("customers", told, WHO),
        ):
            self._seen[name].append(rows.select(columns).unique())

    def _distinct(self, name: str) -> int:
        frames = self._seen[name]
        if len(frames) > 1:
            self._seen[name] = frames = [pl.concat(frames).unique()]
        return frames[0].height if frames else 0

    def so_far(self) -> dict[str, int]:
        """What a running import shows, and goes on from when it is killed."""
        lines = max(self.lines, self.seen_before)
        return {"lines": lines, "rejected": self.rejected, "unchanged": self.unchanged}

    def figures(self) -> dict[str, Any]:
        """As `mijoz import purchases --json` prints them; `unchanged` only where the log knew rows before."""
        found = {
            "lines": self.lines,
            "purchases": self._distinct("purchases"),
            "purchase_lines": self.purchase_lines,
            "purchasers": self._distinct("purchasers"),
            "customers": self._distinct("customers"),
            "revenue": float(self.revenue.quantize(HUNDREDTH)),
            "refunds": self._distinct("refunds"),
            "refund_value": float(self.refund_value.quantize(HUNDREDTH)),
            "anonymous_lines": self.anonymous_lines,
            "rejected": self.rejected,
        }
        return found | {"unchanged": self.unchanged} if self.unchanged else found
