"""Training: rounds of exercises that a member of staff does, each answer, and the certificate at the end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import Role, StaffMember
from mijoz.business.tracking import tracked


class TrainingRound(models.Model):
    """The exercises of a role, drawn from a seed of its own: nobody gets those of a colleague.

    `sector` and `seed` are all that is needed to draw the invented business of the round again.
    """

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="training_rounds")
    role = models.CharField(max_length=20, choices=Role)
    sector = models.CharField(max_length=20)
    seed = models.PositiveIntegerField()
    exercises = models.JSONField()  # keys, in order
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(ended_at__isnull=True), name="one_open_round_of_training"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role}"


class TrainingAnswer(models.Model):
    """What was chosen in one exercise of a round; answered once."""

    round = models.ForeignKey(TrainingRound, on_delete=models.CASCADE, related_name="answers", db_index=False)
    position = models.PositiveSmallIntegerField()
    chosen = models.CharField(max_length=40)
    is_right = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="an_exercise_is_answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.position}"


@tracked("staff", "role", "name", "passed_on")
class Certificate(models.Model):
    """Says that somebody passed the exercises of a role. The name is that of the day."""

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="certificates")
    round = models.OneToOneField(TrainingRound, on_delete=models.CASCADE, related_name="certificate")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    name = models.CharField(max_length=200)
    check_word = models.CharField(max_length=12, unique=True)
    right = models.PositiveSmallIntegerField()
    exercises = models.PositiveSmallIntegerField()
    passed_on = models.DateField()

    class Meta:
        ordering = ["-passed_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(right__lte=models.F("exercises")), name="no_more_right_than_asked"),
        ]

    def __str__(self) -> str:
        return self.check_word
