"""The next best offer finds what goes together, and leaves out what it must."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import linalg, sparse

from mijoz.analysis.learning import next_offer, offer_tests
from mijoz.analysis.learning.next_offer import Settings

SETTINGS = Settings(penalty=5.0)


def lines(*rows: tuple[int, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"customer_id": pl.Int64, "item": pl.String, "day": pl.Float64}, orient="row")


def taste(seed: int = 1, customers: int = 600) -> pl.DataFrame:
    """Three kinds of customers, who take mostly of the five services of their kind; and a service that all take."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        for number in range(int(rng.integers(2, 7))):
            kind = customer % 3 if rng.random() < 0.85 else rng.integers(0, 3)
            item = "all" if rng.random() < 0.2 else f"{'abc'[kind]}{rng.integers(0, 5)}"
            rows.append((customer, item, float(rng.integers(0, 100)), number))
    schema = {"customer_id": pl.Int64, "item": pl.String, "day": pl.Float64, "basket": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def places(model: next_offer.Model, *names: str) -> list[int]:
    return [model.services.index(name) for name in names]


def test_the_weights_are_those_of_the_closed_form() -> None:
    known = next_offer.histories(lines((1, "a", 9), (1, "b", 9), (2, "a", 9), (3, "c", 9)), at=9.001, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    x = known.taken.toarray().astype(float)
    inverse = linalg.inv(x.T @ x + 5.0 * np.eye(3))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    assert model.weights == pytest.approx(expected, abs=1e-5)
    a, b, c = places(model, "a", "b", "c")
    assert model.weights[a, b] > 0 == model.weights[a, c]


def test_what_goes_together_is_offered_and_the_reason_named() -> None:
    sold = taste()
    known = next_offer.histories(sold, at=100.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    asked = next_offer.histories(
        lines((7, "a0", 99), (7, "a1", 98)), at=100.0, settings=SETTINGS, services=model.services
    )
    found = next_offer.suggest(model, asked, top=3, may_come_again=np.zeros(16, bool))
    offered = [model.services[place] for place in found.places[0]]
    assert set(offered) <= {"a2", "a3", "a4", "all"}
    assert len(set(offered) & {"a2", "a3", "a4"}) >= 2
    reasons = {model.services[place] for place in found.because[0].ravel() if place >= 0}
    assert reasons
    assert reasons <= {"a0", "a1"}


def test_it_beats_popularity_on_planted_tastes_and_not_where_there_is_none() -> None:
    planted = offer_tests.trial(taste(), begin=70.0, end=100.0, settings=SETTINGS).new.gain(resamples=500)
    assert planted.low > 0
    rng = np.random.default_rng(3)
    chance = taste(3).with_columns(pl.Series("item", [f"s{one}" for one in rng.integers(0, 16, taste(3).height)]))
    nothing = offer_tests.trial(chance, begin=70.0, end=100.0, settings=SETTINGS).new.gain(resamples=500)
    assert nothing.low <= 0


def test_who_has_no_history_gets_what_is_popular() -> None:
    known = next_offer.histories(taste(), at=100.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    found = next_offer.suggest(model, known.of(np.array([99_999])), top=5)
    assert found.places[0].tolist() == np.argsort(-model.popularity, kind="stable")[:5].tolist()
    assert not found.is_personal.any()


def test_who_may_not_be_profiled_gets_what_is_popular_whatever_they_took() -> None:
    known = next_offer.histories(taste(), at=100.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS, segment_of=dict.fromkeys(range(0, 600, 3), "a"))
    found = next_offer.suggest(
        model, known, is_profiled=np.arange(600) > 0, segments=["a"] * 600, may_come_again=np.ones(16, bool)
    )
    assert found.places[0].tolist() == np.argsort(-model.popularity, kind="stable")[:5].tolist()
    assert not found.is_personal[0].any()
    assert found.is_personal[1:].any()


def test_a_segment_with_a_taste_of_its_own_is_offered_that_first() -> None:
    known = next_offer.histories(taste(), at=100.0, settings=SETTINGS)
    segment_of = {customer: "abc"[customer % 3] for customer in range(600)}
    model = next_offer.fit(known, settings=SETTINGS, segment_of=segment_of)
    found = next_offer.suggest(model, known.of(np.array([9_001, 9_002])), top=4, segments=["b", ""])
    assert sum(model.services[place].startswith("b") for place in found.places[0]) >= 2
    assert found.places[1].tolist() == np.argsort(-model.popularity, kind="stable")[:4].tolist()


def test_what_is_not_to_be_had_or_was_refused_is_not_offered() -> None:
    known = next_offer.histories(taste(), at=100.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    asked = known.of(np.array([0]))
    first = next_offer.suggest(model, asked, top=2).places[0]
    offered = np.ones(16, bool)
    offered[first[0]] = False
    refused = sparse.csr_matrix(([1.0], ([0], [first[1]])), shape=(1, 16))
    found = next_offer.suggest(model, asked, top=5, offered=offered, refused=refused).places[0]
    assert not set(first) & set(found)
    half = sparse.csr_matrix(([0.5], ([0], [first[0]])), shape=(1, 16))
    drawn_back = next_offer.suggest(model, asked, top=16, refused=half)
    assert drawn_back.scores[0][drawn_back.places[0] == first[0]] < next_offer.suggest(model, asked, top=1).scores[0]


def test_a_service_of_one_time_is_not_offered_again_and_one_of_wont_is() -> None:
    often = lines(
        *((1, "cut", float(day)) for day in range(0, 90, 10)), (1, "once", 80.0), (2, "cut", 80.0), (2, "dye", 1.0)
    )
    known = next_offer.histories(often, at=90.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    again = np.array([name == "cut" for name in model.services])
    found = next_offer.suggest(model, known.of(np.array([1])), top=3, may_come_again=again)
    assert [model.services[place] for place in found.places[0] if place >= 0] == ["cut", "dye"]


def test_only_services_taken_before_when_asked_so() -> None:
    known = next_offer.histories(taste(), at=100.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    found = next_offer.suggest(model, known, top=16, never_taken=False)
    for row in range(50):
        places = found.places[row]
        assert set(places[places >= 0]) == set(known.taken[row].indices)


def test_nothing_sold_gives_no_suggestions() -> None:
    known = next_offer.histories(lines(), at=1.0, settings=SETTINGS)
    model = next_offer.fit(known, settings=SETTINGS)
    assert (next_offer.suggest(model, known.of(np.array([1, 2])), top=5).places == -1).all()
    assert next_offer.suggest(model, known, top=5).places.shape == (0, 5)


def test_purchases_fade_by_their_half_life() -> None:
    settings = Settings(half_life_days=10.0)
    known = next_offer.histories(lines((1, "a", 0), (1, "a", 10), (1, "b", 20)), at=20.0001, settings=settings)
    held = dict(zip(known.services, known.taken.toarray()[0], strict=True))
    assert held == pytest.approx({"a": 0.5, "b": 1.0}, abs=1e-4)
    assert known.habit.toarray()[0][known.services.index("a")] == pytest.approx(0.75, abs=1e-4)


def test_the_interval_of_a_bootstrap_holds_the_mean() -> None:
    hits = np.array([True] * 30 + [False] * 70)
    low, high = offer_tests.interval_of(hits)
    assert low < 0.3 < high
    assert high - low == pytest.approx(2 * 1.96 * (0.3 * 0.7 / 100) ** 0.5, rel=0.1)
