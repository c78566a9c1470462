"""The exercises of each role, built anew from the seed of a round."""

from __future__ import annotations

from random import Random

from mijoz.business.models import Role
from mijoz.insights.training.exercises import guests, numbers, serving
from mijoz.insights.training.exercises.exercise import Build, Choice, Exercise
from mijoz.insights.training.world import world

__all__ = ["BUILDS", "OF_ROLE", "Choice", "Exercise", "exercise"]

BUILDS: dict[str, Build] = {
    "read_profile": guests.read_profile,
    "which_segment": guests.which_segment,
    "who_to_call": guests.who_to_call,
    "rule_choice": guests.rule_choice,
    "may_we_write": guests.may_we_write,
    "same_person": guests.same_person,
    "ask_consent": serving.ask_consent,
    "complaint": serving.complaint,
    "protocol": serving.protocol,
    "first_time_right": serving.first_time_right,
    "who_is_calling": serving.who_is_calling,
    "pilot_result": numbers.pilot_result,
    "kpi_change": numbers.kpi_change,
    "pain_point": numbers.pain_point,
    "keep_holdout": numbers.keep_holdout,
    "who_is_missing": numbers.who_is_missing,
}
OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.OWNER: ("pilot_result", "kpi_change", "pain_point", "keep_holdout"),
    Role.MANAGER: ("complaint", "pain_point", "pilot_result", "who_to_call", "keep_holdout"),
    Role.FRONT_OFFICE: ("read_profile", "ask_consent", "complaint", "same_person", "may_we_write"),
    Role.OPERATOR: ("who_to_call", "may_we_write", "complaint", "ask_consent", "who_is_calling"),
    Role.SERVICE_MASTER: ("protocol", "first_time_right", "complaint", "read_profile"),
    Role.MARKETER: ("which_segment", "rule_choice", "may_we_write", "pilot_result", "keep_holdout"),
    Role.ANALYST: ("pilot_result", "kpi_change", "who_is_missing", "which_segment", "rule_choice"),
}


def exercise(key: str, *, sector: str, seed: int, position: int) -> Exercise:
    """The exercise at this position of a round, in the language of the page; equal arguments give an equal one."""
    return BUILDS[key](world(sector, seed), Random(f"{seed}/{position}/{key}"))  # noqa: S311 - no secret hangs on it
