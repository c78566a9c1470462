"""How a customer is served: the protocol, the package, the place in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from mijoz.customers.actions import set_protocols
from mijoz.scenarios.definition import Placed, QueueFirst, SetProtocol
from mijoz.scenarios.fitting import text_in
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn


def set_protocol(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Write the fields that the step has; what staff set by hand is kept."""
    step = placed.step
    assert isinstance(step, SetProtocol)
    wanted: dict[str, Any] = {
        "priority": step.priority,
        "script": text_in(step.scripts, turn.business.language) or None,
        "package": step.package or None,
        "preferred_channel": step.preferred_channel or None,
        "preferred_hours": step.preferred_hours or None,
        "response_minutes": step.response_minutes,
    }
    return _write(step.key, {name: value for name, value in wanted.items() if value is not None}, members, turn)


def put_first(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Serve them before others for some hours."""
    step = placed.step
    assert isinstance(step, QueueFirst)
    until = turn.at + timedelta(hours=step.hours)
    return _write(step.key, {"lifted_priority": step.priority, "lifted_until": until}, members, turn)


def _write(step: str, fields: dict[str, Any], members: Sequence[Claimed], turn: Turn) -> Taken:
    by = turn.course.scenario
    changed = set_protocols([one.customer_id for one in members], by=by, at=turn.at, **fields)
    written = [one for one in members if one.customer_id in changed]
    told = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in fields.items()}
    if not turn.is_test:
        payload = {"scenario": by, "by": by, **told}
        log("protocol_set", [one.done for one in written], scenario=by, step=step, at=turn.at, payload=payload)
    kept = [one for one in members if one.customer_id not in changed]
    return Taken().came_to("set", written).came_to("kept", kept, "set_by_staff")
