from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.business.models import currency_code, validate_time_zone
from mijoz.customers.importing.fields import FIELDS, GROUPS, Field
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.shape import DELIMITERS, ENCODINGS, FileFormat, FileShape

KEPT = "keep"  # a column that goes along with its row as it is
FOUND_OUT = ("", gettext_lazy("find out"))
YES, NO = ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))
MEGABYTE = 1024 * 1024
NOT_ASKED = {"csv": ("sheet",), "xlsx": ("encoding", "delimiter"), "vcard": ("sheet", "delimiter", "has_header")}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, also packed with gzip, XLSX, or vCard; any encoding and delimiter."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx,.xlsm,.vcf,.vcard"}),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > settings.LARGEST_UPLOAD:
            raise forms.ValidationError(too_large())
        return file

    def uploaded(self) -> UploadedFile:
        return self.cleaned_data["file"]


def too_large() -> str:
    return _(
        "The file is larger than %(limit)s MB. Pack it with gzip, cut it in parts, or bring it in on the server: "
        "mijoz import purchases FILE, mijoz import customers FILE"
    ) % {"limit": settings.LARGEST_UPLOAD // MEGABYTE}


class FormatForm(forms.Form):
    """How the file is written, where we guessed wrong."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    encoding = forms.ChoiceField(label=gettext_lazy("Letters"), choices=[FOUND_OUT, *ENCODINGS.items()], required=False)
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Between the cells"), choices=[FOUND_OUT, *DELIMITERS.items()], required=False
    )
    has_header = forms.ChoiceField(
        label=gettext_lazy("The first row is a heading"), choices=[FOUND_OUT, YES, NO], required=False
    )

    def __init__(self, *arguments: Any, shape: FileShape, **named: Any) -> None:
        told = shape.format
        header = {True: "yes", False: "no", None: ""}[told.has_header]
        named.setdefault("initial", told.model_dump() | {"has_header": header})
        super().__init__(*arguments, **named)
        sheets = [(name, name) for name in shape.sheets]
        self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=sheets, required=False)
        for name in NOT_ASKED[shape.kind]:
            del self.fields[name]
        for field in self.fields.values():  # they stand inside the form of the columns, and belong to their own
            field.widget.attrs["form"] = "format"

    def told(self) -> FileFormat:
        chosen = self.cleaned_data
        return FileFormat(
            encoding=chosen.get("encoding", ""),
            delimiter=chosen.get("delimiter", ""),
            sheet=chosen.get("sheet", ""),
            has_header={"yes": True, "no": False}.get(chosen.get("has_header", "")),
        )


class MappingForm(forms.Form):
    """Where the file is from, what each of its columns says, and how it is written."""

    fields_known: ClassVar[dict[str, Field]] = FIELDS
    source = forms.SlugField(
        label=gettext_lazy("Where it is from"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Use Latin letters, digits and dashes only.")},
        help_text=gettext_lazy(
            "A short name of the till or system, such as till-1: Latin letters, digits and dashes. All files of one "
            "system share it, and files of different ones never do: by it customer numbers and receipts are told apart."
        ),
    )
    day_first = forms.ChoiceField(
        label=gettext_lazy("A date such as 03/04/2026 is"),
        choices=[
            ("yes", gettext_lazy("3 April: the day first")),
            ("no", gettext_lazy("4 March: the month first")),
        ],
        widget=forms.RadioSelect,
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Where it could be both, an amount such as 1.250 has"),
        choices=[
            (".", gettext_lazy("a decimal point: 1.250 is one and a quarter")),
            (",", gettext_lazy("a decimal comma: 1.250 is one thousand two hundred and fifty")),
        ],
        widget=forms.RadioSelect,
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Three letters, as UZS; empty: that of the business."),
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone of the file"),
        required=False,
        validators=[validate_time_zone],
        help_text=gettext_lazy("Empty: that of the business."),
    )
    gifts = forms.BooleanField(
        label=gettext_lazy("A row with the amount zero is a gift"),
        required=False,
        help_text=gettext_lazy("Gifts are kept in the customer’s history and not counted as purchases."),
    )
    letter_c = forms.BooleanField(
        label=gettext_lazy("A purchase number that begins with C is a refund"), required=False
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Did the customers in this file agree to marketing messages?"),
        choices=[
            ("no", gettext_lazy("No, or we do not know: they get no marketing messages")),
            ("yes", gettext_lazy("Yes, all of them, and we can show it")),
        ],
        widget=forms.RadioSelect,
    )
    consent_proof = forms.CharField(
        label=gettext_lazy("To which words did they agree, and where is it kept?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Such as: card application form of 2024, point 4, signed; kept in the office. It stands with the consent "
            "of each of these customers. Who has refused before stays refused."
        ),
    )

    def __init__(self, *arguments: Any, shape: FileShape, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.shape = shape
        for name in ("consent", "consent_proof"):  # they stand below the form, after what is to be corrected first
            self.fields[name].widget.attrs["form"] = "mapping"
        for place, heading in enumerate(shape.columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(label=heading, choices=self.meanings, required=False)

    @staticmethod
    def meanings() -> list[tuple[str, str] | tuple[str, list[tuple[str, str | Promise]]]]:
        grouped = [(str(group), [(field.key, field.label) for field in fields]) for group, fields in GROUPS]
        return [("", _("– leave out –")), *grouped, (KEPT, _("keep as it is"))]

    @staticmethod
    def values_of(mapping: Mapping, shape: FileShape, *, source: str) -> dict[str, Any]:
        """The form's values for a mapping, to begin with."""
        meanings = {heading: field for field, heading in mapping.columns.items()}
        kept = dict.fromkeys(mapping.payload, KEPT)
        return {
            **{f"column_{place}": (kept | meanings).get(name, "") for place, name in enumerate(shape.columns)},
            "source": source,
            "day_first": "yes" if mapping.day_first else "no",
            "decimal": mapping.decimal,
            "currency": mapping.currency,
            "time_zone": mapping.time_zone,
            "gifts": mapping.tells_gifts,
            "letter_c": mapping.tells_refunds_by_letter(shape),
            "consent": "no",
        }

    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """The field of each column, with some of its cells."""
        return [
            (self[f"column_{place}"], list(dict.fromkeys(self.shape.samples(heading)))[:3])
            for place, heading in enumerate(self.shape.columns)
        ]

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].upper()
        if currency:
            currency_code(currency)
        return currency

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        seen: dict[str, str] = {}
        for place, heading in enumerate(self.shape.columns):
            meaning = chosen.get(f"column_{place}", "")
            if meaning in seen:
                text = _("“%(field)s” is chosen for “%(other)s” already.")
                named = {"field": self.fields_known[meaning].label, "other": seen[meaning]}
                self.add_error(f"column_{place}", text % named)
            elif meaning in self.fields_known:
                seen[meaning] = heading
        if chosen.get("consent") == "yes" and not chosen.get("consent_proof"):
            self.add_error("consent_proof", _("Say to which words they agreed and where that is kept."))
        return chosen

    def consent_told(self) -> str:
        """The proof of the consent, "" when nobody agreed."""
        return self.cleaned_data["consent_proof"] if self.cleaned_data["consent"] == "yes" else ""

    def mapping(self, before: Mapping) -> Mapping:
        """What was chosen; the date's format stays as found while its column stays."""
        chosen = self.cleaned_data
        meanings = {heading: chosen[f"column_{place}"] for place, heading in enumerate(self.shape.columns)}
        columns = {meaning: heading for heading, meaning in meanings.items() if meaning in FIELDS}
        day_first = chosen["day_first"] == "yes"
        same_date = columns.get("date") == before.columns.get("date")
        return Mapping(
            columns=columns,
            file=before.file,
            payload=[heading for heading, meaning in meanings.items() if meaning == KEPT],
            date_format=before.date_format if same_date and day_first == before.day_first else "",
            day_first=day_first,
            day_first_is_guessed=before.day_first_is_guessed and same_date,
            decimal=chosen["decimal"],
            currency=chosen["currency"],
            time_zone=chosen["time_zone"],
            gifts=chosen["gifts"],
            letter_c=chosen["letter_c"],
        )
