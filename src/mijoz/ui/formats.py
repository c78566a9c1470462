"""Numbers, money, shares and moments as people of each language write them.

The one formatter for pages, messages and exports. Uzbek and Russian group thousands by a no-break space and take a
decimal comma; English takes comma and point. Nothing (None) is shown as a dash. Moments are shown in Django's current
time zone, which is the business's own on every page.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

Number = Decimal | float | int

NOTHING = "–"
MINUS = "−"
SPACE = "\u00a0"

WHOLE_CURRENCIES = frozenset({"UZS", "KRW", "JPY"})  # nobody writes their hundredths
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "RUB": "₽", "KZT": "₸"}
UZS_NAMES = {"uz": "soʻm", "ru": "сум", "en": "UZS"}
MAGNITUDES = {
    "uz": ("", "ming", "mln", "mlrd", "trln"),
    "ru": ("", "тыс.", "млн", "млрд", "трлн"),
    "en": ("", "K", "M", "B", "T"),
}


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def number(value: Number | None, places: int | None = None) -> str:
    """`value` with grouped thousands; without `places`, at most two and no trailing zeros.

    >>> number(Decimal("1234567.5"))  # in English
    '1,234,567.5'
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}"
    if places is None and "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    if _language() != "en":
        digits = digits.replace(",", SPACE).replace(".", ",")
    return f"{MINUS if rounded < 0 else ''}{digits}"


def short_number(value: Number | None) -> str:
    """`value` to three or four digits with its magnitude: 8.91M, 8,91 mln, 8,91 млн."""
    if value is None or not math.isfinite(value):
        return NOTHING
    magnitudes = MAGNITUDES.get(_language(), MAGNITUDES["en"])
    scaled, magnitude = Decimal(str(value)), 0
    if abs(scaled) < 10_000:
        return number(scaled, 0 if abs(scaled) >= 100 else None)
    while round(abs(scaled)) >= 1000 and magnitude < len(magnitudes) - 1:
        scaled, magnitude = scaled / 1000, magnitude + 1
    places = min(2, max(0, 2 - scaled.adjusted()))
    gap = "" if _language() == "en" else SPACE
    return f"{number(scaled, places)}{gap}{magnitudes[magnitude]}"


def money(value: Number | None, currency: str, *, short: bool = False) -> str:
    """`value` with its currency: £480.87, 480,87 £, 1 250 000 soʻm; `short` as in short_number."""
    if value is None or not math.isfinite(value):
        return NOTHING
    language = _language()
    digits = short_number(value) if short else number(value, 0 if currency in WHOLE_CURRENCIES else 2)
    if currency == "UZS":
        sign = UZS_NAMES.get(language, currency)
    else:
        sign = SYMBOLS.get(currency, currency)
    if not sign:
        return digits
    if language != "en":
        return f"{digits}{SPACE}{sign}"
    minus = MINUS if digits.startswith(MINUS) else ""
    return f"{minus}{sign}{SPACE if sign.isalpha() else ''}{digits.removeprefix(MINUS)}"


def share(value: Number | None, places: int = 1) -> str:
    """A fraction as percent: 0.6558 is 65,6 %, in English 65.6%."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{number(Decimal(str(value)) * 100, places)}{'' if _language() == 'en' else SPACE}%"


def signed(text: str) -> str:
    """A formatted figure with its sign in front, also when it is positive."""
    if text == NOTHING or text.startswith(MINUS) or not any(digit in text for digit in "123456789"):
        return text
    return f"+{text}"


def points(value: Number | None, places: int = 1) -> str:
    """A difference of two fractions in percentage points with its sign: 0.023 is +2,3 p.p."""
    if value is None or not math.isfinite(value):
        return NOTHING
    figure = signed(number(Decimal(str(value)) * 100, places))
    return _("%(figure)s pp") % {"figure": figure}


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day(value: date | None) -> str:
    """24.11.2025, in English 24 Nov 2025; a moment is taken to its day in the current time zone."""
    if value is None:
        return NOTHING
    local = _local(value) if isinstance(value, datetime) else value
    return date_format(local, "j M Y") if _language() == "en" else f"{local:%d.%m.%Y}"


def moment(value: datetime | None) -> str:
    """24.11.2025, 15:49 in the current time zone."""
    return NOTHING if value is None else f"{day(value)}, {_local(value):%H:%M}"


def month(value: date | None) -> str:
    """Nov 2025; noy 2025 and ноя 2025 in Uzbek and Russian, which write months small."""
    if value is None:
        return NOTHING
    return date_format(_local(value) if isinstance(value, datetime) else value, "M Y" if _language() == "en" else "b Y")


def month_in_full(value: date | None) -> str:
    """November 2025; noyabr 2025 and ноябрь 2025 in Uzbek and Russian: for headings and sentences."""
    if value is None:
        return NOTHING
    said = date_format(_local(value) if isinstance(value, datetime) else value, "F Y")
    return said if _language() == "en" else said.lower()


def ago(value: datetime | None, *, at: datetime) -> str:
    """How long before `at` it was: minutes, hours, yesterday, days; after a month, and in the future, the day."""
    if value is None:
        return NOTHING
    passed = at - value
    if passed < timedelta(0):
        return moment(value)
    minutes = int(passed.total_seconds() // 60)
    days = (_local(at).date() - _local(value).date()).days
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if days == 0 or minutes < 6 * 60:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", minutes // 60) % {"n": minutes // 60}
    if days == 1:
        return _("yesterday")
    if days <= 30:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return day(value)


def duration(value: timedelta | Number | None) -> str:
    """Seconds or a timedelta in its two largest units: 3 d 4 h, 2 h 15 min, 45 s."""
    if value is None:
        return NOTHING
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else float(value))
    units = (
        (86_400, _("%(n)s d")),
        (3_600, _("%(n)s h")),
        (60, _("%(n)s min")),
        (1, _("%(n)s s")),
    )
    parts, rest = [], abs(seconds)
    for place, (length, pattern) in enumerate(units):
        count, rest = divmod(rest, length)
        if count:
            parts.append(pattern % {"n": number(count)})
            if rest and place + 1 < len(units) and (following := rest // units[place + 1][0]):
                parts.append(units[place + 1][1] % {"n": number(following)})
            break
    text = SPACE.join(parts) or units[-1][1] % {"n": 0}
    return f"{MINUS}{text}" if seconds < 0 else text
