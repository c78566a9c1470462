"""Numbers, moments and texts as other systems write them. Pure."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop

WHY = {
    "not_a_number": gettext_noop("This is no number."),
    "too_large": gettext_noop("This number is too large."),
    "not_a_moment": gettext_noop("This is no date and time."),
    "not_a_text": gettext_noop("Here is a group of values; choose one of them."),
}
LARGEST = Decimal(10) ** 14  # the log keeps 18 digits, four of them after the point
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
BLANKS = re.compile(r"[\s\u00a0\u202f'’_]")
CURRENCY = re.compile(r"(?i)(soʻ?m|sum|сум|uzs|usd|eur|\$|€)\.?$")
DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?")
MILLISECONDS_FROM = 100_000_000_000  # in seconds this is the year 5138


class Wrong(ValueError):
    """The value is not what it should be; `why` is a key of WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(WHY[why])
        self.why = why


def text(value: Any) -> str:
    """A value as text without the blanks around; a number without an empty fraction. Raises Wrong for a group."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else str(value)
    if isinstance(value, dict | list):
        raise Wrong("not_a_text")
    return str(value).strip()


def number(value: Any) -> Decimal:
    """12500, "12 500,50", "12,500.50", "1.234.567,89 so'm". Raises Wrong."""
    if isinstance(value, bool | dict | list) or value is None:
        raise Wrong("not_a_number")
    written = CURRENCY.sub("", BLANKS.sub("", str(value)))
    comma, point = written.rfind(","), written.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimal = (".", ",") if comma > point else (",", ".")
        written = written.replace(thousands, "").replace(decimal, ".")
    elif written.count(",") == 1 and not re.search(r",\d{3}$", written):
        written = written.replace(",", ".")
    elif comma >= 0:
        written = written.replace(",", "")
    elif written.count(".") > 1:
        written = written.replace(".", "")
    if not NUMBER.fullmatch(written):
        raise Wrong("not_a_number")
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise Wrong("not_a_number") from None
    if abs(found) >= LARGEST:
        raise Wrong("too_large")
    return round(found, 4)


def moment(value: Any, form: str, zone: tzinfo) -> datetime:
    """A moment with its zone; one without is in `zone`. Raises Wrong.

    `form` is auto, unix, unix_ms, day_first or month_first. Auto knows ISO 8601, seconds and milliseconds since 1970,
    20260302T123000 and day.month.year.
    """
    if isinstance(value, bool | dict | list) or value is None:
        raise Wrong("not_a_moment")
    written = str(value).strip()
    try:
        found = _moment(written, form)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Wrong("not_a_moment") from None
    if found.year < 1970:
        raise Wrong("not_a_moment")
    return found


def _moment(written: str, form: str) -> datetime:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", written) and not (form == "auto" and COMPACT.fullmatch(written)):
        seconds = float(written)
        if form == "unix_ms" or (form == "auto" and abs(seconds) >= MILLISECONDS_FROM):
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    if form in {"unix", "unix_ms"}:
        raise ValueError(written)
    if compact := COMPACT.fullmatch(written):
        return datetime(*(int(part or 0) for part in compact.groups()))  # type: ignore[arg-type]
    if date := DATE.fullmatch(written):
        one, other, year, *clock = date.groups()
        day, month = (other, one) if form == "month_first" else (one, other)
        hour, minute, second = (int(part or 0) for part in clock)
        return datetime(int(year), int(month), int(day), hour, minute, second)
    return datetime.fromisoformat(written)
