"""The choice of channel and hour learns what was planted, at a bounded cost, and keeps to what it may choose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.learning.bandit import Beliefs, Counts, choose, fade, learn, simulate_choices
from mijoz.analysis.simulator.responses import draw_customers

RNG = np.random.default_rng


def counts(sent: object, answered: object) -> Counts:
    return Counts(np.array(sent, dtype=float), np.array(answered, dtype=float))


def test_the_regret_is_under_a_third_of_even_choice_after_5000_sends() -> None:
    ratios = []
    for seed in (1, 2, 3):
        truth, segment = draw_customers(RNG(seed), 1_500)
        cost = simulate_choices(truth, segment, sends=5_000, batch=100, seed=seed)
        ratios.append(cost["ours"][-1] / cost["even"][-1])
        assert cost["ours"][-1] < cost["fixed"][-1]
    assert np.mean(ratios) < 1 / 3


def test_it_learns_anew_when_customers_change_their_ways() -> None:
    truth, segment = draw_customers(RNG(1), 600)
    turned = truth[:, ::-1, ::-1].copy()
    told = {"sends": 6_000, "batch": 100, "seed": 1, "change_at": 3_000, "truth_after": turned}
    fading = simulate_choices(truth, segment, half_life_sends=1_500, **told)
    lasting = simulate_choices(truth, segment, **told)
    after = {name: cost["ours"][-1] - cost["ours"][3_999] for name, cost in (("fading", fading), ("lasting", lasting))}
    assert after["fading"] < after["lasting"]


def test_nothing_known_gives_one_rate_to_every_arm() -> None:
    nothing = counts(np.zeros((2, 2, 3)), np.zeros((2, 2, 3)))
    assert learn(nothing).rates() == pytest.approx(np.full((2, 2, 3), Beliefs().rate))


def test_a_segment_without_answers_is_served_as_everybody_answers() -> None:
    sent = np.zeros((3, 2, 2))
    sent[1] = 100
    answered = np.zeros_like(sent)
    answered[1] = [[10, 10], [60, 60]]
    rates = learn(counts(sent, answered)).rates()
    assert rates[2, 1].min() > rates[2, 0].max()
    assert rates[1, 1].mean() == pytest.approx(0.6, abs=0.03)


def test_more_messages_make_it_surer() -> None:
    few, many = (learn(counts(np.full((1, 1, 2), n), np.full((1, 1, 2), n / 2))) for n in (4, 400))
    assert many.drawn(RNG(1), segment=np.zeros(500, int)).std() < few.drawn(RNG(1), segment=np.zeros(500, int)).std()


def test_a_customer_is_written_to_as_they_themselves_answer() -> None:
    sent = np.full((1, 2, 1), 50.0)
    learned = learn(counts(sent, [[[25.0], [10.0]]]))
    own_sent = np.array([[[9.0], [9.0]], [[0.0], [0.0]]])
    own_answered = np.array([[[0.0], [7.0]], [[0.0], [0.0]]])
    found = choose(
        learned, segment=np.zeros(2, int), own_sent=own_sent, own_answered=own_answered,
        allowed=np.ones((2, 2, 1), bool), rng=RNG(1), exploring=0.0,
    )  # fmt: skip
    assert found.channel.tolist() == [1, 0]
    assert not found.explored.any()
    assert found.rate[0] == pytest.approx((12 * learned.rates()[0, 1, 0] + 7) / (12 + 9))


def test_only_a_share_explores() -> None:
    nothing = learn(counts(np.zeros((1, 2, 3)), np.zeros((1, 2, 3))))
    zeros = np.zeros((4_000, 2, 3))
    found = choose(
        nothing, segment=np.zeros(4_000, int), own_sent=zeros, own_answered=zeros,
        allowed=np.ones(zeros.shape, bool), rng=RNG(1), exploring=0.2,
    )  # fmt: skip
    assert found.explored.mean() == pytest.approx(0.2, abs=0.03)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_never_an_arm_that_is_not_allowed(seed: int, exploring: float) -> None:
    rng = RNG(seed)
    allowed = rng.random((20, 2, 3)) < 0.4
    learned = learn(counts(np.full((2, 2, 3), 5.0), rng.integers(0, 6, (2, 2, 3))))
    zeros = np.zeros(allowed.shape)
    found = choose(
        learned, segment=rng.integers(0, 2, 20), own_sent=zeros, own_answered=zeros, allowed=allowed, rng=rng,
        exploring=exploring,
    )  # fmt: skip
    for row, (channel, part) in enumerate(zip(found.channel, found.part, strict=True)):
        assert allowed[row, channel, part] if allowed[row].any() else (channel, part) == (-1, -1)
        for other in found.alternatives[row]:
            assert other == -1 or (allowed[row].ravel()[other] and other != channel * 3 + part)


def test_what_was_learned_before_is_only_where_it_begins() -> None:
    one = counts(np.full((2, 2, 3), 30.0), np.arange(12.0).reshape(2, 2, 3))
    other = learn(counts(np.full((2, 2, 3), 9.0), np.full((2, 2, 3), 8.0)))
    assert learn(one, before=other).rates() == pytest.approx(learn(one).rates(), abs=1e-4)


def test_an_answer_counts_half_after_its_half_life() -> None:
    assert fade(np.array([0.0, 90.0, 180.0, -5.0]), half_life_days=90.0).tolist() == [1.0, 0.5, 0.25, 1.0]
