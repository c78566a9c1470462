"""Which pairs a machine may merge, as a table: the people 1, 2, 3 and what speaks for and against their being one."""

from __future__ import annotations

from datetime import date

import pytest

from mijoz.customers.identity.grouping import Alike, Bar, Person, decide

BORN, OTHERWISE = date(1990, 3, 21), date(1961, 3, 22)


def alike(*pairs: tuple[int, int], through: tuple[int, ...] = ()) -> list[Alike]:
    return [Alike(one, other, "same", through=frozenset(through)) for one, other in pairs]


def outcome(
    people: list[Person], pairs: list[Alike], *, apart: tuple[tuple[int, int], ...] = ()
) -> tuple[list[tuple[int, int]], list[Bar]]:
    decision = decide(pairs, {person.id: person for person in people}, apart=apart)
    return [(one.kept, one.absorbed) for one in decision.merges], [bar for _pair, bar in decision.barred]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([Person(1), Person(2)], ([(1, 2)], [])),
        ([Person(1), Person(2, proved=frozenset({9}))], ([(2, 1)], [])),
        ([Person(1, is_known=False), Person(2)], ([(2, 1)], [])),
        ([Person(1, proved=frozenset({8})), Person(2, proved=frozenset({9}))], ([], [Bar.PROVED])),
        ([Person(1, proved=frozenset({5})), Person(2, proved=frozenset({9}))], ([(1, 2)], [])),  # 5 is what they share
        ([Person(1, BORN), Person(2, OTHERWISE)], ([], [Bar.BIRTH])),
        ([Person(1, BORN), Person(2, birthday="03-21")], ([(1, 2)], [])),
        ([Person(1, BORN), Person(2, birthday="03-22")], ([], [Bar.BIRTH])),
        (
            [Person(1, gender="male", first_name="Anvar"), Person(2, gender="female", first_name="Malika")],
            ([], [Bar.NAMES]),
        ),
        (
            [Person(1, gender="male", first_name="Anvar"), Person(2, gender="female", first_name="Анвар")],
            ([(1, 2)], []),
        ),
        ([Person(1), Person(2, is_restricted=True)], ([], [Bar.RESTRICTED])),
    ],
)
def test_two(people: list[Person], expected: tuple[list[tuple[int, int]], list[Bar]]) -> None:
    assert outcome(people, alike((1, 2), through=(5,))) == expected
    assert outcome(people, alike((2, 1), through=(5,))) == expected


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        (("Anvar", "Karimov", ""), ("Анвар", "Каримов", "Собирович"), False),
        (("Anvar", "Karimov", ""), ("Karimov", "Anvar", ""), False),
        (("Anvar", "", ""), ("Karimov", "Anvar", ""), False),
        (("Anvarjon", "Karimov", ""), ("Anvar", "Karimov", ""), False),
        (("", "Karimov", ""), ("Anvar", "Karimov", ""), False),
        (("Anvar", "Karimov", ""), ("Malika", "Karimova", ""), True),
        (("Dilfuza", "Karimova", ""), ("Dilnoza", "Karimova", ""), True),
        (("Hasan", "Karimov", ""), ("Husan", "Karimov", ""), True),
        (("Otabek", "Karimov", ""), ("Otajon", "Karimov", ""), True),
        (("Karimov", "Anvar", ""), ("Sobir", "Karimov", ""), True),
        (("Anvar", "Karimov", "Sobir oʻgʻli"), ("Anvar", "Karimov", "Jahongirovich"), True),
        (("Anvar", "Karimov", "Sobir oʻgʻli"), ("Anvar", "Karimov", "Собирович"), False),
    ],
)
def test_people_of_one_phone(one: tuple[str, str, str], other: tuple[str, str, str], may_be: bool) -> None:
    names = ("first_name", "last_name", "patronymic")
    people = [Person(1, **dict(zip(names, one, strict=True))), Person(2, **dict(zip(names, other, strict=True)))]
    by_phone = [Alike(1, 2, "", through=frozenset({5}), by_contact=True)]
    assert outcome(people, by_phone) == (([], [Bar.RELATIVES]) if may_be else ([(1, 2)], []))
    assert outcome(people, alike((1, 2), through=(5,))) == ([(1, 2)], [])  # a number of a system is one person's


def test_a_group_is_kept_under_one_number() -> None:
    people = [Person(1), Person(2), Person(3), Person(4)]
    assert outcome(people, alike((3, 4), (2, 3), (1, 2))) == ([(1, 2), (1, 3), (1, 4)], [])


def test_what_speaks_against_one_of_a_group_speaks_against_the_group() -> None:
    people = [Person(1, BORN), Person(2), Person(3, OTHERWISE)]
    assert outcome(people, alike((1, 2), (2, 3))) == ([(1, 2)], [Bar.BIRTH])
    assert outcome(people, alike((2, 3), (1, 2))) == ([(2, 3)], [Bar.BIRTH])  # the surer one comes first
    proved = [Person(1, proved=frozenset({8})), Person(2), Person(3, proved=frozenset({9}))]
    assert outcome(proved, alike((1, 2), (2, 3))) == ([(1, 2)], [Bar.PROVED])
    assert outcome([Person(1), Person(2), Person(3)], alike((1, 2), (2, 3)), apart=((1, 3),)) == (
        [(1, 2)],
        [Bar.APART],
    )
