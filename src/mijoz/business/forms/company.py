"""Forms about the company: what it is, when it may write to customers, its branches and their hours."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import time
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from mijoz.business.actions import Span
from mijoz.business.models import Branch, Business, ControlPeriod, Sector, validate_time_zone

NEAR_ZONES = (
    "Asia/Tashkent",
    "Asia/Samarkand",
    "Asia/Almaty",
    "Asia/Bishkek",
    "Asia/Dushanbe",
    "Asia/Ashgabat",
)
NEAR_CURRENCIES = ("UZS", "USD", "EUR", "RUB", "KZT", "KGS", "TJS", "TMT", "TRY", "CNY", "GBP")
DAYS = range(7)  # 0 is Monday


@cache
def zone_names() -> list[str]:
    """The IANA zones of places, in order; those without a place, such as GMT+5, stay out."""
    return sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))


def zone_choices() -> list[Any]:
    return [
        (gettext("Most used"), [(name, name) for name in NEAR_ZONES]),
        (gettext("All others"), [(n, n) for n in zone_names()]),
    ]


@cache
def legal_tenders() -> list[str]:
    """Codes of the currencies in use somewhere today."""
    spans = get_global("territory_currencies").values()
    return sorted({code for uses in spans for code, _start, end, is_tender in uses if end is None and is_tender})


def currency_choices() -> list[Any]:
    locale = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-")

    def named(code: str) -> tuple[str, str]:
        return code, f"{code} · {get_currency_name(code, locale=locale)}"

    others = [code for code in legal_tenders() if code not in NEAR_CURRENCIES]
    return [
        (gettext("Most used"), [named(c) for c in NEAR_CURRENCIES]),
        (gettext("All others"), [named(c) for c in others]),
    ]


class CompanyForm(forms.Form):
    """What every company has; the doors of the first start ask it too."""

    name = forms.CharField(
        label=_("Name of the business"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=Sector.choices)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        validators=[validate_time_zone],
        error_messages={"invalid_choice": _("“%(value)s” is not a time zone such as Asia/Tashkent.")},
    )
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=settings.LANGUAGES,
        help_text=_("For customers whose own language is not known."),
    )

    @staticmethod
    def values_of(company: Business) -> dict[str, Any]:
        """The form's values for a company, to begin with."""
        return {name: getattr(company, name) for name in SettingsForm.base_fields}


class LimitField(forms.IntegerField):
    """How much at most: empty is without a limit, and zero is nothing at all."""

    empty_says_something = True  # so the label does not call it optional

    def __init__(self, *, label: Any, max_value: int) -> None:
        super().__init__(
            label=label, required=False, min_value=0, max_value=max_value,
            help_text=_("Empty: no limit. 0: none at all."),
        )  # fmt: skip


class SettingsForm(CompanyForm):
    """The company, and when and how often it may write to customers."""

    quiet_from = forms.TimeField(
        label=_("Quiet hours from"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the time zone of the business: no marketing message goes out then."),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet hours until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("The same time in both: no quiet hours."),
    )
    messages_a_day = LimitField(label=_("Marketing messages a day to one customer, at most"), max_value=100)
    messages_a_week = LimitField(label=_("Marketing messages a week to one customer, at most"), max_value=700)
    rest_after_complaint_days = forms.IntegerField(
        label=_("Days without marketing after a complaint"),
        required=False, min_value=0, max_value=365, help_text=_("Empty or 0: none."),
    )  # fmt: skip
    rest_after_complaint_days.empty_says_something = True  # type: ignore[attr-defined]
    reveals_in_marketing = LimitField(label=_("How personal a marketing message may be, at most"), max_value=100)
    reveals_in_service = LimitField(label=_("How personal a service message may be, at most"), max_value=100)
    control_percent = forms.IntegerField(
        label=_("Control group: customers without any marketing scenario, per cent"),
        required=False, min_value=0, max_value=50,
        help_text=_("0: nobody. They show what all scenarios together change; service goes on for them as ever."),
    )  # fmt: skip
    control_percent.empty_says_something = True  # type: ignore[attr-defined]
    control_period = forms.ChoiceField(
        label=_("Others take their place after"), choices=ControlPeriod.choices, required=False
    )
    control_period.empty_says_something = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["control_percent"] = cleaned.get("control_percent") or 0
        cleaned["control_period"] = cleaned.get("control_period") or ControlPeriod.QUARTER
        day, week = cleaned.get("messages_a_day"), cleaned.get("messages_a_week")
        if day is not None and week is not None and day > week:
            self.add_error("messages_a_day", _("The daily limit cannot be higher than the weekly one."))
        return cleaned


class ClockField(forms.TimeField):
    """A time of the day, empty when there is none."""

    def __init__(self, label: str) -> None:
        super().__init__(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), label=label)


