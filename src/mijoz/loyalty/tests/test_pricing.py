"""The receipt gets the set of offers that is best for the customer, and every other one says why not."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.loyalty.pricing import Candidate, Line, price
from mijoz.loyalty.terms import offer_terms


def candidate(key: str, kind: str = "percent", value: int = 10, **terms: Any) -> Candidate:
    benefit: dict[str, Any] = {
        "percent": {"kind": "percent", "percent": value},
        "amount": {"kind": "amount", "amount": value},
        "gift": {"kind": "gift", "gifts": {"en": "Tea"}, "worth": value},
        "package": {"kind": "package", "price": value},
    }[kind]
    benefit |= terms.pop("benefit", {})
    return Candidate(key, offer_terms({"benefit": benefit, **terms}))


def receipt(**items: int) -> list[Line]:
    return [Line(item, Decimal(amount)) for item, amount in items.items()]


CASES = [
    ("nothing", [], 300, {}),
    ("ten percent", [candidate("a")], 270, {}),
    ("an amount, no more than the receipt", [candidate("a", "amount", 1000)], 0, {}),
    ("both when they stack", [candidate("a"), candidate("b", "amount", 50)], 220, {}),
    (
        "the exclusive one alone when it gives more",
        [candidate("a"), candidate("b", value=50, stacking="exclusive")],
        150,
        {"a": "exclusive"},
    ),
    (
        "not the exclusive one when the others give more",
        [candidate("a"), candidate("c", "amount", 100), candidate("b", value=40, stacking="exclusive")],
        170,
        {"b": "together_is_more"},
    ),
    (
        "the better of a group",
        [candidate("a", stacking="group", group="g"), candidate("b", value=20, stacking="group", group="g")],
        240,
        {"a": "group"},
    ),
    ("only on its service", [candidate("a", value=50, services=["Plov"])], 250, {}),
    ("not without its service", [candidate("a", services=["Osh"])], 300, {"a": "services"}),
    ("from a minimum sum", [candidate("a", minimum_sum=301)], 300, {"a": "minimum"}),
    ("a package of two", [candidate("a", "package", 150, services=["plov", "CHOY"])], 150, {}),
    (
        "no package of what is not there",
        [candidate("a", "package", 1, services=["Plov", "Osh"])],
        300,
        {"a": "package"},
    ),
    ("at most so much", [candidate("a", value=50, benefit={"at_most": 20})], 280, {}),
]


@pytest.mark.parametrize(("case", "candidates", "after", "refused"), CASES, ids=[case[0] for case in CASES])
def test_the_best_for_the_customer(case: str, candidates: list[Candidate], after: int, refused: dict[str, str]) -> None:
    priced = price(receipt(Plov=100, Choy=200), candidates)
    assert priced.after == after
    assert {one.key: one.refusal for one in priced.refused} == refused


def test_a_gift_costs_its_worth_and_takes_nothing_off() -> None:
    priced = price(receipt(Plov=100), [candidate("a", "gift", 30)])
    assert (priced.after, priced.applied[0].cost) == (100, 30)


def test_rounding_gives_the_whole_sum_back() -> None:
    lines = [Line("a", Decimal(333)), Line("b", Decimal(333)), Line("c", Decimal(334))]
    priced = price(lines, [candidate("x", value=33)], places=0)
    assert priced.discount == 330


offers = st.lists(
    st.builds(
        lambda place, kind, value, stacking: candidate(
            f"o{place}", kind, value, stacking=stacking, group="g" if stacking == "group" else ""
        ),
        st.integers(0, 99),
        st.sampled_from(["percent", "amount"]),
        st.integers(1, 100),
        st.sampled_from(["stackable", "exclusive", "group"]),
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)


@given(offers, st.lists(st.integers(0, 1000), min_size=1, max_size=4))
def test_no_allowed_set_gives_more(candidates: list[Candidate], sums: list[int]) -> None:
    lines = [Line(f"s{place}", Decimal(total)) for place, total in enumerate(sums)]
    best = price(lines, candidates)
    assert 0 <= best.after <= best.before
    for size in range(1, len(candidates) + 1):
        for chosen in combinations(candidates, size):
            kinds = [one.terms.stacking for one in chosen]
            if ("exclusive" in kinds and size > 1) or kinds.count("group") > 1:
                continue
            assert best.discount >= price(lines, chosen).discount
