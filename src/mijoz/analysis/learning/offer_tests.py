"""How good suggestions are: hit rates in a period after the histories end, against popularity, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from mijoz.analysis.learning import next_offer
from mijoz.analysis.learning.next_offer import Flags, Floats, Histories, Settings


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Hits:
    """Whether each customer's five held what they took: ours, and what others would have said."""

    ours: Flags
    popular: Flags
    wont: Flags  # what the customer took most often before
    neighbours: Flags  # services taken by the same customers, by cosine

    def gain(self, *, resamples: int = 2_000, seed: int = 1) -> Interval:
        """The difference of the hit rates, ours less popularity's, by a paired bootstrap over customers."""
        difference = self.ours.astype(np.float64) - self.popular.astype(np.float64)
        low, high = interval_of(difference, resamples=resamples, seed=seed)
        return Interval(float(difference.mean()) if len(difference) else 0.0, low, high)


@dataclass(frozen=True, slots=True)
class Trial:
    """Both questions of one period: `new` among services never taken before, `next` in the very next purchase."""

    new: Hits
    next: Hits
    customers: int  # with a history


def interval_of(values: NDArray[np.generic], *, resamples: int = 2_000, seed: int = 1) -> tuple[float, float]:
    """The 95 % interval of the mean by the percentile bootstrap. Values are few, so their counts are resampled."""
    if not len(values):
        return 0.0, 0.0
    kinds, counts = np.unique(values, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(values), counts / len(values), size=resamples)
    means = drawn @ kinds.astype(np.float64) / len(values)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def trial(
    lines: pl.DataFrame,
    *,
    begin: float,
    end: float,
    settings: Settings,
    top: int = 5,
    segment_of: dict[int, str] | None = None,
) -> Trial:
    """Fit on what was bought before day `begin`, ask about what was bought from then until `end`.

    `lines` has customer_id Int64, item String, day Float64 and basket (any). Services that nobody took before cannot be
    suggested, but count as taken.
    """
    known = next_offer.histories(lines, at=begin, settings=settings)
    model = next_offer.fit(known, settings=settings, segment_of=segment_of)
    after = lines.filter((pl.col("day") >= begin) & (pl.col("day") < end))
    asked = known.of(np.intersect1d(known.customers, after["customer_id"].unique().to_numpy()))
    taken = _places(after, asked)
    before = asked.taken.astype(bool)
    fresh = (taken.astype(np.int8) - taken.multiply(before).astype(np.int8)).tocsr()
    fresh.eliminate_zeros()
    new_ones = np.asarray(fresh.sum(axis=1)).ravel() > 0
    first = after.group_by("customer_id").agg(pl.col("day").min(), pl.col("basket").sort_by("day").first())
    following = _places(after.join(first.select("customer_id", "basket"), on=["customer_id", "basket"]), asked)
    segments = [segment_of.get(int(one), "") for one in asked.customers] if segment_of else None
    never = np.zeros(len(known.services), dtype=bool)
    return Trial(
        new=_hits(model, asked, fresh, segments, top, again=never, which=new_ones),
        next=_hits(model, asked, following, segments, top, again=~never, which=np.ones(len(new_ones), dtype=bool)),
        customers=len(known.customers),
    )


def _hits(
    model: next_offer.Model,
    asked: Histories,
    taken: sparse.csr_matrix,
    segments: list[str] | None,
    top: int,
    *,
    again: Flags,
    which: Flags,
) -> Hits:
    ours = next_offer.suggest(model, asked, top=top, may_come_again=again, segments=segments).places
    popular = next_offer.popular(asked, top=top, may_come_again=again)
    return Hits(
        ours=_hit(ours, taken)[which],
        popular=_hit(popular, taken)[which],
        wont=_hit(_wont(asked, top, again), taken)[which],
        neighbours=_hit(_neighbours(model, asked, top, again), taken)[which],
    )


def _wont(asked: Histories, top: int, again: Flags) -> NDArray[np.int64]:
    """What each took most often before, then what is popular."""
    often = np.asarray(asked.habit.todense(), dtype=np.float32) + 1e-3 * asked.popularity
    return _first(np.where(~again & (asked.taken.toarray() > 0), -np.inf, often), top)


def _neighbours(model: next_offer.Model, asked: Histories, top: int, again: Flags) -> NDArray[np.int64]:
    """Item-item cosine, the plain way."""
    # The cosine is that of the histories asked about, which is a little in its favour.
    norms = np.sqrt(np.asarray(asked.taken.multiply(asked.taken).sum(axis=0)).ravel()) + 1e-9
    unit = asked.taken @ sparse.diags(1 / norms)
    likeness = (unit.T @ unit).tocsr()
    likeness.setdiag(0)
    score = np.asarray((asked.taken @ likeness).todense(), dtype=np.float32)
    return _first(np.where(~again & (asked.taken.toarray() > 0), -np.inf, score), top)


def _first(score: Floats, top: int) -> NDArray[np.int64]:
    size = min(top, score.shape[1])
    if not size:
        return np.full((len(score), top), -1, dtype=np.int64)
    return np.argpartition(-score, size - 1, axis=1)[:, :size]


def _hit(places: NDArray[np.int64], taken: sparse.csr_matrix) -> Flags:
    held = np.zeros(len(places), dtype=bool)
    if not len(places) or not taken.shape[1]:
        return held
    rows = np.arange(len(places))
    for column in places.T:
        held |= (np.asarray(taken[rows, np.maximum(column, 0)]).ravel() > 0) & (column >= 0)
    return held


def _places(lines: pl.DataFrame, asked: Histories) -> sparse.csr_matrix:
    """Who of `asked` took which of the services, as 1."""
    listed = pl.DataFrame({"item": asked.services}, schema={"item": pl.String}).with_row_index("place")
    rows = pl.DataFrame({"customer_id": asked.customers}).with_row_index("row")
    cells = lines.select("customer_id", "item").unique().join(listed, on="item").join(rows, on="customer_id")
    ones = np.ones(cells.height, dtype=np.int8)
    shape = (len(asked.customers), len(asked.services))
    return sparse.csr_matrix((ones, (cells["row"].to_numpy(), cells["place"].to_numpy())), shape=shape)
