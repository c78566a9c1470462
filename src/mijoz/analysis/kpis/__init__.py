"""KPIs of known customers as pure numbers."""

from mijoz.analysis.kpis.behind import Asked, behind
from mijoz.analysis.kpis.catalogue import DIMENSIONS, FUNCTIONS, KPIS, Kpi, KpiValue, dimension_of
from mijoz.analysis.kpis.computing import kpis

__all__ = ["DIMENSIONS", "FUNCTIONS", "KPIS", "Asked", "Kpi", "KpiValue", "behind", "dimension_of", "kpis"]
