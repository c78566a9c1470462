"""What insights keep: figures as they were computed."""

from mijoz.insights.models.kpis import Computation, KpiValue

__all__ = ["Computation", "KpiValue"]
