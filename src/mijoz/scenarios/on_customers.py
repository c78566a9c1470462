"""What scenarios add to the customer page: what the customer is in and gets, open offers and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.customers import hooks
from mijoz.customers.models import Customer
from mijoz.scenarios import checking, queries, sentences, todo
from mijoz.scenarios.definition import Offer, Wait
from mijoz.scenarios.models import Enrolment, Task
from mijoz.scenarios.sentences import StepInWords

SHOWN = 6
OPENS_SCENARIOS = frozenset({Role.OWNER, Role.MANAGER, Role.MARKETER, Role.ANALYST})


@dataclass(frozen=True, slots=True)
class Stay:
    """An enrolment as the customer page tells it; `offer` is one that still holds."""

    enrolment: Enrolment
    offer: StepInWords | None
    next_step: StepInWords | None


def panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """The latest enrolments and open tasks; None when there was never any."""
    found = Enrolment.objects.filter(customer=customer).select_related("scenario", "version")
    stays = [_stay(one, today=_today()) for one in found.order_by("-enrolled_at")[:SHOWN]]
    staff = request.staff  # type: ignore[attr-defined]
    waiting = Task.objects.filter(customer=customer, done_at=None).select_related("scenario", "branch")
    tasks = [(task, todo.may_do(staff, task)) for task in waiting.order_by("due_at")[:SHOWN]]
    if not stays and not tasks:
        return None
    return {"stays": stays, "tasks": tasks, "at": timezone.now(), "opens_scenarios": staff.role in OPENS_SCENARIOS}


def connect() -> None:
    """Register it with the customer page, and the names by which its timeline calls scenarios."""
    hooks.connect_names("scenario", queries.names)
    template = "scenarios/_customer_panel.html"
    hooks.register_panel(hooks.Panel(key="scenarios", template=template, context=panel, order=30))


def _stay(enrolment: Enrolment, *, today: date) -> Stay:
    if enrolment.version is None:
        return Stay(enrolment, None, None)
    definition = checking.parse(enrolment.version.definition)
    laid = definition.placed
    steps = [placed.step for placed in laid]
    made = [step for step in steps[: enrolment.next_step] if isinstance(step, Offer)]
    holds = bool(made) and enrolment.offer_until is not None and enrolment.offer_until >= today
    coming = enrolment.next_step
    if coming < len(steps) and isinstance(steps[coming], Wait):  # what follows when the wait is over
        coming = laid[coming].after
    running = enrolment.state == Enrolment.State.RUNNING and coming < len(steps)
    return Stay(
        enrolment,
        sentences.step(made[-1]) if holds else None,
        sentences.step(steps[coming], called=sentences.names_of_steps(definition)) if running else None,
    )


def _today() -> date:
    return timezone.now().astimezone(business().zone).date()
