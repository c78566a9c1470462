"""Steps that depend on what became of a message: they wait for it where somebody tells it, else they do not."""

from __future__ import annotations

from typing import Any

import pytest

from mijoz.channels.actions import set_up_account
from mijoz.channels.hooks import Settled
from mijoz.channels.models import ChannelAccount
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios import actions, checking, editing, outcomes
from mijoz.scenarios.models import Enrolment, StepOutcome, Task
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, TASK, Member, Start, document

HOUR = DAY / 24
CALL = {**TASK, "key": "call"}
OTHER = {**TASK, "key": "other"}


def asks(*wanted: str) -> dict[str, Any]:
    return {"kind": "branch", "key": "asks", "step": "letter", "outcomes": list(wanted), "then": [CALL],
            "otherwise": [OTHER]}  # fmt: skip


@pytest.fixture
def told(business: Any) -> ChannelAccount:
    """Mail is carried by a provider that tells what becomes of it."""
    account = set_up_account("email", name="x", settings={"host": "x", "port": 25, "from_address": "a@b.uz"},
                             secret="", at=AT)  # fmt: skip
    ChannelAccount.objects.filter(pk=account.pk).update(reports={"by": "mailgun", "mailbox": None})
    return account


@pytest.fixture
def quiet(told: ChannelAccount) -> ChannelAccount:
    """Mail is carried by a server that says only that it took it."""
    ChannelAccount.objects.filter(pk=told.pk).update(reports={})
    return told


def comes_to(outcome: str, *, at: Any) -> None:
    outcomes.note_settled([Settled(one.pk, "letter", outcome, "", at) for one in Enrolment.objects.all()])
    actions.advance(at=at)


def way() -> str:
    """The step of the task that was given; "" while the branch waits."""
    found = Task.objects.values_list("step", flat=True)
    return ", ".join(found)


def test_a_branch_on_delivered_waits_for_it_beyond_sent(member: Member, start: Start, told: ChannelAccount) -> None:
    member()
    start(MESSAGE, asks("delivered"))
    actions.enrol(at=AT)
    actions.advance(at=AT)
    comes_to("sent", at=AT + HOUR)
    assert way() == ""
    comes_to("delivered", at=AT + 2 * HOUR)
    assert way() == "call"
    assert StepOutcome.objects.get(step="letter").outcome == "delivered"


def test_what_comes_back_goes_the_other_way_at_once(member: Member, start: Start, told: ChannelAccount) -> None:
    member()
    start(MESSAGE, asks("delivered"))
    actions.enrol(at=AT)
    actions.advance(at=AT)
    comes_to("sent", at=AT + HOUR)
    comes_to("bounced", at=AT + 2 * HOUR)
    assert way() == "other"


def test_it_is_not_waited_for_longer_than_three_days_however_often_it_was_woken(
    member: Member, start: Start, told: ChannelAccount
) -> None:
    member()
    start(MESSAGE, asks("clicked"))
    actions.enrol(at=AT)
    actions.advance(at=AT)
    comes_to("sent", at=AT + DAY)
    comes_to("opened", at=AT + 2 * DAY)
    assert way() == ""
    actions.advance(at=AT + 3 * DAY + HOUR / 2)
    assert way() == ""
    actions.advance(at=AT + 3 * DAY + 2 * HOUR)
    assert way() == "other"


def test_where_nobody_tells_it_nobody_waits(member: Member, start: Start, quiet: ChannelAccount) -> None:
    member()
    start(MESSAGE, asks("delivered"))
    actions.enrol(at=AT)
    actions.advance(at=AT)
    comes_to("sent", at=AT + HOUR)
    assert way() == "other"


@pytest.mark.parametrize("outcome", ["sent", "delivered", "opened", "clicked"])
def test_whatever_shows_that_it_went_out_counts_as_sent(
    member: Member, start: Start, told: ChannelAccount, outcome: str
) -> None:
    member()
    start(MESSAGE, asks("sent"))
    actions.enrol(at=AT)
    actions.advance(at=AT)
    comes_to(outcome, at=AT + HOUR)
    assert way() == "call"


@pytest.mark.parametrize("outcome", ["bounced", "failed", "stopped"])
def test_what_did_not_arrive_never_passes_for_sent(
    member: Member, start: Start, told: ChannelAccount, outcome: str
) -> None:
    member()
    start(MESSAGE, asks("sent"))
    actions.enrol(at=AT)
    actions.advance(at=AT)
    comes_to(outcome, at=AT + HOUR)
    assert way() == "other"


def test_what_is_told_late_changes_nothing_back(member: Member, start: Start, told: ChannelAccount) -> None:
    member()
    start(MESSAGE)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    for outcome in ("delivered", "sent", "clicked", "opened", "delivered"):
        comes_to(outcome, at=AT + HOUR)
    assert StepOutcome.objects.get(step="letter").outcome == "clicked"
    comes_to("complained", at=AT + HOUR)
    assert StepOutcome.objects.get(step="letter").outcome == "complained"


def test_the_editor_says_what_cannot_be_known(quiet: ChannelAccount) -> None:
    form = editing._editor(checking.parse(document(MESSAGE, asks("delivered"))).document(), {},
                           editing.RuleForm(editing.Draft())).steps[1]  # fmt: skip
    assert "delivered" in {value for value, _label, _chosen in form.outcome_choices()}  # type: ignore[attr-defined]
    assert form.untold().count("“") == 5  # type: ignore[attr-defined]
    ChannelAccount.objects.update(reports={"by": "mailgun", "mailbox": None})
    assert form.untold() == ""  # type: ignore[attr-defined]


def test_who_waits_for_an_event_is_not_let_go_by_an_older_one(member: Member, start: Start) -> None:
    customer = member()
    wait = {"kind": "wait", "key": "books", "days": 3, "until": "event", "event": "booking_made"}
    start(MESSAGE, wait, CALL)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    record(
        [NewEvent(message_id="old", type="booking_made", identity=("customer", "", str(customer.pk)),
                  occurred_at=AT - DAY)],
        source="file",
    )  # fmt: skip
    actions.look_around(at=AT + HOUR)
    actions.advance(at=AT + HOUR)
    assert way() == ""
    actions.advance(at=AT + 3 * DAY)
    assert StepOutcome.objects.get(step="books").outcome == "timed_out"
