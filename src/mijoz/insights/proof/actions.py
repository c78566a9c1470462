"""What can be done for proof: plan, start and end a pilot, ask for a comparison, keep the improvement register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mijoz.business.models import StaffMember
from mijoz.events.queries import default_as_of
from mijoz.insights.models import Comparison, Improvement, PilotPlan
from mijoz.insights.proof import comparing, ground, improvements, rules
from mijoz.insights.proof.ground import Outlook
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios import queries as scenario_queries
from mijoz.scenarios.models import Scenario

KEPT_FIELDS = ("title", "gap", "cause", "change", "owner", "state", "reason", "scenario", "plan", "comparison")


class PlanRefused(ValueError):
    """The plan cannot be kept, started or ended as it is; the message says why."""


class ImprovementRefused(ValueError):
    """The improvement cannot go into this state; `wanted` says what is missing."""

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        super().__init__(" ".join(wanted))


def keep_plan(outlook: Outlook, *, pooled: bool = False, by: StaffMember | None, at: datetime) -> PilotPlan:
    """Write the plan down without starting anything. Raises PlanRefused for a segment, or for care."""
    scenario = outlook.ground.scenario
    if scenario is None:
        raise PlanRefused(_("A pilot needs a scenario: write one for the segment first."))
    if scenario_queries.definition_in_force(scenario).care:
        raise PlanRefused(
            _("Complaints, safety and clinical care are for everybody: nobody may be kept for comparison.")
        )
    asked, made = outlook.asked, outlook.plan
    return PilotPlan.objects.create(
        scenario=scenario,
        goal=PilotPlan.Goal.REVENUE if asked.of_money else PilotPlan.Goal.REACHED,
        method=PilotPlan.Method.POOLED if pooled else PilotPlan.Method.HOLD_OUT,
        reaches=outlook.ground.goal.model_dump(mode="json"),
        window_days=outlook.ground.window_days,
        smallest=asked.smallest,
        holdout_share=asked.holdout_share,
        pilot_percent=asked.pilot_percent,
        goal_rate=outlook.ground.baseline.goal_rate,
        customers=made.customers,
        weeks=made.weeks if made.weeks < ground.FOREVER_WEEKS else None,
        margin=asked.margin,
        fixed_cost=asked.fixed_cost,
        made_by=by,
        made_at=at,
    )


def start_pilot(plan: PilotPlan, *, by: StaffMember | None, at: datetime) -> PilotPlan:
    """Fix the plan and let its scenario enrol by it: hold-out and pilot share are set, and the comparison begins now.

    Raises PlanRefused, scenarios.StateRefused or checking.DefinitionRefused; then nothing is changed.
    """
    with transaction.atomic():
        held = PilotPlan.objects.select_for_update(of=("self",)).select_related("scenario").get(pk=plan.pk)
        scenario = held.scenario
        if held.started_at is not None:
            raise PlanRefused(_("This pilot has started already."))
        if PilotPlan.objects.filter(scenario=scenario, started_at__isnull=False, ended_at=None).exists():
            raise PlanRefused(
                _("A pilot of “%(name)s” is running: end it first, so that its goal stays as it was fixed.")
                % {"name": scenario.name}
            )
        if scenario.state == Scenario.State.PAUSED:
            raise PlanRefused(_("“%(name)s” is paused: let it go on first.") % {"name": scenario.name})
        document = scenario_queries.version_in_force(scenario).definition
        if document["goal"]["window_days"] != held.window_days:
            raise PlanRefused(_("The scenario's goal window was changed since the plan was made: plan it anew."))
        if document["goal"] != held.reaches:
            raise PlanRefused(_("The scenario's goal was changed since the plan was made: plan it anew."))
        version = scenarios.write_version(scenario, {**document, "holdout_share": held.holdout_share}, by=by, at=at)
        if scenario.state == Scenario.State.LIVE:
            if scenario.pilot_percent != held.pilot_percent:
                scenarios.widen(scenario, pilot_percent=held.pilot_percent, at=at)
        else:
            scenarios.start(scenario, by=by, at=at, pilot_percent=held.pilot_percent)
        held.version, held.started_at, held.started_by = version, at, by
        if held.weeks is not None:
            held.ends_on = default_as_of(at) + ground.weeks(held.weeks)
        try:
            with transaction.atomic():
                held.save(update_fields=["version", "started_at", "started_by", "ends_on"])
        except IntegrityError as error:
            raise PlanRefused(_("Another pilot of this scenario was started at this moment.")) from error
    return held


def withdraw(plan: PilotPlan) -> None:
    """Throw away a plan that was never started. Raises PlanRefused."""
    with transaction.atomic():
        held = PilotPlan.objects.select_for_update().filter(pk=plan.pk).first()
        if held is None or held.started_at is not None:
            raise PlanRefused(_("A pilot that has started is kept: end it instead."))
        if Improvement.objects.filter(plan=held).exists():
            raise PlanRefused(_("An improvement is linked to this plan: take the link away first."))
        held.delete()


def end_pilot(plan: PilotPlan, *, note: str, by: StaffMember | None, at: datetime) -> PilotPlan:
    """End the comparison: who is enrolled from now on does not count, the scenario goes on. Raises PlanRefused."""
    with transaction.atomic():
        held = PilotPlan.objects.select_for_update().get(pk=plan.pk)
        if held.started_at is None or held.ended_at is not None:
            raise PlanRefused(_("This pilot is not running."))
        held.ended_at, held.ended_by, held.end_note = at, by, note.strip()
        held.save(update_fields=["ended_at", "ended_by", "end_note"])
    return held


def ask_comparison(asked: comparing.Asked, *, by: StaffMember | None, at: datetime) -> Comparison:
    """Answer it from the log and keep the answer. Raises comparing.CannotCompare."""
    as_of = default_as_of(at)
    result = comparing.answer(asked, as_of=as_of)
    given = asdict(asked) | {"groups": list(asked.groups)}
    return Comparison.objects.create(**given, as_of=as_of, result=result, asked_by=by, asked_at=at)


def add_improvement(
    *, source: str, key: str, given: Mapping[str, Any], by: StaffMember | None, at: datetime
) -> Improvement:
    """Write down a gap. Raises ImprovementRefused when its state wants more than was given."""
    one = Improvement(source=source, key=key, made_by=by, made_at=at)
    return _write(one, given, at=at)


def change_improvement(one: Improvement, *, given: Mapping[str, Any], at: datetime) -> Improvement:
    """Change what is written, and the state. Raises ImprovementRefused; then nothing is changed."""
    with transaction.atomic():
        held = Improvement.objects.select_for_update(of=("self",)).get(pk=one.pk)
        return _write(held, given, at=at)


def _write(one: Improvement, given: Mapping[str, Any], *, at: datetime) -> Improvement:
    for name in KEPT_FIELDS:
        if name in given:
            setattr(one, name, given[name])
    if one.plan is not None:
        one.scenario = one.plan.scenario
    one.changed_at = at
    wanted = rules.missing(one, one.state, verdict=improvements.verdict_of(one, at=at))
    if wanted:
        raise ImprovementRefused(wanted)
    one.save()
    return one
