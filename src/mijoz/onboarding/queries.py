"""Reads of the first start: whether there is one still to come, and where each role's work begins."""

from __future__ import annotations

from datetime import datetime

from django.urls import NoReverseMatch, reverse

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.events.models import Event
from mijoz.onboarding.models import DemoLoad

FIGURES = ("insights:board", "customers:list")
FIRST_PAGES = {
    Role.OWNER: FIGURES,
    Role.MANAGER: FIGURES,
    Role.ANALYST: FIGURES,
    Role.MARKETER: ("scenarios:list", "customers:list"),
    Role.FRONT_OFFICE: ("customers:list",),
    Role.OPERATOR: ("customers:list",),
    Role.SERVICE_MASTER: ("customers:list",),
}


def demo() -> DemoLoad | None:
    return DemoLoad.objects.filter(pk=1).first()


def is_started() -> bool:
    """Whether one of the three doors was taken, or something came in before anybody chose."""
    return bool(business().started_as) or not is_empty()


def is_empty() -> bool:
    """Whether there is neither a customer nor an event."""
    return not Customer.objects.exists() and not Event.objects.exists()


def first_page(role: str) -> str:
    """The address at which the work of this role begins."""
    for name in (*FIRST_PAGES[Role(role)], "business:account"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    raise LookupError(role)


def unfinished_demo(*, before: datetime) -> DemoLoad | None:
    """The demo that was asked for `before` this moment and should be loaded by now."""
    waiting = [DemoLoad.Status.WAITING, DemoLoad.Status.RUNNING]
    return DemoLoad.objects.filter(status__in=waiting, asked_at__lt=before).first()
