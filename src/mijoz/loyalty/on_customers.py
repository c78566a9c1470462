"""What loyalty adds to the customer page, and the names by which its timeline calls offers and tiers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mijoz.customers import hooks
from mijoz.customers.models import Customer
from mijoz.customers.queries import whole
from mijoz.loyalty import origins, queries
from mijoz.loyalty.forms.programmes import AdjustForm, FriendForm
from mijoz.loyalty.models import Programme, Referral
from mijoz.loyalty.roles import TILL

SHOWN = 6


def panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """Points, tier, stamps and open offers; None while no programme runs and nothing was given."""
    person, now = whole(customer), timezone.now()
    grants = queries.open_grants(person, at=now)[:SHOWN]
    called = origins.names_of(grant.origin for grant in grants) if grants else {}
    points = next(iter(queries.live(Programme.Kind.POINTS)), None)
    shown: dict[str, Any] = {
        "programme": points,
        "tier": queries.tier_of([customer.pk]).get(customer.pk, ""),
        "cards": queries.cards(customer.pk),
        "grants": [(grant, called[grant.origin]) for grant in grants],
    }
    if not any(shown.values()):
        return None
    may_redeem = request.staff.role in TILL  # type: ignore[attr-defined]
    shown |= {"may_redeem": may_redeem, "adjust_form": AdjustForm(), "friend_form": FriendForm()}
    if points:
        shown |= {
            "points": queries.points_of([customer.pk]).get(customer.pk, 0),
            "owed": queries.owed(points, person),
            "expires": queries.next_expiry(points, person),
            "moves": queries.moves(points, person),
        }
    shown["may_refer"] = bool(
        may_redeem
        and queries.live(Programme.Kind.REFERRAL)
        and not customer.profile.purchases
        and not Referral.objects.filter(friend__in=person).exists()
    )
    return shown


def connect() -> None:
    """Register it all."""
    hooks.connect_names("offer", queries.names_of_offers)
    hooks.connect_names("tier", queries.names_of_tiers)
    hooks.connect_names("programme", queries.names_of_programmes)
    hooks.register_panel(hooks.Panel(key="loyalty", template="loyalty/_customer_panel.html", context=panel, order=28))
