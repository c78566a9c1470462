"""The rows of a person in every table that was declared personal, their change history included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.apps import apps
from django.db.models import F, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers import hooks
from mijoz.customers.hooks import PersonalTable
from mijoz.customers.privacy.person import Person

TEXTUAL = ("CharField", "TextField", "SlugField", "EmailField", "JSONField", "ArrayField")


@dataclass(frozen=True, slots=True)
class TableOfPerson:
    """A personal table, its model, and the rows in it that are one person's; `is_history` is a log of changes."""

    table: PersonalTable
    model: type[Model]
    rows: QuerySet[Any]
    is_history: bool = False

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def title(self) -> str | Promise:
        return _("Changes") if self.is_history else self.table.title


def histories() -> dict[str, list[type[Model]]]:
    """The models in which pghistory keeps the earlier states of a model, by its label."""
    found: dict[str, list[type[Model]]] = {}
    for model in apps.get_models():
        tracked = getattr(model, "pgh_tracked_model", None)
        if issubclass(model, pghistory.models.Event) and tracked is not None and not model._meta.proxy:
            found.setdefault(tracked._meta.label, []).append(model)
    return found


def tables_of(person: Person) -> Iterator[TableOfPerson]:
    """Every table with something of the person, in the order in which a copy shows them."""
    past = histories()
    for table in hooks.personal_tables():
        model = apps.get_model(table.model)
        yield TableOfPerson(table, model, rows_of(table, model, person))
        for history in past.get(model._meta.label, ()):
            yield TableOfPerson(table, history, rows_of(table, history, person), is_history=True)


def rows_of(table: PersonalTable, model: type[Model], person: Person) -> QuerySet[Any]:
    mine = Q(pk__in=[])
    for name in table.customer:
        mine |= Q(**{f"{_column(model, name)}__in": person.customers})
    for name in table.identity:
        mine |= Q(**{f"{_column(model, name)}__in": person.identities})
    rows = model._default_manager.all()
    if table.by_search:
        return rows.filter(mine | _found_in(rows, model, person))
    return rows.filter(mine).order_by("pk")


def _column(model: type[Model], name: str) -> str:
    """The field by which a row is somebody's; in a history `id` is that of the row whose history it is."""
    return model._meta.get_field(name).name


def _found_in(rows: QuerySet[Any], model: type[Model], person: Person) -> Q:
    """Rows whose text names the person by a phone, an e-mail or another identity of theirs."""
    pattern = person.needles.strong().pattern()
    if not pattern:
        return Q(pk__in=[])
    names = [one.name for one in model._meta.concrete_fields if one.get_internal_type() in TEXTUAL]
    told = rows.annotate(**{f"text_of_{name}": Cast(F(name), TextField()) for name in names})
    hit = Q()
    for name in names:
        hit |= Q(**{f"text_of_{name}__iregex": pattern})
    return Q(pk__in=told.filter(hit).values("pk"))
