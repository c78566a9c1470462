"""Groups that customers fall into by themselves: k-means on chosen traits, and whether there are any such groups at
all.

k-means (Lloyd 1982, k-means++) on traits that are logged where they are skewed and scaled by median and quartiles. How
many groups is judged by two things. Silhouette (Rousseeuw 1987): how much nearer customers are to their own group than
to the next one, against the silhouette of as many groups cut out of one normal cloud of the same shape, where there
are none. Stability (Hennig 2007): how alike groups come out when customers are drawn anew with replacement, as
adjusted Rand index (Hubert & Arabie 1985). Only a number that passes both is proposed; when none does, there are no
natural groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLE = 5_000  # customers that groups are found on; all others are assigned afterwards
SILHOUETTE_SAMPLE = 1_500
BOOTSTRAPS = 15
CLOUDS = 5  # without groups, for comparison
STABLE = 0.8  # adjusted Rand index; below it groups are those of chance
STANDS_OUT = 0.03  # by how much the silhouette must be above that of a cloud
CHUNK = 200_000  # customers assigned at once
FARTHEST = 4.0  # a scaled value further out is drawn in, so that a few do not make groups of their own
SKEWED = 1.0
TREE_DEPTH = 3
LEAF_SHARE = 0.05  # a leaf with less of its group is left out of the rule


class TooFew(ValueError):
    """There are too few customers, or none differ in what was chosen."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How traits are brought to one scale; what is not known counts as the middle."""

    middle: Floats
    is_logged: NDArray[np.bool_]
    centre: Floats
    spread: Floats

    def apply(self, values: Floats) -> Floats:
        """The traits (customers, traits) on one scale."""
        filled = np.where(np.isnan(values), self.middle, values)
        logged = np.where(self.is_logged, np.log1p(np.maximum(filled, 0.0)), filled)
        return np.clip((logged - self.centre) / self.spread, -FARTHEST, FARTHEST)


@dataclass(frozen=True, slots=True)
class Trial:
    """How good a number of groups is; `cloud` is the silhouette to beat."""

    k: int
    silhouette: float
    cloud: float
    stability: float

    @property
    def passes(self) -> bool:
        return self.stability >= STABLE and self.silhouette >= self.cloud + STANDS_OUT


@dataclass(frozen=True, slots=True)
class Mark:
    """What sets a group apart in a trait: medians in and outside of it, and the standardised difference of means."""

    trait: int
    inside: float
    outside: float
    effect: float


@dataclass(frozen=True, slots=True)
class Cut:
    """A condition of a rule: a trait, >= or <=, a value."""

    trait: int
    op: str
    value: float


@dataclass(frozen=True, slots=True)
class Description:
    """A rule that finds the group again: any of these lists of conditions; and how well it does, from 0 to 1."""

    ways: list[list[Cut]]
    precision: float
    recall: float


def scaling(values: Floats) -> Scaling:
    """The scaling of these traits. Raises TooFew when a trait is the same for all, or there are under 50 customers."""
    if len(values) < 50:
        raise TooFew("fewer than 50 customers")
    with np.errstate(all="ignore"):
        middle = np.nan_to_num(np.nanmedian(values, axis=0))
    filled = np.where(np.isnan(values), middle, values)
    sd = filled.std(axis=0)
    if (sd == 0).any():
        raise TooFew("a trait is the same for all")
    skew = ((filled - filled.mean(axis=0)) ** 3).mean(axis=0) / sd**3
    is_logged = (skew > SKEWED) & (filled.min(axis=0) >= 0)
    logged = np.where(is_logged, np.log1p(np.maximum(filled, 0.0)), filled)
    low, centre, high = np.quantile(logged, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, (high - low) / 1.349, logged.std(axis=0))
    return Scaling(middle, is_logged, centre, np.maximum(spread, 1e-9))


def sample(customers: int, *, most: int = SAMPLE, seed: int = 1) -> Ints:
    """The places of the customers that groups are found on, in order."""
    if customers <= most:
        return np.arange(customers)
    return np.sort(np.random.default_rng(seed).choice(customers, size=most, replace=False))


