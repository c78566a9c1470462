"""Many comparisons at once: adjusted p-values, and whether an effect differs between segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are first used

from mijoz.analysis.intervals import CONFIDENCE, Difference, error_of


@dataclass(frozen=True, slots=True)
class Uplift:
    """An effect by segment. `p_values` are adjusted for their number. `differs` is the p-value against one and the same
    effect in all segments (Cochran's Q, 1954); only when it is small is it fair to speak of where a scenario works
    best. `shrunk` are the effects drawn together by what the spread of chance explains (DerSimonian & Laird 1986)."""

    p_values: dict[str, float]
    shrunk: dict[str, float]
    differs: float | None


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted so that over all of them together one false alarm is as likely as it was for one.

    Holm (1979), *Scandinavian Journal of Statistics* 6, 65-70.
    """
    order = np.argsort(p_values)
    adjusted, worst = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(p_values) - rank) * float(p_values[place])))
        adjusted[place] = worst
    return adjusted


def uplift(effects: Mapping[str, Difference], *, confidence: float = CONFIDENCE) -> Uplift:
    """Effects by segment, compared with each other; those without an interval are left out."""
    known = {
        key: (effect.value, error)
        for key, effect in effects.items()
        if effect.value is not None and (error := error_of(effect, confidence=confidence)) > 0
    }
    p_values = [effects[key].p_value for key in known]
    told = holm([1.0 if p is None else p for p in p_values])
    if len(known) < 2:
        return Uplift(dict(zip(known, told, strict=True)), {key: value for key, (value, _e) in known.items()}, None)
    values, errors = (np.array(column) for column in zip(*known.values(), strict=True))
    weights = errors**-2.0
    middle = float(weights @ values / weights.sum())
    q = float(weights @ (values - middle) ** 2)
    freedom = len(known) - 1
    between = max(0.0, (q - freedom) / (weights.sum() - (weights**2).sum() / weights.sum()))
    wide = 1 / (errors**2 + between)
    centre = float(wide @ values / wide.sum())
    shrunk = centre + (values - centre) * between / (between + errors**2)
    return Uplift(
        p_values=dict(zip(known, told, strict=True)),
        shrunk=dict(zip(known, shrunk.tolist(), strict=True)),
        differs=float(scipy.special.chdtrc(freedom, q)),
    )
