"""Which way a customer goes: by a rule, by what an earlier step came to, by chance, or to the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import md5

from django.db import connection

from mijoz.channels.models import USEFUL_FOR
from mijoz.channels.queries import open_channels
from mijoz.channels.reports.actions import outcomes_told
from mijoz.customers.queries import ABSORBED
from mijoz.events.queries import default_as_of
from mijoz.scenarios.definition import BEST, End, Fork, GiveTask, Message, Placed, Split, Step, Survey
from mijoz.scenarios.models import StepOutcome
from mijoz.scenarios.step_kinds import MEANS, TOLD_LATER
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn, divided
from mijoz.segments import overview
from mijoz.segments.membership import source
from mijoz.segments.rules import compile_rule

NOTHING: frozenset[str] = frozenset()
ON_ITS_WAY = ("sent", "delivered", "opened", "clicked")  # of a message: more may be told, as TOLD_LATER has it
POSITIONS = 2**32
SETTLES_LATER = ("message", "task", "survey", "webhook")
FITTING = """
    WITH RECURSIVE {absorbed}, asked AS (
        SELECT w.id, coalesce(absorbed.root, w.customer_id) AS customer_id
        FROM unnest(%(ids)s::bigint[], %(customers)s::bigint[]) AS w(id, customer_id)
        LEFT JOIN absorbed ON absorbed.id = w.customer_id
    )
    SELECT asked.id FROM {source} WHERE {rule}
"""


def branch(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Choose by the rule at once; by an outcome as soon as it is known, or when it is waited for no longer."""
    step = placed.step
    assert isinstance(step, Fork)
    if step.rule is not None:
        fit, others = divided(members, _fitting(step, members, turn))
        return Taken().came_to("then", fit).came_to("otherwise", others)
    return _by_outcome(step, members, turn)


def split(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Draw each customer's arm by a hash, so that it can be checked and never changes."""
    step = placed.step
    assert isinstance(step, Split)
    arms: dict[str, list[Claimed]] = {arm.key: [] for arm in step.arms}
    for one in members:
        arms[drawn(step, scenario=turn.course.scenario, customer_id=one.customer_id)].append(one)
    taken = Taken()
    for key, some in arms.items():
        taken.came_to(key, some)
    return taken


def drawn(step: Split, *, scenario: str, customer_id: int) -> str:
    """The arm of a customer: the first 32 bits of md5("scenario:step:customer") as a share of all arms."""
    digest = md5(f"{scenario}:{step.key}:{customer_id}".encode(), usedforsecurity=False).hexdigest()
    position, reached = int(digest[:8], 16) / POSITIONS * 100, 0
    for arm in step.arms:
        reached += arm.share
        if position < reached:
            return arm.key
    return step.arms[-1].key


def end(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Let those end whose way ends here."""
    step = placed.step
    assert isinstance(step, End)
    if not step.at_goal:
        return Taken().came_to("ended", members)
    reached, others = divided(
        members, [one.id for one in members if one.has_reached_goal or one.id in turn.reached_goal]
    )
    return Taken().came_to("ended", reached).came_to("went_on", others)


def _fitting(step: Fork, members: Sequence[Claimed], turn: Turn) -> list[int]:
    assert step.rule is not None
    rule = compile_rule(step.rule, prefix="b")
    last = overview.last_run()
    parameters = rule.parameters | {
        "ids": [one.id for one in members],
        "customers": [one.customer_id for one in members],
        "as_of": last.as_of if last else default_as_of(turn.at),
        "zone": turn.business.time_zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(FITTING.format(absorbed=ABSORBED, source=source(of="asked"), rule=rule.sql), parameters)
        return [row[0] for row in cursor.fetchall()]


def _by_outcome(step: Fork, members: Sequence[Claimed], turn: Turn) -> Taken:
    asked = turn.course.definition.placed[turn.course.definition.position_of(step.step) or 0].step
    came_to = dict(
        StepOutcome.objects.filter(enrolment__in=[one.id for one in members], step=step.step).values_list(
            "enrolment", "outcome"
        )
    )
    came_to |= turn.came_to.get(step.step, {})
    wanted, later = set(step.outcomes), _may_still_come(asked, step.outcomes)
    then: list[Claimed] = []
    otherwise: list[Claimed] = []
    open_still: list[Claimed] = []
    for one in members:
        outcome = came_to.get(one.id)
        if outcome is None:
            (open_still if asked.kind in SETTLES_LATER else otherwise).append(one)
        elif outcome in wanted or MEANS.get(outcome, NOTHING) & wanted:
            then.append(one)
        else:
            (open_still if outcome in later else otherwise).append(one)
    taken = Taken()
    over = taken.wait(open_still, _patience(asked), waits_for=step.step, at=turn.at)
    return taken.came_to("then", then).came_to("otherwise", otherwise + over)


def _may_still_come(asked: Step, wanted: Collection[str]) -> set[str]:
    """What a message or a survey can have come to so that one of the wanted outcomes may still be told of it."""
    if isinstance(asked, Survey):
        return set(ON_ITS_WAY) if {"answered", "timed_out"} & set(wanted) else set()
    told_later = set(TOLD_LATER) & set(wanted)
    if not isinstance(asked, Message) or not told_later:
        return set()
    told = told_later & outcomes_told(open_channels() if asked.channel == BEST else [asked.channel])
    return {outcome for place, outcome in enumerate(ON_ITS_WAY) if told & set(TOLD_LATER[place:])}


def _patience(asked: object) -> timedelta:
    """How long the outcome may take: then it will not come any more."""
    if isinstance(asked, GiveTask):
        return timedelta(days=asked.due_days + 1)
    if isinstance(asked, Survey):
        return timedelta(days=asked.valid_days) + USEFUL_FOR
    return USEFUL_FOR + timedelta(hours=1)
