"""What changes customers, their profiles, consent and protocol."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from mijoz.business.models import StaffMember
from mijoz.business.planner import count_what_looks_empty
from mijoz.customers import declaring, hooks, traits
from mijoz.customers.choosing import NAMES
from mijoz.customers.identity import consents
from mijoz.customers.identity.holding import roots_held
from mijoz.customers.models import Consent, Customer, Ownership, Profile, Protocol, Purpose
from mijoz.customers.projection import (
    MOST_FOLLOWED,
    PROJECTION,
    PROJECTION_LOCK,
    TAKE_TOUCHED,
    WHO_ALL,
    WHO_IN,
    WHO_OF,
    WHO_TOUCHED,
    Span,
    follow,
    joined,
    within,
)
from mijoz.customers.queries import event_identity, root_of
from mijoz.events.actions import OWN_SOURCE, add_source, record
from mijoz.events.models import Identity, Source
from mijoz.events.types import NewEvent
from mijoz.ui import live

OUR_NUMBERS = "SELECT value::bigint FROM events_identity WHERE id = ANY(%s) AND kind = 'customer'"
ADOPT = """
    WITH RECURSIVE fresh AS (
        SELECT id AS identity_id, nextval(pg_get_serial_sequence('customers_customer', 'id')) AS customer_id,
               kind, value
        FROM events_identity WHERE id = ANY(%(identities)s) AND kind <> 'customer'
          AND NOT EXISTS (SELECT FROM customers_ownership o WHERE o.identity_id = events_identity.id)
    ), own AS (
        SELECT i.id AS identity_id, c.id AS home_id, c.id AS customer_id, c.merged_into_id
        FROM events_identity i JOIN customers_customer c ON c.id = i.value::bigint
        WHERE i.id = ANY(%(identities)s) AND i.kind = 'customer'
        UNION ALL
        SELECT own.identity_id, own.home_id, c.id, c.merged_into_id
        FROM own JOIN customers_customer c ON c.id = own.merged_into_id
    ), made AS (
        INSERT INTO customers_customer (id, number, phone, email, search_key)
        OVERRIDING SYSTEM VALUE
        SELECT customer_id,
               CASE WHEN kind IN ('phone', 'email') THEN '' ELSE value END,
               CASE WHEN kind = 'phone' THEN value ELSE '' END,
               CASE WHEN kind = 'email' THEN value ELSE '' END,
               ' ' || CASE WHEN kind = 'phone' THEN regexp_replace(value, '\\D', '', 'g') ELSE lower(value) END
        FROM fresh
    ), profiled AS (
        INSERT INTO customers_profile (customer_id, favourite_services) SELECT customer_id, '{}' FROM fresh
    )
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT identity_id, customer_id, customer_id FROM fresh
    UNION ALL SELECT identity_id, customer_id, home_id FROM own WHERE merged_into_id IS NULL
"""

BY_CUSTOMER = "customer"  # who told a trait, when it was the customer
CUSTOMERS_SOURCE = "portal"  # where customers tell of themselves

PROTOCOL_FIELDS: dict[str, Any] = {
    "priority": 0,
    "script": "",
    "package": "",
    "preferred_channel": "",
    "preferred_hours": "",
    "response_minutes": None,
    "lifted_priority": None,
    "lifted_until": None,
}
SET_PROTOCOLS = """
    INSERT INTO customers_protocol AS kept (
        customer_id, priority, script, package, preferred_channel, preferred_hours, response_minutes,
        lifted_priority, lifted_until, set_by, set_at
    )
    SELECT customer_id, %(priority)s, %(script)s, %(package)s, %(preferred_channel)s, %(preferred_hours)s,
           %(response_minutes)s::integer, %(lifted_priority)s::smallint, %(lifted_until)s::timestamptz,
           %(set_by)s, %(set_at)s
    FROM unnest(%(customers)s::bigint[]) AS given(customer_id)
    ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET ({written}) = ROW ({excluded}), taken_from_id = NULL
    WHERE position('@' IN kept.set_by) = 0
    RETURNING customer_id
"""


# What projections read, and what the keys of new rows are looked up in.
READ = ("customers_customer", "customers_ownership", "customers_profile", "events_event", "events_identity")


class ContactTaken(ValueError):
    """A phone or e-mail leads to another customer already; `field` says which, `customer` to whom."""

    def __init__(self, field: str, customer: Customer) -> None:
        super().__init__(f"{field} leads to customer {customer.pk}")
        self.field = field
        self.customer = customer


def adopt(identity_ids: list[int]) -> None:
    """Give each new identity an owner, unless linking gave it one: a customer made for it, or the one whose own number
    it is."""
    with connection.cursor() as cursor:
        cursor.execute(OUR_NUMBERS, [identity_ids])
        if ours := [row[0] for row in cursor.fetchall()]:
            roots_held(ours)
        cursor.execute(ADOPT, {"identities": identity_ids})


def project() -> int:
    """Bring the profiles of all customers with new events up to date; returns how many those were."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROJECTION_LOCK])
        identities, spans = _touched(cursor)
        if identities or spans:
            count_what_looks_empty(*READ)
        customers, anew = _follow(cursor, spans, identities)
        if identities:
            cursor.execute(PROJECTION.format(who=WHO_TOUCHED) + "RETURNING customer_id", [identities])
            customers |= {row[0] for row in cursor.fetchall()}
        if anew:
            cursor.execute(PROJECTION.format(who=WHO_OF), [sorted(anew)])
        if projected := sorted(customers):
            live.notify("customers", ids=projected)
            hooks.profiles_changed(projected, timezone.now())
        return len(projected)


