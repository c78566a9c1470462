"""The form by which figures are set beside a theme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from mijoz.insights.triangulation.figures import FIGURES, Figure, label
from mijoz.insights.triangulation.queries import chosen
from mijoz.surveys.listening.models import Theme


class FiguresForm(forms.Form):
    """A tick and a target for every figure; shares as percent."""

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = chosen(theme)
        for key, figure in FIGURES.items():
            target = now.get(key, figure.target)
            named = key.replace(".", "__")
            self.fields[f"use_{named}"] = forms.BooleanField(label=label(figure), required=False, initial=key in now)
            self.fields[f"target_{named}"] = forms.FloatField(
                label=_("Target of “%(figure)s”") % {"figure": label(figure)},
                required=False,
                initial=None if target is None else f"{target * self.scale(figure):g}",
                widget=forms.NumberInput({"step": "any"}),
            )

    @staticmethod
    def scale(figure: Figure) -> int:
        """Shares are typed as percent."""
        return 100 if figure.unit == "share" else 1

    def rows(self, side: str) -> list[tuple[Figure, forms.BoundField, forms.BoundField]]:
        """The figures of one side, each with its tick and its target."""
        return [
            (figure, self[f"use_{key.replace('.', '__')}"], self[f"target_{key.replace('.', '__')}"])
            for key, figure in FIGURES.items()
            if figure.side == side
        ]

    def figures(self) -> dict[str, float | None]:
        """Those that are ticked, with their targets."""
        told = {}
        for key, figure in FIGURES.items():
            named = key.replace(".", "__")
            if self.cleaned_data[f"use_{named}"]:
                target = self.cleaned_data[f"target_{named}"]
                told[key] = None if target is None else target / self.scale(figure)
        return told
