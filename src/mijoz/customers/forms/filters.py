"""What narrows the list of customers, read from the address; what cannot be read is told and narrows nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mijoz.customers import hooks, tags
from mijoz.customers.listing import Criteria
from mijoz.customers.models import LANGUAGES
from mijoz.ui import formats

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_DAYS = 36_500
MANY = 1_000_000_000
CONTACT_CHOICES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Any")),
    ("phone", gettext_lazy("With a phone")),
    ("email", gettext_lazy("With an e-mail")),
    ("no_phone", gettext_lazy("Without a phone")),
    ("no_email", gettext_lazy("Without an e-mail")),
    ("none", gettext_lazy("Without either")),
]
CONSENT_CHOICES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Any")),
    ("given", gettext_lazy("Given")),
    ("refused", gettext_lazy("Refused")),
    ("unasked", gettext_lazy("Not asked yet")),
]
NO_SUCH_CHOICE = {"invalid_choice": gettext_lazy("there is no such choice.")}
NOT_WHOLE = {
    "invalid": gettext_lazy("this is no whole number."),
    "min_value": gettext_lazy("this is too small a number."),
    "max_value": gettext_lazy("this is too large a number."),
}
NO_AMOUNT = {
    "invalid": gettext_lazy("this is no sum such as 1 500 000."),
    "max_digits": gettext_lazy("this is too large a number."),
    "max_whole_digits": gettext_lazy("this is too large a number."),
    "max_decimal_places": gettext_lazy("a sum has at most four digits after its comma."),
}
GROUPING = re.compile(r"[\s\u00a0\u202f'’]")


class Amount(forms.DecimalField):
    """A sum as people type it: 1 234 567,50 as well as 1234567.5."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(GROUPING.sub("", str(value)).replace(",", ".") if value else value)


