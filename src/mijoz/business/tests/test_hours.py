"""Branches and when they are open."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.utils import translation

from mijoz.business import actions, queries
from mijoz.business.forms.company import BranchForm
from mijoz.business.models import Branch, StaffMember, WorkingHours
from mijoz.business.tests.conftest import browser_of

DAY = [(0, time(9), time(18))]
WEEK = [(day, time(9), time(18)) for day in range(5)]


@pytest.mark.parametrize(
    ("hours", "english", "uzbek", "russian"),
    [
        ([], [], [], []),
        (DAY, [("Mon", "09:00–18:00")], [("Du", "09:00–18:00")], [("Пн", "09:00–18:00")]),
        (
            [*WEEK, (5, time(10), time(14))],
            [("Mon–Fri", "09:00–18:00"), ("Sat", "10:00–14:00")],
            [("Du–Ju", "09:00–18:00"), ("Sha", "10:00–14:00")],
            [("Пн–Пт", "09:00–18:00"), ("Сб", "10:00–14:00")],
        ),
        (
            [(1, time(9), time(13)), (1, time(14), time(18)), (3, time(9), time(13)), (3, time(14), time(18))],
            [("Tue", "09:00–13:00, 14:00–18:00"), ("Thu", "09:00–13:00, 14:00–18:00")],
            [("Se", "09:00–13:00, 14:00–18:00"), ("Pa", "09:00–13:00, 14:00–18:00")],
            [("Вт", "09:00–13:00, 14:00–18:00"), ("Чт", "09:00–13:00, 14:00–18:00")],
        ),
    ],
)
@pytest.mark.django_db
def test_a_week_in_words(hours: list[Any], english: Any, uzbek: Any, russian: Any) -> None:
    actions.open_branch(code="x", name="X", hours=hours)
    for language, words in (("en", english), ("uz", uzbek), ("ru", russian)):
        with translation.override(language):
            assert queries.week_in_words(queries.branches().get()) == words


def sent(**changed: str) -> dict[str, str]:
    """The form for a branch open on Mondays only."""
    return {"name": "Chilonzor", "code": "", "city": "", "opens_0": "09:00", "closes_0": "18:00"} | changed


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"closes_0": ""}, "opens_0", "Give both times, or none if the branch is closed on this day."),
        ({"closes_0": "09:00"}, "opens_0", "Closing must come after opening; a day ends at 23:59."),
        ({"closes_0": "02:00"}, "opens_0", "Closing must come after opening; a day ends at 23:59."),
        ({"break_from_0": "13:00"}, "opens_0", "A break needs both its beginning and its end."),
        (
            {"break_from_0": "08:00", "break_until_0": "10:00"},
            "opens_0",
            "The break must lie within the working hours.",
        ),
        (
            {"break_from_0": "14:00", "break_until_0": "13:00"},
            "opens_0",
            "The break must lie within the working hours.",
        ),
        ({"break_from_1": "13:00", "break_until_1": "14:00"}, "opens_1", "A closed day has no break."),
        ({"opens_0": "25:00"}, "opens_0", "Enter a valid time."),
        ({"name": ""}, "name", "This field is required."),
        ({"name": "Чиланзар"}, "code", "Give a code in Latin letters, such as chilonzor."),
        ({"code": "two words"}, "code", "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    ],
)
def test_what_is_wrong_with_a_branch_is_said_where_it_is(changed: dict[str, str], field: str, sentence: str) -> None:
    form = BranchForm(sent(**changed))
    assert not form.is_valid()
    assert sentence in form.errors[field]


def test_a_break_splits_the_day_and_an_empty_day_is_closed() -> None:
    form = BranchForm(sent(break_from_0="13:00", break_until_0="14:00"))
    assert form.is_valid(), form.errors
    assert form.hours() == [(0, time(9), time(13)), (0, time(14), time(18))]
    assert form.cleaned_data["code"] == "chilonzor"


@pytest.mark.django_db
def test_the_form_shows_the_hours_that_are_kept() -> None:
    split = [(0, time(9), time(13)), (0, time(14), time(18)), (6, time(10), time(12))]
    branch = actions.open_branch(code="x", name="X", hours=split)
    shown = BranchForm.values_of(branch)
    times = {key: f"{value:%H:%M}" for key, value in shown.items() if isinstance(value, time)}
    form = BranchForm({"name": "X", "city": ""} | times, branch=branch)
    assert form.is_valid()
    assert form.hours() == split


def test_a_branch_is_added_changed_and_keeps_its_code(owner: StaffMember) -> None:
    client = browser_of(owner)
    assert client.post("/settings/branches/new", sent(code="ch1")).status_code == 302
    taken = client.post("/settings/branches/new", sent(code="ch1"))
    assert "There is a branch with the code “ch1” already." in taken.content.decode()
    changed = sent(name="Chilonzor 2", code="other", opens_0="10:00")
    assert client.post("/settings/branches/ch1/", changed).status_code == 302
    branch = Branch.objects.get()
    assert (branch.code, branch.name) == ("ch1", "Chilonzor 2")
    assert [str(hours) for hours in WorkingHours.objects.all()] == ["0 10:00–18:00"]


def test_wrong_hours_change_nothing(owner: StaffMember) -> None:
    actions.open_branch(code="x", name="X", hours=DAY)
    answer = browser_of(owner).post("/settings/branches/x/", sent(name="Y", closes_0="08:00"))
    assert answer.status_code == 400
    assert Branch.objects.get().name == "X"
    assert [str(hours) for hours in WorkingHours.objects.all()] == ["0 09:00–18:00"]
