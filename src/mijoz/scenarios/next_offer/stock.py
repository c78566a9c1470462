"""Which services can be had now, and which may be offered again to who took them: what staff say, else what is sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from mijoz.business.models import Sector
from mijoz.business.queries import business
from mijoz.scenarios.next_offer.models import OfferedService

SOLD_WITHIN_DAYS = 120.0  # not sold for longer: nobody seems to have it any more
TAKEN_AGAIN_SHARE = 0.1  # of those who took it: from here on it is something that one takes again
ENOUGH_TAKERS = 20  # below that the sector decides
ONE_TIME_SECTORS = frozenset({Sector.REPAIR})


@dataclass(frozen=True, slots=True)
class States:
    """One entry for each service of a model."""

    offered: np.ndarray
    may_come_again: np.ndarray
    takers: np.ndarray
    again_share: np.ndarray  # of the takers, who took it on two days or more


def states(services: Sequence[str], lines: pl.DataFrame, *, end: float) -> States:
    """What holds for each service at day `end`, from the purchase lines before it and from what staff said."""
    sold = (
        lines.group_by("item", "customer_id")
        .agg(days=pl.col("day").floor().n_unique(), last=pl.col("day").max())
        .group_by("item")
        .agg(takers=pl.len(), again=(pl.col("days") > 1).mean(), last=pl.col("last").max())
    )
    listed = pl.DataFrame({"item": list(services)}, schema={"item": pl.String})
    rows = listed.join(sold, on="item", how="left", maintain_order="left").fill_null(0)
    takers, again, last = (rows[name].to_numpy() for name in ("takers", "again", "last"))
    by_sector = business().sector not in ONE_TIME_SECTORS
    offered = last >= end - SOLD_WITHIN_DAYS
    repeated = np.where(takers >= ENOUGH_TAKERS, again >= TAKEN_AGAIN_SHARE, by_sector)
    said = {one.name: one for one in OfferedService.objects.filter(name__in=list(services))}
    for place, name in enumerate(services):
        if (one := said.get(name)) is None:
            continue
        if one.is_offered is not None:
            offered[place] = one.is_offered
        if one.may_come_again is not None:
            repeated[place] = one.may_come_again
    return States(offered, repeated.astype(bool), takers, again)
