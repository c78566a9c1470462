"""Which tables keep the changes of a customer."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.business.history import Thing, register_thing

# By the column of the history's table that holds the customer's number.
COLUMNS = {
    "customers.Customer": "pgh_obj_id",
    "customers.Note": "customer_id",
    "customers.Tagging": "customer_id",
    "customers.Relation": "customer_id",
    "customers.Protocol": "customer_id",
    "customers.Consent": "customer_id",
}


def tables(customer_ids: Sequence[int]) -> list[tuple[str, str, Sequence[int]]]:
    """The model, the column of its history, and these customers: what `business.history.changes` takes as `about`."""
    return [(model, column, customer_ids) for model, column in COLUMNS.items()]


def _page(row: dict[str, object]) -> str:
    return reverse("customers:detail", args=[row.get("customer_id") or row["pgh_obj_id"]])


def _number(row: dict[str, object]) -> str:
    return f"№ {row.get('customer_id') or row['pgh_obj_id']}"


def _name(row: dict[str, object]) -> str:
    parts = (str(row.get(name) or "") for name in ("last_name", "first_name", "patronymic"))
    return " ".join(part for part in parts if part) or _number(row)


def register() -> None:
    own = frozenset({"customer"})
    register_thing(
        Thing("customers.Customer", _("Customer"), url=_page, title=_name),
        Thing("customers.Note", _("Note about a customer"), url=_page, hides=own),
        Thing("customers.Tagging", _("Tag of a customer"), url=_page, title=_number, hides=own),
        Thing("customers.Relation", _("Relation of a customer"), url=_page, title=_number, hides=own),
        Thing("customers.Protocol", _("Service protocol"), url=_page, title=_number, hides=own),
        Thing("customers.Consent", _("Consent"), url=_page, title=_number, hides=own),
        Thing("customers.MatchingRules", _("Thresholds of the search for duplicates")),
        Thing("customers.ConsentText", _("Text of a consent"), title=lambda row: str(row.get("purpose") or "")),
    )
