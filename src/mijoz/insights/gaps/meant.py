"""Which dimensions a scenario is meant to move, from the kinds of its steps.

What personalisation indicators should move: a fitting offer and a fitting channel empathy; a fitting time and proactive
service responsiveness; individual treatment empathy and assurance; a protocol that is followed reliability.
"""

from __future__ import annotations

from mijoz.analysis.psychometrics.gaps import ASSURANCE, EMPATHY, ITEMS_OF, RELIABILITY, RESPONSIVENESS
from mijoz.scenarios.definition import Definition, GiveTask, Message, Offer, QueueFirst, SetProtocol, Step


def dimensions_of(definition: Definition) -> tuple[str, ...]:
    """The dimensions in their order; none for a scenario that only waits, asks or calls other systems."""
    moved = {dimension for placed in definition.placed for dimension in _of_step(placed.step)}
    service = moved - {EMPATHY}
    # A letter that only announces the service is no attention of its own.
    has_offer = any(isinstance(placed.step, Offer) for placed in definition.placed)
    chosen = moved if has_offer or not service else service
    return tuple(dimension for dimension in ITEMS_OF if dimension in chosen)


def _of_step(step: Step) -> tuple[str, ...]:
    match step:
        case Offer() | Message():
            return (EMPATHY,)
        case QueueFirst():
            return (RESPONSIVENESS,)
        case SetProtocol():
            quick = step.priority or step.response_minutes or step.preferred_hours
            return ((RESPONSIVENESS,) if quick else ()) + ((ASSURANCE,) if step.scripts else ())
        case GiveTask():
            return (RELIABILITY, ASSURANCE) if step.confirm else (ASSURANCE,)
        case _:
            return ()
