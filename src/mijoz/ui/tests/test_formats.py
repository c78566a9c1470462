"""Figures and moments as people of each language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from mijoz.ui import formats

S = "\u00a0"  # the no-break space
LANGUAGES = ("en", "uz", "ru")


def in_three(write: Any, *arguments: Any, **named: Any) -> tuple[str, ...]:
    written = []
    for language in LANGUAGES:
        with translation.override(language):
            written.append(write(*arguments, **named))
    return tuple(written)


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (Decimal("1234567.5"), None, ("1,234,567.5", f"1{S}234{S}567,5", f"1{S}234{S}567,5")),
        (-1234, None, ("−1,234", f"−1{S}234", f"−1{S}234")),
        (0, None, ("0", "0", "0")),
        (Decimal("2.50"), None, ("2.5", "2,5", "2,5")),
        (Decimal("2.5"), 2, ("2.50", "2,50", "2,50")),
        (0.005, 2, ("0.01", "0,01", "0,01")),
        (-0.001, 2, ("0.00", "0,00", "0,00")),
        (None, None, ("–", "–", "–")),
        (float("nan"), None, ("–", "–", "–")),
        (float("inf"), 2, ("–", "–", "–")),
    ],
)
def test_numbers(value: formats.Number | None, places: int | None, written: tuple[str, ...]) -> None:
    assert in_three(formats.number, value, places) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (8911407.9, ("8.91M", f"8,91{S}mln", f"8,91{S}млн")),
        (548_100_000, ("548M", f"548{S}mln", f"548{S}млн")),
        (12_345, ("12.3K", f"12,3{S}ming", f"12,3{S}тыс.")),
        (9_999, ("9,999", f"9{S}999", f"9{S}999")),
        (-2_000_000_000, ("−2.00B", f"−2,00{S}mlrd", f"−2,00{S}млрд")),
        (999_950, ("1.00M", f"1,00{S}mln", f"1,00{S}млн")),
        (None, ("–", "–", "–")),
    ],
)
def test_short_numbers(value: formats.Number | None, written: tuple[str, ...]) -> None:
    assert in_three(formats.short_number, value) == written


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        (Decimal("480.866"), "GBP", ("£480.87", f"480,87{S}£", f"480,87{S}£")),
        (1_250_000, "UZS", (f"UZS{S}1,250,000", f"1{S}250{S}000{S}soʻm", f"1{S}250{S}000{S}сум")),
        (-12.5, "USD", ("−$12.50", f"−12,50{S}$", f"−12,50{S}$")),
        (10, "TJS", (f"TJS{S}10.00", f"10,00{S}TJS", f"10,00{S}TJS")),
        (10, "", ("10.00", "10,00", "10,00")),
        (None, "UZS", ("–", "–", "–")),
    ],
)
def test_money(value: formats.Number | None, currency: str, written: tuple[str, ...]) -> None:
    assert in_three(formats.money, value, currency) == written


def test_short_money_names_its_currency() -> None:
    written = (f"UZS{S}548M", f"548{S}mln{S}soʻm", f"548{S}млн{S}сум")
    assert in_three(formats.money, 548_100_000, "UZS", short=True) == written


def test_shares_and_differences_of_shares() -> None:
    assert in_three(formats.share, 0.65583) == ("65.6%", f"65,6{S}%", f"65,6{S}%")
    assert in_three(formats.points, 0.023) == ("+2.3 pp", "+2,3 f.p.", "+2,3 п. п.")
    assert in_three(formats.points, -0.0004) == ("0.0 pp", "0,0 f.p.", "0,0 п. п.")


def test_days_months_and_moments() -> None:
    moment = datetime(2025, 11, 24, 20, 49, tzinfo=UTC)
    with timezone.override("Asia/Tashkent"):  # five hours ahead: there it is the next day already
        assert in_three(formats.day, moment) == ("25 Nov 2025", "25.11.2025", "25.11.2025")
        assert in_three(formats.moment, moment) == ("25 Nov 2025, 01:49", "25.11.2025, 01:49", "25.11.2025, 01:49")
    assert in_three(formats.month, date(2025, 11, 1)) == ("Nov 2025", "noy 2025", "ноя 2025")
    assert in_three(formats.month_in_full, date(2025, 11, 1)) == ("November 2025", "noyabr 2025", "ноябрь 2025")


@pytest.mark.parametrize(
    ("passed", "written"),
    [
        (timedelta(seconds=20), ("just now", "hozirgina", "только что")),
        (timedelta(minutes=1), ("1 minute ago", "1 daqiqa oldin", "1 минуту назад")),
        (timedelta(minutes=23), ("23 minutes ago", "23 daqiqa oldin", "23 минуты назад")),
        (timedelta(hours=5), ("5 hours ago", "5 soat oldin", "5 часов назад")),
        (timedelta(days=1), ("yesterday", "kecha", "вчера")),
        (timedelta(days=21), ("21 days ago", "21 kun oldin", "21 день назад")),
        (timedelta(days=31), ("10 Oct 2025", "10.10.2025", "10.10.2025")),
        (timedelta(minutes=-5), ("10 Nov 2025, 12:05", "10.11.2025, 12:05", "10.11.2025, 12:05")),
    ],
)
def test_how_long_ago(passed: timedelta, written: tuple[str, ...]) -> None:
    now = datetime(2025, 11, 10, 12, tzinfo=UTC)
    assert in_three(formats.ago, now - passed, at=now) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, ("0 s", "0 s", "0 с")),
        (45, ("45 s", "45 s", "45 с")),
        (8_100, (f"2 h{S}15 min", f"2 soat{S}15 daq", f"2 ч{S}15 мин")),
        (3_601, ("1 h", "1 soat", "1 ч")),
        (timedelta(days=3, hours=4, minutes=59), (f"3 d{S}4 h", f"3 kun{S}4 soat", f"3 д{S}4 ч")),
        (-60, ("−1 min", "−1 daq", "−1 мин")),
    ],
)
def test_durations(seconds: timedelta | int, written: tuple[str, ...]) -> None:
    assert in_three(formats.duration, seconds) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=2))
def test_a_number_can_be_read_back_in_every_language(value: Decimal) -> None:
    english, uzbek, russian = in_three(formats.number, value)
    assert Decimal(english.replace(",", "").replace("−", "-")) == value
    assert uzbek == russian
    assert Decimal(uzbek.replace(S, "").replace(",", ".").replace("−", "-")) == value
