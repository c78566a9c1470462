"""What loyalty adds to the rules of segments and to the customers' list: points and tiers.

Both are those of the whole person, in the programme of its kind that runs; without one nobody's is known.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from mijoz.customers import hooks
from mijoz.customers.models import Customer
from mijoz.customers.queries import ABSORBED
from mijoz.loyalty import queries
from mijoz.loyalty.models import Programme
from mijoz.loyalty.terms import PointsTerms, programme_terms
from mijoz.segments import fields
from mijoz.segments.fields import Field, Kind, Label

LOYALTY = _("Loyalty")
RUNNING = "SELECT min(id) FROM loyalty_programme WHERE kind = '{kind}' AND state = 'live'"
POINTS = f"""
    WITH RECURSIVE {ABSORBED}
    SELECT coalesce(absorbed.root, a.customer_id) AS customer_id, greatest(sum(a.balance - a.owed), 0)::bigint AS value
    FROM loyalty_account a LEFT JOIN absorbed ON absorbed.id = a.customer_id
    WHERE a.kind = 'customer' AND a.programme_id = ({RUNNING.format(kind="points")})
    GROUP BY 1
"""  # noqa: S608 - of ours alone
NO_POINTS = "(SELECT 0 FROM loyalty_programme WHERE kind = 'points' AND state = 'live' LIMIT 1)"
TIERS = f"""
    SELECT t.customer_id, t.tier AS value FROM loyalty_tierstanding t
    WHERE t.programme_id = ({RUNNING.format(kind="tiers")})
"""  # noqa: S608 - of ours alone
SOME, ENOUGH, NONE = "some", "enough", "-"  # the last is no key of a tier
NO_TIER = "coalesce((SELECT '-' FROM loyalty_programme WHERE kind = 'tiers' AND state = 'live' LIMIT 1), '')"


def _points_terms() -> PointsTerms | None:
    running = next(iter(queries.live(Programme.Kind.POINTS)), None)
    terms = programme_terms(running.terms) if running else None
    return terms if isinstance(terms, PointsTerms) else None


def _tiers() -> list[tuple[str, Label]]:
    return [*_tier_choices()]


def _tier_choices() -> list[tuple[str, str]]:
    found = queries.tiers()
    return [*found, (NONE, str(_("no tier")))] if found else []


def _points_choices() -> list[tuple[str, str]]:
    if _points_terms() is None:
        return []
    return [(SOME, str(_("has points"))), (ENOUGH, str(_("can use points now"))), (NONE, str(_("has no points")))]


def in_tier(customers: QuerySet[Customer], key: str) -> QuerySet[Customer]:
    """The customers who stand in the tier now; `-` those who stand in none."""
    if key == NONE:
        return customers.exclude(pk__in=RawSQL(f"SELECT customer_id FROM ({TIERS}) told", []))  # noqa: S608, S611
    return customers.filter(pk__in=RawSQL(f"SELECT customer_id FROM ({TIERS}) told WHERE value = %s", [key]))  # noqa: S608, S611


def with_points(customers: QuerySet[Customer], key: str) -> QuerySet[Customer]:
    """The customers with points, with enough to use them, or without any."""
    terms = _points_terms()
    least = terms.minimum_redeem if key == ENOUGH and terms else 1
    those = RawSQL(f"SELECT customer_id FROM ({POINTS}) told WHERE value >= %s", [least])  # noqa: S608, S611
    return customers.exclude(pk__in=those) if key == NONE else customers.filter(pk__in=those)


def connect() -> None:
    """Register the facts with the rules, and the filters with the list."""
    fields.register(
        Field(
            key="points",
            label=_("points to spend"),
            kind=Kind.COUNT,
            relation=POINTS,
            absent=NO_POINTS,
            group=LOYALTY,
        )
    )
    fields.register(
        Field(
            key="tier", label=_("tier"), kind=Kind.CHOICE, relation=TIERS, absent=NO_TIER, group=LOYALTY, choices=_tiers
        )
    )
    hooks.register_filter(hooks.ListFilter(key="tier", label=_("Tier"), choices=_tier_choices, apply=in_tier, order=60))
    hooks.register_filter(
        hooks.ListFilter(key="points", label=_("Points"), choices=_points_choices, apply=with_points, order=61)
    )
