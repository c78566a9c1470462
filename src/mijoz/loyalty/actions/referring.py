"""Bringing friends: a code of one's own, and a reward for both after the friend's first purchase."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction

from mijoz.business.queries import business
from mijoz.customers.identity.holding import roots_held
from mijoz.customers.models import Customer, Profile
from mijoz.customers.queries import event_identity, root_of
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty import codes
from mijoz.loyalty.actions.giving import give
from mijoz.loyalty.models import Offer, Programme, Referral, ReferralCode
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import ReferralTerms, programme_terms

# Both were ever told to have this phone or e-mail, or one is related to the other's identities.
SHARED_CONTACT = """
    SELECT EXISTS (
        SELECT FROM (
            SELECT t.name, lower(t.value) AS value FROM customers_trait t
            JOIN customers_ownership o ON o.identity_id = t.identity_id
            WHERE o.customer_id = %(one)s AND t.name IN ('phone', 'email') AND t.value <> ''
            UNION SELECT i.kind, i.value FROM events_identity i JOIN customers_ownership o ON o.identity_id = i.id
            WHERE o.customer_id = %(one)s AND i.kind IN ('phone', 'email')
        ) AS mine JOIN (
            SELECT t.name, lower(t.value) AS value FROM customers_trait t
            JOIN customers_ownership o ON o.identity_id = t.identity_id
            WHERE o.customer_id = %(other)s AND t.name IN ('phone', 'email') AND t.value <> ''
            UNION SELECT i.kind, i.value FROM events_identity i JOIN customers_ownership o ON o.identity_id = i.id
            WHERE o.customer_id = %(other)s AND i.kind IN ('phone', 'email')
        ) AS theirs USING (name, value)
    )
"""
# Friends who wait and have bought since, with the sum of their first purchase, by the persons they are now.
BOUGHT = """
    SELECT r.id, r.referrer_id, r.friend_id, first.at, first.amount
    FROM loyalty_referral r
    JOIN LATERAL (
        WITH RECURSIVE up(id, next) AS (
            SELECT w.id, w.merged_into_id FROM customers_customer w WHERE w.id = r.friend_id
            UNION ALL SELECT w.id, w.merged_into_id FROM up JOIN customers_customer w ON w.id = up.next
        )
        SELECT min(e.occurred_at) AS at, sum(e.amount) AS amount
        FROM up JOIN customers_ownership o ON o.customer_id = up.id AND up.next IS NULL
        JOIN events_event e ON e.identity_id = o.identity_id
        WHERE e.type = 'purchase_line' AND e.occurred_at >= r.referred_at AND e.currency IN ('', %(currency)s)
        GROUP BY e.source_id, e.reference HAVING sum(e.amount) >= %(least)s AND sum(e.amount) > 0
        ORDER BY min(e.occurred_at), e.source_id, e.reference LIMIT 1
    ) AS first ON true
    WHERE r.programme_id = %(programme)s AND r.state = 'waiting'
    ORDER BY first.at, r.id
"""


class ReferRefused(ValueError):
    """Nobody was noted as a friend. `reason` is "code_unknown", "no_programme", "same_person", "shared_contact",
    "not_new" or "referred_before"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Settled:
    """How many friends were rewarded with who brought them, and how many were refused."""

    rewarded: int = 0
    refused: int = 0


def live() -> Programme | None:
    return Programme.objects.filter(kind=Programme.Kind.REFERRAL, state=State.LIVE).first()


def code_of(customer: Customer, *, at: datetime) -> str:
    """The customer's own code, made when there is none; always the same one."""
    root = root_of([customer.pk])[customer.pk]
    own = ReferralCode.objects.filter(customer_id=root).first()
    while own is None:
        ReferralCode.objects.bulk_create(
            [ReferralCode(customer_id=root, code=codes.new_code(), made_at=at)], ignore_conflicts=True
        )
        own = ReferralCode.objects.filter(customer_id=root).first()
    return own.code


