"""Erasing a person: from every table, file and the lake, with a search that proves it."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mijoz.business.models import StaffMember
from mijoz.customers import hooks
from mijoz.customers.models import Customer, ErasedIdentifier, MetAgain, Ownership, SubjectRequest
from mijoz.customers.privacy import files, scouring
from mijoz.customers.privacy.person import Needles, Person, compiled, loose, person_of
from mijoz.customers.privacy.rows import tables_of
from mijoz.events import lake
from mijoz.events.models import Identity, Touched

SALT = b"mijoz.customers.erased"
LIMITS = ("backups", "database_files")  # what an erasure does not reach; the pages say it in words


class EraseRefused(Exception):
    """The person cannot be erased at this moment, or not at all; the text says why to whoever asked."""


class ErasedAlready(EraseRefused):
    """There is nobody here any more."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for a person found, by table; `searched` counts tables, files and rows of the lake."""

    tables: dict[str, int]
    files: int
    lake_rows: int
    searched: dict[str, int]

    @property
    def nothing(self) -> bool:
        return not self.tables and not self.files and not self.lake_rows

    def as_dict(self) -> dict[str, Any]:
        return {
            "searched": self.searched,
            "found": {"tables": self.tables, "files": self.files, "lake_rows": self.lake_rows},
            "clean": self.nothing,
        }


def erase(
    customer: Customer, *, by: StaffMember | None, through: str, at: datetime, request: SubjectRequest | None = None
) -> SubjectRequest:
    """Erase the person behind the customer, with all that was merged into them; returns the request with the proof.

    What the books need stays: amounts and moments under an identity that leads to nobody. All of it is one
    transaction; files and the lake are changed inside it, so after a failure it is simply done again.
    Raises ErasedAlready, and EraseRefused while a message is on its way to the person.
    """
    with transaction.atomic():
        person = person_of(customer)
        locked = list(Customer.objects.select_for_update().filter(pk__in=person.customers))
        if all(one.erased_at for one in locked):
            raise ErasedAlready
        request = request or _new_request(person, by=by, through=through, at=at)
        _remember_digests(person, at=at)
        hooks.service_stopped(list(person.customers), at)
        changed = _erase_rows(person, at=at)
        in_passing = scouring.scour(person.needles)
        rewritten = lake.write_anew(person.identities, matching=loose(person.needles))
        of_files = files.scour(person.needles)
        Touched.objects.bulk_create(Touched(identity_id=identity) for identity in person.identities)
        request.proof = {
            "needles": person.needles.counts,
            "customers": len(person.customers),
            "rows": changed,
            "in_passing": in_passing,
            "lake": {"files": rewritten.files, "rows": rewritten.rows, "dropped": rewritten.dropped},
            "files": of_files,
            "limits": list(LIMITS),
            **look_for(person.needles).as_dict(),
        }
        request.done_at, request.taken_by, request.answer = at, by, ""
        request.save()
        SubjectRequest.objects.filter(customer_number__in=person.customers).update(answer="")
        SubjectRequest.objects.filter(customer_number__in=person.customers, done_at=None, refused_at=None).update(
            done_at=at
        )
    return request


def look_for(needles: Needles) -> Found:
    """Search every column of every table, every file under the data folder and the lake."""
    tables, in_tables = scouring.count_hits(needles)
    searched_files, in_files = files.count_hits(needles)
    lake_rows = lake.scan().select("id").collect().height
    return Found(
        in_tables,
        in_files,
        _in_lake(needles),
        {"tables": tables, "files": searched_files, "lake_rows": lake_rows},
    )


def _in_lake(needles: Needles) -> int:
    if not needles:
        return 0
    pattern = compiled(needles)
    candidates = lake.rows_matching(loose(needles))
    columns = ("reference", "item", "branch", "channel", "payload")
    return sum(any(pattern.search(row[name] or "") for name in columns) for row in candidates.iter_rows(named=True))


def _new_request(person: Person, *, by: StaffMember | None, through: str, at: datetime) -> SubjectRequest:
    """The waiting request to be erased that this person made, else a new one."""
    waiting = SubjectRequest.objects.filter(
        customer_number__in=person.customers, kind=SubjectRequest.Kind.ERASURE, done_at=None, refused_at=None
    ).first()
    return waiting or SubjectRequest(
        id=uuid.uuid4(),
        customer_number=person.number,
        kind=SubjectRequest.Kind.ERASURE,
        asked_at=at,
        asked_through=through,
        taken_by=by,
    )


def _erase_rows(person: Person, *, at: datetime) -> dict[str, int]:
    changed: dict[str, int] = {}
    for table in tables_of(person):
        erase_rows = None if table.is_history else table.table.erase
        rows = erase_rows(table.rows, at) if erase_rows else table.rows.order_by().delete()[0]
        if rows:
            changed[table.name] = rows
    return changed


# -- whoever comes again ------------------------------------------------------------------------------------------


def digest_of(kind: str, value: str) -> bytes:
    """What is kept of an erased phone, e-mail or number: nobody gets it back from this without our secret key."""
    key = hmac.digest(settings.SECRET_KEY.encode(), SALT, "sha256")
    return hmac.digest(key, f"{kind}\0{value.strip().lower()}".encode(), hashlib.sha256)


def _remember_digests(person: Person, *, at: datetime) -> None:
    told = set(Identity.objects.filter(pk__in=person.identities).exclude(kind="customer").values_list("kind", "value"))
    contacts = Customer.objects.filter(pk__in=person.customers).values_list("phone", "email")
    for phone, email in contacts:
        told |= {("phone", phone), ("email", email)}
    ErasedIdentifier.objects.bulk_create(
        [ErasedIdentifier(digest=digest_of(kind, value), erased_at=at) for kind, value in told if value],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["erased_at"],
    )


def meet_again(identity_ids: Iterable[int], *, at: datetime) -> int:
    """Note which of these new identities were erased earlier: nothing that was agreed to before counts for them.

    Returns how many customers that concerns.
    """
    if not ErasedIdentifier.objects.exists():
        return 0
    fresh = Identity.objects.filter(pk__in=list(identity_ids)).exclude(kind="customer")
    digests = {digest_of(kind, value): pk for pk, kind, value in fresh.values_list("pk", "kind", "value")}
    known = dict(ErasedIdentifier.objects.filter(digest__in=list(digests)).values_list("digest", "erased_at"))
    by_identity = {digests[bytes(digest)]: erased_at for digest, erased_at in known.items()}
    owners = Ownership.objects.filter(identity__in=by_identity).values_list("customer_id", "identity_id")
    met = [MetAgain(customer_id=owner, erased_at=by_identity[one], met_at=at) for owner, one in owners]
    MetAgain.objects.bulk_create({one.customer_id: one for one in met}.values(), ignore_conflicts=True)
    return len(met)


def note_who_came_again(identity_ids: list[int]) -> None:
    """As a listener of the log: inside the transaction that first sees these identities."""
    meet_again(identity_ids, at=timezone.now())
