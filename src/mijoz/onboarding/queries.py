"""Reads of the first start: whether there is one still to come, and where each role's work begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from mijoz.business.models import Role, StaffMember
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.events.actions import OWN_SOURCE
from mijoz.events.models import Event, Source
from mijoz.insights.roadmap import queries as road_map
from mijoz.onboarding import steps
from mijoz.onboarding.models import DemoLoad, FirstSteps

DEMO_SOURCE = "demo"
FILLED_BY_A_DEMO = (
    "events_",
    "customers_",
    "channels_",
    "segments_",
    "loyalty_",
    "scenarios_",
    "surveys_",
    "insights_",
    "onboarding_",
)
KEPT_OF_A_DEMO = {"channels_channelaccount"}  # a mail server that was connected serves the real business too
PATIENCE = timedelta(seconds=30)  # a worker takes a job within a second

FIRST_PAGES = {
    Role.OWNER: "insights:board",
    Role.MANAGER: "insights:board",
    Role.ANALYST: "insights:board",
    Role.MARKETER: "scenarios:list",
    Role.FRONT_OFFICE: "customers:list",
    Role.OPERATOR: "customers:list",
    Role.SERVICE_MASTER: "scenarios:tasks",
}


def demo() -> DemoLoad | None:
    return DemoLoad.objects.filter(pk=1).first()


def is_started() -> bool:
    """Whether one of the three doors was taken, or something came in before anybody chose."""
    return bool(business().started_as) or not is_empty()


def is_empty() -> bool:
    """Whether there is neither a customer nor an event."""
    return not Customer.objects.exists() and not Event.objects.exists()


def first_page(role: str, *, at: datetime) -> str:
    """The address at which the work of this role begins: an owner's at the road map until every step of it is done,
    in a demo at the board at once."""
    if role == Role.OWNER and business().started_as != "demo" and not road_map.is_ready(at=at):
        return reverse("insights:road_map")
    return reverse(FIRST_PAGES[Role(role)])


def demo_in_words(load: DemoLoad) -> str:
    """Which demo it is, as the options of the command that loads it."""
    return f"--sector {load.sector} --customers {load.customers} --months {load.months} --seed {load.seed}"


def sources_besides_the_demo() -> list[str]:
    """Names of sources whose rows a removal of the demo would take along; rows of our own services do not count."""
    strange = Source.objects.exclude(name__in=[DEMO_SOURCE, OWN_SOURCE]).order_by("name")
    return [source.name for source in strange if Event.objects.filter(source=source).exists()]


def tables_of_the_demo() -> list[str]:
    """Every table that a demo fills, those without a model included."""
    with connection.cursor() as cursor:
        present = connection.introspection.table_names(cursor)
    return sorted(name for name in present if name.startswith(FILLED_BY_A_DEMO) and name not in KEPT_OF_A_DEMO)


def demo_steps(load: DemoLoad) -> list[tuple[str, str]]:
    """The steps of loading, each as "done", "now" or "later" with its label."""
    steps = [step for step in DemoLoad.Step if step not in {DemoLoad.Step.WAITING, DemoLoad.Step.DONE}]
    order = list(DemoLoad.Step)
    at = order.index(DemoLoad.Step(load.step))
    states = ["done" if order.index(step) < at else "now" if order.index(step) == at else "later" for step in steps]
    return [(state, str(step.label)) for state, step in zip(states, steps, strict=True)]


def waits_for_long(load: DemoLoad, *, at: datetime) -> bool:
    """Whether no worker has taken the demo up for so long that there may be none."""
    return load.status == DemoLoad.Status.WAITING and load.asked_at < at - PATIENCE


def begins_with_first_steps(staff: StaffMember, *, at: datetime) -> bool:
    """Whether the list of first steps is where somebody begins: until it is done or put aside, and not in a demo."""
    if staff.role not in {Role.OWNER, Role.MANAGER} or business().started_as == "demo":
        return False
    return not FirstSteps.objects.exists() and not all(step.done for step in steps.shown_to(staff, at=at))


def unfinished_demo(*, before: datetime) -> DemoLoad | None:
    """The demo that was asked for `before` this moment and should be loaded by now."""
    waiting = [DemoLoad.Status.WAITING, DemoLoad.Status.RUNNING]
    return DemoLoad.objects.filter(status__in=waiting, asked_at__lt=before).first()
