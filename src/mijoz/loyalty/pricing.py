"""Which offers a receipt gets: of all sets that may stand beside each other, the one that is best for the customer.

Pure. Percents and amounts are taken of the prices before any discount and add up; a line never costs less than
nothing. So a further offer never makes a set worse, and the best set is either one exclusive offer alone, or every
stackable one with the best of each group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from math import prod

from mijoz.loyalty.terms import Amount, Gift, OfferTerms, Package, Percent

MOST_SETS = 4096  # of one offer from each group; beyond that each group gives the one that is best alone
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """A position of the receipt: what, how many, and the money for all of them."""

    item: str
    amount: Decimal
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer that could be used; `refusal` is the reason why it cannot, as a key with its figures."""

    key: str
    terms: OfferTerms
    grant: int | None = None
    refusal: str = ""
    figures: tuple[tuple[str, str], ...] = ()

    def refused(self, reason: str, **figures: object) -> Candidate:
        told = tuple((name, str(value)) for name, value in figures.items())
        return Candidate(self.key, self.terms, self.grant, reason, told)


@dataclass(frozen=True, slots=True)
class Applied:
    """An offer in use: what it takes off the receipt, and what that costs the business."""

    candidate: Candidate
    discount: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Priced:
    """The receipt with the best set of offers, and each of the others with why it is not in it."""

    before: Decimal
    applied: list[Applied] = field(default_factory=list)
    refused: list[Candidate] = field(default_factory=list)

    @property
    def discount(self) -> Decimal:
        return sum((one.discount for one in self.applied), NOTHING)

    @property
    def after(self) -> Decimal:
        return self.before - self.discount


def price(lines: Sequence[Line], candidates: Iterable[Candidate], *, places: int = 2) -> Priced:
    """The best set of `candidates` for the receipt; sums are rounded to `places` decimals."""
    before = sum((line.amount for line in lines), NOTHING)
    possible: list[Candidate] = []
    refused: list[Candidate] = []
    for candidate in candidates:
        checked = _checked(candidate, lines, before)
        (refused if checked.refusal else possible).append(checked)
    best = _best(lines, possible, places)
    chosen = {one.candidate.key for one in best}
    alone = any(one.candidate.terms.stacking == "exclusive" for one in best)
    groups = {one.candidate.terms.group: one.candidate.key for one in best if one.candidate.terms.stacking == "group"}
    for candidate in possible:
        if candidate.key in chosen:
            continue
        if alone:
            reason = candidate.refused("exclusive", other=best[0].candidate.key)
        elif candidate.terms.stacking == "exclusive":
            reason = candidate.refused("together_is_more")
        elif candidate.terms.group in groups and candidate.terms.stacking == "group":
            reason = candidate.refused("group", other=groups[candidate.terms.group])
        else:
            reason = candidate.refused("gives_nothing")
        refused.append(reason)
    return Priced(before, best, refused)


def _checked(candidate: Candidate, lines: Sequence[Line], before: Decimal) -> Candidate:
    terms = candidate.terms
    if candidate.refusal:
        return candidate
    if terms.minimum_sum and before < terms.minimum_sum:
        return candidate.refused("minimum", sum=terms.minimum_sum, missing=terms.minimum_sum - before)
    wanted = {_plain(service) for service in terms.services}
    present = {_plain(line.item) for line in lines}
    if isinstance(terms.benefit, Package):
        if missing := wanted - present:
            named = [service for service in terms.services if _plain(service) in missing]
            return candidate.refused("package", services=", ".join(named))
    elif wanted and not wanted & present:
        return candidate.refused("services", services=", ".join(terms.services))
    return candidate


def _best(lines: Sequence[Line], possible: list[Candidate], places: int) -> list[Applied]:
    together = [one for one in possible if one.terms.stacking == "stackable"]
    groups: dict[str, list[Candidate]] = {}
    for one in possible:
        if one.terms.stacking == "group":
            groups.setdefault(one.terms.group, []).append(one)
    if prod(len(members) for members in groups.values()) > MOST_SETS:
        groups = {
            name: [max(members, key=lambda one: _worth(lines, [one], places))] for name, members in groups.items()
        }
    sets = [[*together, *choice] for choice in product(*groups.values())]
    sets += [[one] for one in possible if one.terms.stacking == "exclusive"]
    # Of two equal sets the one that uses up fewer grants is better for the customer.
    best = max(sets, key=lambda chosen: (_worth(lines, chosen, places), -len(chosen)), default=[])
    return _apply(lines, best, places)


def _worth(lines: Sequence[Line], chosen: Sequence[Candidate], places: int) -> Decimal:
    return sum((one.cost for one in _apply(lines, chosen, places)), NOTHING)


def _apply(lines: Sequence[Line], chosen: Sequence[Candidate], places: int) -> list[Applied]:
    """What each offer of a set takes off, no line costing less than nothing; who gives nothing falls out."""
    left = [line.amount for line in lines]
    applied = []
    for candidate in chosen:
        benefit = candidate.terms.benefit
        if isinstance(benefit, Gift):
            applied.append(Applied(candidate, NOTHING, benefit.worth))
            continue
        wanted = _wanted(lines, candidate.terms, places)
        taken = [min(one, rest) for one, rest in zip(wanted, left, strict=True)]
        discount = sum(taken, NOTHING)
        if discount > 0:
            left = [rest - one for rest, one in zip(left, taken, strict=True)]
            applied.append(Applied(candidate, discount, discount))
    return applied


def _wanted(lines: Sequence[Line], terms: OfferTerms, places: int) -> list[Decimal]:
    """What the offer alone would take off each line."""
    services = {_plain(service) for service in terms.services}
    inside = [line.amount if not services or _plain(line.item) in services else NOTHING for line in lines]
    total = sum(inside, NOTHING)
    match terms.benefit:
        case Percent(percent=percent, at_most=at_most):
            off = total * percent / 100
            return _spread(min(off, at_most) if at_most else off, inside, places)
        case Amount(amount=amount):
            return _spread(min(amount, total), inside, places)
        case Package(price=package_price):
            one_each = [NOTHING] * len(lines)
            for service in services:
                place = next(place for place, line in enumerate(lines) if _plain(line.item) == service)
                one_each[place] = lines[place].amount / max(lines[place].quantity, Decimal(1))
            return _spread(max(NOTHING, sum(one_each, NOTHING) - package_price), one_each, places)
        case _:
            return [NOTHING] * len(lines)


def _spread(off: Decimal, over: Sequence[Decimal], places: int) -> list[Decimal]:
    """`off`, rounded, over the lines in proportion; what rounding leaves goes to the last lines that have room."""
    total = sum(over, NOTHING)
    off = min(off.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), total)
    if total <= 0:
        return [NOTHING] * len(over)
    parts, so_far, given = [], NOTHING, NOTHING
    for amount in over:
        so_far += amount
        upto = off if so_far == total else (off * so_far / total).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        parts.append(upto - given)
        given = upto
    return parts


def _plain(item: str) -> str:
    return " ".join(item.split()).casefold()
