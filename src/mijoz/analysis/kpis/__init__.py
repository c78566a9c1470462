"""KPIs of known customers as pure numbers."""

from mijoz.analysis.kpis.catalogue import DIMENSIONS, FUNCTIONS, KPIS, Kpi, KpiValue, dimension_of
from mijoz.analysis.kpis.computing import kpis

__all__ = ["DIMENSIONS", "FUNCTIONS", "KPIS", "Kpi", "KpiValue", "dimension_of", "kpis"]
