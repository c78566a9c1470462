"""The part of a row of the rule editor that says which of many facts is meant: which events, which consent."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.db import connection
from django.utils.translation import gettext as _

from mijoz.customers.models import Purpose
from mijoz.segments import families, happenings, saying
from mijoz.segments.drafts import Condition
from mijoz.segments.models import Segment
from mijoz.segments.sentences import operator_label

Choices = Sequence[tuple[str, str]]
LATEST_TYPES = """
    SELECT DISTINCT type FROM (SELECT type FROM events_event ORDER BY id DESC LIMIT 20000) latest ORDER BY type
"""
TRAIT_NAMES = "SELECT DISTINCT name FROM (SELECT name FROM customers_trait LIMIT 20000) some ORDER BY name LIMIT 200"


def fields_of(condition: Condition) -> dict[str, forms.Field]:
    """The fields that the row has for what it says, by name; several of one name have a number behind it."""
    told = dict(condition.said)
    made: dict[str, forms.Field] = {}
    for name, text in condition.said:
        place = sum(known.split(".")[0] == name for known in made)
        made[f"{name}.{place}" if name == "where_value" else name] = _field(name, text, told, condition)
    if condition.field in saying.EVENTS and "where" not in told:
        made["where"] = _chosen(_("Only those whose"), "", _where_columns())
    if told.get("where_op") in {"in", "not_in"} and told.get("where_value"):
        made[f"where_value.{len(made)}"] = _written(_("or"), "")
    return made


def type_choices(kept: str) -> Choices:
    """The types of event that there can be, and those of our own that came lately."""
    known = [(key, happenings.type_label(key)) for key in happenings.TYPES]
    with connection.cursor() as cursor:
        cursor.execute(LATEST_TYPES)
        further = {row[0] for row in cursor.fetchall()} | ({kept} if kept else set())
    return [*known, *((key, key) for key in sorted(further - happenings.TYPES.keys()))]


def trait_names() -> list[str]:
    """Names of traits that sources tell."""
    with connection.cursor() as cursor:
        cursor.execute(TRAIT_NAMES)
        return [row[0] for row in cursor.fetchall()]


def _field(name: str, text: str, told: dict[str, str], condition: Condition) -> forms.Field:
    match name:
        case "type":
            return _chosen(_("Events"), text, type_choices(text))
        case "column":
            return _chosen(_("What is added up"), text, [(key, happenings.label_of(key)) for key in happenings.AMOUNTS])
        case "window":
            return _chosen(_("When"), text, _windows())
        case "days" | "days_until":
            label = _("Number of days") if name == "days" else _("Number of days at most")
            return _written(label, text, inputmode="numeric", size="4")
        case "day":
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.CharField(label=_("Since"), initial=text, widget=widget)
        case "where":
            return _chosen(_("Only those whose"), text, _where_columns())
        case "where_key":
            return _written(_("Key of the payload"), text)
        case "where_op":
            operators = saying.operators(told.get("where", ""))
            return _chosen(_("Comparison"), text, [(key, operator_label(key)) for key in operators])
        case "where_value":
            return _written(_("Value"), text)
        case "purpose":
            return _chosen(_("Purpose"), text, [(key, str(label)) for key, label in Purpose.choices])
        case "channel":
            return _chosen(_("Channel"), text, [(key, str(label)) for key, label in families.consent_channels()])
        case "key" if condition.field in {"segment", "days_in_segment"}:
            listed = [(one.key, one.name) for one in Segment.objects.filter(is_active=True)]
            return _chosen(_("Segment"), text, [("", _("choose a segment")), *listed])
    return _written(_("Name of the trait"), text, list="trait-names")


def _windows() -> Choices:
    return [
        ("last_days", _("within the last days")),
        ("days_ago", _("so many days ago")),
        ("since", _("since a day")),
        ("ever", _("ever")),
    ]


def _where_columns() -> Choices:
    columns = [(key, str(label)) for key, label in happenings.COLUMNS.items()]
    return [("", _("all of them")), *columns, ("payload", _("another key"))]


def _chosen(label: str, text: str, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, initial=text, choices=list(choices))


def _written(label: str, text: str, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, initial=text, widget=widget)
