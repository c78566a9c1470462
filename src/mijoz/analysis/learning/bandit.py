"""By which channel and at what hours to write to a customer: a bandit that learns from who answered.

An arm is a channel and a part of the day. Whether a message is answered is a Bernoulli draw. Its log-odds with a
segment are a sum: of all, of the segment, of the channel and of the part of the day, of what the segment makes of each
of these, and of the arm itself, each with a normal prior around nothing: so few answers say little, and what is true
of everybody is believed of a segment until it answers otherwise (a hierarchy by partial pooling, as in Hong et al.
2022). The customer's own rate is Beta, drawn towards that of their segment.

Chosen by Thompson sampling (Thompson 1933; for log-odds Chapelle & Li 2011): rates are drawn from the Laplace
approximation of what is known of segments, and the customer's own rate follows from the drawn one. Only a share of the
choices explores so; the others take the best that is known. Old answers fade, so that what changes is learned anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

STEPS = 50  # of Newton, at most
OWN = 12.0
OWN_WAYS = 6.0  # expected answers' worth of the segment in what a customer makes of a channel
MOST_RATE = 0.95
EXPLORING = 0.5


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is believed before anybody answered: standard deviations of log-odds, and the weight of a segment's rate."""

    rate: float = 0.2  # of all, before anything is known
    all: float = 1.5
    segment: float = 0.5
    channel: float = 0.8
    part: float = 0.8
    segment_and_channel: float = 1.2
    segment_and_part: float = 1.2
    arm: float = 0.2
    own: float = OWN  # as how many messages of their own the rate of the segment counts for a customer


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages sent and answered by everybody, faded, (segments, channels, parts of the day); row 0 has no segment."""

    sent: Floats
    answered: Floats


@dataclass(frozen=True, slots=True)
class Chosen:
    """For each customer the arm, as place of channel and of part of the day, and what is expected of it."""

    channel: Ints
    part: Ints
    rate: Floats  # expected rate of the arm
    explored: Flags  # whether it was chosen to learn
    alternatives: Ints  # (customers, 2) the best other arms, as channel * parts + part


def fade(age_days: Floats, *, half_life_days: float) -> Floats:
    """What an answer of this age still counts, from 1 down to 0."""
    return 0.5 ** (np.maximum(age_days, 0.0) / half_life_days)


@dataclass(frozen=True, slots=True)
class Learned:
    """The log-odds of every arm in every segment: expected, and how they may be off, to draw from."""

    shape: tuple[int, int, int]
    expected: Floats  # (arms of all segments,)
    spread: Floats  # (arms of all segments, coefficients): times standard normal numbers it is one way to be off
    coefficients: Floats

    def rates(self) -> Floats:
        """The expected rate of each arm, (segments, channels, parts)."""
        return special.expit(self.expected).reshape(self.shape)

    def drawn(self, rng: np.random.Generator, *, segment: Ints) -> Floats:
        """For each of these segments a draw of its own of the rates of its arms, (draws, channels, parts)."""
        arms = self.shape[1] * self.shape[2]
        found = np.empty((len(segment), arms))
        expected = self.expected.reshape(self.shape[0], arms)
        spread = self.spread.reshape(self.shape[0], arms, -1)
        for row in np.unique(segment):
            which = segment == row
            off = rng.standard_normal((int(which.sum()), spread.shape[2])) @ spread[row].T
            found[which] = special.expit(expected[row] + off)
        return found.reshape(len(segment), *self.shape[1:])


def learn(counts: Counts, *, beliefs: Beliefs | None = None, before: Learned | None = None) -> Learned:
    """What these counts say of every arm: a logistic regression on them, fitted by Newton's method.

    What was learned `before`, of the same shape, is where it begins: it is quicker and ends at the same.
    """
    beliefs = beliefs or Beliefs()
    shape = counts.sent.shape
    terms, precision = _terms(shape, beliefs)
    sent, answered = counts.sent.ravel(), counts.answered.ravel()
    base = special.logit(beliefs.rate)
    coefficients = np.zeros(terms.shape[1]) if before is None else before.coefficients.copy()
    curvature = np.diag(precision)
    reached = _likelihood(base + terms @ coefficients, sent, answered) - precision @ coefficients**2 / 2
    for _step in range(STEPS):
        rate = special.expit(base + terms @ coefficients)
        slope = terms.T @ (answered - sent * rate) - precision * coefficients
        curvature = (terms.T * (sent * rate * (1 - rate))) @ terms + np.diag(precision)
        step = np.linalg.solve(curvature, slope)
        for _halving in range(20):
            tried = coefficients + step
            likelihood = _likelihood(base + terms @ tried, sent, answered) - precision @ tried**2 / 2
            if likelihood >= reached:
                break
            step /= 2
        coefficients, reached = tried, likelihood
        if float(np.abs(step).max()) < 1e-4:
            break
    root = np.linalg.cholesky(np.linalg.inv(curvature))
    return Learned(shape, base + terms @ coefficients, terms @ root, coefficients)


def _likelihood(log_odds: Floats, sent: Floats, answered: Floats) -> float:
    return float(answered @ log_odds - sent @ np.logaddexp(0.0, log_odds))


def _terms(shape: tuple[int, ...], beliefs: Beliefs) -> tuple[Floats, Floats]:
    """Which coefficients each arm of each segment sums, and the precision of the prior of each coefficient."""
    segments, channels, parts = shape
    segment, channel, part = (axis.ravel() for axis in np.indices(shape))
    blocks = [
        (np.zeros_like(segment), 1, beliefs.all),
        (segment, segments, beliefs.segment),
        (channel, channels, beliefs.channel),
        (part, parts, beliefs.part),
        (segment * channels + channel, segments * channels, beliefs.segment_and_channel),
        (segment * parts + part, segments * parts, beliefs.segment_and_part),
        (np.arange(len(segment)), len(segment), beliefs.arm),
    ]
    terms = np.concatenate([np.eye(size)[place] for place, size, _spread in blocks], axis=1)
    return terms, np.concatenate([np.full(size, spread**-2) for _place, size, spread in blocks])


def choose(
    learned: Learned,
    *,
    segment: Ints,
    own_sent: Floats,
    own_answered: Floats,
    allowed: Flags,
    rng: np.random.Generator,
    exploring: float = EXPLORING,
    own: float = OWN,
) -> Chosen:
    """An arm for each customer, of those `allowed` to them (customers, channels, parts); −1 where none is.

    `segment` is each one's row in what was learned, `own_sent` and `own_answered` (customers, channels, parts) are
    their own, faded. A share `exploring` of the customers gets what a draw of the rates finds best.
    """
    customers = len(segment)
    arms = allowed.reshape(customers, -1)
    explored = rng.random(customers) < exploring
    known = _own(learned.rates()[segment], own_sent, own_answered, own).reshape(arms.shape)
    score = np.where(arms, known, -np.inf)
    if explored.any():
        which = np.flatnonzero(explored)
        drawn = learned.drawn(rng, segment=segment[which])
        drawn = _own(drawn, own_sent[which], own_answered[which], own).reshape(len(which), -1)
        score[which] = np.where(arms[which], drawn, -np.inf)
    # Equal arms are told apart by chance, so that nobody is always written to at the first hour of the list.
    place = np.argmax(score + rng.random(score.shape) * 1e-9, axis=1)
    fits = arms[np.arange(customers), place]
    others = np.where(arms, known, -np.inf)
    others[np.arange(customers), place] = -np.inf
    second = np.argsort(-others, axis=1)[:, :2]
    second = np.where(np.take_along_axis(np.isfinite(others), second, axis=1), second, -1)
    parts = allowed.shape[2]
    return Chosen(
        channel=np.where(fits, place // parts, -1),
        part=np.where(fits, place % parts, -1),
        rate=np.where(fits, known[np.arange(customers), place], 0.0),
        explored=explored & fits,
        alternatives=second,
    )


def _own(above: Floats, sent: Floats, answered: Floats, weight: float) -> Floats:
    """The customer's rate of each arm, drawn towards that of their segment.

    First by what they make of its channel at other hours: answers there against those expected of their segment. Then
    by what they answered in the arm itself. So who never answers by a channel is not tried there at every hour.
    """
    expected = above * sent
    ways = OWN_WAYS + answered.sum(axis=2, keepdims=True) - answered
    rate = above * ways / (OWN_WAYS + expected.sum(axis=2, keepdims=True) - expected)
    return (weight * np.minimum(rate, MOST_RATE) + answered) / (weight + sent)


def simulate_choices(
    truth: Floats,
    segment: Ints,
    *,
    sends: int,
    batch: int,
    seed: int,
    exploring: float = EXPLORING,
    beliefs: Beliefs | None = None,
    half_life_sends: float | None = None,
    change_at: int | None = None,
    truth_after: Floats | None = None,
) -> dict[str, Floats]:
    """Let the bandit write `sends` messages to customers of whom the true rates are known; what it cost, by message.

    `truth` is (customers, channels, parts), `segment` each one's row from 1. Returns the cumulative regret of the
    bandit (`ours`), of arms drawn evenly (`even`), and of the one arm that is best for all on average (`fixed`), each
    as the expected answers missed against the best arm of each customer. The last is told the truth: nobody can know
    it.
    """
    rng = np.random.default_rng(seed)
    customers, channels, parts = truth.shape
    shape = (int(segment.max()) + 1, channels, parts)
    counts = Counts(np.zeros(shape), np.zeros(shape))
    own_sent, own_answered = np.zeros(truth.shape), np.zeros(truth.shape)
    allowed = np.ones(truth.shape, dtype=bool)
    learned: Learned | None = None
    cost: dict[str, list[Floats]] = {"ours": [], "even": [], "fixed": []}
    for start in range(0, sends, batch):
        now = truth if truth_after is None or change_at is None or start < change_at else truth_after
        who = rng.choice(customers, size=min(batch, sends - start), replace=False)
        learned = learn(counts, beliefs=beliefs, before=learned)
        found = choose(
            learned, segment=segment[who], own_sent=own_sent[who], own_answered=own_answered[who],
            allowed=allowed[who], rng=rng, exploring=exploring, own=(beliefs or Beliefs()).own,
        )  # fmt: skip
        rate = now[who, found.channel, found.part]
        answered = rng.random(len(who)) < rate
        if half_life_sends is not None:
            left = 0.5 ** (len(who) / half_life_sends)
            for kept in (counts.sent, counts.answered, own_sent, own_answered):
                kept *= left
        place = (segment[who], found.channel, found.part)
        np.add.at(counts.sent, place, 1.0)
        np.add.at(counts.answered, place, answered)
        own_sent[who, found.channel, found.part] += 1.0
        own_answered[who, found.channel, found.part] += answered
        best = now[who].reshape(len(who), -1).max(axis=1)
        channel, part = np.unravel_index(now.mean(axis=0).argmax(), (channels, parts))
        cost["ours"].append(best - rate)
        cost["even"].append(best - now[who].reshape(len(who), -1).mean(axis=1))
        cost["fixed"].append(best - now[who, channel, part])
    return {name: np.concatenate(steps).cumsum() for name, steps in cost.items()}


def named(place: int, channels: Sequence[str], parts: Sequence[str]) -> tuple[str, str]:
    """Channel and part of the day of an arm counted as channel * parts + part."""
    return channels[place // len(parts)], parts[place % len(parts)]
