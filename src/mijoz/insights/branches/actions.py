"""Taking pooled figures in, and throwing them away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mijoz.insights.branches.pooled import Pooled
from mijoz.insights.models import PooledFigure


def take_in(figures: Sequence[Pooled], *, at: datetime) -> int:
    """Keep the figures; one of the same KPI and period is replaced. Returns how many there were."""
    with transaction.atomic():
        PooledFigure.objects.bulk_create(
            [
                PooledFigure(
                    name=one.name,
                    period=one.period,
                    p25=one.p25,
                    median=one.median,
                    p75=one.p75,
                    n=one.n,
                    imported_at=at,
                )
                for one in figures
            ],
            update_conflicts=True,
            unique_fields=["name", "period"],
            update_fields=["p25", "median", "p75", "n", "imported_at"],
        )
    return len(figures)


def forget() -> int:
    """Throw all pooled figures away; how many there were."""
    return PooledFigure.objects.all().delete()[0]
