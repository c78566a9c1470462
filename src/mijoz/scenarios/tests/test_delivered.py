"""Steps that depend on what became of a message: they wait for it where somebody tells it, else they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mijoz.channels.actions import set_up_account
from mijoz.channels.hooks import Settled
from mijoz.channels.models import ChannelAccount
from mijoz.channels.models import Message as Letter
from mijoz.channels.reports import actions as reports
from mijoz.channels.reports.report import Report
from mijoz.channels.seals import seal_of
from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios import actions, checking, editing, hooks, outcomes
from mijoz.scenarios.models import Enrolment, StepOutcome, Task
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, TASK, Member, Start, document

HOUR = DAY / 24
Begun = Callable[..., Customer]
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


@pytest.fixture
def begun(member: Member, start: Start) -> Begun:
    """begun(*steps): a customer who is enrolled in a scenario of these, and has come as far as they let them."""

    def make(*steps: dict[str, Any]) -> Customer:
        customer = member()
        start(*steps)
        actions.enrol(at=AT)
        actions.advance(at=AT)
        return customer

    return make


def comes_to(outcome: str, *, at: Any) -> None:
    outcomes.note_settled([Settled(one.pk, "letter", outcome, "", at) for one in Enrolment.objects.all()])
    actions.advance(at=at)


def way() -> str:
    """The step of the task that was given; "" while the branch waits."""
    found = Task.objects.values_list("step", flat=True)
    return ", ".join(found)


def test_a_branch_on_delivered_waits_for_it_beyond_sent(begun: Begun, told: ChannelAccount) -> None:
    begun(MESSAGE, asks("delivered"))
    comes_to("sent", at=AT + HOUR)
    assert way() == ""
    comes_to("delivered", at=AT + 2 * HOUR)
    assert way() == "call"
    assert StepOutcome.objects.get(step="letter").outcome == "delivered"


def test_what_comes_back_goes_the_other_way_at_once(begun: Begun, told: ChannelAccount) -> None:
    begun(MESSAGE, asks("delivered"))
    comes_to("sent", at=AT + HOUR)
    comes_to("bounced", at=AT + 2 * HOUR)
    assert way() == "other"


def test_it_is_not_waited_for_longer_than_three_days_however_often_it_was_woken(
    begun: Begun, told: ChannelAccount
) -> None:
    begun(MESSAGE, asks("clicked"))
    comes_to("sent", at=AT + DAY)
    comes_to("opened", at=AT + 2 * DAY)
    assert way() == ""
    actions.advance(at=AT + 3 * DAY + HOUR / 2)
    assert way() == ""
    actions.advance(at=AT + 3 * DAY + 2 * HOUR)
    assert way() == "other"


def test_where_nobody_tells_it_nobody_waits(begun: Begun, quiet: ChannelAccount) -> None:
    begun(MESSAGE, asks("delivered"))
    comes_to("sent", at=AT + HOUR)
    assert way() == "other"


@pytest.mark.parametrize("outcome", ["sent", "delivered", "opened", "clicked"])
def test_whatever_shows_that_it_went_out_counts_as_sent(begun: Begun, told: ChannelAccount, outcome: str) -> None:
    begun(MESSAGE, asks("sent"))
    comes_to(outcome, at=AT + HOUR)
    assert way() == "call"


@pytest.mark.parametrize("outcome", ["bounced", "failed", "stopped"])
def test_what_did_not_arrive_never_passes_for_sent(begun: Begun, told: ChannelAccount, outcome: str) -> None:
    begun(MESSAGE, asks("sent"))
    comes_to(outcome, at=AT + HOUR)
    assert way() == "other"


def test_what_is_told_late_changes_nothing_back(begun: Begun, told: ChannelAccount) -> None:
    begun(MESSAGE)
    for outcome in ("delivered", "sent", "clicked", "opened", "delivered"):
        comes_to(outcome, at=AT + HOUR)
    assert StepOutcome.objects.get(step="letter").outcome == "clicked"
    comes_to("complained", at=AT + HOUR)
    assert StepOutcome.objects.get(step="letter").outcome == "complained"


def test_what_is_told_at_once_counts_by_the_later_of_it(begun: Begun, told: ChannelAccount) -> None:
    """Providers tell of many moments in one call, and in any order."""
    begun(MESSAGE, asks("opened"))
    Letter.objects.update(status="sent", sent_to="a@mail.uz", settled_at=AT)
    letter = Letter.objects.get()
    whose = {"seal": seal_of(letter), "number": letter.pk, "at": AT + HOUR, "recipient": "a@mail.uz"}
    assert reports.note([Report("opened", **whose), Report("delivered", **whose)], at=AT + 2 * HOUR) == 2
    actions.advance(at=AT + 2 * HOUR)
    assert (StepOutcome.objects.get(step="letter").outcome, way()) == ("opened", "call")


def test_whoever_waited_before_is_waited_for_all_the_same(begun: Begun, told: ChannelAccount) -> None:
    begun({"kind": "wait", "key": "days", "days": 4}, MESSAGE, asks("sent"))
    later = AT + 4 * DAY + HOUR
    actions.advance(at=later)
    assert (Letter.objects.count(), way()) == (1, "")  # the letter lies in the outbox yet
    actions.advance(at=later + 2 * DAY)
    assert way() == ""
    comes_to("sent", at=later + 2 * DAY)
    assert way() == "call"


def test_an_invitation_that_went_out_is_not_the_answer_yet(begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_invite", [lambda _invitation: None])
    monkeypatch.setattr(hooks, "_is_asked", [lambda _survey: True])
    ask = {"kind": "survey", "key": "letter", "survey": "visit", "channel": "email", "valid_days": 7}
    begun(ask, asks("answered"))
    comes_to("sent", at=AT + HOUR)
    assert way() == ""
    comes_to("answered", at=AT + DAY)
    assert way() == "call"


def test_the_editor_says_what_cannot_be_known(quiet: ChannelAccount) -> None:
    form = editing._editor(checking.parse(document(MESSAGE, asks("delivered"))).document(), {},
                           editing.RuleForm(editing.Draft())).steps[1]  # fmt: skip
    assert "delivered" in {value for value, _label, _chosen in form.outcome_choices()}  # type: ignore[attr-defined]
    assert form.untold().count("“") == 5  # type: ignore[attr-defined]
    ChannelAccount.objects.update(reports={"by": "mailgun", "mailbox": None})
    assert form.untold() == ""  # type: ignore[attr-defined]


def test_who_waits_for_an_event_is_not_let_go_by_an_older_one(begun: Begun) -> None:
    wait = {"kind": "wait", "key": "books", "days": 3, "until": "event", "event": "booking_made"}
    customer = begun(MESSAGE, wait, CALL)
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
