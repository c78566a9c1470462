"""The chart of the branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mijoz.insights.branches.queries import BranchRow
from mijoz.insights.register import Definition


def standings(rows: Sequence[BranchRow], known: Definition, currency: str) -> dict[str, Any]:
    """Each branch's fair value with its interval."""
    return {
        "kind": "interval",
        "unit": known.unit if known.unit in {"share", "money"} else "number",
        "currency": currency,
        "rows": [
            {"name": row.name, "value": row.standing.fair, "low": row.standing.low, "high": row.standing.high}
            for row in rows
            if row.standing.fair is not None
        ],
    }
