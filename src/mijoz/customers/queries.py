"""Reads of customers that are more than one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Case, Count, Func, Max, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from mijoz.business.models import Branch, StaffMember
from mijoz.customers import hooks, sentences
from mijoz.customers.choosing import NAMES
from mijoz.customers.models import Consent, Customer, Ownership, Purpose, Trait
from mijoz.customers.timeline import BOUGHT_TOGETHER, KINDS, Entry, Happening, Names, named_keys
from mijoz.events.models import Event
from mijoz.events.types import SCHEMAS

HAPPENINGS_A_PIECE = 25
LINES_READ = 60


def event_identity(customer: Customer) -> tuple[str, str, str]:
    """The identity under which our own services log what happens to this customer.

    Always `customer` with our own number, so that it stays true whatever phones and cards come and go.
    """
    return ("customer", "", str(customer.pk))


WHOLE = """
    WITH RECURSIVE whole(id) AS (
        SELECT %s::bigint
        UNION SELECT c.id FROM customers_customer c JOIN whole ON c.merged_into_id = whole.id
    )
    SELECT id FROM whole
"""
MEMBERS = """
    WITH RECURSIVE member(id, root) AS (
        SELECT id, id FROM unnest(%s::bigint[]) AS given(id)
        UNION SELECT c.id, member.root FROM customers_customer c JOIN member ON c.merged_into_id = member.id
    )
    SELECT id, root FROM member
"""
# Every customer who was absorbed, with whom they lead to: `absorbed (id, root)` for a WITH RECURSIVE.
ABSORBED = """
    absorbed(id, root) AS (
        SELECT c.id, r.id FROM customers_customer c JOIN customers_customer r ON r.id = c.merged_into_id
        WHERE c.merged_into_id IS NOT NULL AND r.merged_into_id IS NULL
        UNION ALL
        SELECT c.id, absorbed.root FROM customers_customer c JOIN absorbed ON c.merged_into_id = absorbed.id
        WHERE c.merged_into_id IS NOT NULL
    )
"""
ROOTS = """
    WITH RECURSIVE up(start, id, next) AS (
        SELECT id, id, merged_into_id FROM customers_customer WHERE id = ANY(%s)
        UNION ALL SELECT up.start, c.id, c.merged_into_id FROM up JOIN customers_customer c ON c.id = up.next
    )
    SELECT start, id FROM up WHERE next IS NULL
"""


def whole(customer: Customer) -> list[int]:
    """The numbers under which this person is kept: the customer's own, then all that it absorbed, at any depth."""
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, [customer.pk])
        return [row[0] for row in cursor.fetchall()]


def root_of(ids: Iterable[int]) -> dict[int, int]:
    """Which customer each of these numbers leads to now: itself, or the one it was merged into at any depth.

    One query. A number that no customer has is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, [list(ids)])
        return dict(cursor.fetchall())


def members_of(roots: Iterable[int]) -> dict[int, int]:
    """Every number under which these customers are kept, absorbed ones too, to the root it leads to. One query."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [list(roots)])
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A piece of a customer's timeline, latest first; `cursor` leads to the next, "" when there is none."""

    happenings: list[Happening]
    cursor: str


def timeline(customer: Customer, *, kind: str = "", before: str = "", since: int = 0) -> TimelinePage:
    """What happened to the customer: two queries, whatever there is. `before` is the cursor of the piece before.

    With `since` only what was written to the log after the row of this number.

    Rows of one purchase are one happening, of whose lines at most LINES_READ are read. Raises ValueError for
    a cursor that is none.
    """
    rows = Event.objects.filter(identity__ownership__customer=customer)
    if since:
        rows = rows.filter(id__gt=since)
    if kind in KINDS:
        types = KINDS[kind][1]
        rows = rows.filter(type__in=types) if types else rows.exclude(type__in=SCHEMAS)
    together = Concat("source_id", Value("/"), "reference", output_field=TextField())
    alone = Cast("id", TextField())
    places = rows.annotate(
        place=Case(When(~Q(reference="") & Q(type__in=BOUGHT_TOGETHER), then=together), default=alone)
    )
    found = (
        places.order_by()
        .values("place")
        .annotate(
            at=Max("occurred_at"),
            last=Max("id"),
            first_ids=_first_ids(),
            lines=Count("id", filter=Q(type="purchase_line")),
            amount=Sum("amount", filter=~Q(type="gift_line")),
            discount=Sum("discount"),
        )
        .order_by("-at", "-last")
    )
    if before:
        at, last = _read_cursor(before)
        found = found.filter(Q(at__lt=at) | Q(at=at, last__lt=last))
    piece = list(found[: HAPPENINGS_A_PIECE + 1])
    shown = piece[:HAPPENINGS_A_PIECE]
    wanted = [number for happening in shown for number in happening["first_ids"]]
    known = Event.objects.select_related("source").in_bulk(wanted)
    happenings = [
        Happening(
            at=one["at"],
            last_id=one["last"],
            rows=[known[number] for number in one["first_ids"]],
            lines=one["lines"],
            amount=one["amount"],
            discount=one["discount"],
        )
        for one in shown
    ]
    return TimelinePage(happenings, _cursor(shown[-1]) if len(piece) > len(shown) else "")


