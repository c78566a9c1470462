"""What insights keep: figures as they were computed, what is wanted of them, and what came of it."""

from mijoz.insights.models.aims import (
    KpiAim,
    KpiAlert,
    PooledFigure,
)
from mijoz.insights.models.gaps import GapAim
from mijoz.insights.models.kpis import (
    Computation,
    KpiValue,
)
from mijoz.insights.models.proof import Comparison, Improvement, PilotPlan
from mijoz.insights.models.readings import PilotReading, Reading
from mijoz.insights.models.results import (
    MonthlyReport,
    ReportAim,
    ReportMaking,
    ReportReader,
    ReportSending,
)
from mijoz.insights.models.roadmap import RoadStep
from mijoz.insights.models.training import Certificate, TrainingAnswer, TrainingRound
from mijoz.insights.models.triangulation import ThemeFigure

__all__ = [
    "Certificate",
    "Comparison",
    "Computation",
    "GapAim",
    "Improvement",
    "KpiAim",
    "KpiAlert",
    "KpiValue",
    "MonthlyReport",
    "PilotPlan",
    "PilotReading",
    "PooledFigure",
    "Reading",
    "ReportAim",
    "ReportMaking",
    "ReportReader",
    "ReportSending",
    "RoadStep",
    "ThemeFigure",
    "TrainingAnswer",
    "TrainingRound",
]
