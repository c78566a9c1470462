"""Offers, programmes and refusals in the words of the page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mijoz.loyalty.models import Offer
from mijoz.loyalty.pricing import Candidate
from mijoz.loyalty.terms import (
    Amount,
    Gift,
    OfferTerms,
    Package,
    Percent,
    PointsTerms,
    ReferralTerms,
    StampTerms,
    TiersTerms,
    offer_terms,
    programme_terms,
)
from mijoz.segments.models import Segment, in_language
from mijoz.ui import formats


def benefit(terms: OfferTerms, currency: str) -> str:
    """What the offer gives, in a few words."""
    services = ", ".join(terms.services)
    match terms.benefit:
        case Percent(percent=percent, at_most=at_most):
            figures = {"share": formats.share(percent / 100, 2 if percent % 1 else 0), "services": services}
            told = _("%(share)s off %(services)s") % figures if services else _("%(share)s off") % figures
            if at_most:
                told = _("%(told)s, at most %(sum)s") % {"told": told, "sum": formats.money(at_most, currency)}
            return told
        case Amount(amount=amount):
            figures = {"sum": formats.money(amount, currency), "services": services}
            return _("%(sum)s off %(services)s") % figures if services else _("%(sum)s off") % figures
        case Gift(gifts=gifts):
            return _("As a gift: %(gift)s") % {"gift": in_language(gifts)}
        case Package(price=price):
            return _("%(services)s together for %(sum)s") % {
                "services": services,
                "sum": formats.money(price, currency),
            }
    return ""


def facts(offer: Offer, currency: str) -> list[tuple[str, str]]:
    """The terms of an offer as label and text."""
    terms = offer_terms(offer.terms)
    told = [(_("Gives"), benefit(terms, currency))]
    if terms.minimum_sum:
        told.append((_("From a sum of"), formats.money(terms.minimum_sum, currency)))
    told.append((_("For"), who(terms)))
    if terms.starts_on or terms.ends_on:
        told.append((_("Days"), f"{formats.day(terms.starts_on)} – {formats.day(terms.ends_on)}"))
    told.append((_("Beside others"), stacking(terms)))
    if terms.per_customer:
        told.append((_("For one customer"), limit(terms.per_customer, terms.per_days)))
    if terms.valid_days:
        told.append((_("A code holds"), days(terms.valid_days)))
    return told


def who(terms: OfferTerms) -> str:
    match terms.who:
        case "everybody":
            return _("everybody")
        case "segments":
            named = {one.key: one.name for one in Segment.objects.filter(key__in=terms.segments)}
            return ", ".join(named.get(key, key) for key in terms.segments)
    return _("only by code or grant")


def stacking(terms: OfferTerms) -> str:
    match terms.stacking:
        case "exclusive":
            return _("not with any other offer")
        case "group":
            return _("one of the group “%(group)s”") % {"group": terms.group}
    return _("together with others")


def limit(times: int, per_days: int | None) -> str:
    told = ngettext("%(n)s time", "%(n)s times", times) % {"n": formats.number(times)}
    return _("%(times)s in %(days)s") % {"times": told, "days": days(per_days)} if per_days else told


def days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": formats.number(count)}


def months(count: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": formats.number(count)}


def points(count: int | Decimal) -> str:
    return ngettext("%(n)s point", "%(n)s points", int(count)) % {"n": formats.number(count)}


def refusal(candidate: Candidate, names: dict[str, str], currency: str) -> str:
    """Why this offer or code is not in use."""
    figures = dict(candidate.figures)
    return reason(candidate.refusal, figures | {"other": names.get(figures.get("other", ""), "")}, currency)


def reason(key: str, figures: dict[str, str], currency: str) -> str:
    """The sentence of a refusal."""
    told: dict[str, Any] = dict(figures)
    for name in ("sum", "missing"):
        if name in told:
            told[name] = formats.money(Decimal(told[name]), currency)
    if told.get("day"):
        told["day"] = formats.day(date.fromisoformat(told["day"]))
    if "available" in told:
        told["available"] = points(int(told["available"]))
    if "least" in told:
        told["least"] = points(int(told["least"]))
    if key == "limit":
        count = int(told["times"])
        told["limit"] = limit(count, int(told["days"]) if told.get("days") else None)
    return _sentences().get(key, key) % told


def _sentences() -> dict[str, str]:
    return {
        "exclusive": _("“%(other)s” goes with no other offer, and gives more."),
        "together_is_more": _("It goes with no other offer, and the others together give more."),
        "group": _("Only one of its group counts, and “%(other)s” gives more."),
        "gives_nothing": _("There is nothing left to take off."),
        "minimum": _("From %(sum)s; %(missing)s are missing."),
        "package": _("Not on the receipt: %(services)s."),
        "services": _("Only for: %(services)s."),
        "not_live": _("This offer is not running."),
        "not_begun": _("It begins on %(day)s."),
        "over": _("It was good until %(day)s."),
        "withdrawn": _("This code was taken back."),
        "used": _("This code was used already."),
        "limit": _("Used already: %(limit)s for one customer."),
        "budget": _("The budget of this offer is spent."),
        "code_mistyped": _("There is a slip in this code: type it once more."),
        "code_unknown": _("There is no such code."),
        "code_of_another": _("This code belongs to another customer."),
        "nothing_applies": _("No offer fits this receipt."),
        "price_changed": _("It has changed meanwhile: the sum is now %(sum)s. Look again."),
        "receipt_used": _("This receipt was redeemed already."),
        "points_too_few": _("There are not so many points: %(available)s."),
        "points_least": _("Points can be used from %(least)s on."),
        "points_share": _("So many points cannot pay for this receipt."),
        "no_points_programme": _("There is no customer with points here."),
        "nothing_to_pay": _("Write what the receipt comes to."),
        "cancelled_before": _("It was taken back before."),
        "too_late": _("More than a day has passed: a manager can still take it back."),
        "no_programme": _("Bringing friends is not rewarded now."),
        "same_person": _("That is their own code."),
        "not_new": _("This customer has bought before: only new ones can be brought."),
        "shared_contact": _("They share a phone or an e-mail with whose code it is."),
        "referred_before": _("This customer came by a friend's code already."),
        "no_reason": _("Write a reason."),
        "nothing": _("Write how many points."),
        "over_limit": _("So many points may only be changed by a manager; your limit is %(least)s."),
        "customer_gone": _("This customer cannot use offers any more."),
    }


def programme(document: Any, currency: str, offers: dict[str, str]) -> str:
    """What a programme does, in a sentence; `offers` names the offers it gives."""
    terms = programme_terms(document)
    match terms:
        case PointsTerms():
            parts = []
            if terms.per_sum:
                parts.append(
                    _("%(points)s for each %(sum)s")
                    % {"points": points(terms.points), "sum": formats.money(terms.per_sum, currency)}
                )
            if terms.per_visit:
                parts.append(_("%(points)s for each visit") % {"points": points(terms.per_visit)})
            parts.append(_("a point pays %(sum)s") % {"sum": formats.money(terms.value, currency)})
            if terms.expires_after_months:
                parts.append(_("they hold for %(months)s") % {"months": months(terms.expires_after_months)})
            return ", ".join(parts)
        case StampTerms():
            figures = {
                "n": formats.number(terms.needed),
                "offer": offers.get(terms.offer, terms.offer),
                "services": ", ".join(terms.services),
            }
            if terms.services:
                return _("After %(n)s of %(services)s: %(offer)s") % figures
            return _("After %(n)s: %(offer)s") % figures
        case TiersTerms():
            named = [in_language(tier.names) or tier.key for tier in terms.tiers]
            return _("%(tiers)s, by the last %(months)s") % {
                "tiers": " → ".join(named),
                "months": months(terms.window_months),
            }
        case ReferralTerms():
            return _("The friend gets “%(friend)s”, and who brought them “%(referrer)s”.") % {
                "friend": offers.get(terms.offer_for_friend, terms.offer_for_friend),
                "referrer": offers.get(terms.offer_for_referrer, terms.offer_for_referrer),
            }
    return ""
