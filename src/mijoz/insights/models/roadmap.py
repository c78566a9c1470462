"""The plan of the roll-out: who does a step and by when. How far each step is, is read from the system."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked


@tracked()
class RoadStep(models.Model):
    """One step of the road map as it was planned. `reviewed_at` is when somebody read what the step asks to be read."""

    class Key(models.TextChoices):
        AUDIT = "audit", _("Data audit")
        PROFILE = "profile", _("One profile")
        RULES = "rules", _("Segment rules")
        PILOTS = "pilots", _("Pilot scenarios")
        KPIS = "kpis", _("KPIs watched")
        TRAINING = "training", _("Staff trained")

    key = models.CharField(max_length=20, unique=True, choices=Key)
    who = models.ForeignKey(
        StaffMember, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("Who does it"), related_name="+"
    )
    aimed_on = models.DateField(_("By when"), null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key__in=["audit", "profile", "rules", "pilots", "kpis", "training"]),
                name="step_of_the_road_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.key
