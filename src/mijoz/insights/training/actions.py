"""What changes training: beginning a round, answering, and the certificate at its end."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mijoz.analysis.simulator.sectors import SECTORS
from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.insights.models import Certificate, TrainingAnswer, TrainingRound
from mijoz.insights.training import queries
from mijoz.insights.training.exercises import OF_ROLE, exercise

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
SEEDS = 2**31
SECTOR = "salon"  # for a business whose sector the simulator does not know


class NotPossible(ValueError):
    """It cannot be answered so; the message says why."""


def begin(staff: StaffMember, *, at: datetime, seed: int | None = None) -> TrainingRound:
    """The open round of this member, else a new one with other exercises than before."""
    if (going_on := queries.open_round(staff)) is not None:
        return going_on
    try:
        with transaction.atomic():
            return TrainingRound.objects.create(
                staff=staff,
                role=staff.role,
                sector=business().sector if business().sector in SECTORS else SECTOR,
                seed=secrets.randbelow(SEEDS) if seed is None else seed,
                exercises=list(OF_ROLE[staff.role]),
                begun_at=at,
            )
    except IntegrityError:  # begun in another window at the same moment
        return TrainingRound.objects.get(staff=staff, ended_at=None)


def answer(of: TrainingRound, position: int, chosen: str, *, at: datetime) -> TrainingAnswer:
    """Keep what was chosen, once; after the last answer the round ends, with a certificate when enough were right.

    Raises NotPossible for an answer that is not offered, or an exercise that was answered already.
    """
    if not 1 <= position <= len(of.exercises):
        raise NotPossible(_("There is no such exercise."))
    key = of.exercises[position - 1]
    choice = exercise(key, sector=of.sector, seed=of.seed, position=position).choice(chosen)
    if choice is None:
        raise NotPossible(_("Choose one of the answers shown."))
    with transaction.atomic():
        locked = TrainingRound.objects.select_for_update(no_key=True).get(pk=of.pk)
        given, is_new = TrainingAnswer.objects.get_or_create(
            round=locked,
            position=position,
            defaults={"chosen": chosen, "is_right": choice.is_right, "answered_at": at},
        )
        if not is_new:
            raise NotPossible(_("This exercise is answered already."))
        if locked.answers.count() == len(locked.exercises):
            _end(locked, at=at)
    of.refresh_from_db()
    return given


def _end(of: TrainingRound, *, at: datetime) -> None:
    right = of.answers.filter(is_right=True).count()
    of.ended_at = at
    of.save(update_fields=["ended_at"])
    if right >= queries.PASSED_FROM * len(of.exercises):
        Certificate.objects.create(
            staff=of.staff,
            round=of,
            role=of.role,
            name=of.staff.name or of.staff.email,
            check_word=_check_word(),
            right=right,
            exercises=len(of.exercises),
            passed_on=at.astimezone(business().zone).date(),
        )


def _check_word() -> str:
    """Such as 7KQ2-MX4P: a trillion of them, so none is found by trying."""
    drawn = "".join(secrets.choice(LETTERS) for _letter in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
