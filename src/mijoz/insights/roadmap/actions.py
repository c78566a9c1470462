"""What people decide about the roll-out: who does a step, by when, and that the rules are right."""

from __future__ import annotations

from datetime import date, datetime

from mijoz.business.models import StaffMember
from mijoz.insights.models import RoadStep


def plan(key: str, *, who: StaffMember | None, aimed_on: date | None) -> RoadStep:
    """Who does a step of the road map, and by when."""
    step, _is_new = RoadStep.objects.update_or_create(key=key, defaults={"who": who, "aimed_on": aimed_on})
    return step


def note_review(*, by: StaffMember, at: datetime) -> RoadStep:
    """Somebody has read the segment rules as they stand now and finds them right."""
    step, _is_new = RoadStep.objects.update_or_create(
        key=RoadStep.Key.RULES, defaults={"reviewed_by": by, "reviewed_at": at}
    )
    return step
