"""What staff change of a single identifier: shared or not, somebody else's by now, or attached to the wrong person.

All of it raises Erased where there is nobody any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mijoz.business.models import StaffMember
from mijoz.customers import traits
from mijoz.customers.identity import kinds, merging
from mijoz.customers.identity.holding import hold_present
from mijoz.customers.models import Customer, Ownership
from mijoz.events.models import Identity

ACCOUNT_LENGTH = 100


class ChangeRefused(ValueError):
    """This identifier cannot be changed in this way."""


def share(ownership: Ownership, *, because: str) -> None:
    """Let it prove nobody from now on: several people use it. It still leads to the customer who has it."""
    _refuse_ours(ownership)
    with transaction.atomic():
        hold_present([ownership.customer_id])
        Ownership.objects.filter(pk=ownership.pk).update(is_shared=True, shared_because=because[:200])


def unshare(ownership: Ownership) -> None:
    """Let it stand for one person again."""
    with transaction.atomic():
        hold_present([ownership.customer_id])
        Ownership.objects.filter(pk=ownership.pk).update(is_shared=False, shared_because="")


def prove(identity: Identity, *, at: datetime) -> None:
    """Note that its holder showed that it is theirs: by a code, or a link that was sent there."""
    Ownership.objects.filter(pk=identity.pk, is_shared=False).update(proved_at=at)


def retire(ownership: Ownership, *, at: datetime) -> None:
    """Let the old events stay with the old owner and what comes under this value from now on belong to somebody else.

    The identity is kept under an account that says until when it counted; the value is free for a new one.
    """
    if ownership.retired_at or not kinds.kind_of(ownership.identity.kind).can_be_reassigned:
        raise ChangeRefused("only phones, e-mails and cards go to somebody else")
    with transaction.atomic():
        hold_present([ownership.customer_id], alone=True)
        identity = Identity.objects.select_for_update().get(pk=ownership.pk)
        identity.account = f"{identity.account} until {at:%Y-%m-%d %H:%M:%S}".strip()[-ACCOUNT_LENGTH:]
        identity.save(update_fields=["account"])
        Ownership.objects.filter(pk=ownership.pk).update(retired_at=at)
        traits.settle([ownership.customer_id])


def detach(ownership: Ownership, *, by: StaffMember | None, at: datetime) -> Customer:
    """Make whoever this identity stands for a customer of their own, with all that came in under it.

    No machine merges the two again. Raises ChangeRefused for our own number and for the only identifier.
    """
    _refuse_ours(ownership)
    with transaction.atomic(), merging.alone():
        old = hold_present([ownership.customer_id], alone=True)[ownership.customer_id]
        others = Ownership.objects.filter(customer=old).exclude(identity__kind=kinds.OURS).exclude(pk=ownership.pk)
        if not others.exists():
            raise ChangeRefused("this is the only identifier of the customer")
        new = Customer.objects.create()
        Ownership.objects.filter(pk=ownership.pk).update(customer=new, home=new, since=at)
        merging.rebuild([old, new.pk])
        merging.keep_apart([(old, new.pk)], by=by, at=at)
    new.refresh_from_db()
    return new


def _refuse_ours(ownership: Ownership) -> None:
    if ownership.identity.kind == kinds.OURS:
        raise ChangeRefused("the number in Mijoz always leads to its customer")