def _touched(cursor: Any) -> tuple[list[int], list[Span]]:
    """What the profiles do not show yet: identities to be counted anew, and spans of new events."""
    cursor.execute(TAKE_TOUCHED)
    taken = cursor.fetchall()
    identities = sorted({identity for identity, _first, _last in taken if identity is not None})
    return identities, joined((first, last) for _identity, first, last in taken if first is not None)


def _follow(cursor: Any, spans: list[Span], identities: list[int]) -> tuple[set[int], set[int]]:
    """Add new events to the profiles; returns whom they are about, and who of them is to be counted anew.

    When there are too many, whose they are is added to `identities`.
    """
    if not spans:
        return set(), set()
    if sum(last - first for first, last in spans) > MOST_FOLLOWED:
        cursor.execute(WHO_IN.format(spans=within(spans)))
        identities += [row[0] for row in cursor.fetchall() if row[0] is not None]
        return set(), set()
    cursor.execute(follow(spans))
    told = cursor.fetchall()
    return {customer for customer, _anew in told}, {customer for customer, anew in told if anew}


def project_all() -> int:
    """Build every profile anew from the log; returns the number of profiles."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROJECTION_LOCK])
        cursor.execute(TAKE_TOUCHED)
        count_what_looks_empty(*READ)
        cursor.execute(PROJECTION.format(who=WHO_ALL))
        return cursor.rowcount


def describe(
    customer: Customer, *, by: StaffMember | None, at: datetime, source: Source | None = None, **told: Any
) -> Customer:
    """Change what is told of a customer; who told it stays known, and the log keeps what it was.

    Without `by` it was the customer who told it, or the program that `source` is for. An empty value takes away what
    stood there. Raises ContactTaken when a new phone or e-mail is that of another customer.
    """
    changed = {name: value for name, value in told.items() if getattr(customer, name) != value}
    if not changed:
        return customer
    whole = changed
    if changed.keys() & set(NAMES):  # a name is told as a whole
        whole = {name: getattr(customer, name) for name in NAMES} | changed
    with transaction.atomic():
        _log(customer, "profile_declared", at=at, payload={"traits": changed, "by": by.email if by else ""})
        _tell(customer, whole, by=by, at=at, source=source)
    return customer


def choose(customer: Customer, told: Mapping[str, Any], *, by: StaffMember, at: datetime) -> Customer:
    """Let these values count as staff's own word from now on, also where they stand already.

    Raises ContactTaken.
    """
    with transaction.atomic():
        _log(customer, "profile_declared", at=at, payload={"traits": dict(told), "by": by.email})
        _tell(customer, told, by=by, at=at, source=None)
    return customer


def add_customer(*, by: StaffMember | None, at: datetime, source: Source | None = None, **told: Any) -> Customer:
    """A new customer told to us by staff, known by phone or e-mail when these are given.

    Without `by` it was the customer who told it, or the program that `source` is for.
    Raises ContactTaken when the phone or the e-mail is that of another customer.
    """
    given = {name: value for name, value in told.items() if value not in ("", None)}
    with transaction.atomic():
        customer = Customer.objects.create()
        Profile.objects.create(customer=customer)
        _log(customer, "profile_declared", at=at, payload={"traits": told, "by": by.email if by else ""})
        _tell(customer, given, by=by, at=at, source=source)
    return customer


def _tell(
    customer: Customer, told: Mapping[str, Any], *, by: StaffMember | None, at: datetime, source: Source | None
) -> None:
    """Keep what a person or a program told of one customer and show it."""
    _claim_contacts(customer, told)
    told_by = by.email if by else "" if source else BY_CUSTOMER
    rows = [
        traits.Told(
            identity=event_identity(customer),
            name=name,
            original=(text := "" if value is None else str(value)),
            value=text,
            told_at=at,
            told_by=told_by,
        )
        for name, value in told.items()
    ]
    traits.tell(rows, source=source or add_source(OWN_SOURCE if by else CUSTOMERS_SOURCE))
    traits.settle(root_of([customer.pk]).values())
    customer.refresh_from_db()


def declare_many(told: pl.DataFrame, *, source: Source) -> int:
    """Describe customers as `told` says, in sets; returns how many of them there are.

    Columns: kind, account and value of an identity, all of declaring.TRAITS ("" for what is not known) and
    `declared_at`. Whoever is not known by the identity becomes a customer. A phone or e-mail leads to its
    customer unless it leads to somebody else already. Telling the same again changes nothing.
    """
    rows = told.select("kind", "account", "value", "phone", "email")
    with transaction.atomic(), connection.cursor() as cursor:
        record(declaring.events_of(told), source=source)
        cursor.execute(declaring.MAKE_DECLARED)
        cursor.execute("TRUNCATE declared_customer")
        with cursor.copy(declaring.FILL_DECLARED) as copy:
            copy.write(rows.write_csv(include_header=False, null_value="\\N", quote_style="necessary"))
        cursor.execute("ANALYZE declared_customer")
        cursor.execute(declaring.CLAIM)
        described = traits.tell(declaring.traits_of(told), source=source)
        traits.settle(described)
    return len(described)


def take_consents(source: Source) -> int:
    """Let the answers that the log of `source` holds count where they are later than ours; returns how many did."""
    with connection.cursor() as cursor:
        cursor.execute(declaring.CONSENTS_OF_SOURCE, [source.pk])
        taken = cursor.rowcount
        cursor.execute(declaring.MERGED_WHO_ANSWERED, [source.pk])
        merged = [row[0] for row in cursor.fetchall()]
    if merged:
        consents.project(merged)
    return taken


def take_protocols(source: Source) -> int:
    """Let the latest protocol that the log of `source` holds for a customer count, unless ours is later; returns how
    many were taken."""
    with connection.cursor() as cursor:
        cursor.execute(declaring.PROTOCOLS_OF_SOURCE, [source.pk])
        return cursor.rowcount


def answer_consent(
    customer: Customer,
    *,
    purpose: Purpose | str,
    granted: bool,
    channel: str = "",
    proof: str,
    through: str,
    at: datetime,
    by: StaffMember | None = None,
    details: Mapping[str, str] | None = None,
) -> Consent:
    """Keep the customer's answer; the latest counts, the log has them all. `by` is who wrote it down.

    Whoever was merged answers for all they are one with.
    `details` are further proof for the log: the version of the text, the page, the beginning of the network address.
    """
    with transaction.atomic():
        root = roots_held([customer.pk])[customer.pk]
        Consent.objects.update_or_create(
            customer_id=root,
            purpose=str(purpose),
            channel=channel,
            defaults={
                "granted": granted,
                "answered_at": at,
                "proof": proof,
                "given_through": through,
                "recorded_by": by,
            },
        )
        _log(
            customer,
            "consent_given" if granted else "consent_withdrawn",
            at=at,
            payload={
                "purpose": str(purpose),
                "channel": channel,
                "proof": proof,
                "through": through,
                "by": by.email if by else "",
                **{name: value for name, value in (details or {}).items() if value},
            },
        )
        if consents.merged_among([root]):
            consents.project([root])
        return Consent.objects.get(customer_id=root, purpose=str(purpose), channel=channel)


def set_protocol(customer: Customer, *, by: str, at: datetime, **fields: Any) -> Protocol:
    """Write how the customer is served from now on; `by` is a scenario's key or a staff member's address."""
    with transaction.atomic():
        owner = root_of([customer.pk])[customer.pk]
        protocol, _created = Protocol.objects.update_or_create(
            customer_id=owner, defaults={**fields, "set_by": by, "set_at": at, "taken_from": None}
        )
        _log(customer, "protocol_set", at=at, payload={"by": by, **fields})
    return protocol


def set_protocols(customers: Collection[int], *, by: str, at: datetime, **fields: Any) -> set[int]:
    """Write these fields of the protocol for many customers with one statement; returns whose was written.

    A protocol that a member of staff set by hand is left alone. The caller logs it.
    """
    names = ", ".join((*fields, "set_by", "set_at"))
    if unknown := fields.keys() - PROTOCOL_FIELDS.keys():
        raise TypeError(f"a protocol has no {', '.join(sorted(unknown))}")
    values = PROTOCOL_FIELDS | fields | {"set_by": by, "set_at": at}
    excluded = ", ".join(f"excluded.{name}" for name in (*fields, "set_by", "set_at"))
    roots = root_of(customers)
    with connection.cursor() as cursor:
        statement = SET_PROTOCOLS.format(written=names, excluded=excluded)
        cursor.execute(statement, values | {"customers": sorted(set(roots.values()))})
        written = {row[0] for row in cursor.fetchall()}
    return {customer for customer, root in roots.items() if root in written}


def _claim_contacts(customer: Customer, told: Mapping[str, Any]) -> None:
    """Let the phone and e-mail that were told lead to the customer; raises ContactTaken when they lead elsewhere."""
    for kind in ("phone", "email"):
        if value := str(told.get(kind) or "").lower():
            identity, _created = Identity.objects.get_or_create(kind=kind, account="", value=value)
            ownership, _created = Ownership.objects.get_or_create(
                identity=identity, defaults={"customer": customer, "home": customer}
            )
            if ownership.customer_id != customer.pk:
                raise ContactTaken(kind, ownership.customer)


def _log(customer: Customer, type_: str, *, at: datetime, payload: Mapping[str, Any]) -> None:
    record(
        [
            NewEvent(
                message_id=str(uuid.uuid4()),
                type=type_,
                identity=event_identity(customer),
                occurred_at=at,
                payload=dict(payload),
            )
        ]
    )
