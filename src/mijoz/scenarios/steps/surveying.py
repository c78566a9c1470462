"""Inviting to surveys, which the app of surveys does once it has connected itself."""

from __future__ import annotations

from collections.abc import Sequence

from mijoz.scenarios import hooks
from mijoz.scenarios.definition import Placed, Survey
from mijoz.scenarios.steps.messages import channels_of
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn


def invite(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Hand them over; what comes of the invitation is told by `actions.note_outcomes`."""
    step = placed.step
    assert isinstance(step, Survey)
    definition = turn.course.definition
    by_channel, unreached = channels_of(step.channel, members, step=step.key, purpose=definition.purpose, turn=turn)
    taken = Taken().came_to("not_chosen", unreached, "no_channel")
    for channel, some in by_channel.items():
        hooks.invite_to_survey(
            hooks.Invitation(
                survey=step.survey,
                customers={one.id: one.customer_id for one in some},
                channel=channel,
                purpose=definition.purpose,
                valid_days=step.valid_days,
                scenario=turn.course.scenario,
                step=step.key,
                is_test=turn.is_test,
                at=turn.at,
            )
        )
        taken.open += some
    return taken
