"""Pain points: where, by segment and touchpoint, service is worse than in all the rest, beyond chance.

Every cell of the table is compared with all other cells together. Many comparisons find something by chance alone, so
p-values are adjusted (Holm 1979): with nothing to find, one table in twenty at most raises an alarm. What is found is
ranked by the money at stake, then by customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mijoz.analysis.intervals import CONFIDENCE, Difference, Moments, difference_of_means, difference_of_shares
from mijoz.analysis.proof.many import holm

FEWEST_IN_A_CELL = 10
SUREST = 0.05


@dataclass(frozen=True, slots=True)
class Cell:
    """What was measured of one segment at one touchpoint: a mean by its moments, or a share by its count of `bad` ones.

    `revenue` is what these customers bring in a year, the money at stake when they leave.
    """

    segment: str
    touchpoint: str
    customers: int
    revenue: float
    score: Moments | None = None
    bad: int | None = None

    @property
    def n(self) -> int:
        return self.score.n if self.score is not None else self.customers


@dataclass(frozen=True, slots=True)
class PainPoint:
    """A cell that is worse than the rest. `worse_by` is the difference in the bad direction, above zero; `p_value` is
    adjusted. `at_stake` is the revenue of the customers who are affected beyond those who would be anyway."""

    cell: Cell
    worse_by: Difference
    p_value: float
    at_stake: float


def pain_points(
    cells: Sequence[Cell], *, higher_is_better: bool = True, surest: float = SUREST, confidence: float = CONFIDENCE
) -> list[PainPoint]:
    """The cells that are worse than all others together, the most money first.

    Cells under ten observations are not compared, but stand among the others. For means, `higher_is_better` says
    which way is bad; for shares of bad ones more is worse.
    """
    compared = [(cell, _against_the_rest(cell, cells, higher_is_better, confidence)) for cell in cells]
    told = [(cell, worse) for cell, worse in compared if worse is not None and worse.p_value is not None]
    adjusted = holm([worse.p_value for _cell, worse in told if worse.p_value is not None])
    found = [
        PainPoint(cell, worse, p_value, _at_stake(cell, worse))
        for (cell, worse), p_value in zip(told, adjusted, strict=True)
        if p_value <= surest and worse.value is not None and worse.value > 0
    ]
    return sorted(found, key=lambda point: (-point.at_stake, -point.cell.customers, point.p_value))


def _against_the_rest(
    cell: Cell, cells: Sequence[Cell], higher_is_better: bool, confidence: float
) -> Difference | None:
    rest = [other for other in cells if other is not cell]
    if cell.n < FEWEST_IN_A_CELL or sum(other.n for other in rest) < FEWEST_IN_A_CELL:
        return None
    if cell.score is None:
        bad, n = sum(other.bad or 0 for other in rest), sum(other.customers for other in rest)
        return difference_of_shares(cell.bad or 0, cell.customers, bad, n, confidence=confidence)
    scores = [other.score for other in rest if other.score is not None]
    together = Moments(
        sum(each.n for each in scores), sum(each.total for each in scores), sum(each.squares for each in scores)
    )
    difference = difference_of_means(cell.score, together, confidence=confidence)
    return turned(difference) if higher_is_better else difference


def turned(difference: Difference) -> Difference:
    """The same difference counted the other way round."""
    return replace(
        difference,
        value=None if difference.value is None else -difference.value,
        low=None if difference.high is None else -difference.high,
        high=None if difference.low is None else -difference.low,
    )


def _at_stake(cell: Cell, worse: Difference) -> float:
    """Of a share, the revenue of those beyond the usual share; of a mean, of all customers of the cell."""
    return cell.revenue * (worse.value or 0.0) if cell.score is None else cell.revenue
