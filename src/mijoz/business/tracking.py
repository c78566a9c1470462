"""Change history: triggers keep what people change in a table, before and after, with who it was.

A change counts when it happens on behalf of somebody: a request by staff (`HistoryMiddleware`), a call by a program.
What machines write (imports, projections, jobs) has no such context: the condition of the triggers is false.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from pghistory.config import ContextJSONField, ContextUUIDField

Tracked = TypeVar("Tracked", bound=type[models.Model])

ADDED, BEFORE, CHANGED, REMOVED = "added", "before", "changed", "removed"
BY_SOMEBODY = "coalesce(current_setting('pghistory.context_id', true), '') <> ''"


class Differs(pgtrigger.Condition):
    """Somebody changed one of these fields."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = fields
        super().__init__(BY_SOMEBODY)

    def resolve(self, model: type[models.Model]) -> str:
        columns = [str(model._meta.get_field(name).column) for name in self.fields]  # type: ignore[union-attr]
        old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
        return f"{BY_SOMEBODY} AND ROW({old}) IS DISTINCT FROM ROW({new})"


def tracked(*fields: str, without: Sequence[str] = ()) -> Callable[[Tracked], Tracked]:
    """Keep the history of these fields of a model, or of all but those in `without` (secrets, what machines write).

    The rows stand in a table of their own beside the model's.
    """

    def mark(model: Tracked) -> Tracked:
        kept = [*fields] or [
            field.name
            for field in model._meta.fields
            if field.name not in without and not isinstance(field, models.GeneratedField)
        ]
        key = model._meta.pk.name
        named = kept if key in kept else [key, *kept]
        somebody, differs = pgtrigger.Condition(BY_SOMEBODY), Differs(kept)
        table = f"{model._meta.db_table}_history"
        track = pghistory.track(
            pghistory.InsertEvent(ADDED, condition=somebody),
            pghistory.UpdateEvent(BEFORE, condition=differs, row=pghistory.Old, trigger_name="history_1_before"),
            pghistory.UpdateEvent(CHANGED, condition=differs, trigger_name="history_2_changed"),
            pghistory.DeleteEvent(REMOVED, condition=somebody),
            fields=named,
            model_name=f"{model.__name__}History",
            context_field=ContextJSONField(),
            context_id_field=ContextUUIDField(),
            obj_field=pghistory.ObjForeignKey(related_name="history"),
            meta={
                "db_table": table,
                "indexes": [models.Index(fields=["-pgh_created_at"], name=f"{model._meta.model_name}_by_change"[:30])],
            },
        )
        track(model)
        return model

    return mark


def on_behalf_of(**who: Any) -> pghistory.context:
    """Let what happens inside count as done by `staff` (a number), `program` (a name) at the address `url`."""
    return pghistory.context(**who)
