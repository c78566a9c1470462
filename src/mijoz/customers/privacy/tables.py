"""The personal tables of customers and of the log, and what erasing a person leaves in each."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, register_impersonal, register_personal
from mijoz.events.models import Quarantined

# What is left of the log: amounts and moments that the books and the KPIs need, under an identity that leads nowhere.
KEPT_KEYS: dict[str, tuple[str, ...]] = {
    "purchase_line": ("unit_price",),
    "refund_line": ("unit_price",),
    "gift_line": ("unit_price",),
    "visit": ("waited_minutes", "took_minutes", "touchpoint"),
    "booking_made": ("starts_at",),
    "booking_missed": ("starts_at",),
    "booking_cancelled": ("starts_at",),
    "complaint": ("touchpoint",),
    "case_opened": ("kind", "touchpoint"),
    "case_answered": ("by",),
    "case_resolved": ("first_time", "automatic"),
    "case_reopened": (),
    "survey_answered": ("kind", "score", "touchpoint", "survey"),
    "message_sent": ("scenario", "reason", "purpose"),
    "message_failed": ("scenario", "reason", "purpose"),
    "message_stopped": ("scenario", "reason", "purpose"),
    "message_delivered": ("scenario", "purpose"),
    "message_opened": ("scenario", "purpose"),
    "message_clicked": ("scenario", "purpose"),
    "message_bounced": ("scenario", "purpose"),
    "message_complained": ("scenario", "purpose"),
    "message_received": (),
    "channel_linked": ("how",),
    "scenario_enrolled": ("version", "arm", "segment", "goal", "window_days"),
    "goal_reached": ("scenario",),
    "offer_made": ("scenario",),
    "offer_redeemed": ("before", "points"),
}
STRIP_EVENTS = """
    UPDATE events_event SET
        message_id = 'erased-' || id,
        payload = nullif(
            (SELECT coalesce(jsonb_object_agg(told.key, told.value), '{}'::jsonb)
             FROM jsonb_each(CASE jsonb_typeof(payload) WHEN 'object' THEN payload ELSE '{}'::jsonb END) AS told
             WHERE (%(kept)s::jsonb -> type) ? told.key AND jsonb_typeof(told.value) NOT IN ('object', 'array')),
            '{}'::jsonb
        )
    WHERE identity_id = ANY(%(identities)s) AND type = ANY(%(types)s)
"""
DROP_EVENTS = "DELETE FROM events_event WHERE identity_id = ANY(%(identities)s) AND type <> ALL(%(types)s)"
NAMELESS = """
    UPDATE events_identity
    SET kind = 'erased', account = '', value = replace(gen_random_uuid()::text, '-', '')
    WHERE id = ANY(%s) AND kind NOT IN ('customer', 'erased')
