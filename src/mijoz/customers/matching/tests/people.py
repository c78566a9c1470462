"""Customers for these tests, written as a source tells of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from mijoz.customers import traits
from mijoz.customers.matching import finding
from mijoz.customers.models import Customer, Ownership, Resolution
from mijoz.customers.names import search_key
from mijoz.events.actions import add_source
from mijoz.events.models import Identity

COLUMNS = ("first_name", "last_name", "patronymic", "birth_on", "birthday", "phone", "email", "address", "city")
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANVAR = {
    "last_name": "Karimov",
    "first_name": "Anvar",
    "patronymic": "Alisher oʻgʻli",
    "birth_on": "1988-04-09",
    "phone": "+998901112233",
    "address": "Bogʻishamol koʻchasi 12-uy 5-xonadon",
    "city": "Toshkent",
}
ANVAR_IN_CYRILLIC = ANVAR | {"last_name": "Каримов", "first_name": "Анвар", "patronymic": "Алишерович", "phone": ""}
HIS_WIFE = {
    "last_name": "Karimova",
    "first_name": "Shahnoza",
    "birth_on": "1990-11-30",
    "phone": "+998901112233",
    "address": "Bogʻishamol koʻchasi 12-uy 5-xonadon",
    "city": "Toshkent",
}


def customer(**told: Any) -> Customer:
    key = search_key([str(told.get(name, "")) for name in ("last_name", "first_name")], phone=told.get("phone", ""))
    made = Customer.objects.create(**told, search_key=key)
    identity = Identity.objects.create(kind="customer_number", account="till", value=f"T{made.pk}")
    Ownership.objects.create(identity=identity, customer=made, home=made)
    return Customer.objects.get(pk=made.pk)


def strangers(frame: pl.DataFrame) -> dict[int, int]:
    """Customers for a frame of `people_with_duplicates`; returns record to customer."""
    made = {}
    for row in frame.iter_rows(named=True):
        one = customer(
            first_name=row["first_name"],
            last_name=row["last_name"],
            patronymic=row["patronymic"],
            birth_on=row["birth"] or None,
            birthday=row["birthday"],
            phone=(row["phones"] or [""])[0],
            email=(row["emails"] or [""])[0],
            address=row["address"],
            city=row["city"],
        )
        made[row["record"]] = one.pk
    return made


def tell_all() -> None:
    """Let a source tell what stands in the columns, so that a merge does not forget it."""
    till = add_source("till")
    told = [
        {"identity_id": owned.identity_id, "source_id": till.pk, "name": name, "original": str(value), "told_at": AT}
        for owned in Ownership.objects.select_related("customer")
        for name in COLUMNS
        if (value := getattr(owned.customer, name))
    ]
    traits.tell(pl.DataFrame(told))


def search() -> Resolution:
    return finding.resolve(Resolution.objects.create(), at=AT)
