"""What the states of an improvement ask for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mijoz.insights.models import Improvement

State = Improvement.State
TELLING = ("works", "harms", "no_difference_seen")  # verdicts by which something can be decided


def missing(one: Improvement, state: str, *, verdict: str) -> list[str]:
    """What has to be written or measured before the improvement can go into this state; empty when nothing is missing.

    `verdict` is that of the proof it is linked to, "" without one.
    """
    wanted = []
    if state in (State.PLANNED, State.TRIED, State.KEPT) and not one.change.strip():
        wanted.append(_("Write what is changed."))
    if state in (State.PLANNED, State.TRIED) and one.owner_id is None:
        wanted.append(_("Say who is responsible for it."))
    if state in (State.KEPT, State.DROPPED) and verdict not in TELLING and not one.reason.strip():
        if verdict:
            wanted.append(_("Its proof cannot tell yet: wait for it, or write the reason for deciding without it."))
        elif state == State.KEPT:
            wanted.append(_("Link a proof that measured its effect, or write the reason for keeping it without one."))
        else:
            wanted.append(_("Link a proof that measured its effect, or write the reason for dropping it."))
    if state == State.KEPT and verdict == "harms" and not one.reason.strip():
        wanted.append(_("Its proof says that it harms: write the reason for keeping it all the same."))
    return wanted
