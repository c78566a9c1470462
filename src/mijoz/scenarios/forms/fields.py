"""What the forms of the editor are made of: fields that give back whatever was typed, and texts by language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language

from mijoz.business.queries import business
from mijoz.customers.names import fold

LANGUAGES: list[tuple[str, str]] = list(settings.LANGUAGES)
APOSTROPHES = re.compile(r"['’‘ʻʼ`]")
Posted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and the id of the place in the page where it is put right; `where` is its name, "" for none."""

    anchor: str
    where: str
    sentence: str


class Typed(forms.CharField):
    """Takes whatever was typed, so that it comes back to be put right; `required` is how the page marks the field."""

    def clean(self, value: Any) -> str:
        return value or ""


def line(label: Any, *, required: bool = True, **attrs: Any) -> Typed:
    return Typed(label=label, required=required, widget=forms.TextInput(attrs))


def area(label: Any, *, rows: int, **attrs: Any) -> Typed:
    return Typed(label=label, widget=forms.Textarea({"rows": rows, **attrs}))


def number(label: Any, low: int, high: int, *, required: bool = True, help_text: Any = "") -> Typed:
    widget = forms.NumberInput({"min": low, "max": high, "step": 1, "inputmode": "numeric"})
    return Typed(label=label, required=required, help_text=help_text, widget=widget)


def choice(label: Any, choices: Any, *, help_text: Any = "") -> Typed:
    return Typed(label=label, help_text=help_text, widget=forms.Select(choices=choices))


def whole(text: str) -> int | str | None:
    """What was typed as a whole number; None for nothing, the text itself when it is none."""
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def share(text: str) -> float | str | None:
    """Per cent as typed (12,5 %) as a share; None for nothing, the text itself when it is none."""
    plain = "".join(text.split()).removesuffix("%").replace(",", ".")
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text
    return float(number / 100) if number.is_finite() and abs(number) < 10**6 else text


def score(text: str) -> float | str | None:
    """A score as typed (4,5); None for nothing, the text itself when it is none."""
    plain = "".join(text.split()).replace(",", ".").replace("−", "-")
    if not plain:
        return None
    try:
        number = float(plain)
    except ValueError:
        return text
    return number if abs(number) < 1000 else text


def percent(value: Any) -> str:
    """A share as people type it."""
    return f"{(Decimal(str(value)) * 100).normalize():f}" if isinstance(value, int | float) else str(value or "")


class DefinitionForm(forms.Form):
    """What all parts of the editor share."""

    language_fields: ClassVar[dict[str, tuple[Any, int]]] = {}  # texts by language: label, rows (1 is a line)
    use_required_attribute = False

    def __init__(self, posted: Posted, **kwargs: Any) -> None:
        super().__init__(posted, **kwargs)
        for name, (label, rows) in self.language_fields.items():
            for code, _language in LANGUAGES:
                field = line(label, lang=code) if rows == 1 else area(label, rows=rows, lang=code)
                self.fields[f"{name}_{code}"] = field
        self.full_clean()

    def text(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    def texts(self, name: str) -> dict[str, str]:
        """The texts of a name by language, empty ones left out."""
        written = {code: self.text(f"{name}_{code}").strip() for code, _language in LANGUAGES}
        return {code: text for code, text in written.items() if text}

    def languages(self) -> list[dict[str, Any]]:
        """Each language with its fields; one of them is `shown`, the others are a press away."""
        tabs = []
        for code, language in LANGUAGES:
            bound = [one for name in self.language_fields if not (one := self[f"{name}_{code}"]).is_hidden]
            wrong = any(field.errors for field in bound)
            empty = not any(str(field.value() or "").strip() for field in bound)
            tabs.append({"code": code, "name": language, "fields": bound, "wrong": wrong, "empty": empty})
        first = self._shown_first(tabs)
        return [{**tab, "shown": tab["code"] == first} for tab in tabs]

    @staticmethod
    def _shown_first(tabs: list[dict[str, Any]]) -> str:
        """One with a mistake, else the page's own when it is written, else a written one, else the business's."""
        page = (get_language() or "uz").split("-")[0]
        written = [tab["code"] for tab in tabs if not tab["empty"]]
        wrong = [tab["code"] for tab in tabs if tab["wrong"]]
        return next(iter([*wrong, *(code for code in written if code == page), *written]), business().language)

    def plain_fields(self) -> Iterator[forms.BoundField]:
        """The fields without a language."""
        codes = {f"{name}_{code}" for name in self.language_fields for code, _language in LANGUAGES}
        return (self[name] for name in self.fields if name not in codes)

    def show(self, where: str, sentence: str, *, language: str) -> str:
        """Put a sentence to the field that stands for this place of the definition; returns the field's label.

        What belongs to no field is put to the whole form, which has no label.
        """
        name, _dot, code = where.partition(".")
        for field in (f"{name}_{code}", f"{name}_{language}", name):
            if field in self.fields:
                self.add_error(field, sentence)
                return str(self.fields[field].label)
        self.add_error(None, sentence)
        return ""


def key_of(name: str, *, avoid: Collection[str] = ()) -> str:
    """A key from a name: small Latin letters, digits and _, beginning with a letter."""
    plain = _latin(APOSTROPHES.sub("", name.lower())) or _latin(fold(name))
    key = plain[:36].strip("_")
    return f"s_{key}".rstrip("_") if not key[:1].isalpha() or key in avoid else key


def _latin(text: str) -> str:
    """The words of small Latin letters and digits in a text, joined by _."""
    return "_".join(re.findall(r"[a-z0-9]+", text))
