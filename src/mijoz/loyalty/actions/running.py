"""What runs by itself: counting, rewards, expiry, tiers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mijoz.loyalty.actions import referring, stamps, tiers
from mijoz.loyalty.ledger import drawing, earning
from mijoz.loyalty.models import Programme
from mijoz.loyalty.models.offers import State

COUNTED = (Programme.Kind.POINTS, Programme.Kind.STAMPS)


def count_purchases(*, at: datetime) -> None:
    """Points and stamps for what the log has gained, gifts for full cards, rewards for friends who bought."""
    for programme in Programme.objects.filter(state=State.LIVE).order_by("pk"):
        if programme.kind in COUNTED:
            earning.earn(programme, at=at)
        if programme.kind == Programme.Kind.STAMPS:
            stamps.reward(programme, at=at)
        if programme.kind == Programme.Kind.REFERRAL:
            referring.settle(programme, at=at)


def let_points_expire(*, at: datetime) -> None:
    """Take away points and stamps past their date."""
    for programme in Programme.objects.filter(kind__in=COUNTED).exclude(state=State.DRAFT).order_by("pk"):
        with transaction.atomic():
            drawing.expire(programme, at=at)


def close_the_day(*, at: datetime) -> None:
    """What passes with the days: points past their date, tiers; and everything counted anew against the log."""
    for programme in Programme.objects.exclude(state=State.DRAFT).order_by("pk"):
        if programme.kind in COUNTED:
            if programme.state == State.LIVE:
                earning.recount(programme, at=at)
            with transaction.atomic():
                drawing.expire(programme, at=at)
            with transaction.atomic():
                earning.settle(programme, at=at)
        elif programme.kind == Programme.Kind.TIERS and programme.state == State.LIVE:
            tiers.refresh(programme, at=at)
