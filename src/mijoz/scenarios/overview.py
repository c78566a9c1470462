"""What the pages of scenarios show: figures, the flow with what each step has done, who is enrolled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet

from mijoz.channels.models import Message, Reason
from mijoz.customers.names import query_words
from mijoz.scenarios import checking, hooks, queries, sentences
from mijoz.scenarios import definition as definitions
from mijoz.scenarios.definition import Definition
from mijoz.scenarios.hooks import Effect
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, Task
from mijoz.scenarios.sentences import StepInWords
from mijoz.segments.models import Segment

Status = Message.Status
ORDERS = {
    "enrolled": [F("enrolled_at").asc(), F("id").asc()],
    "customer": [F("customer__sort_name").asc(), F("id").asc()],
    "due": [F("due_at").asc(nulls_last=True), F("id").asc()],
}


# What has come to an outcome, and what is on its way to one.
PASSED = """
    SELECT step, sum(enrolments)::bigint FROM (
        SELECT o.step, count(*) AS enrolments
        FROM scenarios_stepoutcome o JOIN scenarios_enrolment e ON e.id = o.enrolment
        WHERE e.scenario_id = %(scenario)s AND NOT e.is_test AND o.outcome <> 'held_out' GROUP BY o.step
        UNION ALL
        SELECT m.step, count(*) FROM channels_message m JOIN scenarios_scenario s ON s.key = m.scenario
        WHERE s.id = %(scenario)s AND m.status IN ('waiting', 'sending') AND NOT m.is_test GROUP BY m.step
        UNION ALL
        SELECT t.step, count(*) FROM scenarios_task t JOIN scenarios_enrolment e ON e.id = t.enrolment_id
        WHERE t.scenario_id = %(scenario)s AND t.done_at IS NULL AND NOT t.is_overdue_noted AND NOT e.is_test
        GROUP BY t.step
        UNION ALL
        SELECT k.step, count(*) FROM scenarios_call k JOIN scenarios_enrolment e ON e.id = k.enrolment_id
        WHERE e.scenario_id = %(scenario)s AND k.status = 'waiting' AND NOT e.is_test GROUP BY k.step
    ) counted GROUP BY step
