"""Agreement of two coders beyond chance: Cohen's kappa with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from mijoz.analysis.intervals import CONFIDENCE, z_of
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS

GOOD, FAIR = 0.61, 0.41  # Landis & Koch (1977): substantial, and moderate


@dataclass(frozen=True, slots=True)
class Kappa:
    """`agreed` is the share of cases on which both said the same, `expected` the share that chance alone gives.

    `value` and its interval are None when there are no cases, or when chance explains everything: both coders always
    said the same one thing.
    """

    n: int
    agreed: float | None
    expected: float | None
    value: float | None
    low: float | None
    high: float | None
    error: float | None

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_ANSWERS

    @property
    def strength(self) -> str:
        """In a word: good, fair, poor, or unclear without a value."""
        if self.value is None:
            return "unclear"
        return "good" if self.value >= GOOD else "fair" if self.value >= FAIR else "poor"


def cohens_kappa(counts: Sequence[Sequence[int]], *, confidence: float = CONFIDENCE) -> Kappa:
    """Kappa from a square table of counts: rows what the first coder said, columns what the second said.

    Cohen (1960), *Educational and Psychological Measurement* 20, 37-46; the standard error for an interval is that of
    Fleiss, Cohen & Everitt (1969), *Psychological Bulletin* 72, 323-327, equation 13. Raises ValueError for a table
    that is not square or has a negative count.
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or (table < 0).any():
        raise ValueError("counts must be a square table of counts")
    n = int(table.sum())
    if n == 0:
        return Kappa(0, None, None, None, None, None, None)
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    agreed, expected = float(np.trace(p)), float(rows @ columns)
    if 1 - expected < 1e-12:
        return Kappa(n, agreed, expected, None, None, None, None)
    value = (agreed - expected) / (1 - expected)
    on_diagonal = np.sum(np.diag(p) * (1 - (rows + columns) * (1 - value)) ** 2)
    sums = columns[:, None] + rows[None, :]  # of row i and column j: column total of i and row total of j
    beside = p * sums**2
    off_diagonal = (1 - value) ** 2 * (beside.sum() - np.trace(beside))
    spread = on_diagonal + off_diagonal - (value - expected * (1 - value)) ** 2
    error = sqrt(max(0.0, float(spread)) / n) / (1 - expected)
    half = z_of(confidence) * error
    return Kappa(n, agreed, expected, value, max(-1.0, value - half), min(1.0, value + half), error)


def of_two_coders(first: Sequence[bool], second: Sequence[bool], *, confidence: float = CONFIDENCE) -> Kappa:
    """Kappa of one theme over the passages that both coders read: whether each of them saw it there."""
    pairs = list(zip(first, second, strict=True))
    cells = [[sum(pair == (a, b) for pair in pairs) for b in (True, False)] for a in (True, False)]
    return cohens_kappa(cells, confidence=confidence)