def refer(code: str, friend: Customer, *, at: datetime) -> Referral:
    """Note that the friend came by this code. Raises ReferRefused."""
    programme = live()
    if programme is None:
        raise ReferRefused("no_programme")
    own = ReferralCode.objects.filter(code=codes.fold(code)).first()
    if own is None:
        raise ReferRefused("code_unknown")
    with transaction.atomic():
        roots = roots_held([own.customer_id, friend.pk], alone=True)
        referrer, new = roots[own.customer_id], roots[friend.pk]
        if referrer == new:
            raise ReferRefused("same_person")
        if Customer.objects.filter(pk=referrer, erased_at=None).first() is None:
            raise ReferRefused("code_unknown")
        if Profile.objects.filter(customer_id=new, purchases__gt=0).exists():
            raise ReferRefused("not_new")
        if _share_contact(referrer, new):
            raise ReferRefused("shared_contact")
        try:
            with transaction.atomic():
                made = Referral.objects.create(programme=programme, referrer_id=referrer, friend_id=new, referred_at=at)
        except IntegrityError as error:
            raise ReferRefused("referred_before") from error
        _log(new, referrer, at=at)
    return made


def settle(programme: Programme, *, at: datetime) -> Settled:
    """Reward those whose friend has bought; refuse whoever turned out to be one person, and beyond the month's limit.

    A constant number of statements for all but the checks of each friend who bought just now.
    """
    terms = programme_terms(programme.terms)
    if not isinstance(terms, ReferralTerms):
        raise TypeError(programme.kind)
    given: dict[str, Any] = {
        "programme": programme.pk,
        "least": terms.minimum_sum,
        "currency": business().currency,
    }
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        with connection.cursor() as cursor:
            cursor.execute(BOUGHT, given)
            found = cursor.fetchall()
        if not found:
            return Settled()
        rewarded, refused = _decide(programme, terms, found, at=at)
        Referral.objects.filter(pk__in=[one for one, _referrer, _friend in rewarded]).update(
            state=Referral.State.REWARDED, settled_at=at
        )
        for reason, ids in refused.items():
            Referral.objects.filter(pk__in=ids).update(state=Referral.State.REFUSED, refusal=reason, settled_at=at)
        _reward(programme, terms, rewarded, at=at)
    return Settled(len(rewarded), sum(map(len, refused.values())))


def _decide(
    programme: Programme, terms: ReferralTerms, found: list[tuple[int, int, int, datetime, Decimal]], *, at: datetime
) -> tuple[list[tuple[int, int, int]], dict[str, list[int]]]:
    roots = root_of({number for row in found for number in row[1:3]})
    month = at.astimezone(business().zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counted: dict[int, int] = defaultdict(int)
    for referrer in Referral.objects.filter(
        programme=programme, state=Referral.State.REWARDED, settled_at__gte=month
    ).values_list("referrer_id", flat=True):
        counted[root_of([referrer])[referrer] if referrer not in roots else roots[referrer]] += 1
    rewarded, refused = [], defaultdict(list)
    for number, referrer, friend, _first, _amount in found:
        one, other = roots[referrer], roots[friend]
        if one == other:
            refused[Referral.Refusal.SAME_PERSON.value].append(number)
        elif _share_contact(one, other):
            refused[Referral.Refusal.SHARED_CONTACT.value].append(number)
        elif counted[one] >= terms.a_month:
            refused[Referral.Refusal.LIMIT.value].append(number)
        else:
            counted[one] += 1
            rewarded.append((number, one, other))
    return rewarded, refused


def _reward(programme: Programme, terms: ReferralTerms, rewarded: list[tuple[int, int, int]], *, at: datetime) -> None:
    offers = {offer.key: offer for offer in Offer.objects.filter(state=State.LIVE)}
    for_friend, for_referrer = offers.get(terms.offer_for_friend), offers.get(terms.offer_for_referrer)
    if for_friend:
        give(
            for_friend, [friend for _number, _one, friend in rewarded], origin=f"referral:{programme.key}/friend", at=at
        )
    if for_referrer:
        for number, referrer, _friend in rewarded:  # each friend is a reward of its own
            give(for_referrer, [referrer], origin=f"referral:{programme.key}/{number}", at=at)


def _share_contact(one: int, other: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SHARED_CONTACT, {"one": one, "other": other})
        return bool(cursor.fetchone()[0])


def _log(friend: int, referrer: int, *, at: datetime) -> None:
    record(
        [
            NewEvent(
                message_id=f"friend_referred/{friend}/{at.isoformat()}",
                type="friend_referred",
                identity=event_identity(Customer(pk=friend)),
                occurred_at=at,
                payload={"referrer": referrer},
            )
        ]
    )