def trials(
    points: Floats,
    *,
    ks: Sequence[int] = range(2, 9),
    bootstraps: int = BOOTSTRAPS,
    seed: int = 1,
    report: Callable[[float], None] = lambda share: None,
) -> list[Trial]:
    """Each number of groups with its silhouette, that of a cloud without groups, and its stability."""
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    rng = np.random.default_rng(seed)
    seen = points[sample(len(points), most=SILHOUETTE_SAMPLE, seed=seed)]
    clouds = [_cloud(seen, rng) for _number in range(CLOUDS)]
    found = []
    for place, k in enumerate(ks):
        centres = centres_of(points, k, seed=seed)
        labels = assign(points, centres)
        drawn = []
        for number in range(bootstraps):
            again = points[rng.integers(0, len(points), len(points))]
            drawn.append(adjusted_rand_score(labels, assign(points, centres_of(again, k, seed=number, tries=3))))
        cloud = [_silhouette(silhouette_score, one, centres_of(one, k, seed=seed, tries=3)) for one in clouds]
        found.append(
            Trial(k, _silhouette(silhouette_score, seen, centres), float(np.max(cloud)), float(np.mean(drawn)))
        )  # fmt: skip
        report((place + 1) / len(ks))
    return found


def proposed(found: Sequence[Trial]) -> int | None:
    """The number of groups with the best silhouette among those that pass; None when there are no natural groups."""
    passing = [trial for trial in found if trial.passes]
    return max(passing, key=lambda trial: trial.silhouette).k if passing else None


def centres_of(points: Floats, k: int, *, seed: int = 1, tries: int = 8) -> Floats:
    """The centres of `k` groups, the largest group first."""
    from sklearn.cluster import KMeans

    model = KMeans(n_clusters=k, n_init=tries, random_state=seed).fit(points)
    order = np.argsort(-np.bincount(model.labels_, minlength=k), kind="stable")
    return np.asarray(model.cluster_centers_[order])


def assign(points: Floats, centres: Floats) -> Ints:
    """The nearest centre of each customer, some hundred thousand at a time."""
    labels = np.empty(len(points), dtype=np.int64)
    squares = (centres**2).sum(axis=1) / 2
    for start in range(0, len(points), CHUNK):
        piece = points[start : start + CHUNK]
        labels[start : start + CHUNK] = np.argmax(piece @ centres.T - squares, axis=1)
    return labels


def marks(values: Floats, points: Floats, labels: Ints, group: int, *, most: int = 3, least: float = 0.5) -> list[Mark]:
    """What sets the group apart most, strongest first; always one at least."""
    inside = labels == group
    effect = _effects(points, inside)
    order = np.argsort(-np.abs(effect), kind="stable")
    kept = [
        place for number, place in enumerate(order) if number == 0 or (number < most and abs(effect[place]) >= least)
    ]
    with np.errstate(all="ignore"):
        return [
            Mark(int(place), _median(values[inside, place]), _median(values[~inside, place]), float(effect[place]))
            for place in kept
        ]


