"""Models of what customers take next, what they suggest to each, and what the business says of its services."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from mijoz.business.tracking import tracked
from mijoz.customers.models import Customer

QUESTIONS = ("new", "next")  # among services never taken before; in the very next purchase


class OfferModel(models.Model):
    """One model: what it was made of, how good it was on the last period, what is popular. The latest one counts.

    Its weights are the file `file` in the data folder; old ones are removed, their rows stay.
    """

    made_at = models.DateTimeField()
    as_of = models.DateField()
    services = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()  # whose histories it rests on
    suggested = models.PositiveIntegerField(default=0)  # who have suggestions from their own history
    settings = models.JSONField(default=dict)
    trial = models.JSONField(null=True)  # see fitting.tried; null when there was too little to try it on
    popular = models.JSONField(default=dict)  # by default segment, "" for all: the services taken most, best first
    names = models.JSONField(default=list)  # all services it knows
    not_offered = models.JSONField(default=list)  # those that cannot be had, as far as is known
    of_one_time = models.JSONField(default=list)  # services that are not offered again to who took them
    file = models.CharField(max_length=100, default="", blank=True)
    seconds = models.FloatField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def leads(self) -> frozenset[str]:
        """The questions of its trial, new and next, in which it surely hit more than popularity: the whole 95 %
        interval of the difference is above nothing. Where it was not or could not be tried, popularity is offered."""
        return frozenset(question for question in QUESTIONS if _gain_low(self.trial, question) > 0)


def _gain_low(trial: dict[str, Any] | None, question: str) -> float:
    return float(((trial or {}).get(question) or {}).get("gain_low", 0.0))


class Suggestion(models.Model):
    """The best services for one customer, best first. Derived as a whole by every model.

    Only of the kind in which the model leads: services never taken, those that may come again, or both.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    model = models.ForeignKey(OfferModel, on_delete=models.CASCADE, related_name="+", db_index=False)
    services = ArrayField(models.CharField(max_length=400))
    scores = ArrayField(models.FloatField())
    because = models.JSONField()  # for each service the ones taken that speak for it, at most two; [] for popularity

    def __str__(self) -> str:
        return ", ".join(self.services)


@tracked()
class OfferedService(models.Model):
    """What the business says of a service; what it leaves open (null) follows from what is sold."""

    name = models.CharField(_("service"), max_length=400, unique=True)
    is_offered = models.BooleanField(_("can be had now"), null=True)
    may_come_again = models.BooleanField(_("may be offered again"), null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
