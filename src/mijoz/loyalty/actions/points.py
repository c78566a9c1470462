"""Points that staff give or take, with a reason."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mijoz.business.models import StaffMember
from mijoz.business.rights import LEADS
from mijoz.customers.models import Customer
from mijoz.customers.queries import event_identity, root_of
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty.ledger import dates, drawing
from mijoz.loyalty.ledger.drawing import Note
from mijoz.loyalty.models import Account, Posting, Programme
from mijoz.loyalty.terms import PointsTerms, programme_terms


class AdjustRefused(ValueError):
    """No point was moved. `reason` is "no_reason", "over_limit", "points_too_few" or "nothing"; `figure` the limit."""

    def __init__(self, reason: str, figure: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.figure = figure


def adjust(
    programme: Programme, customer: Customer, points: int, *, reason: str, by: StaffMember | None, at: datetime
) -> None:
    """Give points, or take them with a negative number; the log keeps the reason.

    Front office may move as many at once as the programme says, leads any number. Raises AdjustRefused.
    """
    terms = programme_terms(programme.terms)
    if not reason.strip():
        raise AdjustRefused("no_reason")
    if not points:
        raise AdjustRefused("nothing")
    limit = terms.staff_limit if isinstance(terms, PointsTerms) else 0
    if by is not None and by.role not in LEADS and abs(points) > limit:
        raise AdjustRefused("over_limit", limit)
    with transaction.atomic():
        root = root_of([customer.pk])[customer.pk]
        note = Note(at, by=by.pk if by else None)
        if points > 0:
            account = drawing.account_of(programme, root)
            drawing.lock([account.pk])
            drawing.give(programme, account, points, expires_at=dates.expiry(terms, at), note=note)
        else:
            _take(programme, root, -points, note=note)
        payload = {"points": points, "reason": reason.strip()[:200], "by": by.email if by else ""}
        event = NewEvent(
            message_id=str(uuid.uuid4()),
            type="points_adjusted",
            identity=event_identity(Customer(pk=root)),
            occurred_at=at,
            payload=payload,
        )
        record([event])


def _take(programme: Programme, root: int, points: int, *, note: Note) -> None:
    accounts = drawing.accounts_of(programme, [root])
    drawing.lock(accounts)
    left = drawing.available(programme, [root])[root]
    if points > left:
        raise AdjustRefused("points_too_few", left)
    drawing.draw(
        programme,
        {root: points},
        accounts=accounts,
        to=Account.Kind.ADJUSTED,
        kind=Posting.Kind.ADJUSTED,
        note=note,
    )
