"""What loyalty keeps of a person. The ledger stays, without them: what was given and used must add up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, register_personal
from mijoz.loyalty.ledger import drawing
from mijoz.loyalty.ledger.drawing import Note
from mijoz.loyalty.models import Account, Posting


def connect() -> None:
    own = ("customer",)
    register_personal(
        PersonalTable(
            model="loyalty.Grant",
            title=_("Offers made to you"),
            customer=own,
            erase=_close_grants,
            order=50,
        ),
        PersonalTable(
            model="loyalty.Redemption",
            title=_("Offers and points you used"),
            customer=own,
            erase=_blank_redemptions,
            order=51,
        ),
        PersonalTable(model="loyalty.Account", title=_("Your points"), customer=own, erase=_forfeit, order=52),
        PersonalTable(model="loyalty.TierStanding", title=_("Your tier"), customer=own, order=53),
        PersonalTable(model="loyalty.ReferralCode", title=_("Your code for friends"), customer=own, order=54),
        PersonalTable(
            model="loyalty.Referral",
            title=_("Friends you brought, and who brought you"),
            customer=("referrer", "friend"),
            hidden=frozenset({"referrer", "friend"}),
            order=55,
        ),
    )


def _close_grants(rows: QuerySet[Any], at: datetime) -> int:
    """How many were granted and used stays in the figures of the offer."""
    return rows.filter(withdrawn_at=None).update(withdrawn_at=at, valid_until=at)


def _blank_redemptions(rows: QuerySet[Any], at: datetime) -> int:
    return rows.update(lines=[], reference="", cancelled_because="")


def _forfeit(rows: QuerySet[Any], at: datetime) -> int:
    """Nobody is left to whom the points are owed: they go as expired ones do, and nothing is owed by them either."""
    accounts = list(rows.select_related("programme").order_by("pk"))
    drawing.lock([account.pk for account in accounts])
    for account in accounts:
        drawing.draw(
            account.programme,
            {account.pk: account.balance},
            accounts={account.pk: account.pk},
            to=Account.Kind.EXPIRED,
            kind=Posting.Kind.EXPIRED,
            note=Note(at),
        )
    return rows.update(owed=0) if accounts else 0
