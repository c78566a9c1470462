"""What a file holds, counted as it goes by; the counts do not depend on what the log knew before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

WHO = ["identity_kind", "identity_value"]
HUNDREDTH = Decimal("0.01")


class Counter:
    def __init__(self) -> None:
        self.lines = 0
        self.purchase_lines = 0
        self.anonymous_lines = 0
        self.rejected = 0
        self.known = 0
        self.revenue = Decimal(0)
        self.refund_value = Decimal(0)
        self._seen: dict[str, list[pl.DataFrame]] = {
            "purchases": [],
            "refunds": [],
            "purchasers": [],
            "customers": [],
        }

    def add(self, events: pl.DataFrame, *, lines: int, rejected: int, known: int) -> None:
        """Count one chunk: its events, lines, rejected lines, and how many of its events the log knew."""
        told = events.filter(pl.col("identity_value") != "")
        purchases = told.filter(pl.col("type") == "purchase_line")
        refunds = told.filter(pl.col("type") == "refund_line")
        self.lines += lines
        self.rejected += rejected
        self.known += known
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

    def figures(self) -> dict[str, Any]:
        """As `mijoz import purchases --json` prints them."""
        return {
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