"""


@dataclass(slots=True)
class Figures:
    """What a scenario has done so far. `stopped` counts messages that the gate stopped or that failed, by reason."""

    treated: int = 0
    held_out: int = 0
    running: int = 0
    sent: int = 0
    waiting: int = 0
    stopped: Counter[str] = field(default_factory=Counter)
    tasks: int = 0
    tasks_done: int = 0

    @property
    def enrolled(self) -> int:
        return self.treated + self.held_out

    @property
    def stopped_in_all(self) -> int:
        return self.stopped.total()

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """(key, label, messages) of each reason, the most frequent first."""
        return [(key, str(Reason(key).label), count) for key, count in self.stopped.most_common()]


@dataclass(frozen=True, slots=True)
class Card:
    scenario: Scenario
    version: ScenarioVersion
    definition: Definition
    segment: Segment | None
    steps: list[StepInWords]
    figures: Figures
    effect: Effect | None

    @property
    def trigger(self) -> str:
        return sentences.trigger(
            self.definition, self.segment.name if self.segment else self.definition.trigger.segment
        )

    @property
    def eligibility(self) -> str:
        return sentences.eligibility(self.definition)

    @property
    def hold_out(self) -> str:
        return sentences.hold_out(self.definition)

    @property
    def goal(self) -> str:
        return sentences.goal(self.definition.goal)

    @property
    def at_goal(self) -> str:
        return sentences.at_goal(self.definition)

    @property
    def again(self) -> str:
        return sentences.again(self.definition)

    @property
    def says_effect(self) -> bool:
        """Whether enough customers had their time for the difference to be worth a figure."""
        return self.effect is not None and self.effect.difference is not None and self.effect.verdict != "too_few"

    @property
    def is_untouched(self) -> bool:
        """Whether it is a draft in which nobody ever was."""
        return self.scenario.state == Scenario.State.DRAFT and not self.figures.enrolled

    @property
    def has_messages(self) -> bool:
        return any(isinstance(placed.step, definitions.Message) for placed in self.definition.placed)

    @property
    def has_tasks(self) -> bool:
        return any(isinstance(placed.step, definitions.GiveTask) for placed in self.definition.placed)

    @property
    def purpose(self) -> str:
        return sentences.purpose(self.definition)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """A step of the version in force, with what it has done in any version: steps are the same by their key.

    `passed` counts the enrolments that have it behind them, `here` those that wait in it now.
    """

    key: str
    position: int
    words: StepInWords
    passed: int
    here: int
    messages: Figures
    tasks: int
    tasks_done: int


def cards() -> list[Card]:
    """All scenarios with their figures."""
    scenarios = list(Scenario.objects.all())
    latest = queries.versions_in_force().select_related("written_by")
    versions = {version.scenario_id: version for version in latest}
    names = {segment.key: segment for segment in Segment.objects.all()}
    branches = sentences.names_of_branches()
    done, measured = figures(scenarios), hooks.effects()
    return [
        _card(scenario, versions[scenario.pk], names, branches, done[scenario.pk], measured.get(scenario.key))
        for scenario in scenarios
    ]


def card(scenario: Scenario, version: ScenarioVersion) -> Card:
    """One scenario as this version has it, with its figures."""
    names = {segment.key: segment for segment in Segment.objects.all()}
    done, measured = figures([scenario])[scenario.pk], hooks.effects().get(scenario.key)
    return _card(scenario, version, names, sentences.names_of_branches(), done, measured)


def figures(scenarios: Iterable[Scenario]) -> dict[int, Figures]:
    """The figures of these scenarios, by id; three statements."""
    by_id: dict[int, Figures] = {scenario.pk: Figures() for scenario in scenarios}
    ids = {scenario.key: scenario.pk for scenario in scenarios}
    enrolled = (
        Enrolment.objects.filter(scenario__in=by_id, is_test=False)
        .order_by()
        .values_list("scenario", "arm")
        .annotate(customers=Count("pk"), on_their_way=Count("pk", filter=Q(state=Enrolment.State.RUNNING)))
    )
    for scenario, arm, count, running in enrolled:
        if arm == Enrolment.Arm.TREATED:
            by_id[scenario].treated = count
        else:
            by_id[scenario].held_out = count
        by_id[scenario].running += running
    written = (
        Message.objects.filter(scenario__in=ids, is_test=False).order_by().values_list("scenario", "status", "reason")
    )
    for key, status, reason, count in written.annotate(Count("pk")):
        _count_message(by_id[ids[key]], status, reason, count)
    tasks = Task.objects.filter(scenario__in=by_id).order_by().values_list("scenario")
    for scenario, count, done in tasks.annotate(given=Count("pk"), done=Count("done_at")):
        by_id[scenario].tasks, by_id[scenario].tasks_done = count, done
    return by_id


def flow(scenario: Scenario, definition: Definition) -> list[FlowStep]:
    """The steps in their order, each with what it has done."""
    passed, here = _passed(scenario)
    messages: dict[str, Figures] = defaultdict(Figures)
    written = (
        Message.objects.filter(scenario=scenario.key, is_test=False).order_by().values_list("step", "status", "reason")
    )
    for step, status, reason, count in written.annotate(Count("pk")):
        _count_message(messages[step], status, reason, count)
    given = Task.objects.filter(scenario=scenario).order_by().values_list("step")
    tasks = {step: (count, done) for step, count, done in given.annotate(all=Count("pk"), done=Count("done_at"))}
    in_words = sentences.steps(definition, sentences.names_of_branches())
    return [
        FlowStep(
            key=step.key,
            position=position,
            words=in_words[position],
            passed=passed[step.key],
            here=here[step.key],
            messages=messages[step.key],
            tasks=tasks.get(step.key, (0, 0))[0],
            tasks_done=tasks.get(step.key, (0, 0))[1],
        )
        for position, step in ((placed.position, placed.step) for placed in definition.placed)
    ]


def enrolments(
    scenario: Scenario, *, text: str = "", arm: str = "", state: str = "", sort: str = "-enrolled"
) -> QuerySet[Enrolment]:
    """Who is enrolled, narrowed and in order; what is unknown is ignored."""
    found = Enrolment.objects.filter(scenario=scenario).select_related("customer", "version")
    for word in query_words(text):
        found = found.filter(customer__search_key__contains=word)
    if arm in Enrolment.Arm.values:
        found = found.filter(arm=arm)
    if state in Enrolment.State.values:
        found = found.filter(state=state)
    elif state in Enrolment.Ending.values:
        found = found.filter(ending=state)
    ordered = found.order_by(*ORDERS.get(sort.removeprefix("-"), ORDERS["enrolled"]))
    return ordered.reverse() if sort.startswith("-") or sort not in ORDERS else ordered


def last_enrolled_at(scenario: Scenario) -> datetime | None:
    return Enrolment.objects.filter(scenario=scenario).aggregate(last=Max("enrolled_at"))["last"]


def _card(
    scenario: Scenario,
    version: ScenarioVersion,
    names: dict[str, Segment],
    branches: dict[str, str],
    done: Figures,
    effect: Effect | None,
) -> Card:
    parsed = checking.parse(version.definition)
    steps = sentences.steps(parsed, branches)
    return Card(scenario, version, parsed, names.get(parsed.trigger.segment), steps, done, effect)


def _count_message(into: Figures, status: str, reason: str, count: int) -> None:
    if status == Status.SENT:
        into.sent += count
    elif status in (Status.STOPPED, Status.FAILED):
        into.stopped[reason] += count
    else:
        into.waiting += count


def _passed(scenario: Scenario) -> tuple[Counter[str], Counter[str]]:
    """By key of the step: how many enrolments have taken it, and how many wait in it."""
    with connection.cursor() as cursor:
        cursor.execute(PASSED, {"scenario": scenario.pk})
        passed = Counter(dict(cursor.fetchall()))
    places = (
        Enrolment.objects.filter(scenario=scenario, state=Enrolment.State.RUNNING, version__isnull=False, is_test=False)
        .order_by()
        .values_list("version", "next_step")
        .annotate(enrolments=Count("pk"))
    )
    here: Counter[str] = Counter()
    keys = {
        version.pk: [placed.step.key for placed in checking.parse(version.definition).placed]
        for version in ScenarioVersion.objects.filter(scenario=scenario)
    }
    for version, next_step, waiting in places:
        if next_step < len(keys[version]):
            here[keys[version][next_step]] += waiting
    return passed, here
