"""Writing messages to the outbox, each by the channel of the step or by the one that suits the customer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from mijoz.channels.bulk import Origin, put_many_in_outbox
from mijoz.channels.queries import open_channels
from mijoz.customers.models import Purpose
from mijoz.scenarios.choosing.choice import Why, choose
from mijoz.scenarios.definition import BEST, Message, Placed
from mijoz.scenarios.steps import offers_page
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn, divided
from mijoz.scenarios.steps.writing import letters

KEEP = """
    UPDATE scenarios_enrolment e
    SET ways = coalesce(e.ways, '{}'::jsonb) || jsonb_build_object(%(step)s::text, given.why::jsonb)
    FROM unnest(%(ids)s::bigint[], %(whys)s::text[]) AS given(id, why)
    WHERE e.id = given.id
"""


def write(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Put a message for each into the outbox; what comes of it there is the step's outcome."""
    step = placed.step
    assert isinstance(step, Message)
    definition, taken = turn.course.definition, Taken()
    by_channel, unreached = channels_of(step.channel, members, step=step.key, purpose=definition.purpose, turn=turn)
    taken.came_to("not_chosen", unreached, "no_channel")
    offer = definition.offer_before(placed.position)
    for channel, reached in by_channel.items():
        for told, some in offers_page.as_told(offer, reached, turn):
            written = letters(step, some, turn, offer=told, channel=channel)
            put_many_in_outbox(written, _origin(step.key, turn))
            spoken, silent = divided(some, written["enrolment"].to_list())
            taken.open += spoken
            taken.came_to("nothing_to_say", silent)
    return taken


def channels_of(
    channel: str, members: Sequence[Claimed], *, step: str, purpose: str, turn: Turn
) -> tuple[dict[str, list[Claimed]], list[Claimed]]:
    """The members by the channel for each, and those for whom there is none; why a best one was chosen is kept."""
    if channel != BEST:
        return {channel: list(members)}, []
    customers = [one.customer_id for one in members]
    chosen = choose(customers, channels=open_channels(), purpose=purpose, at=turn.at)
    found: dict[str, list[Claimed]] = defaultdict(list)
    without: list[Claimed] = []
    for one in members:
        best = chosen.get(one.customer_id)
        (found[best.channel] if best else without).append(one)
    _keep({one.id: chosen[one.customer_id].why for one in members if one.customer_id in chosen}, step=step)
    return found, without


def _keep(whys: Mapping[int, Why], *, step: str) -> None:
    """Why each was written to by this channel, kept with the enrolment; one statement for all."""
    given: dict[str, Any] = {"ids": [*whys], "step": step, "whys": [json.dumps(why.as_dict()) for why in whys.values()]}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, given)


def _origin(step: str, turn: Turn) -> Origin:
    definition = turn.course.definition
    is_marketing = definition.purpose == Purpose.MARKETING
    return Origin(
        purpose=definition.purpose,
        scenario=turn.course.scenario,
        scenario_version=turn.course.number,
        step=step,
        priority=definition.priority,
        is_test=turn.is_test,
        send_after=turn.at,
        most_revealed=turn.business.reveals_in_marketing if is_marketing else turn.business.reveals_in_service,
    )
