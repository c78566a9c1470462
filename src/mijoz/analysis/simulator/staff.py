"""The people who work in the business."""

from __future__ import annotations

import numpy as np
import polars as pl

from mijoz.analysis.simulator import names
from mijoz.analysis.simulator.sectors import Sector

EVERYWHERE = ""
OF_THE_BUSINESS = ("manager", "marketer", "analyst", "operator", "operator")
OF_A_BRANCH = ("front_office", "front_office", "service_master", "service_master", "service_master")


def draw_staff(rng: np.random.Generator, sector: Sector) -> pl.DataFrame:
    """Name, role, branch and e-mail of everybody but the owner: that is the person who looks on."""
    posts = [(role, EVERYWHERE) for role in OF_THE_BUSINESS]
    posts += [(role, branch.code) for branch in sector.branches for role in OF_A_BRANCH]
    surnames = rng.permutation(names.UZBEK_SURNAMES)[: len(posts)]
    rows = []
    for (role, branch), surname in zip(posts, surnames, strict=True):
        is_woman = rng.random() < 0.5
        first = str(rng.choice(names.UZBEK_WOMEN if is_woman else names.UZBEK_MEN))
        last = f"{surname}a" if is_woman else str(surname)
        mailbox = f"{names.plain(first)}.{names.plain(last)}"
        rows.append(
            {
                "name": f"{last} {first}",
                "role": role,
                "branch": branch,
                "email": f"{mailbox}@{sector.mail_domain}",
            }
        )
    return pl.DataFrame(rows)
