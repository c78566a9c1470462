"""The customers found as rows of a file, in pieces, so that a million need no more memory than a few thousand."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers import contacts, hooks, listing
from mijoz.customers.models import Consent, Customer, Purpose
from mijoz.ui.export import csv_lines

ROWS_A_PIECE = 2_000
COLUMNS: dict[str, str | Promise] = {
    "number": _("Number"),
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "patronymic": _("Patronymic"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "language": _("Language"),
    "gender": _("Gender"),
    "birth_on": _("Birth date"),
    "profile__first_purchase_at": _("First purchase"),
    "profile__last_purchase_at": _("Last purchase"),
    "profile__purchases": _("Purchases"),
    "profile__revenue": _("Revenue"),
    "profile__average_check": _("Average check"),
    "profile__refunds": _("Refunds"),
    "profile__refund_value": _("Refunded"),
    "profile__discount_share": _("Share of lines at a discount"),
    "profile__favourite_services": _("Favourite services"),
    "profile__acquisition_channel": _("Came by"),
    "profile__complaints": _("Complaints"),
    "profile__last_satisfaction": _("Last satisfaction"),
}
MARKETING: tuple[str, str | Promise] = ("marketing_consent", _("Consent to marketing"))


def export(
    found: QuerySet[Customer], *, sort: str, zone: tzinfo, contacts_hidden: bool, plain_head: bool = False
) -> Iterator[list[Any]]:
    """The head and a row for each customer found, in the order of `sort`; moments by the clock of `zone`.

    `plain_head` names the columns for programs, in English whatever the language.
    """
    language = translation.get_language()
    added = [column for column in hooks.list_columns() if column.exported]
    labels = {**COLUMNS, MARKETING[0]: MARKETING[1], **{column.key: column.label for column in added}}
    yield [name.removeprefix("profile__") if plain_head else str(label) for name, label in labels.items()]
    for places in _pieces(listing.in_order(found, sort)):
        with translation.override(language):  # between two pieces the thread may serve somebody else
            rows = _rows(places, added, zone=zone, contacts_hidden=contacts_hidden)
        yield from rows


def export_to_file(file: Path, *, zone: tzinfo) -> int:
    """Write every customer to a CSV file, which appears only when it is whole; returns how many there are."""
    rows = export(
        Customer.objects.filter(merged_into=None), sort="name", zone=zone, contacts_hidden=False, plain_head=True
    )
    head = next(rows)
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as target:
            target.writelines(csv_lines(chain([head], counted())))
        os.replace(unfinished, file)
    except BaseException:
        os.unlink(unfinished)
        raise
    return count


def _pieces(ordered: QuerySet[Customer]) -> Iterator[list[int]]:
    """The numbers of the customers in their order, some at a time; eight bytes each are kept."""
    places = array("q", ordered.values_list("pk", flat=True).iterator(chunk_size=50_000))
    for start in range(0, len(places), ROWS_A_PIECE):
        yield list(places[start : start + ROWS_A_PIECE])


def _rows(places: list[int], added: list[hooks.ListColumn], *, zone: tzinfo, contacts_hidden: bool) -> list[list[Any]]:
    told = {row[0]: row[1:] for row in Customer.objects.filter(pk__in=places).values_list("pk", *COLUMNS)}
    answers = _marketing_answers(places)
    more = [column.exported(places) for column in added if column.exported]
    cells = [_cell_of(name, zone=zone, contacts_hidden=contacts_hidden) for name in COLUMNS]
    return [
        [
            *(shown(value) for shown, value in zip(cells, told[place], strict=True)),
            answers.get(place, ""),
            *(texts.get(place, "") for texts in more),
        ]
        for place in places
        if place in told  # not deleted since the export began
    ]


def _marketing_answers(places: list[int]) -> dict[int, str]:
    """yes for who gave consent to marketing by some channel, no for who only refused it."""
    answers: dict[int, str] = {}
    found = Consent.objects.filter(customer__in=places, purpose=Purpose.MARKETING)
    for customer, granted in found.values_list("customer_id", "granted"):
        if granted or customer not in answers:
            answers[customer] = "yes" if granted else "no"
    return answers


def _cell_of(name: str, *, zone: tzinfo, contacts_hidden: bool) -> Callable[[Any], Any]:
    if contacts_hidden and name == "phone":
        return contacts.masked_phone
    if contacts_hidden and name == "email":
        return contacts.masked_email
    return lambda value: _cell(value, zone)


def _cell(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, float):
        return round(value, 4)
    return value
