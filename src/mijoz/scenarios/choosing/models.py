"""What was learned of who answers when: counts of each segment and of each customer, faded by age."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from mijoz.business.tracking import tracked
from mijoz.customers.models import Customer


@tracked()
class ChoosingSettings(models.Model):
    """How the choice of channel and hours learns."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    exploring_share = models.FloatField(
        _("share that tries something else"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(0.5)]
    )
    half_life_days = models.PositiveSmallIntegerField(
        _("days after which an answer counts half"),
        default=120,
        validators=[MinValueValidator(7), MaxValueValidator(1000)],
    )
    answer_hours = models.PositiveSmallIntegerField(
        _("hours in which an answer counts"), default=72, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=Value(1)), name="one_row_of_choosing_settings"),
            models.CheckConstraint(condition=Q(exploring_share__range=(0, 0.5)), name="exploring_is_limited"),
        ]

    def __str__(self) -> str:
        return f"{self.exploring_share:.0%}"


class Lesson(models.Model):
    """One run over the log: what it found, and when. The counts are those of the last one."""

    learned_at = models.DateTimeField()
    messages = models.PositiveBigIntegerField()
    answers = models.PositiveBigIntegerField()
    customers = models.PositiveIntegerField()
    seconds = models.FloatField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.learned_at}: {self.answers} of {self.messages}"


class Count(models.Model):
    """Messages by a channel in a part of the day, and how many were answered: really, and faded by age."""

    channel = models.CharField(max_length=20)
    part = models.PositiveSmallIntegerField()  # place in hours.PARTS
    messages = models.PositiveBigIntegerField()
    answers = models.PositiveBigIntegerField()
    sent = models.FloatField()
    answered = models.FloatField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.channel} {self.part}: {self.answers} of {self.messages}"


class SegmentCount(Count):
    """Of all customers of a default segment; "" are those in none."""

    segment = models.CharField(max_length=40, db_default="", default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "channel", "part"], name="segment_counted_once")]


class OwnCount(Count):
    """Of one customer. Derived as a whole by every lesson."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "channel", "part"], name="own_counted_once")]
