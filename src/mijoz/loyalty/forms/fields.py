"""Fields that several forms share: texts in three languages, services, days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.analysis.folding import LETTERS, NO_APOSTROPHES
from mijoz.ui.forms import DayInput

CODES = [code for code, _language in settings.LANGUAGES]


class NumberInput(forms.TextInput):
    """A number typed on a phone's number pad, without arrows."""

    def __init__(self, mode: str = "numeric") -> None:
        super().__init__({"inputmode": mode, "autocomplete": "off"})


def whole(label: Any, *, least: int = 1, most: int = 1_000_000_000, required: bool = False, **named: Any) -> Any:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=required, widget=NumberInput(), localize=False, **named
    )


def money(label: Any, *, least: int = 0, required: bool = False, **named: Any) -> Any:
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_digits=16,
        decimal_places=2,
        required=required,
        widget=NumberInput("decimal"),
        **named,
    )


def day(label: Any, **named: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput(), **named)


class Services(forms.CharField):
    """Services, one a line."""

    def __init__(self, label: Any, **named: Any) -> None:
        named.setdefault("help_text", gettext_lazy("One a line, as they stand on receipts."))
        super().__init__(label=label, required=False, max_length=8000, widget=forms.Textarea({"rows": 3}), **named)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip()[:400] for line in text.splitlines() if line.strip()))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


def add_texts(form: forms.Form, name: str, *, written: dict[str, str], longest: int, rows: int = 0) -> None:
    """A field for each language, `name_uz` and so on."""
    for code, language in settings.LANGUAGES:
        attrs: dict[str, Any] = {"lang": code, "rows": rows} if rows else {"lang": code}
        form.fields[f"{name}_{code}"] = forms.CharField(
            label=language,
            initial=written.get(code, ""),
            required=False,
            max_length=longest,
            widget=forms.Textarea(attrs) if rows else forms.TextInput(attrs),
        )
        form.fields[f"{name}_{code}"].empty_says_something = True  # type: ignore[attr-defined]


def texts_of(form: forms.Form, name: str) -> dict[str, str]:
    """The texts by language, empty ones left out."""
    return {code: text for code in CODES if (text := form.cleaned_data.get(f"{name}_{code}", ""))}


def need_name(form: forms.Form, name: str) -> None:
    if not texts_of(form, name):
        form.add_error(f"{name}_{CODES[0]}", _("Write it in one language at least."))


def key_from(texts: dict[str, str], *, fallback: str) -> str:
    """A key made of the first text: small Latin letters, digits and _."""
    for text in texts.values():
        latin = text.lower().translate(NO_APOSTROPHES).translate(LETTERS)
        key = slugify(latin).replace("-", "_")[:36].strip("_")
        if key and key[0].isalpha():
            return key
    return fallback


def plain(value: Decimal | None) -> str:
    """A sum for a field, without noughts behind the point."""
    if value is None:
        return ""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
