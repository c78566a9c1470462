"""The laws of merging, for any history: an undone merge never was, and no merge makes anybody allow more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mijoz.customers.actions import project, project_all
from mijoz.customers.identity import merging
from mijoz.customers.identity.tests.world import CHANNELS, PURPOSES, World
from mijoz.customers.models import Merge
from mijoz.customers.traits import rebuild

pytestmark = pytest.mark.django_db
PEOPLE = 4

PLACE = st.integers(0, PEOPLE - 1)
ANSWER = st.tuples(st.just(PURPOSES[0]), st.sampled_from(CHANNELS), st.booleans())
LIFE = st.one_of(
    st.tuples(st.just("buy"), PLACE, st.integers(1, 3)),
    st.tuples(st.just("answer"), PLACE, st.sampled_from(PURPOSES), st.sampled_from(CHANNELS), st.booleans()),
    st.tuples(st.just("tell"), PLACE, st.sampled_from(["Anvar", "Malika"])),
    st.tuples(st.just("serve"), PLACE, st.sampled_from(["minimal", "value_adding"])),
)
MERGE = st.tuples(st.just("merge"), PLACE, PLACE)
UNDO = st.tuples(st.just("undo"), st.integers(0, 9))
HISTORY = st.lists(st.one_of(LIFE, LIFE, MERGE, MERGE, UNDO), min_size=3, max_size=14)
LAWFUL = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contextmanager
def forgotten() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def live(world: World, deed: tuple[Any, ...]) -> None:
    """Do one thing; undoing takes one of the merges that hold."""
    name, *told = deed
    if name == "undo":
        holding = list(Merge.objects.filter(undone_at=None).order_by("merged_at"))
        if holding:
            merging.undo(holding[told[0] % len(holding)], by=None, at=world.now())
    else:
        getattr(world, name)(*told)
    project()


@LAWFUL
@given(history=HISTORY, kept=PLACE, absorbed=PLACE)
def test_undoing_a_merge_is_as_if_it_had_never_been(history: list[Any], kept: int, absorbed: int) -> None:
    with forgotten():
        world = World(PEOPLE)
        for deed in history:
            live(world, deed)
        before = world.state()
        merge = world.merge(kept, absorbed)
        if merge is not None:
            assert world.state() != before
            merging.undo(merge, by=None, at=world.now())
            assert world.state() == before


@LAWFUL
@given(history=HISTORY, order=st.permutations(range(PEOPLE)))
def test_merges_can_be_undone_in_any_order(history: list[Any], order: list[int]) -> None:
    with forgotten():
        world = World(PEOPLE)
        for deed in history:
            live(world, deed)
        holding = list(Merge.objects.filter(undone_at=None).order_by("merged_at"))
        states = []
        for sequence in (range(PEOPLE), order):
            with forgotten():
                for place in sequence:
                    if place < len(holding):
                        merging.undo(holding[place], by=None, at=world.now())
                states.append(world.state())
        assert states[0] == states[1]
        assert all(owner == home for owner, home in states[0]["owned"].values())


@LAWFUL
@given(history=HISTORY)
def test_a_life_with_merges_all_undone_is_the_life_without_them(history: list[Any]) -> None:
    lives = []
    for merged in (True, False):
        with forgotten():
            world = World(PEOPLE)
            for deed in history:
                if deed[0] in {"merge", "undo"} and not merged:
                    world.now()
                elif deed[0] != "serve":  # how somebody is served is set for the one person they are
                    minutes = world.minutes
                    live(world, deed)
                    world.minutes = minutes + 1
            for merge in Merge.objects.filter(undone_at=None):
                merging.undo(merge, by=None, at=world.now())
            lives.append(world.state())
    assert lives[0] == lives[1]


@LAWFUL
@given(history=HISTORY)
def test_what_is_kept_step_by_step_is_what_follows_from_the_log(history: list[Any]) -> None:
    with forgotten():
        world = World(PEOPLE)
        for deed in history:
            live(world, deed)
        step_by_step = world.state()
        project_all()
        rebuild()
        assert world.state() == step_by_step


@LAWFUL
@given(history=HISTORY, kept=PLACE, absorbed=PLACE, said=st.lists(ANSWER, min_size=2, max_size=4))
def test_no_merge_makes_anybody_allow_more(history: list[Any], kept: int, absorbed: int, said: list[Any]) -> None:
    with forgotten():
        world = World(PEOPLE)
        for deed in history:
            live(world, deed)
        for place, answer in enumerate(said):
            world.answer((kept, absorbed)[place % 2], *answer)
        before = world.allowed()
        if world.merge(kept, absorbed) is None:
            return
        one, other = (world.people[place].pk for place in (kept, absorbed))
        for way, now in world.allowed()[one].items():
            answers = {before[one][way], before[other][way]}
            assert now is (False if False in answers else True if True in answers else None), way
        assert world.allowed()[one] == world.allowed()[other]
