"""What is typed at the till."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.loyalty.forms.fields import whole
from mijoz.loyalty.pricing import Line
from mijoz.loyalty.quoting import Receipt

MOST_LINES = 40
MOST = Decimal(10) ** 12


class TillForm(forms.Form):
    """A receipt: the customer or the code, services with their sums, points. Lines are `item` and `sum`, repeated."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=60, required=False)
    customer = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    reference = forms.CharField(label=gettext_lazy("Number of the receipt"), max_length=200, required=False)
    points = whole(gettext_lazy("Pay with points"), least=0)

    def __init__(self, posted: QueryDict) -> None:
        super().__init__(posted)
        self.rows = list(zip(posted.getlist("item"), posted.getlist("sum"), strict=False))[:MOST_LINES] or [("", "")]
        self.line_errors: dict[int, str] = {}

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        lines = []
        for place, (item, typed) in enumerate(self.rows):
            if not typed.strip() and not item.strip():
                continue
            if (total := read_sum(typed)) is None:
                self.line_errors[place] = _("Write a sum, such as 85 000.")
            else:
                lines.append(Line(item.replace("\0", "").strip()[:400], total))
        if self.line_errors:
            self.add_error(None, _("A sum cannot be read."))
        elif not any(line.amount for line in lines):
            self.line_errors[0] = _("Write what the receipt comes to.")
            self.add_error(None, self.line_errors[0])
        told["lines"] = lines
        return told

    def receipt(self) -> Receipt:
        told = self.cleaned_data
        return Receipt(
            told["lines"],
            customer_id=told["customer"],
            code=told["code"],
            points=told["points"] or 0,
            reference=told["reference"],
        )


def read_sum(typed: str) -> Decimal | None:
    """The sum that was typed, with blanks and either decimal sign; None for what is none."""
    plain = "".join(typed.split()).replace("\u00a0", "").replace("'", "")
    if "," in plain and "." in plain:
        plain = plain.replace("," if plain.rindex(".") > plain.rindex(",") else ".", "")
    plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value < MOST:
        return None
    return value.quantize(Decimal("0.01"))


class CancelForm(forms.Form):
    because = forms.CharField(label=gettext_lazy("Why"), max_length=200)