class BranchForm(forms.Form):
    """A branch and its week: from and until on each day, and a break that splits the day."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As it stands on the door."))
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_(
            "What your files call the branch; it cannot be changed later. Left empty, it is made from the name."
        ),
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)

    def __init__(self, *arguments: Any, branch: Branch | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.branch = branch
        if branch:
            del self.fields["code"]
        for day in DAYS:
            weekday = str(WEEKDAYS[day])
            self.fields[f"opens_{day}"] = ClockField(_("%(day)s: opens") % {"day": weekday})
            self.fields[f"closes_{day}"] = ClockField(_("%(day)s: closes") % {"day": weekday})
            self.fields[f"break_from_{day}"] = ClockField(_("%(day)s: break starts") % {"day": weekday})
            self.fields[f"break_until_{day}"] = ClockField(_("%(day)s: break ends") % {"day": weekday})

    @staticmethod
    def values_of(branch: Branch | None) -> dict[str, Any]:
        """The form's values for a branch, or for a new one that is open from 9 to 20 on every day."""
        if branch is None:
            return {f"opens_{day}": time(9) for day in DAYS} | {f"closes_{day}": time(20) for day in DAYS}
        values: dict[str, Any] = {"name": branch.name, "city": branch.city}
        for day in DAYS:
            spans = [hours for hours in branch.working_hours.all() if hours.weekday == day]
            if spans:
                values |= {f"opens_{day}": spans[0].opens, f"closes_{day}": spans[-1].closes}
            if len(spans) > 1:
                values |= {f"break_from_{day}": spans[0].closes, f"break_until_{day}": spans[1].opens}
        return values

    def days(self) -> list[dict[str, Any]]:
        """The fields of each day, for the template."""
        names = ("opens", "closes", "break_from", "break_until")
        return [
            {
                "label": WEEKDAYS[day],
                "fields": [self[f"{name}_{day}"] for name in names],
                "errors": self.errors_of(day),
            }
            for day in DAYS
        ]

    def errors_of(self, day: int) -> list[str]:
        names = [f"{name}_{day}" for name in ("opens", "closes", "break_from", "break_until")]
        return [str(error) for name in names for error in self[name].errors]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for day in DAYS:
            if fault := _fault_of_day(*self._times(day)):
                self.add_error(f"opens_{day}", fault)
        if not self.branch and not cleaned.get("code") and cleaned.get("name"):
            cleaned["code"] = slugify(cleaned["name"])[:40]
            if not cleaned["code"]:
                self.add_error("code", _("Give a code in Latin letters, such as chilonzor."))
        return cleaned

    def _times(self, day: int) -> tuple[time | None, time | None, time | None, time | None]:
        taken = [self.cleaned_data.get(f"{name}_{day}") for name in ("opens", "closes", "break_from", "break_until")]
        return taken[0], taken[1], taken[2], taken[3]

    def hours(self) -> list[Span]:
        """The open spans of the week; call it when the form is valid."""
        return list(self._spans())

    def _spans(self) -> Iterator[Span]:
        for day in DAYS:
            opens, closes, break_from, break_until = self._times(day)
            if opens and closes and break_from and break_until:
                yield day, opens, break_from
                yield day, break_until, closes
            elif opens and closes:
                yield day, opens, closes


def _fault_of_day(
    opens: time | None, closes: time | None, break_from: time | None, break_until: time | None
) -> str | None:
    """What is wrong with the hours of a day, None when nothing is."""
    if (opens is None) != (closes is None):
        return gettext("Give both times, or none if the branch is closed on this day.")
    if (break_from is None) != (break_until is None):
        return gettext("A break needs both its beginning and its end.")
    if opens is None or closes is None:
        return gettext("A closed day has no break.") if break_from else None
    if closes <= opens:
        return gettext("Closing must come after opening; a day ends at 23:59.")
    if break_from and break_until and not opens < break_from < break_until < closes:
        return gettext("The break must lie within the working hours.")
    return None
