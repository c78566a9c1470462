"""No table that says something about people is forgotten by a copy of everything or by an erasure."""

from __future__ import annotations

import pghistory.models
from django.apps import apps
from django.db.models import Model

from mijoz.customers import hooks
from mijoz.customers.models import Customer
from mijoz.events.models import Identity

PERSONAL = {
    "first_name",
    "last_name",
    "patronymic",
    "phone",
    "email",
    "address",
    "sent_to",
    "birth_on",
    "birthday",
    "customer_number",
    "customer_id",
    "identity_id",
}
NOT_OF_A_PERSON = {
    "customers.SubjectRequest": "its number outlives the record on purpose, and it holds nothing of the person",
    "events.Touched": "numbers of identities for a minute",
}


def declared() -> set[str]:
    return {table.model for table in hooks.personal_tables()}


def looks_personal(model: type[Model]) -> bool:
    fields = model._meta.concrete_fields
    points_at_people = any(field.related_model in {Customer, Identity} for field in fields)
    return model in {Customer, Identity} or points_at_people or bool({field.name for field in fields} & PERSONAL)


def tracked(model: type[Model]) -> str:
    """The model whose history this one is; "" for one that is none."""
    of = getattr(model, "pgh_tracked_model", None) if issubclass(model, pghistory.models.Event) else None
    return of._meta.label if of else ""


def test_every_personal_table_is_declared() -> None:
    known = declared() | set(hooks.impersonal_tables()) | set(NOT_OF_A_PERSON)
    forgotten = [
        model._meta.label
        for model in apps.get_models()
        if looks_personal(model) and not {model._meta.label, tracked(model)} & known
    ]
    assert forgotten == []


def test_what_is_declared_exists_and_has_the_fields_by_which_it_is_found() -> None:
    for table in hooks.personal_tables():
        names = {field.name for field in apps.get_model(table.model)._meta.concrete_fields}
        assert {*table.customer, *table.identity, *table.hidden} <= names, table.model
        assert table.customer or table.identity or table.by_search, table.model
