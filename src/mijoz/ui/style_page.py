"""Sample values for the page of all components (`ui/style.html`), shown to developers in debug mode."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse

from mijoz.ui import formats
from mijoz.ui.colours import segment_colour
from mijoz.ui.forms import DayInput

AT = datetime(2025, 11, 24, 10, 49, tzinfo=UTC)

SEGMENTS = [
    ("new", "New", 612),
    ("regular", "Regular", 1934),
    ("high_value", "High-value", 428),
    ("price_sensitive", "Price-sensitive", 741),
    ("at_risk", "At risk", 623),
]
CUSTOMERS = [
    ("Dilnoza Yoʻldosheva", "+998 90 123-45-67", "high_value", 41, Decimal("18450000"), 2),
    ("Алишер Каримов", "+998 93 501-22-18", "regular", 17, Decimal("5120000"), 9),
    ("Gulnora Toʻxtayeva", "+998 97 744-09-31", "at_risk", 12, Decimal("3890000"), 118),
    ("Sanjar Mirzayev", "+998 99 310-64-05", "price_sensitive", 9, Decimal("1275000"), 21),
    ("Ольга Пак", "+998 90 977-13-40", "new", 1, Decimal("240000"), 4),
]
MONTHS = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]


class SampleForm(forms.Form):
    name = forms.CharField(label="Name of the branch", help_text="As it stands on the door.")
    email = forms.EmailField(label="E-mail", required=False)
    opened_on = forms.DateField(label="Open since", widget=DayInput())
    zone = forms.ChoiceField(label="Time zone", choices=[("Asia/Tashkent", "Asia/Tashkent"), ("UTC", "UTC")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    channel = forms.ChoiceField(
        label="Preferred channel",
        choices=[("email", "E-mail"), ("telegram", "Telegram"), ("phone", "Phone")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="Customers may book here", required=False)


FIGURES: dict[str, dict[str, Any]] = {
    "revenue": {
        "kind": "line",
        "unit": "money",
        "currency": "UZS",
        "categories": MONTHS,
        "series": [
            {"name": "This year", "values": [412e6, 437.5e6, 398.2e6, 471.9e6, 520.4e6, 548.1e6]},
            {
                "name": "Last year",
                "values": [371e6, 380.1e6, 365.7e6, 402.6e6, 431.9e6, 447.3e6],
                "dashed": True,
                "colour": "other-1",
            },
        ],
    },
    "visits": {
        "kind": "bar",
        "stacked": True,
        "categories": MONTHS,
        "series": [
            {
                "name": name,
                "colour": segment_colour(key),
                "values": [size // 6 + size * month // 30 for month in range(6)],
            }
            for key, name, size in SEGMENTS
        ],
    },
    "services": {
        "kind": "bar",
        "horizontal": True,
        "unit": "money",
        "currency": "UZS",
        "categories": ["Lunch", "Banquet", "Delivery", "Bakery", "Coffee"],
        "series": [{"name": "Revenue", "values": [231e6, 148.5e6, 96.2e6, 51.3e6, 21.1e6]}],
    },
    "segments": {
        "kind": "donut",
        "categories": [name for _, name, _ in SEGMENTS],
        "colours": [segment_colour(key) for key, _, _ in SEGMENTS],
        "series": [{"values": [size for _, _, size in SEGMENTS]}],
    },
    "effects": {
        "kind": "interval",
        "unit": "points",
        "reference": 0,
        "rows": [
            {"name": "Welcome call", "value": 0.062, "low": 0.021, "high": 0.104},
            {"name": "Birthday table", "value": 0.034, "low": 0.004, "high": 0.063},
            {"name": "Come back in 60 days", "value": 0.018, "low": -0.009, "high": 0.046},
            {"name": "Weekday discount", "value": -0.027, "low": -0.05, "high": -0.003},
        ],
    },
    "moves": {
        "kind": "sankey",
        "nodes": [
            {
                "key": f"{time}-{key}",
                "name": name,
                "colour": segment_colour(key),
                "side": side,
                "column": column,
            }
            for column, (time, side) in enumerate([("before", "right"), ("after", "left")])
            for key, name, _ in SEGMENTS
        ],
        "links": [
            {"source": "before-new", "target": "after-regular", "value": 214},
            {"source": "before-new", "target": "after-at_risk", "value": 97},
            {"source": "before-new", "target": "after-price_sensitive", "value": 120},
            {"source": "before-regular", "target": "after-regular", "value": 1503},
            {"source": "before-regular", "target": "after-high_value", "value": 66},
            {"source": "before-regular", "target": "after-at_risk", "value": 288},
            {"source": "before-high_value", "target": "after-high_value", "value": 371},
            {"source": "before-high_value", "target": "after-at_risk", "value": 38},
            {"source": "before-price_sensitive", "target": "after-price_sensitive", "value": 604},
            {"source": "before-at_risk", "target": "after-at_risk", "value": 410},
            {"source": "before-at_risk", "target": "after-regular", "value": 141},
        ],
    },
}


def sample(request: HttpRequest) -> dict[str, Any]:
    """What the style page shows."""
    wrong = SampleForm({"email": "no address", "opened_on": "2024-03-01", "zone": "UTC", "channel": "email"})
    right = SampleForm(initial={"name": "Chilonzor", "channel": "telegram"})
    return {
        "at": AT,
        "form": wrong if "wrong" in request.GET else right,
        "figures": FIGURES,
        "segments": SEGMENTS,
        "customers": CUSTOMERS,
        "job": job(4),
        "page": Paginator(range(4338), 50).get_page(request.GET.get("page")),
        "spark": [3, 4, 3.6, 4.4, 4.1, 5, 5.4, 5.2, 6.1],
        "tones": ["neutral", "brand", "accent", "good", "warning", "bad"],
    }


def job(tenths: int) -> dict[str, Any]:
    """A job that is `tenths` tenths done."""
    return {
        "url": f"{reverse('ui:style_progress')}?tenths={tenths}",
        "share": tenths / 10,
        "done": tenths == 10,
        "note": f"{formats.number(54_190 * tenths)} / {formats.number(541_900)}",
    }
