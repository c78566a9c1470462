"""Full stamp cards become gifts, in sets: the stamps are spent and the offer is granted in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from mijoz.loyalty.actions.giving import give
from mijoz.loyalty.ledger import drawing
from mijoz.loyalty.ledger.drawing import Note
from mijoz.loyalty.models import Account, Offer, Posting, Programme
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import StampTerms, programme_terms

# Who may have a full card, a person's accounts together: those with a stamp, by the person they are now.
FULL = """
    WITH RECURSIVE holder(account_id, customer_id, next, balance) AS (
        SELECT a.id, c.id, c.merged_into_id, a.balance - a.owed
        FROM loyalty_account a JOIN customers_customer c ON c.id = a.customer_id
        WHERE a.programme_id = %(programme)s AND a.kind = 'customer' AND a.balance > 0
        UNION ALL
        SELECT h.account_id, c.id, c.merged_into_id, h.balance
        FROM holder h JOIN customers_customer c ON c.id = h.next
    )
    SELECT h.account_id, h.customer_id, card.balance
    FROM holder h JOIN (
        SELECT customer_id, sum(balance) AS balance FROM holder WHERE next IS NULL GROUP BY customer_id
        HAVING sum(balance) >= %(needed)s
    ) card USING (customer_id)
    WHERE h.next IS NULL
"""


def reward(programme: Programme, *, at: datetime) -> int:
    """Spend every full card and grant its gift, several to whom several are due; returns how many gifts.

    Nothing happens while the offer of the gift is not running.
    """
    terms = programme_terms(programme.terms)
    if not isinstance(terms, StampTerms):
        raise TypeError(programme.kind)
    given = 0
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        offer = Offer.objects.filter(key=terms.offer, state=State.LIVE).first()
        if offer is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(FULL, {"programme": programme.pk, "needed": terms.needed})
            found = cursor.fetchall()
        accounts = {account: customer for account, customer, _balance in found}
        drawing.lock(accounts)
        cards = {customer: int(balance) // terms.needed for _account, customer, balance in found}
        drawn = drawing.draw(
            programme,
            {customer: full * terms.needed for customer, full in cards.items()},
            accounts=accounts,
            to=Account.Kind.REDEEMED,
            kind=Posting.Kind.REDEEMED,
            note=Note(at),
        )
        for place in range(max(cards.values(), default=0)):  # mostly one: who filled several cards since the last time
            theirs = [customer for customer, full in cards.items() if full > place and customer in drawn]
            origin = f"stamps:{programme.key}/{at:%Y-%m-%dT%H:%M:%S.%f}/{place}"
            given += give(offer, theirs, origin=origin, at=at)
    return given
