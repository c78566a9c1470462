"""Reads of training: a member's rounds, and who has passed."""

from __future__ import annotations

from django.db.models import QuerySet

from mijoz.business.models import StaffMember
from mijoz.insights.models import Certificate, TrainingAnswer, TrainingRound

PASSED_FROM = 0.75  # of the exercises of a round


def certified() -> set[int]:
    """Staff members with a certificate for the role that they have now, by number."""
    rows = Certificate.objects.select_related("staff")
    return {one.staff_id for one in rows if one.role == one.staff.role}


def open_round(staff: StaffMember) -> TrainingRound | None:
    return TrainingRound.objects.filter(staff=staff, ended_at=None).first()


def answers(of: TrainingRound) -> dict[int, TrainingAnswer]:
    """The answers given in a round by their position."""
    return {answer.position: answer for answer in of.answers.all()}


def rounds(staff: StaffMember) -> QuerySet[TrainingRound]:
    """Ended rounds, the latest first."""
    return TrainingRound.objects.filter(staff=staff).exclude(ended_at=None).prefetch_related("answers")


def progress() -> list[tuple[StaffMember, Certificate | None, int]]:
    """Every member of staff who may sign in, with the certificate for their role and how often they tried."""
    latest = {(one.staff_id, one.role): one for one in Certificate.objects.order_by("passed_on", "pk")}
    tried: dict[int, int] = {}
    for number in TrainingRound.objects.values_list("staff", flat=True):
        tried[number] = tried.get(number, 0) + 1
    staff = StaffMember.objects.filter(is_active=True)
    return [(one, latest.get((one.pk, one.role)), tried.get(one.pk, 0)) for one in staff]
