"""Layouts that are known beforehand, so that nobody has to map them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.shape import FileShape


@dataclass(frozen=True, slots=True)
class Preset:
    key: str
    label: str | Promise
    mapping: Mapping

    def fits(self, shape: FileShape) -> bool:
        """Whether the file has all columns of this layout."""
        return {*self.mapping.columns.values(), *self.mapping.payload} <= set(shape.columns)


PRESETS = {
    preset.key: preset
    for preset in (
        Preset(
            "online-retail",
            _("Online Retail (invoice lines)"),
            Mapping(
                columns={
                    "reference": "InvoiceNo",
                    "customer": "CustomerID",
                    "date": "InvoiceDate",
                    "item": "Description",
                    "quantity": "Quantity",
                    "unit_price": "UnitPrice",
                },
                payload=["StockCode", "Country"],
                date_format="%Y-%m-%d %H:%M:%S",
                currency="GBP",
                time_zone="Europe/London",
                letter_c=True,
            ),
        ),
        Preset(
            "cdnow",
            _("CDNOW (customer, date, number, amount)"),
            Mapping(
                columns={
                    "customer": "customer_id",
                    "date": "date",
                    "quantity": "number_of_cds",
                    "amount": "dollar_value",
                },
                date_format="%Y%m%d",
                currency="USD",
                time_zone="America/New_York",
            ),
        ),
    )
}
