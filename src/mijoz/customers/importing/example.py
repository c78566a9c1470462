"""A small file that shows what an import likes to see."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mijoz.business.queries import business


def example_lines(*, at: datetime) -> list[list[str]]:
    """A heading in the reader's language, which the import understands, and some rows: two purchases and a refund."""
    zone = business().zone
    days = [(at - timedelta(days=back)).astimezone(zone) for back in (9, 9, 4, 3)]
    headings = [
        _("Date"), _("Receipt"), _("Phone"), _("Customer’s name"), _("Service or product"), _("Quantity"), _("Amount"),
    ]  # fmt: skip
    rows = [
        ("1001", "+998 90 123-45-67", "Karimova Nilufar", _("Haircut"), "1", "120000"),
        ("1001", "+998 90 123-45-67", "Karimova Nilufar", _("Hair colouring"), "1", "280000"),
        ("1002", "+998 93 765-43-21", "Yusupov Aziz", _("Haircut"), "1", "90000"),
        ("1003", "+998 93 765-43-21", "Yusupov Aziz", _("Haircut"), "-1", "-90000"),
    ]
    return [headings, *([day.strftime("%d.%m.%Y %H:%M"), *row] for day, row in zip(days, rows, strict=True))]
