"""Answers as matrices: one row for each respondent, one column for each item, NaN where nothing was answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mijoz.analysis.frames import Frame, collected, lazy

Floats = NDArray[np.float64]
FEWEST_ANSWERS = 30  # below, a score is shown only with a warning


class TooFewAnswers(ValueError):
    """There is not enough to compute the statistic from; the message says what is missing."""


def matrix(answers: Frame, items: Sequence[str]) -> Floats:
    """The answers to `items` as floats, shape (respondents, items); "does not apply" is NaN like no answer."""
    table = collected(lazy(answers).select(*items))
    columns = [np.array(table[item].to_list(), dtype=float) for item in items]
    return np.column_stack(columns) if columns else np.empty((len(table), 0))


def complete(answers: Floats) -> Floats:
    """The rows without a gap."""
    return answers[~np.isnan(answers).any(axis=1)]


def row_means(answers: Floats) -> Floats:
    """Each respondent's mean over what they answered, shape (respondents,); NaN for who answered nothing."""
    known = ~np.isnan(answers)
    counts = known.sum(axis=1)
    totals = np.where(known, answers, 0.0).sum(axis=1)
    return np.divide(totals, counts, out=np.full(len(answers), np.nan), where=counts > 0)
