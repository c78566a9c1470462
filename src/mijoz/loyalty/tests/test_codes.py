"""Codes are read aloud, typed in any case and either script, and a slip is found before anything is looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.loyalty import codes

signs = st.text(alphabet=codes.SIGNS, min_size=codes.RANDOM_SIGNS, max_size=codes.RANDOM_SIGNS)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("7km4x-2rt9w", "7KM4X2RT9W"),
        (" 7KM4X 2RT9W ", "7KM4X2RT9W"),
        ("7км4х-2рт9ш", "7KM4X2RT9W"),  # Cyrillic look-alikes
        ("7KM4X2PT9W", "7KM4X2RT9W"),  # P for the Cyrillic Р
        ("ЗУФ", "3YF"),
        ("навруз", codes.fold("NAVRUZ")),
        ("", ""),
        ("—–-", ""),
    ],
)
def test_what_a_person_types_is_folded(typed: str, kept: str) -> None:
    assert codes.fold(typed) == kept


def test_no_sign_of_a_code_is_folded_into_another() -> None:
    assert codes.fold(codes.SIGNS) == codes.SIGNS


@given(signs)
def test_a_code_is_whole_and_one_wrong_sign_makes_it_broken(random: str) -> None:
    code = random + codes.check_sign(random)
    assert codes.is_whole(code)
    for place in range(codes.LENGTH):
        for sign in codes.SIGNS:
            wrong = code[:place] + sign + code[place + 1 :]
            assert codes.is_whole(wrong) == (wrong == code)


@given(signs)
def test_a_swap_of_neighbours_is_found(random: str) -> None:
    code = random + codes.check_sign(random)
    for place in range(codes.LENGTH - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert codes.is_whole(swapped) == (swapped == code)


@given(st.text())
def test_folding_twice_is_folding_once(typed: str) -> None:
    once = codes.fold(typed)
    assert codes.fold(once) == once


def test_codes_made_together_differ() -> None:
    made = codes.new_codes(2000)
    assert len(set(made)) == 2000
    assert all(codes.is_whole(code) for code in made)
