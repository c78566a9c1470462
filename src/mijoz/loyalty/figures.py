"""Charts of loyalty's pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mijoz.ui import formats


def expiring(months: Sequence[tuple[date, int]]) -> dict[str, Any] | None:
    """Points by the month in which they expire; None when none do."""
    if not months:
        return None
    return {
        "kind": "bar",
        "categories": [formats.month(month) for month, _points in months],
        "series": [{"name": _("Points that expire"), "values": [points for _month, points in months]}],
    }