def _choice(label: _StrPromise, choices: list[tuple[str, str | Promise]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, error_messages=NO_SUCH_CHOICE)


def _whole(label: _StrPromise, *, most: int, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, error_messages=NOT_WHOLE)


def _amount(label: _StrPromise) -> Amount:
    return Amount(label=label, required=False, max_digits=18, decimal_places=4, error_messages=NO_AMOUNT)


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter in words, and the address of the list without it."""

    text: str
    url: str


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Search"),
        error_messages={"max_length": gettext_lazy("at most 200 characters can be looked for.")},
    )
    tag = _choice(gettext_lazy("Tag"), [("", gettext_lazy("Any"))])
    language = _choice(gettext_lazy("Language"), [("", gettext_lazy("Any")), *LANGUAGES])
    contact = _choice(gettext_lazy("Contacts"), CONTACT_CHOICES)
    consent = _choice(gettext_lazy("Consent to marketing"), CONSENT_CHOICES)
    bought_within = _whole(gettext_lazy("Bought within, days"), least=1, most=LONGEST_DAYS)
    away_for = _whole(gettext_lazy("Not bought for, days"), least=1, most=LONGEST_DAYS)
    purchases_from = _whole(gettext_lazy("Purchases, from"), most=MANY)
    purchases_to = _whole(gettext_lazy("Purchases, to"), most=MANY)
    revenue_from = _amount(gettext_lazy("Revenue, from"))
    revenue_to = _amount(gettext_lazy("Revenue, to"))

    def __init__(self, query: QueryDict, *, currency: str) -> None:
        super().__init__(query, auto_id="filter_%s")
        self.query = query
        self.currency = currency
        self.hooked: list[hooks.ListFilter] = []
        self.tags = tags.all_tags()
        self.fields["tag"].choices = [("", _("Any")), *((str(tag.pk), tag.name) for tag in self.tags)]  # type: ignore[attr-defined]
        for added in hooks.list_filters():
            choices = added.choices()
            if not choices and added.key not in query:  # what it asks for is not used here
                continue
            self.hooked.append(added)
            every = _("%(filter)s: all") % {"filter": added.label}
            self.fields[added.key] = forms.ChoiceField(
                required=False,
                choices=[("", every), *choices],
                label=str(added.label),
                error_messages=NO_SUCH_CHOICE,
                widget=forms.Select(attrs={"aria-label": str(added.label)}),
            )
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        for name, label in (("purchases", _("Purchases")), ("revenue", _("Revenue"))):
            low, high = told.get(f"{name}_from"), told.get(f"{name}_to")
            if low is not None and high is not None and low > high:
                raise forms.ValidationError(
                    _("%(field)s: “from” is above “to”, so nobody fits."), params={"field": label}
                )
        return told

    @property
    def hooked_fields(self) -> list[forms.BoundField]:
        return [self[added.key] for added in self.hooked]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("tag", "language", "contact", "consent")]

    @property
    def range_fields(self) -> list[forms.BoundField]:
        ranges = ("bought_within", "away_for", "purchases_from", "purchases_to", "revenue_from", "revenue_to")
        return [self[name] for name in ranges]

    def criteria(self) -> Criteria:
        """What could be read; what could not narrows nothing and stands in `problems`."""
        told: dict[str, Any] = getattr(self, "cleaned_data", {})
        return Criteria(
            query=told.get("q", ""),
            tag=int(told.get("tag") or 0),
            language=told.get("language", ""),
            contact=told.get("contact", ""),
            consent=told.get("consent", ""),
            bought_within_days=told.get("bought_within"),
            away_for_days=told.get("away_for"),
            purchases_from=told.get("purchases_from"),
            purchases_to=told.get("purchases_to"),
            revenue_from=told.get("revenue_from"),
            revenue_to=told.get("revenue_to"),
            hooked={added.key: told.get(added.key, "") for added in self.hooked},
        )

    @property
    def problems(self) -> list[str]:
        """A sentence for each filter that could not be used."""
        told = []
        for name, errors in self.errors.items():
            for error in errors:
                if name == NON_FIELD_ERRORS:
                    told.append(str(error))
                else:
                    problem = {"field": self.fields[name].label, "problem": error}
                    told.append(_("%(field)s: %(problem)s It was left out.") % problem)
        return told

    def chips(self) -> list[Chip]:
        """The active filters, each with the way to take it off."""
        told = self.criteria()
        chips = [self._chip([name], text) for name, text in self._single(told) if text]
        for name, label, span in (
            ("purchases", _("Purchases"), _span(told.purchases_from, told.purchases_to)),
            ("revenue", _("Revenue"), _span(told.revenue_from, told.revenue_to, currency=self.currency)),
        ):
            if span:
                chips.append(self._chip([f"{name}_from", f"{name}_to"], f"{label}: {span}"))
        return chips

    def _single(self, told: Criteria) -> Iterable[tuple[str, str]]:
        yield "q", f"“{told.query}”" if told.query else ""
        for added in self.hooked:
            yield added.key, self._chosen(added.key, told.hooked.get(added.key, ""))
        yield "tag", self._chosen("tag", str(told.tag) if told.tag else "")
        yield "language", self._chosen("language", told.language)
        yield "contact", str(dict(CONTACT_CHOICES)[told.contact]) if told.contact else ""
        yield "consent", self._chosen("consent", told.consent)
        if (days := told.bought_within_days) is not None:
            text = ngettext("Bought within %(n)s day", "Bought within %(n)s days", days)
            yield "bought_within", text % {"n": formats.number(days)}
        if (days := told.away_for_days) is not None:
            text = ngettext("Not bought for %(n)s day", "Not bought for %(n)s days", days)
            yield "away_for", text % {"n": formats.number(days)}

    def _chosen(self, name: str, value: str) -> str:
        """The label of a field with that of its choice."""
        field = self.fields[name]
        return f"{field.label}: {dict(field.choices)[value]}" if value else ""  # type: ignore[attr-defined]

    def _chip(self, names: list[str], text: str) -> Chip:
        rest = self.query.copy()
        for name in [*names, "page"]:
            rest.pop(name, None)
        return Chip(text, f"?{rest.urlencode()}")


def _span(low: Decimal | int | None, high: Decimal | int | None, *, currency: str = "") -> str:
    """A range in words, "" when neither end is told."""
    least, most = (
        None if end is None else formats.money(end, currency) if currency else formats.number(end)
        for end in (low, high)
    )
    if least is None:
        return "" if most is None else _("up to %(n)s") % {"n": most}
    return _("from %(n)s") % {"n": least} if most is None else f"{least} – {most}"
