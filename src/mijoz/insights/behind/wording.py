"""What stands behind a value, in words."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from mijoz.analysis.kpis import Asked
from mijoz.insights import wording
from mijoz.insights.dimensions import Names
from mijoz.insights.models import KpiValue
from mijoz.ui import formats


def where(asked: Asked, names: Names) -> str:
    """Of whom and of when the value speaks: Chilonzor · Mar 2026."""
    parts = [names.of(asked.dimension, asked.member)] if asked.dimension else []
    parts.append(wording.month_name(asked.month) if asked.month else _("all until the day"))
    return " · ".join(parts)


def sum_up(asked: Asked, rows: pl.DataFrame, currency: str) -> str:
    """The sum that the value is, from the rows themselves."""
    kpi = asked.kpi
    y = float(rows["numerator"].sum())
    if not kpi.x:
        return wording.figure(y, kpi.unit, currency)
    x = float(rows["denominator"].sum())
    value = wording.figure(y / x * kpi.factor if x else None, kpi.unit, currency)
    unit = kpi.unit if kpi.unit in {"money", "minutes"} else "count"
    figures = {"y": wording.figure(y, unit, currency), "x": formats.number(x, 0), "value": value}
    if kpi.y == "refunds":
        figures |= {"y": formats.money(y, currency), "x": formats.money(x, currency)}
    return (
        _("%(y)s of %(x)s: %(value)s") % figures
        if kpi.unit in {"share", "points"}
        else (_("%(y)s by %(x)s: %(value)s") % figures)
    )


def differs(value: KpiValue, rows: pl.DataFrame) -> bool:
    """Whether the log says something else by now than when the value was computed."""
    return any(
        kept is not None and abs(kept - float(rows[column].sum())) > 1e-6 * max(1.0, abs(kept))
        for kept, column in ((value.numerator, "numerator"), (value.denominator, "denominator"))
    )
