"""Which gap of service quality a scenario is meant to close, where somebody chose it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.scenarios.models import Scenario


@tracked("scenario", "dimensions")
class GapAim(models.Model):
    """The dimensions that a scenario should move; without a row they follow from the kinds of its steps."""

    scenario = models.OneToOneField(Scenario, on_delete=models.CASCADE, related_name="+")
    dimensions = models.JSONField(_("dimensions"), default=list)
    chosen_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scenario_id}: {', '.join(self.dimensions)}"
