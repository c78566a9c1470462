from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.customers.importing.forms import KEPT, MappingForm
from mijoz.customers.importing.people_fields import FIELDS, GROUPS
from mijoz.customers.importing.people_mapping import PeopleMapping
from mijoz.customers.importing.shape import FileShape


class PeopleForm(MappingForm):
    """Where a file of customers is from, what each of its columns says, and how it is written."""

    fields_known = FIELDS
    day_first = forms.ChoiceField(
        label=gettext_lazy("A date such as 03/04/1990 is"),
        choices=[
            ("yes", gettext_lazy("3 April: the day first")),
            ("no", gettext_lazy("4 March: the month first")),
        ],
        widget=forms.RadioSelect,
    )
    family_first = forms.ChoiceField(
        label=gettext_lazy("A full name whose endings say nothing begins with"),
        choices=[
            ("yes", gettext_lazy("the family name: Oripov Sardor")),
            ("no", gettext_lazy("the given name: John Smith")),
        ],
        widget=forms.RadioSelect,
    )
    decimal = None  # type: ignore[assignment]
    currency = None  # type: ignore[assignment]
    time_zone = None  # type: ignore[assignment]
    gifts = None  # type: ignore[assignment]
    letter_c = None  # type: ignore[assignment]

    @staticmethod
    def meanings() -> list[tuple[str, str] | tuple[str, list[tuple[str, str | Promise]]]]:
        grouped = [(str(group), [(field.key, field.label) for field in fields]) for group, fields in GROUPS]
        return [("", _("– leave out –")), *grouped, (KEPT, _("keep as it is"))]

    @staticmethod
    def values_of(mapping: PeopleMapping, shape: FileShape, *, source: str) -> dict[str, Any]:  # type: ignore[override]
        meanings = {heading: field for field, heading in mapping.columns.items()}
        kept = dict.fromkeys(mapping.kept, KEPT)
        return {
            **{f"column_{place}": (kept | meanings).get(name, "") for place, name in enumerate(shape.columns)},
            "source": source,
            "day_first": "yes" if mapping.day_first else "no",
            "family_first": "yes" if mapping.family_first else "no",
            "consent": "no",
        }

    def mapping(self, before: PeopleMapping) -> PeopleMapping:  # type: ignore[override]
        chosen = self.cleaned_data
        meanings = {heading: chosen[f"column_{place}"] for place, heading in enumerate(self.shape.columns)}
        columns = {meaning: heading for heading, meaning in meanings.items() if meaning in FIELDS}
        return PeopleMapping(
            columns=columns,
            kept=[heading for heading, meaning in meanings.items() if meaning == KEPT],
            file=before.file,
            day_first=chosen["day_first"] == "yes",
            family_first=chosen["family_first"] == "yes",
            region=before.region,
        )