def describe(values: Floats, labels: Ints, group: int, *, places: Sequence[int]) -> Description:
    """A rule for the group from a shallow decision tree; `places` says to how many decimals each trait is asked.

    What is not known fits no condition.
    """
    from sklearn.tree import DecisionTreeClassifier

    inside = labels == group
    middle = np.nan_to_num(np.nanmedian(values, axis=0))
    filled = np.where(np.isnan(values), middle, values)
    best = Description([], 0.0, 0.0)
    for weight in (None, "balanced"):
        tree = DecisionTreeClassifier(
            max_depth=TREE_DEPTH, min_samples_leaf=max(5, len(filled) // 200), class_weight=weight, random_state=1
        ).fit(filled, inside)
        ways = _ways(tree.tree_, filled, inside, places)
        found = Description(ways, *judged(values, inside, ways))
        if _f1(found) > _f1(best):
            best = found
    return best


def fits(values: Floats, ways: Sequence[Sequence[Cut]]) -> NDArray[np.bool_]:
    """Who fits the rule."""
    found = np.zeros(len(values), dtype=bool)
    for way in ways:
        one = np.ones(len(values), dtype=bool)
        for cut in way:
            column = values[:, cut.trait]
            with np.errstate(invalid="ignore"):
                one &= column >= cut.value if cut.op == ">=" else column <= cut.value
        found |= one
    return found


def judged(values: Floats, inside: NDArray[np.bool_], ways: Sequence[Sequence[Cut]]) -> tuple[float, float]:
    """Precision and recall of the rule for the customers `inside`."""
    chosen = fits(values, ways)
    hits = int((chosen & inside).sum())
    return hits / max(int(chosen.sum()), 1), hits / max(int(inside.sum()), 1)


def picture(points: Floats) -> tuple[Floats, tuple[float, float], Floats]:
    """The customers in a plane (principal components), the shares of variance it shows, and the axes (2, traits)."""
    centred = points - points.mean(axis=0)
    _left, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    variance = sizes**2 / max(float((sizes**2).sum()), 1e-12)
    axes = axes[:2] * np.sign(axes[:2].sum(axis=1, keepdims=True) + 1e-12)
    if len(axes) < 2:
        axes = np.vstack([axes, np.zeros_like(axes)])
    second = float(variance[1]) if len(variance) > 1 else 0.0
    return centred @ axes.T, (float(variance[0]), second), axes


def _silhouette(score: Callable[..., float], points: Floats, centres: Floats) -> float:
    labels = assign(points, centres)
    return float(score(points, labels)) if len(np.unique(labels)) > 1 else 0.0


def _cloud(points: Floats, rng: np.random.Generator) -> Floats:
    """As many points of one normal cloud with the same covariance."""
    covariance = np.atleast_2d(np.cov(points, rowvar=False))
    return rng.multivariate_normal(points.mean(axis=0), covariance, size=len(points), check_valid="ignore")


def _effects(points: Floats, inside: NDArray[np.bool_]) -> Floats:
    if inside.all() or not inside.any():
        return np.zeros(points.shape[1])
    gap = points[inside].mean(axis=0) - points[~inside].mean(axis=0)
    pooled = (points[inside].var(axis=0) * inside.sum() + points[~inside].var(axis=0) * (~inside).sum()) / len(points)
    return gap / np.sqrt(np.maximum(pooled, 1e-9))


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _ways(tree: object, values: Floats, inside: NDArray[np.bool_], places: Sequence[int]) -> list[list[Cut]]:
    """The ways down the tree to leaves in which most belong to the group, the fullest first."""
    found: list[tuple[int, list[Cut]]] = []

    def walk(node: int, bounds: dict[tuple[int, str], float]) -> None:
        left, right = tree.children_left[node], tree.children_right[node]  # type: ignore[attr-defined]
        if left == -1:
            shares = tree.value[node][0]  # type: ignore[attr-defined]
            if len(shares) == 2 and shares[1] > shares[0] and bounds:
                way = [Cut(trait, op, value) for (trait, op), value in sorted(bounds.items())]
                found.append((int((fits(values, [way]) & inside).sum()), way))
            return
        trait, value = int(tree.feature[node]), float(tree.threshold[node])  # type: ignore[attr-defined]
        below, above = _rounded(value, places[trait])
        upper, lower = bounds.get((trait, "<="), np.inf), bounds.get((trait, ">="), -np.inf)
        walk(left, bounds | {(trait, "<="): min(upper, below)})
        walk(right, bounds | {(trait, ">="): max(lower, above)})

    walk(0, {})
    enough = LEAF_SHARE * max(int(inside.sum()), 1)
    return [way for members, way in sorted(found, key=lambda one: -one[0]) if members >= enough]


def _rounded(value: float, places: int) -> tuple[float, float]:
    """The value as people say it: at most and at least, without a gap between them."""
    step = 10.0**-places
    if abs(value) >= 1_000 * step:
        step = 10.0 ** (np.floor(np.log10(abs(value))) - 2)
    below = round(float(np.floor(value / step + 1e-9) * step), 6)
    return below, round(below + 10.0**-places, 6)


def _f1(found: Description) -> float:
    both = found.precision + found.recall
    return 2 * found.precision * found.recall / both if both else 0.0
