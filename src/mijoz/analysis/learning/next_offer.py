"""What a customer is likely to take next, from what customers with like histories took: EASE with popularity as its
floor.

Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data": with X the customers' histories (customers ×
services), G = XᵀX + λI and P = G⁻¹, the weights are B = −P / diag(P) with a zero diagonal, in closed form, and X·B
scores services. To it come three things that a service business needs: purchases fade with a half-life, who has taken
little leans on what is popular (in their segment) now, and what was taken before may come again where it is taken
again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import linalg, sparse

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_SERVICES = (
    4_000  # with their own weights; 4,000 × 4,000 numbers are 64 MB. The least bought beyond are never offered.
)
CHUNK = 4_096  # customers scored at once
SEGMENT_STRENGTH = 200.0  # customers' worth of everybody's taste in the taste of a segment


@dataclass(frozen=True, slots=True)
class Settings:
    """What shapes a model. All but the first two are only used when scoring."""

    penalty: float = 100.0  # λ
    half_life_days: float = 180.0
    popularity_half_life_days: float = 60.0
    leaning: float = 2.0  # with so many services taken, history and popularity count the same
    habit: float = 0.5  # how much of a customer's own wont is added for services that may come again


@dataclass(frozen=True, slots=True)
class Histories:
    """What each customer took: rows of `taken` by `customers`, columns by `services`; values fade from 1."""

    customers: Ints
    services: list[str]
    taken: sparse.csr_matrix  # float32; the latest purchase of each counts, faded by its age
    habit: sparse.csr_matrix  # float32; how often, each purchase faded by its age
    popularity: Floats  # share of the recent buyers who took each service

    def of(self, customers: Ints) -> Histories:
        """The histories of these customers, in this order; who has none has an empty row."""
        rows = np.searchsorted(self.customers, customers)
        rows = np.minimum(rows, max(len(self.customers) - 1, 0))
        known = self.customers[rows] == customers if len(self.customers) else np.zeros(len(customers), dtype=bool)
        pick = sparse.csr_matrix(
            (np.ones(int(known.sum()), dtype=np.float32), (np.flatnonzero(known), rows[known])),
            shape=(len(customers), len(self.customers)),
        )
        taken, habit = (pick @ self.taken).tocsr(), (pick @ self.habit).tocsr()
        return Histories(customers, self.services, taken, habit, self.popularity)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights from each service to each other, and what is popular, in all and by segment."""

    settings: Settings
    services: list[str]
    weights: Floats  # float32, (services, services), zero diagonal
    popularity: Floats  # float32, (services,)
    popularity_of: dict[str, Floats]  # by segment, drawn towards that of all


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best services for each customer, (customers, top), best first; place −1 where there was nothing to offer."""

    places: NDArray[np.int64]
    scores: Floats
    is_personal: Flags  # whether history (not only popularity) speaks for it
    because: NDArray[np.int64]  # (customers, top, 2): the services taken that speak most for it; −1 for none


def histories(
    lines: pl.DataFrame, *, at: float, settings: Settings, services: Sequence[str] | None = None
) -> Histories:
    """What customers took before day `at`, from `lines`: customer_id Int64, item String, day Float64.

    `services` are those of a model; without it, the MOST_SERVICES that most customers took.
    """
    before = lines.filter(pl.col("day") < at)
    if services is None:
        takers = before.group_by("item").agg(pl.col("customer_id").n_unique().alias("takers"))
        services = takers.sort(["takers", "item"], descending=[True, False])["item"].head(MOST_SERVICES).to_list()
    listed = pl.DataFrame({"item": list(services)}, schema={"item": pl.String}).with_row_index("place")
    age = at - pl.col("day")
    cells = (
        before.lazy()
        .with_columns(
            fade=0.5 ** (age / settings.half_life_days), recent=0.5 ** (age / settings.popularity_half_life_days)
        )
        .group_by("customer_id", "item")
        .agg(pl.col("fade").max().alias("latest"), pl.col("fade").sum().alias("often"), pl.col("recent").max())
        .join(listed.lazy(), on="item")
        .sort("customer_id", "place")
        .collect()
    )
    customers, row = np.unique(cells["customer_id"].to_numpy(), return_inverse=True)
    shape, column = (len(customers), len(services)), cells["place"].to_numpy().astype(np.int64)
    taken = sparse.csr_matrix((cells["latest"].to_numpy().astype(np.float32), (row, column)), shape=shape)
    habit = sparse.csr_matrix((cells["often"].to_numpy().astype(np.float32), (row, column)), shape=shape)
    popularity = _popularity(cells, row, column, len(services))
    return Histories(customers.astype(np.int64), list(services), taken, habit, popularity)


def fit(known: Histories, *, settings: Settings, segment_of: dict[int, str] | None = None) -> Model:
    """The model of these histories. Memory is bounded by the square of the number of services, not by customers."""
    gram = np.asarray((known.taken.T @ known.taken).todense(), dtype=np.float64)
    gram[np.diag_indices_from(gram)] += settings.penalty
    inverse = linalg.inv(gram, overwrite_a=True, check_finite=False) if len(gram) else gram
    weights = -inverse / np.maximum(np.diag(inverse), 1e-12) if len(gram) else inverse
    np.fill_diagonal(weights, 0.0)
    by_segment: dict[str, Floats] = {}
    if segment_of:
        keys = np.array([segment_of.get(int(customer), "") for customer in known.customers])
        for key in sorted(set(keys) - {""}):
            rows = known.taken[keys == key]
            took = np.asarray(rows.sum(axis=0)).ravel()
            all_took = known.popularity
            by_segment[str(key)] = ((took + SEGMENT_STRENGTH * all_took) / (rows.shape[0] + SEGMENT_STRENGTH)).astype(
                np.float32
            )
    return Model(
        settings, list(known.services), weights.astype(np.float32), known.popularity.astype(np.float32), by_segment
    )


def suggest(
    model: Model,
    known: Histories,
    *,
    top: int = 5,
    offered: Flags | None = None,
    may_come_again: Flags | None = None,
    refused: sparse.csr_matrix | None = None,
    is_profiled: Flags | None = None,
    segments: Sequence[str] | None = None,
    never_taken: bool = True,
) -> Suggestions:
    """The `top` services for each customer of `known`, whose services are the model's.

    `offered` says which services can be had now, `may_come_again` which may be offered to who took them, `refused`
    (customers × services) holds from 0 to 1 how much each offer was refused. Whoever is not `is_profiled` gets what is
    popular with everybody; what they took themselves is left out in the same way, which is no profile but good manners.
    Without `never_taken` only services that they took before are suggested.
    """
    pieces = list(
        _pieces(
            model, known, top, offered, may_come_again, refused,
            np.ones(len(known.customers), dtype=bool) if is_profiled is None else is_profiled, segments, never_taken,
        )
    )  # fmt: skip
    if not pieces:
        empty = np.zeros((0, top), dtype=np.int64)
        return Suggestions(empty, empty.astype(np.float32), empty.astype(bool), np.zeros((0, top, 2), dtype=np.int64))
    return Suggestions(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))


def popular(
    known: Histories, *, top: int = 5, offered: Flags | None = None, may_come_again: Flags | None = None
) -> NDArray[np.int64]:
    """What everybody takes, for comparison: the same for all but for what may not come again, (customers, top)."""
    model = Model(
        Settings(), known.services, np.zeros((0, 0), dtype=np.float32), known.popularity.astype(np.float32), {}
    )
    nobody = np.zeros(len(known.customers), dtype=bool)
    return suggest(
        model, known, top=top, offered=offered, may_come_again=may_come_again, is_profiled=nobody
    ).places  # fmt: skip


def _pieces(
    model: Model,
    known: Histories,
    top: int,
    offered: Flags | None,
    may_come_again: Flags | None,
    refused: sparse.csr_matrix | None,
    is_profiled: Flags,
    segments: Sequence[str] | None,
    never_taken: bool,
) -> Iterator[tuple[NDArray[np.int64], Floats, Flags, NDArray[np.int64]]]:
    again = np.ones(len(model.services), dtype=bool) if may_come_again is None else may_come_again
    for start in range(0, len(known.customers), CHUNK):
        rows = slice(start, min(start + CHUNK, len(known.customers)))
        profiled = is_profiled[rows]
        taken = known.taken[rows]
        floor = _floor(model, segments[rows] if segments is not None else None, profiled)
        history = np.zeros_like(floor)
        if profiled.any():
            trust, part = _trust(taken, model.settings)[profiled, None], taken[profiled]
            history[profiled] = trust * np.asarray(part @ model.weights)
            floor[profiled] *= 1 - trust
            floor[profiled] += model.settings.habit * _wont(known.habit[rows][profiled]) * again
        score = history + floor
        if refused is not None:
            score -= np.asarray(refused[rows].todense(), dtype=np.float32) * np.abs(score)
            score[np.asarray(refused[rows].todense()) >= 1] = -np.inf
        if offered is not None:
            score[:, ~offered] = -np.inf
        mine = taken.tocoo()
        gone = ~again[mine.col]
        score[mine.row[gone], mine.col[gone]] = -np.inf
        if not never_taken:
            is_new = np.ones(score.shape, dtype=bool)
            is_new[mine.row, mine.col] = False
            score[is_new] = -np.inf
        yield _best(score, history, taken, model, top, profiled)


def _best(
    score: Floats, history: Floats, taken: sparse.csr_matrix, model: Model, top: int, profiled: Flags
) -> tuple[NDArray[np.int64], Floats, Flags, NDArray[np.int64]]:
    size = min(top, score.shape[1])
    if size == 0:
        empty = np.full((len(score), top), -1, dtype=np.int64)
        return empty, np.zeros((len(score), top), dtype=np.float32), empty > 0, np.full((len(score), top, 2), -1)
    part = np.argpartition(-score, size - 1, axis=1)[:, :size]
    order = np.argsort(-np.take_along_axis(score, part, axis=1), axis=1, kind="stable")
    places = np.take_along_axis(part, order, axis=1).astype(np.int64)
    scores = np.take_along_axis(score, places, axis=1)
    because = np.full((len(score), size, 2), -1, dtype=np.int64)
    mine = np.asarray(np.diff(taken.indptr))
    for row in np.flatnonzero(profiled & (mine > 0)):
        held = taken.indices[taken.indptr[row] : taken.indptr[row + 1]]
        speaks = taken.data[taken.indptr[row] : taken.indptr[row + 1], None] * model.weights[np.ix_(held, places[row])]
        own = held[:, None] == places[row][None, :]
        speaks = np.where(own, np.inf, speaks)
        first = np.argsort(-speaks, axis=0)[:2]
        found = np.where(np.take_along_axis(speaks, first, axis=0) > 0, held[first], -1)
        because[row, :, : len(first)] = found.T
    fits = np.isfinite(scores)
    personal = fits & (because[:, :, 0] >= 0)
    places = np.where(fits, places, -1)
    because = np.where(fits[:, :, None], because, -1)
    if size < top:
        places = np.pad(places, ((0, 0), (0, top - size)), constant_values=-1)
        scores = np.pad(scores, ((0, 0), (0, top - size)))
        personal = np.pad(personal, ((0, 0), (0, top - size)))
        because = np.pad(because, ((0, 0), (0, top - size), (0, 0)), constant_values=-1)
    return places, np.where(places >= 0, scores, 0.0).astype(np.float32), personal, because


def _floor(model: Model, segments: Sequence[str] | None, profiled: Flags) -> Floats:
    """What is popular, for each customer: in their segment when they may be profiled, else with everybody."""
    floor = np.repeat(model.popularity[None, :], len(profiled), axis=0).astype(np.float32)
    if segments is not None and model.popularity_of:
        keys = np.asarray(segments)
        for key, liked in model.popularity_of.items():
            floor[(keys == key) & profiled] = liked
    return floor


def _trust(taken: sparse.csr_matrix, settings: Settings) -> Floats:
    """From 0 to 1: how far a history can be trusted, by what it holds and how fresh that is."""
    held = np.asarray(taken.sum(axis=1)).ravel().astype(np.float32)
    return held / (held + np.float32(settings.leaning))


def _wont(habit: sparse.csr_matrix) -> Floats:
    """From 0 to 1: how much each service is the customer's wont."""
    often = np.asarray(habit.todense(), dtype=np.float32)
    return often / (often + 1.0)


def _popularity(cells: pl.DataFrame, row: Ints, column: Ints, services: int) -> Floats:
    """Of those who bought lately (each faded by their last purchase), the share who took each service."""
    recent = cells["recent"].to_numpy()
    last = np.zeros(row.max() + 1 if len(row) else 0)
    np.maximum.at(last, row, recent)
    took = np.bincount(column, weights=recent, minlength=services)
    return (took / max(last.sum(), 1e-12)).astype(np.float32)
