"""`make migrations`: writes the first migration of each app anew from the models, until Mijoz has been released.

Django makes a table first and adds keys, indexes and constraints to it one by one, and after each of these steps it
builds all models that have to do with it anew: with as many tables as ours a first start took twice as long. Here a
table is made with all that belongs to it. What a table refers to comes before it.
"""

from __future__ import annotations

import importlib
import os
import warnings
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.contrib.postgres.operations import TrigramExtension
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.writer import MigrationWriter

FIRST = "0001_initial"
FIRST_OF_ALL = {"customers": [TrigramExtension()]}  # what the tables of an app need


def own_apps() -> list[str]:
    """The labels of our apps that have tables."""
    found = [
        config for config in apps.get_app_configs() if config.name.startswith("mijoz.") and list(config.get_models())
    ]
    return [config.label for config in found]


def write_anew() -> None:
    """Write the first migration of every app of ours; others they have are gone."""
    labels = own_apps()
    for label in labels:
        for file in (Path(apps.get_app_config(label).path) / "migrations").glob("0*.py"):
            file.unlink()
    call_command("makemigrations", *labels, name="initial", include_header=False, verbosity=0)
    importlib.invalidate_caches()
    for label in labels:
        module = importlib.import_module(f"{apps.get_app_config(label).name}.migrations.{FIRST}")
        module.Migration.operations = [*FIRST_OF_ALL.get(label, []), *whole(module.Migration.operations, label)]
        written = MigrationWriter(module.Migration(FIRST, label), include_header=False).as_string()
        Path(str(module.__file__)).write_text(written)


def whole(operations: list[Any], label: str) -> list[Any]:
    """The same operations, with keys, indexes and constraints in the tables they belong to.

    Raises ValueError for tables that refer to each other in a circle: one of these keys would have to come later.
    """
    tables: dict[str, Any] = {}
    others = []
    for operation in operations:
        match operation:
            case migrations.CreateModel():
                tables[operation.name_lower] = operation
            case migrations.AddField():
                tables[operation.model_name_lower].fields.append((operation.name, operation.field))
            case migrations.AddIndex():
                tables[operation.model_name_lower].options.setdefault("indexes", []).append(operation.index)
            case migrations.AddConstraint():
                tables[operation.model_name_lower].options.setdefault("constraints", []).append(operation.constraint)
            case _:
                others.append(operation)
    return [*_in_order(tables, label), *others]


def _in_order(tables: dict[str, Any], label: str) -> list[Any]:
    ordered: dict[str, Any] = {}
    while len(ordered) < len(tables):
        ready = [name for name in tables if name not in ordered and _needs(tables[name], label) <= {*ordered, name}]
        if not ready:
            raise ValueError(f"tables refer to each other: {', '.join(sorted(tables.keys() - ordered.keys()))}")
        ordered |= {name: tables[name] for name in ready}
    return list(ordered.values())


def _needs(table: Any, label: str) -> set[str]:
    """The tables of the same app that this one refers to."""
    referred = [getattr(field.remote_field, "model", None) for _name, field in table.fields if field.remote_field]
    named = [str(each).lower() for each in [*referred, *table.bases] if isinstance(each, str)]
    return {name.removeprefix(f"{label}.") for name in named if name.startswith(f"{label}.")}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    django.setup()
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")  # no database is asked
    write_anew()
