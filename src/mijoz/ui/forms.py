"""How forms look: `{{ form }}` and `{{ form.name.as_field_group }}` with our templates and Tabler's classes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

SELECTS = (forms.Select, forms.SelectMultiple)
CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class StyledField(forms.BoundField):
    """A field whose widget carries the class that belongs to its kind."""

    @property
    def is_single_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if not widget.is_hidden:
            given = str(built.get("class") or widget.attrs.get("class", ""))
            classes = [self._class_of(widget), given, "is-invalid" if self.errors else ""]
            built["class"] = " ".join(filter(None, classes))
        return built

    @staticmethod
    def _class_of(widget: forms.Widget) -> str:
        if isinstance(widget, CHECKS):
            return "form-check-input"
        return "form-select" if isinstance(widget, SELECTS) else "form-control"


class Renderer(TemplatesSetting):
    """Set as FORM_RENDERER."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = StyledField


class DayInput(forms.DateInput):
    """The browser's own calendar; its value is always year-month-day, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
