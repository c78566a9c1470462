"""Which figures of surveys and of the log speak of a theme."""

from __future__ import annotations

from django.db import models

from mijoz.business.tracking import tracked
from mijoz.surveys.models import Theme


@tracked()
class ThemeFigure(models.Model):
    """A figure set beside a theme; with a target it is judged by that, else by the period before.

    A theme without any row has the figures that come ready. `figure` is a key of triangulation.figures.
    """

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="figures", db_index=False)
    figure = models.CharField(max_length=60)
    target = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme", "figure"], name="a_figure_is_set_beside_a_theme_once"),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id} {self.figure}"
