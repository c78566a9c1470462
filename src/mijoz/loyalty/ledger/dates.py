"""When points expire."""

from __future__ import annotations

import calendar
from datetime import datetime

from mijoz.loyalty.terms import ProgrammeTerms


def expiry(terms: ProgrammeTerms, at: datetime) -> datetime | None:
    """The moment so many months later as the terms say; None when points hold for ever."""
    months = getattr(terms, "expires_after_months", None)
    return later(at, months) if months else None


def later(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of that month; as PostgreSQL adds months."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))