"""
BLANK = {
    "last_name": "",
    "first_name": "",
    "patronymic": "",
    "phone": "",
    "email": "",
    "language": "",
    "gender": "",
    "birth_on": None,
    "birthday": "",
    "address": "",
    "city": "",
    "number": "",
    "search_key": "",
    "restricted_at": None,
}


def _strip_events(rows: QuerySet[Any], at: datetime) -> int:
    identities = list(rows.order_by().values_list("identity_id", flat=True).distinct())
    given: dict[str, Any] = {"identities": identities, "types": list(KEPT_KEYS), "kept": json.dumps(KEPT_KEYS)}
    with connection.cursor() as cursor:
        cursor.execute(DROP_EVENTS, given)
        changed = cursor.rowcount
        cursor.execute(STRIP_EVENTS, given)
        return changed + cursor.rowcount


def _make_nameless(rows: QuerySet[Any], at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NAMELESS, [list(rows.values_list("pk", flat=True))])
        return cursor.rowcount


def _blank_customers(rows: QuerySet[Any], at: datetime) -> int:
    return rows.update(**BLANK, erased_at=at)


def _keep(rows: QuerySet[Any], at: datetime) -> int:
    return 0


def _drop_quarantined(rows: QuerySet[Any], at: datetime) -> int:
    return rows.update(
        message={}, original=None, message_id="", reason="", field="", state=Quarantined.State.DROPPED, settled_at=at
    )


def _blank_merges(rows: QuerySet[Any], at: datetime) -> int:
    return rows.update(evidence={}, snapshot={}, reason="")


def register() -> None:
    own, one = ("customer",), ("identity",)
    register_personal(
        PersonalTable(
            model="customers.Customer",
            title=_("Who you are"),
            customer=("id",),
            hidden=frozenset({"search_key", "sort_name"}),
            erase=_blank_customers,
            order=0,
        ),
        PersonalTable(
            model="customers.Trait", title=_("What was told about you, by whom and when"), identity=one, order=5
        ),
        PersonalTable(
            model="events.Identity", title=_("How we know you"), identity=("id",), erase=_make_nameless, order=10
        ),
        PersonalTable(
            model="customers.Ownership",
            title=_("Since when these lead to you"),
            customer=("customer", "home"),
            erase=lambda rows, at: rows.update(proved_at=None, is_shared=False),
            order=11,
        ),
        PersonalTable(
            model="customers.Profile", title=_("What follows from your purchases"), customer=own, erase=_keep, order=15
        ),
        PersonalTable(model="customers.AuditScore", title=_("How complete your record is"), customer=own, order=18),
        PersonalTable(
            model="customers.ImportedTrait",
            title=_("What was told about you before a file was brought in"),
            identity=one,
            hidden=frozenset({"run"}),
            order=6,
        ),
        PersonalTable(model="customers.Preferences", title=_("What you chose"), customer=own, order=16),
        PersonalTable(model="customers.Protocol", title=_("How you are served"), customer=own, order=17),
        PersonalTable(model="customers.Consent", title=_("What you agreed to"), customer=own, order=20),
        PersonalTable(
            model="customers.Confirmation", title=_("Answers you were asked to confirm"), customer=own, order=21
        ),
        PersonalTable(model="customers.Note", title=_("Notes of our staff"), customer=own, order=25),
        PersonalTable(model="customers.Tagging", title=_("Tags"), customer=own, order=26),
        PersonalTable(
            model="customers.Relation",
            title=_("Your family and company"),
            customer=("customer", "other"),
            hidden=frozenset({"customer", "other"}),
            order=27,
        ),
        PersonalTable(
            model="events.Event",
            title=_("Everything that happened"),
            identity=one,
            hidden=frozenset({"written_by"}),
            erase=_strip_events,
            order=60,
        ),
        PersonalTable(
            model="events.Quarantined",
            title=_("Messages about you that could not be read"),
            by_search=True,
            erase=_drop_quarantined,
            order=61,
        ),
        PersonalTable(
            model="customers.Merge",
            title=_("Records that were put together"),
            customer=("kept", "absorbed"),
            hidden=frozenset({"evidence", "snapshot"}),
            erase=_blank_merges,
            order=70,
        ),
        PersonalTable(
            model="customers.Pair",
            title=_("Records that may be yours too"),
            customer=("left", "right"),
            hidden=frozenset({"left", "right", "evidence"}),
            order=71,
        ),
        PersonalTable(
            model="customers.Look",
            title=_("Who of our staff looked at your record"),
            customer=own,
            erase=_keep,
            export=_looks,
            order=80,
        ),
        PersonalTable(
            model="customers.PortalLink",
            title=_("Links to your own page"),
            customer=own,
            hidden=frozenset({"id"}),
            order=81,
        ),
        PersonalTable(
            model="customers.MetAgain", title=_("That you had yourself erased before"), customer=own, order=82
        ),
    )
    register_impersonal(
        "a staff member, who works here",
        "business.StaffMember",
        "business.Invitation",
        "account.EmailAddress",
        "account.EmailConfirmation",
        "mfa.Authenticator",
        "sessions.Session",
    )


def _looks(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """When somebody looked, and in which role: the names of those who work here are theirs."""
    return list(rows.values("at", "what", "saw_contacts", "member__role"))
