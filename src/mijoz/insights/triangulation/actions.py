"""Which figures stand beside a theme."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from mijoz.insights.models import ThemeFigure
from mijoz.surveys.listening.models import Theme


def choose(theme: Theme, figures: Mapping[str, float | None]) -> None:
    """Set these figures beside a theme, each with its target or None; without any the ready ones come back."""
    with transaction.atomic():
        theme.figures.exclude(figure__in=figures).delete()
        for key, target in figures.items():
            ThemeFigure.objects.update_or_create(theme=theme, figure=key, defaults={"target": target})
