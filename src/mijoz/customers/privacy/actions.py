"""What staff and customers do with a record: restrict it, object to profiling, ask, look."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from mijoz.business.models import StaffMember
from mijoz.customers import hooks
from mijoz.customers.actions import answer_consent
from mijoz.customers.models import (
    ChecklistAnswer,
    ConsentText,
    Customer,
    Look,
    PrivacySettings,
    Purpose,
    RetentionRule,
    SubjectRequest,
)
from mijoz.customers.queries import event_identity, whole
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

Kind = SubjectRequest.Kind
ONE_LOOK_FOR = timedelta(minutes=10)  # looking again within it is the same look
LOOKED = """
    INSERT INTO customers_look (customer_id, member_id, at, what, saw_contacts)
    SELECT %(customer)s, %(member)s::bigint, %(at)s, %(what)s, %(saw_contacts)s
    WHERE NOT EXISTS (
        SELECT FROM customers_look
        WHERE customer_id = %(customer)s AND member_id IS NOT DISTINCT FROM %(member)s::bigint AND at > %(since)s
          AND what = %(what)s AND saw_contacts = %(saw_contacts)s
    )
"""


def note_look(customer: Customer, member: StaffMember | None, *, what: str, saw_contacts: bool, at: datetime) -> None:
    """Keep that a member of staff opened somebody's record; one statement, and one row for ten minutes of looking."""
    told: dict[str, Any] = {
        "customer": customer.pk,
        "member": member.pk if member else None,
        "at": at,
        "what": what,
        "saw_contacts": saw_contacts,
        "since": at - ONE_LOOK_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, told)


def note_looks(found: QuerySet[Customer], member: StaffMember, *, what: str, saw_contacts: bool, at: datetime) -> int:
    """Keep that a member of staff took everybody in `found` out at once; one statement for all of them."""
    query, given = found.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_look (customer_id, member_id, at, what, saw_contacts)"  # noqa: S608 - Django's query
            f" SELECT found.id, %s, %s, %s, %s FROM ({query}) AS found(id)",
            [member.pk, at, what, saw_contacts, *given],
        )
        return cursor.rowcount


def note_list(people: int, member: StaffMember | None, *, what: str, saw_contacts: bool, at: datetime) -> None:
    """Keep that a list of so many people was read: one row for the call, not one for each of them."""
    if people:
        Look.objects.create(member=member, what=what, saw_contacts=saw_contacts, at=at, people=people)


def restrict(customer: Customer, *, by: StaffMember | None, through: str, at: datetime) -> None:
    """Keep the record but use it for nothing: no message, no segment, no scenario, until it is lifted."""
    with transaction.atomic():
        numbers = whole(customer)
        if not Customer.objects.filter(pk__in=numbers, restricted_at=None, erased_at=None).update(restricted_at=at):
            return
        hooks.service_stopped(numbers, at)
        _settle(numbers, Kind.RESTRICTION, by=by, through=through, at=at)
        _log(customer, "record_restricted", by=by, through=through, at=at)


def lift_restriction(customer: Customer, *, by: StaffMember | None, through: str, at: datetime) -> None:
    """Use the record again; segments take the customer in with the next refresh, scenarios go on where they were."""
    with transaction.atomic():
        if Customer.objects.filter(pk__in=whole(customer)).exclude(restricted_at=None).update(restricted_at=None):
            _log(customer, "restriction_lifted", by=by, through=through, at=at)


def set_objection(
    customer: Customer, *, objects: bool, proof: str, by: StaffMember | None, through: str, at: datetime
) -> None:
    """Keep that the customer does not want to be profiled, or does not mind any more."""
    with transaction.atomic():
        answer_consent(
            customer, purpose=Purpose.PROFILING, granted=not objects, proof=proof, through=through, at=at, by=by
        )
        if objects:
            numbers = whole(customer)
            hooks.service_stopped(numbers, at)
            _settle(numbers, Kind.OBJECTION, by=by, through=through, at=at)


def ask(customer: Customer, kind: str, *, through: str, at: datetime) -> SubjectRequest:
    """What the person asks of us, for staff to decide about; asking twice is one request."""
    numbers = whole(customer)
    waiting = SubjectRequest.objects.filter(customer_number__in=numbers, kind=kind, done_at=None, refused_at=None)
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        return waiting.first() or SubjectRequest.objects.create(
            id=uuid.uuid4(), customer_number=customer.pk, kind=kind, asked_at=at, asked_through=through
        )


def refuse(request: SubjectRequest, *, answer: str, by: StaffMember, at: datetime) -> bool:
    """Say no to a request, with the reason that the person is told; False when it was settled before."""
    waiting = SubjectRequest.objects.filter(pk=request.pk, done_at=None, refused_at=None)
    return bool(waiting.update(refused_at=at, answer=answer, taken_by=by))


def note_copy(customer: Customer, *, by: StaffMember | None, through: str, at: datetime) -> None:
    """Keep that the person got a copy of everything."""
    _settle(whole(customer), Kind.ACCESS, by=by, through=through, at=at)


def _settle(numbers: list[int], kind: str, *, by: StaffMember | None, through: str, at: datetime) -> None:
    """Note as done what was asked for, or that it was done without anybody having asked in writing."""
    waiting = SubjectRequest.objects.filter(customer_number__in=numbers, kind=kind, done_at=None, refused_at=None)
    if not waiting.update(done_at=at, taken_by=by):
        SubjectRequest.objects.create(
            id=uuid.uuid4(),
            customer_number=numbers[0],
            kind=kind,
            asked_at=at,
            asked_through=through,
            done_at=at,
            taken_by=by,
        )


def _log(customer: Customer, type_: str, *, by: StaffMember | None, through: str, at: datetime) -> None:
    record(
        [
            NewEvent(
                message_id=str(uuid.uuid4()),
                type=type_,
                identity=event_identity(customer),
                occurred_at=at,
                payload={"by": by.email if by else "", "through": through},
            )
        ]
    )


# -- the rules of the house --------------------------------------------------------------------------------------


def write_text(purpose: str, language: str, text: str, *, by: StaffMember | None, at: datetime) -> ConsentText:
    """The words to agree to from now on, as a new version; the same words again make none."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{purpose}/{language}"])
        latest = ConsentText.objects.filter(purpose=purpose, language=language).first()
        if latest and latest.text == text:
            return latest
        return ConsentText.objects.create(
            purpose=purpose,
            language=language,
            version=latest.version + 1 if latest else 1,
            text=text,
            since=at,
            written_by=by,
        )


def change_settings(**fields: Any) -> PrivacySettings:
    settings, _made = PrivacySettings.objects.update_or_create(pk=1, defaults=fields)
    return settings


def keep_for(months: Mapping[str, int | None], *, by: StaffMember, at: datetime) -> None:
    """How many months each kind is kept from now on; None is for ever."""
    with transaction.atomic():
        for kind, most in months.items():
            if most is None:
                RetentionRule.objects.filter(kind=kind).delete()
            elif not RetentionRule.objects.filter(kind=kind, months=most).exists():
                RetentionRule.objects.update_or_create(
                    kind=kind, defaults={"months": most, "changed_by": by, "changed_at": at}
                )


def answer_duty(duty: str, *, state: str, note: str, by: StaffMember, at: datetime) -> ChecklistAnswer:
    answer, _made = ChecklistAnswer.objects.update_or_create(
        duty=duty, defaults={"state": state, "note": note, "answered_by": by, "answered_at": at}
    )
    return answer
