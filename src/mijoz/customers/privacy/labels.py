"""Columns and their values as people call them."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mijoz.business.models import Role
from mijoz.customers import wording
from mijoz.customers.models import LANGUAGES, Customer, Purpose
from mijoz.customers.models.privacy import OPENED
from mijoz.ui import formats

# Keys that lead from one of our tables to another and say nothing to a person.
OURS = frozenset(
    {
        "id",
        "pk",
        "customer",
        "customer_id",
        "identity",
        "identity_id",
        "home",
        "source",
        "merged_into",
        "recorded_by",
        "written_by",
        "enrolment",
        "enrolment_id",
        "version",
        "scenario_version",
        "step",
        "next_step",
        "is_logged",
        "claimed_by",
        "claimed_at",
        "asked_by",
        "made_by",
        "merged_by",
        "undone_by",
        "done_by",
        "decided_by",
        "segment",
        "tag",
        "trouble",
        "weight",
        "text_version",
        "account",
        "refreshed_at",
    }
)
LABELS: dict[str, str | Promise] = {
    "last_name": gettext_lazy("last name"),
    "first_name": gettext_lazy("first name"),
    "patronymic": gettext_lazy("patronymic"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "language": gettext_lazy("language"),
    "gender": gettext_lazy("gender"),
    "birth_on": gettext_lazy("birth date"),
    "birthday": gettext_lazy("birthday"),
    "address": gettext_lazy("address"),
    "city": gettext_lazy("city"),
    "number": gettext_lazy("number"),
    "created_at": gettext_lazy("known since"),
    "kind": gettext_lazy("kind"),
    "value": gettext_lazy("value"),
    "original": gettext_lazy("as it was given"),
    "name": gettext_lazy("name"),
    "told_at": gettext_lazy("when"),
    "told_by": gettext_lazy("who said so"),
    "source__name": gettext_lazy("where from"),
    "since": gettext_lazy("since"),
    "proved_at": gettext_lazy("shown to be yours"),
    "first_seen_at": gettext_lazy("first seen"),
    "last_seen_at": gettext_lazy("last seen"),
    "first_purchase_at": gettext_lazy("first purchase"),
    "last_purchase_at": gettext_lazy("last purchase"),
    "purchases": gettext_lazy("purchases"),
    "purchase_lines": gettext_lazy("things bought"),
    "revenue": gettext_lazy("spent in all"),
    "average_check": gettext_lazy("average check"),
    "refunds": gettext_lazy("refunds"),
    "refund_value": gettext_lazy("refunded"),
    "discount_share": gettext_lazy("share bought at a discount"),
    "favourite_services": gettext_lazy("what you buy most"),
    "acquisition_channel": gettext_lazy("how you came to us"),
    "complaints": gettext_lazy("complaints"),
    "last_complaint_at": gettext_lazy("last complaint"),
    "last_satisfaction": gettext_lazy("last satisfaction"),
    "purpose": gettext_lazy("for what"),
    "channel": gettext_lazy("by which channel"),
    "granted": gettext_lazy("your answer"),
    "answered_at": gettext_lazy("when"),
    "proof": gettext_lazy("the words"),
    "given_through": gettext_lazy("how it was given"),
    "text": gettext_lazy("text"),
    "asked_at": gettext_lazy("asked on"),
    "expires_at": gettext_lazy("until"),
    "confirmed_at": gettext_lazy("confirmed on"),
    "written_at": gettext_lazy("written on"),
    "tagged_at": gettext_lazy("since"),
    "tag__name": gettext_lazy("tag"),
    "chosen_at": gettext_lazy("when"),
    "hours": gettext_lazy("best time"),
    "messages_a_month": gettext_lazy("messages a month at most"),
    "priority": gettext_lazy("priority"),
    "script": gettext_lazy("script for staff"),
    "package": gettext_lazy("package"),
    "preferred_channel": gettext_lazy("preferred channel"),
    "preferred_hours": gettext_lazy("preferred hours"),
    "set_by": gettext_lazy("set by"),
    "set_at": gettext_lazy("when"),
    "entered_at": gettext_lazy("entered on"),
    "left_at": gettext_lazy("left on"),
    "reason": gettext_lazy("why"),
    "left_reason": gettext_lazy("why you left"),
    "segment__key": gettext_lazy("segment"),
    "scenario__key": gettext_lazy("scenario"),
    "scenario": gettext_lazy("scenario"),
    "arm": gettext_lazy("group"),
    "state": gettext_lazy("state"),
    "status": gettext_lazy("state"),
    "enrolled_at": gettext_lazy("since"),
    "ended_at": gettext_lazy("ended on"),
    "subject": gettext_lazy("subject"),
    "sent_to": gettext_lazy("sent to"),
    "settled_at": gettext_lazy("when"),
    "texts": gettext_lazy("text"),
    "due_at": gettext_lazy("until"),
    "done_at": gettext_lazy("done on"),
    "note": gettext_lazy("note"),
    "role": gettext_lazy("role"),
    "at": gettext_lazy("when"),
    "what": gettext_lazy("what was opened"),
    "saw_contacts": gettext_lazy("saw phone and e-mail"),
    "member__role": gettext_lazy("role"),
    "merged_at": gettext_lazy("when"),
    "undone_at": gettext_lazy("undone on"),
    "probability": gettext_lazy("how likely"),
    "found_at": gettext_lazy("found on"),
    "erased_at": gettext_lazy("erased on"),
    "met_at": gettext_lazy("known again since"),
    "restricted_at": gettext_lazy("restricted since"),
}
LOOKS: dict[str, str | Promise] = dict(OPENED)


def readable(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What a row says to a person: labels and values, without what is empty and without numbers of ours."""
    if {"name", "value", "original"} <= row.keys():
        return _trait(row)
    return [
        (label(name), value(name, told))
        for name, told in row.items()
        if told not in (None, "", [], {}) and (told is not False or name == "granted") and name not in OURS
    ]


