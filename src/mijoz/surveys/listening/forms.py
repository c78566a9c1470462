"""Forms of listening: an interview, and a theme."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mijoz.customers.models import LANGUAGES, Customer
from mijoz.customers.names import matches
from mijoz.surveys.listening import reading_in
from mijoz.surveys.listening.actions import Asked
from mijoz.surveys.listening.models import Interview, Theme
from mijoz.ui.forms import DayInput

REFUSED = "no"
MOST_WORDS = 60


def found_by(customer: Customer | None) -> str:
    """What the form shows of a customer: the number, or the name of who has none."""
    return (customer.number or str(customer)).strip() if customer else ""


class AskedForm(forms.Form):
    """Who was asked, what, when, and whether it may be kept."""

    side = forms.ChoiceField(label=_("Who was asked"), choices=Interview.Side.choices, widget=forms.RadioSelect)
    customer = forms.CharField(
        label=_("Which customer"),
        required=False,
        max_length=100,
        help_text=_("Phone, number or full name. Leave it empty when they want to stay unnamed."),
    )
    who = forms.CharField(
        label=_("In a few words"),
        required=False,
        max_length=100,
        help_text=_("Such as: comes every week; receptionist for two years. No names here."),
    )
    consent = forms.ChoiceField(
        label=_("May we keep what they said?"),
        choices=[*Interview.Consent.choices, (REFUSED, _("No"))],
        widget=forms.RadioSelect,
    )
    asked_on = forms.DateField(label=_("When"), widget=DayInput)
    language = forms.ChoiceField(label=_("In which language"), choices=LANGUAGES)
    guide = forms.CharField(
        label=_("What was asked"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, known: Customer | None = None, **kwargs: Any) -> None:
        """`known` is whom an interview that is corrected speaks of: found by what the form shows, whatever became of
        the number or the name since."""
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_consent(self) -> str:
        consent = str(self.cleaned_data["consent"])
        if consent == REFUSED:
            raise forms.ValidationError(_("Then it is not kept. Note for yourself what to change, without the person."))
        return consent

    def clean_customer(self) -> Customer | None:
        typed = self.cleaned_data["customer"].strip()
        if not typed:
            return None
        if self.known is not None and typed == found_by(self.known):
            return self.known
        present = Customer.objects.filter(merged_into=None, erased_at=None)
        found = list(present.filter(number=typed)[:2] or present.filter(matches(typed))[:2])
        if not found:
            raise forms.ValidationError(_("Nobody is found by this. Type the phone or the number of the customer."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several customers are found by this. Type the phone or the number."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        customer = cleaned.get("customer")
        if customer is not None and cleaned.get("side") == Interview.Side.STAFF:
            self.add_error("customer", _("A member of staff was asked: leave the customer empty."))
        if customer is not None and cleaned.get("consent") == Interview.Consent.UNNAMED:
            self.add_error("customer", _("They want to stay unnamed: leave the customer empty."))
        return cleaned

    def asked(self, **changed: Any) -> Asked:
        """What was filled in, with what is `changed` in it."""
        told = {name: self.cleaned_data[name] for name in AskedForm.base_fields}
        return Asked(**told | changed)


class InterviewForm(AskedForm):
    """The same with the words: typed, pasted, or from a file."""

    text = forms.CharField(
        label=_("What they said"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One thought in each paragraph, an empty line between them: each paragraph is coded by itself."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_(
            "Plain text (.txt), or CSV with the column “text”; “who” and “date” make an interview of each person."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        customer = cleaned.get("customer")
        if not cleaned.get("text", "").strip() and not cleaned.get("file"):
            self.add_error("text", _("Type or paste what was said, or choose a file."))
        if file := cleaned.get("file"):
            try:
                cleaned["told"] = reading_in.interviews_of(file.read(), file_name=file.name)
            except reading_in.FileRefused as refusal:
                self.add_error("file", str(refusal))
        if customer is not None and len(cleaned.get("told", [])) > 1:
            self.add_error("customer", _("The file holds several people: leave the customer empty."))
        return cleaned

    def interviews(self) -> list[tuple[Asked, list[str]]]:
        """What is to be kept: the typed talk, and those of the file."""
        cleaned = self.cleaned_data
        told = list(cleaned.get("told", []))
        if typed := reading_in.passages_of(cleaned["text"]):
            told.insert(0, reading_in.Told(tuple(typed)))
        return [
            (
                self.asked(
                    asked_on=each.asked_on or cleaned["asked_on"],
                    who=(each.who if cleaned["consent"] == Interview.Consent.NAMED else "") or cleaned["who"],
                ),
                list(each.passages),
            )
            for each in told
        ]


class ThemeForm(forms.Form):
    """What a theme is called, what belongs to it, and its example words, in three languages."""

    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, theme: Theme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            tag = {"lang": code}
            self.fields[f"name_{code}"] = forms.CharField(
                label=_now("Name (%(language)s)") % {"language": language},
                max_length=60,
                initial=theme.names.get(code, "") if theme else "",
                widget=forms.TextInput(tag),
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=_now("What belongs to it (%(language)s)") % {"language": language},
                required=False,
                max_length=300,
                initial=theme.descriptions.get(code, "") if theme else "",
                widget=forms.Textarea(tag | {"rows": 2}),
            )
            self.fields[f"words_{code}"] = forms.CharField(
                label=_now("Example words (%(language)s)") % {"language": language},
                required=False,
                max_length=2_000,
                initial=", ".join(theme.words.get(code, [])) if theme else "",
                help_text=_("Beginnings of words with commas between: “queue” also finds “queues”."),
                widget=forms.Textarea(tag | {"rows": 2}),
            )
        if theme is None:
            del self.fields["is_active"]
        else:
            self.fields["is_active"].initial = theme.is_active
            self.order_fields([*(name for name in self.fields if name != "is_active"), "is_active"])

    def groups(self) -> list[list[forms.BoundField]]:
        """The fields language by language."""
        return [
            [self[f"{part}_{code}"] for part in ("name", "description", "words")]
            for code, _language in settings.LANGUAGES
        ]

    def texts(self, part: str) -> dict[str, str]:
        return {code: self.cleaned_data[f"{part}_{code}"].strip() for code, _language in settings.LANGUAGES}

    def words(self) -> dict[str, list[str]]:
        return {
            code: list(dict.fromkeys(" ".join(word.split()) for word in re.split(r"[,;\n]", text) if word.strip()))[
                :MOST_WORDS
            ]
            for code, text in self.texts("words").items()
        }

    def key(self) -> str:
        """A key made of the name, free among the themes."""
        made = re.sub(r"^[^a-z]+", "", slugify(self.cleaned_data["name_en"]).replace("-", "_"))[:34].strip("_")
        made = made or "theme"
        taken = set(Theme.objects.filter(key__startswith=made).values_list("key", flat=True))
        keys = (made if number == 1 else f"{made}_{number}" for number in range(1, len(taken) + 2))
        return next(key for key in keys if key not in taken)
