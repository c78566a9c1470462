"""KPIs of known customers as pure numbers."""

from mijoz.analysis.kpis.catalogue import DIMENSIONS, KPIS, Kpi, KpiValue, dimension_of
from mijoz.analysis.kpis.computing import kpis

__all__ = ["DIMENSIONS", "KPIS", "Kpi", "KpiValue", "dimension_of", "kpis"]