def name_by(trait: Trait) -> dict[str, str]:
    """All parts of the name as the teller of this trait tells them; what they do not tell is empty."""
    told = Trait.objects.filter(identity=trait.identity_id, source=trait.source_id, name__in=NAMES)
    return dict.fromkeys(NAMES, "") | dict(told.values_list("name", "value"))


def latest_event() -> int:
    """The number of the last row of the log, 0 when it is empty."""
    return Event.objects.aggregate(last=Max("id"))["last"] or 0


def _first_ids() -> Func:
    """The first rows of a happening: its purchase lines, its gifts, its visit, as they were written."""
    place = Case(*(When(type=kind, then=Value(rank)) for rank, kind in enumerate(BOUGHT_TOGETHER)), default=Value(9))
    ids = ArrayAgg("id", order_by=[place, "id"])
    return Func(ids, template=f"(%(expressions)s)[1:{LINES_READ}]", output_field=ArrayField(BigIntegerField()))


def _cursor(happening: Mapping[str, Any]) -> str:
    return f"{happening['at'].isoformat()}_{happening['last']}"


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    moment, _, number = cursor.partition("_")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise ValueError(cursor)
    return at, int(number)


def day_of_cursor(cursor: str) -> date:
    """The day, in the current time zone, of what stood last before the cursor."""
    return timezone.localtime(_read_cursor(cursor)[0]).date()


def entries(page: TimelinePage, *, currency: str, contacts_hidden: bool) -> list[Entry]:
    """The page's happenings in sentences, with the names of branches, scenarios and what else is a key."""
    rows = [row for happening in page.happenings for row in happening.rows]
    keys = named_keys(rows)
    by_kind = {**hooks.names_of(keys), "staff": _staff_names(keys.get("staff", set()))}
    branches = dict(Branch.objects.values_list("code", "name"))
    names = Names(by_kind=by_kind, branches=branches, currency=currency)
    return [sentences.entry(happening, names, contacts_hidden=contacts_hidden) for happening in page.happenings]


def _staff_names(addresses: set[str]) -> dict[str, str]:
    return {member.email: str(member) for member in StaffMember.objects.filter(email__in=addresses)}


def protocol_author(set_by: str) -> str:
    """Who set a protocol: the name of the member of staff, or of the scenario."""
    if "@" in set_by:
        return _staff_names({set_by}).get(set_by, set_by)
    kind = "programme" if set_by.startswith("tier:") else "scenario"
    return Names(hooks.names_of({kind: {set_by}})).of(kind, set_by) if set_by else ""


def consents(customer: Customer) -> dict[Purpose, list[Consent]]:
    """The present answers by purpose, that for every channel first; a purpose nobody asked about has none."""
    answers = Consent.objects.filter(customer=customer).select_related("recorded_by").order_by("channel")
    return {purpose: [answer for answer in answers if answer.purpose == purpose] for purpose in Purpose}


def ownerships(customer: Customer) -> QuerySet[Ownership]:
    """The identities that lead to the customer, without our own number, oldest first."""
    owned = Ownership.objects.filter(customer=customer).exclude(identity__kind="customer")
    return owned.select_related("identity", "home").order_by("since", "identity_id")


def names_of_people(identity_ids: set[int]) -> dict[int, str]:
    """What those are called to whom these identities lead; who told us no name is left out."""
    owned = Ownership.objects.filter(identity__in=identity_ids).select_related("customer")
    return {one.pk: one.customer.name for one in owned if one.customer.first_name or one.customer.last_name}


def ownership_frame() -> pl.DataFrame:
    """Which identity belongs to which customer: identity_id, customer_id, both Int64."""
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY (SELECT identity_id, customer_id FROM customers_ownership) TO STDOUT (FORMAT csv)") as copy,
    ):
        lines = b"".join(copy)
    schema = {"identity_id": pl.Int64, "customer_id": pl.Int64}
    return pl.read_csv(lines, has_header=False, schema=schema) if lines else pl.DataFrame(schema=schema)
