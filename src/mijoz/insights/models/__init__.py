"""What insights keep: figures as they were computed, what is wanted of them, and what came of it."""

from mijoz.insights.models.aims import KpiAim, KpiAlert, PooledFigure
from mijoz.insights.models.kpis import Computation, KpiValue

__all__ = ["Computation", "KpiAim", "KpiAlert", "KpiValue", "PooledFigure"]
