"""Taking a ready scenario: it becomes a draft of one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mijoz.business.models import StaffMember
from mijoz.events.types import SATISFACTION
from mijoz.scenarios import actions, hooks
from mijoz.scenarios.models import Scenario
from mijoz.scenarios.ready.gallery import Ready


def take(ready: Ready, *, sector: str, by: StaffMember | None, at: datetime) -> Scenario:
    """A new draft of it in the words of this sector; a second one has a number at its key.

    Raises checking.DefinitionRefused, or actions.KeyTaken when somebody took the same at the same moment.
    """
    taken = set(Scenario.objects.filter(key__startswith=ready.key).values_list("key", flat=True))
    numbered = (ready.key if place == 1 else f"{ready.key}_{place}" for place in range(1, len(taken) + 2))
    return actions.add_scenario(
        key=next(key for key in numbered if key not in taken),
        names=dict(ready.names),
        descriptions=dict(ready.descriptions),
        document=_with_survey(ready.definition(sector), by=by, at=at),
        by=by,
        at=at,
    )


def _with_survey(document: dict[str, Any], *, by: StaffMember | None, at: datetime) -> dict[str, Any]:
    """Where it asks how satisfied customers are, by the survey of this business that does, else by a new draft."""
    steps = [
        step | {"survey": hooks.survey_of(SATISFACTION, step["survey"], by=by, at=at)}
        if step["kind"] == "survey"
        else step
        for step in document["steps"]
    ]
    return document | {"steps": steps}
