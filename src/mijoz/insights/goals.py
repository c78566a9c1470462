"""Goals other than a purchase: who of the enrolled reached them, asked as the machine of scenarios asks."""

from __future__ import annotations

from collections.abc import Iterable

import narwhals as nw
import polars as pl

from mijoz.analysis.experiments import PURCHASE
from mijoz.analysis.frames import Frame, collected, kept, lazy
from mijoz.scenarios import reaching
from mijoz.scenarios.goals import Goal


def measurable(enrolments: Frame) -> tuple[Frame, pl.DataFrame]:
    """The enrolments whose goal we know, and each time that one of their customers could have reached one of them.

    A goal that no version of a scenario has comes from another system: what reaches it is not known here.
    """
    found = kept(lazy(enrolments))
    named = found.filter(~nw.col("goal").is_null(), nw.col("goal") != PURCHASE).select("goal", "customer_id").unique()
    asked = collected(named).to_polars()
    known = reaching.goals_by_token() if not asked.is_empty() else {}
    wanted = set(asked["goal"])
    of_use = {token: goal for token, goal in known.items() if token in wanted}
    watched = asked.filter(pl.col("goal").is_in(list(of_use)))
    countable = nw.col("goal").is_null() | nw.col("goal").is_in([PURCHASE, *of_use])
    return found.filter(countable), happened(of_use.values(), watched["customer_id"])


def happened(goals: Iterable[Goal], customers: pl.Series) -> pl.DataFrame:
    """Each time that one of these goals could have been reached by one of these customers, as analysis takes it."""
    return reaching.happened(goals, customers.unique().to_list())
