"""Own branches side by side, and where the business stands among others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from mijoz.analysis.days import labelled_month
from mijoz.analysis.kpis import KPIS, fair
from mijoz.analysis.kpis.fair import Standing
from mijoz.business.queries import business
from mijoz.insights.dimensions import Names
from mijoz.insights.models import KpiValue, PooledFigure
from mijoz.insights.months import NotAMonth
from mijoz.insights.months import read as read_month
from mijoz.insights.register import Definition, definition, definitions
from mijoz.insights.seen import see

FIRST = "satisfaction"


@dataclass(frozen=True, slots=True)
class BranchRow:
    name: str
    code: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Among:
    """Where the business stands among others: `quarter` 1 is the best; None when it has no value of that month."""

    definition: Definition
    pooled: PooledFigure
    value: KpiValue | None
    quarter: int | None


class NotCompared(ValueError):
    """Branches cannot be compared so; the message says why."""


def comparable() -> list[Definition]:
    """The KPIs by which branches can be compared."""
    return [known for known in definitions() if known.name in KPIS and fair.comparable(KPIS[known.name])]


def parse(name: str, month: str) -> tuple[str, int | None]:
    """Which KPI and month an address asks for. Raises NotCompared."""
    if name not in {known.name for known in comparable()}:
        raise NotCompared(_("Branches cannot be compared by this KPI: it says how large they are, not how good."))
    try:
        return name, labelled_month(month) if read_month(month) else None
    except NotAMonth as refusal:
        raise NotCompared(str(refusal)) from refusal


def rows(name: str, month: int | None, *, as_of: date, at: datetime) -> list[BranchRow]:
    """The branches, the better ones first; only what is more than chance makes one better or worse."""
    seen = see(as_of=as_of, at=at)
    found = fair.strata(
        seen.events,
        seen.ownership,
        seen.segments,
        name=name,
        as_of=as_of,
        zone=business().time_zone,
        month=month,
    )
    names = Names()
    return [BranchRow(names.of("branch", one.branch), one.branch, one) for one in fair.standings(found, KPIS[name])]


def months(as_of: date) -> list[str]:
    """The months that have figures, the newest first."""
    kept = KpiValue.objects.filter(as_of=as_of, dimension="", scenario="").exclude(month="")
    return sorted(set(kept.values_list("month", flat=True)), reverse=True)


def among_others(as_of: date | None) -> list[Among]:
    """Each pooled figure beside our own value of that month."""
    pooled = list(PooledFigure.objects.all())
    of_the_day = KpiValue.objects.none() if as_of is None else KpiValue.objects.filter(as_of=as_of)
    own = of_the_day.filter(dimension="", scenario="", name__in={one.name for one in pooled})
    by_month = {(value.name, value.month): value for value in own}
    return [_among(one, by_month.get((one.name, one.period))) for one in pooled]


def _among(pooled: PooledFigure, value: KpiValue | None) -> Among:
    known = definition(pooled.name)
    if value is None or value.value is None or known.higher_is_better is None:
        return Among(known, pooled, None, None)
    quarter = fair.place_among(
        value.value,
        p25=pooled.p25,
        median=pooled.median,
        p75=pooled.p75,
        higher_is_better=known.higher_is_better,
    )
    return Among(known, pooled, value, quarter)
