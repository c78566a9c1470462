"""What a column of a file may be, in the words of the pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column may say; `explained` is a sentence for who has never imported anything."""

    key: str
    label: str | Promise
    explained: str | Promise


GROUPS: list[tuple[str | Promise, list[Field]]] = [
    (
        _("When"),
        [
            Field("date", _("Date"), _("The day of the purchase, with or without the time, written in any way.")),
            Field("time", _("Time"), _("The time of day, where it stands in a column of its own.")),
        ],
    ),
    (
        _("How much"),
        [
            Field("amount", _("Amount"), _("What was paid for this row. Negative amounts are refunds.")),
            Field("unit_price", _("Unit price"), _("Where there is no amount: the price of one, times the quantity.")),
            Field("quantity", _("Quantity"), _("How many. Negative quantities are refunds.")),
            Field("discount", _("Discount"), _("How much was taken off, in money.")),
            Field("currency", _("Currency"), _("Where it differs from row to row.")),
        ],
    ),
    (
        _("Who bought"),
        [
            Field("phone", _("Phone"), _("In any spelling; numbers without a country are of Uzbekistan.")),
            Field("email", _("E-mail"), _("The customer’s address.")),
            Field("customer", _("Customer number"), _("The number of the customer or the card in your own system.")),
            Field(
                "name", _("Customer’s name"), _("Family name first. Alone it is not enough where people share names.")
            ),
        ],
    ),
    (
        _("What"),
        [
            Field(
                "reference",
                _("Purchase number"),
                _("Receipt, order or invoice: rows with one number are one purchase."),
            ),
            Field("item", _("Service or product"), _("What was sold.")),
        ],
    ),
    (
        _("Where"),
        [
            Field("branch", _("Branch"), _("Shop, room or point of sale.")),
            Field("channel", _("Channel"), _("How the customer came, such as walk-in or Instagram.")),
        ],
    ),
]
FIELDS = {field.key: field for _group, fields in GROUPS for field in fields}