def _trait(row: dict[str, Any]) -> list[tuple[str, str]]:
    """A value with where it came from, as one line; how it was given only where that differs."""
    told = [(label(row["name"]), value(row["name"], row["value"] or row["original"]))]
    if row["original"] not in ("", row["value"]) and row["value"]:
        told.append((label("original"), row["original"]))
    told += [(label(name), value(name, row[name])) for name in ("source__name", "told_by", "told_at") if row.get(name)]
    return told


def label(name: str) -> str:
    return str(LABELS.get(name) or wording.TRAITS.get(name) or wording.plain(name))


def value(name: str, value: Any) -> str:
    """The value as people write it; keys that have a word are shown by it."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return formats.moment(value)
        case date():
            return formats.day(value)
        case Decimal() | float() | int():
            return formats.number(value)
        case list():
            return ", ".join(str(one) for one in value)
        case dict():
            return _facts(value)
    return _word(name, str(value))


def _word(name: str, value: str) -> str:
    words: dict[str, dict[str, Any]] = {
        "purpose": dict(Purpose.choices),
        "channel": wording.CHANNELS,
        "preferred_channel": wording.CHANNELS,
        "given_through": wording.GIVEN_THROUGH,
        "language": dict(LANGUAGES),
        "gender": dict(Customer.Gender.choices),
        "member__role": dict(Role.choices),
        "role": dict(Role.choices),
        "what": LOOKS,
        "package": wording.PACKAGES,
        "kind": wording.IDENTITIES,
        "name": LABELS,
        "told_by": {"customer": pgettext_lazy("who said so", "you yourself")},
    }
    return str(words.get(name, {}).get(value, value))


def _facts(told: dict[str, Any]) -> str:
    facts = told.get("facts") if isinstance(told.get("facts"), dict) else told
    if isinstance(facts, dict) and all(not isinstance(one, dict | list) for one in facts.values()):
        return "; ".join(f"{wording.plain(str(key))}: {one}" for key, one in facts.items())
    return json.dumps(told, ensure_ascii=False, default=str)
