"""Whatever is edited, paused, stopped and advanced in whatever order: what a scenario promises holds.

Nobody who is held out is written to, each step is taken at most once, every enrolment takes the steps of its own
version and of no other, and nothing is taken while the scenario is paused or stopped.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mijoz.channels.hooks import Settled
from mijoz.channels.models import Message
from mijoz.scenarios import actions, checking, outcomes
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, StepOutcome, Task
from mijoz.scenarios.tests.conftest import AT, MESSAGE, PROTOCOL, TASK, WAIT, Member, Start, document

LETTERS = [{**MESSAGE, "key": key} for key in ("one", "two", "three")]
AFTER = {
    "kind": "branch",
    "key": "came",
    "step": "one",
    "outcomes": ["sent"],
    "then": [LETTERS[1]],
    "otherwise": [TASK],
}
ARMS = [{"key": "a", "share": 50, "steps": [WAIT, LETTERS[1]]}, {"key": "b", "share": 50, "steps": [PROTOCOL]}]
DOCUMENTS: list[dict[str, Any]] = [
    document(LETTERS[0], WAIT, LETTERS[1], holdout_share=0.4, again_after_days=5, ends_at_goal=False),
    document(LETTERS[0], AFTER, LETTERS[2], holdout_share=0.4, again_after_days=5, ends_at_goal=False),
    document({"kind": "split", "key": "chance", "arms": ARMS}, TASK, holdout_share=0.6, ends_at_goal=False),
    document(PROTOCOL, LETTERS[2], holdout_share=0.4, holdout_of="messages", again_after_days=5, ends_at_goal=False),
]
STEPS = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, len(DOCUMENTS) - 1)),
    st.tuples(st.sampled_from(["pause", "resume", "stop", "start", "enrol", "settle"]), st.just(0)),
    st.tuples(st.just("advance"), st.integers(0, 80)),
)


class Life:
    """A scenario and what is done to it; `at` only grows."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.at = scenario, AT

    def do(self, what: str, number: int) -> None:
        self.at += timedelta(minutes=1)
        before = self.written()
        with suppress(actions.StateRefused):
            getattr(self, what)(number)
        self.scenario.refresh_from_db()
        if self.scenario.state != Scenario.State.LIVE and what in ("enrol", "advance", "settle"):
            assert self.written() == before, "steps were taken though the scenario is not live"
        self.check()

    def edit(self, number: int) -> None:
        actions.write_version(self.scenario, DOCUMENTS[number], by=None, at=self.at)

    def pause(self, _number: int) -> None:
        actions.pause(self.scenario, by=None, at=self.at)

    def resume(self, _number: int) -> None:
        actions.resume(self.scenario, by=None, at=self.at)

    def stop(self, _number: int) -> None:
        actions.stop(self.scenario, by=None, at=self.at)

    def start(self, _number: int) -> None:
        actions.start(self.scenario, by=None, at=self.at)

    def enrol(self, _number: int) -> None:
        actions.enrol(at=self.at, scenarios=[self.scenario])

    def advance(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        actions.advance(at=self.at, batch=3)

    def settle(self, _number: int) -> None:
        waiting = Message.objects.filter(status="waiting").order_by("pk")[:3]
        for message in waiting:
            Message.objects.filter(pk=message.pk).update(status="sent", settled_at=self.at)
            assert message.enrolment is not None
            outcomes.note_settled([Settled(message.enrolment, message.step, "sent", "", self.at)])

    @staticmethod
    def written() -> tuple[int, int]:
        return Message.objects.count(), Task.objects.count()

    def check(self) -> None:
        held = dict(Enrolment.objects.filter(arm="hold-out").values_list("pk", "withheld"))
        assert not Message.objects.filter(enrolment__in=[pk for pk, of in held.items() if of != "service"]).exists()
        assert not Task.objects.filter(enrolment__in=[pk for pk, of in held.items() if of == "everything"]).exists()
        assert not Message.objects.values("enrolment", "step").annotate(n=Count("pk")).filter(n__gt=1).exists()
        versions = dict(Enrolment.objects.values_list("pk", "version__number"))
        keys = {
            version.pk: {placed.step.key for placed in checking.parse(version.definition).placed}
            for version in ScenarioVersion.objects.all()
        }
        of_version = dict(Enrolment.objects.values_list("pk", "version"))
        for enrolment, step, number in Message.objects.values_list("enrolment", "step", "scenario_version"):
            assert number == versions[enrolment]
            assert step in keys[of_version[enrolment]]
        for enrolment, step in StepOutcome.objects.values_list("enrolment", "step"):
            assert step in keys[of_version[enrolment]]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(done=st.lists(STEPS, min_size=3, max_size=14))
def test_any_sequence_of_edits_pauses_and_advances_keeps_what_is_promised(
    member: Member, start: Start, done: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        for _ in range(8):
            member(entered_at=datetime(2026, 3, 1, tzinfo=AT.tzinfo))
        scenario = start(LETTERS[0], WAIT, LETTERS[1], holdout_share=0.4)
        life = Life(scenario)
        life.do("enrol", 0)
        for what, number in done:
            life.do(what, number)
        life.do("advance", 30 * 24)
        transaction.set_rollback(True)
