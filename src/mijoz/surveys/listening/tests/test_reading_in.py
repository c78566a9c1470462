"""What becomes a passage of what was typed, pasted or uploaded."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.surveys.listening.reading_in import LONGEST_PASSAGE, FileRefused, Told, interviews_of, passages_of


def test_paragraphs_are_passages_and_lines_when_there_are_none() -> None:
    assert passages_of("One.\nStill one.\n\nTwo.\r\n\r\n\r\n") == ["One. Still one.", "Two."]
    assert passages_of("One.\nTwo.") == ["One.", "Two."]
    assert passages_of(" \n\n ") == []


@given(st.text(alphabet=st.sampled_from("ab. !?\n"), max_size=3_000))
def test_no_word_is_lost_and_none_is_too_long(text: str) -> None:
    pieces = passages_of(text)
    assert "".join(pieces).replace(" ", "") == "".join(text.split())
    assert all(0 < len(piece) <= LONGEST_PASSAGE for piece in pieces)


def test_a_table_is_an_interview_of_each_person_it_names() -> None:
    weekly = "har hafta keladi;31.03.2026"
    rows = f"kim;sana;matn\n{weekly};Yaxshi.\n{weekly};Tez.\nyangi;2026-04-01;Qimmat.\n;;\n"
    assert interviews_of(rows.encode("utf-16"), file_name="talks.CSV") == [
        Told(("Yaxshi.", "Tez."), "har hafta keladi", date(2026, 3, 31)),
        Told(("Qimmat.",), "yangi", date(2026, 4, 1)),
    ]


def test_a_text_in_an_old_encoding_is_read() -> None:
    [told] = interviews_of("Долго ждали в очереди.\n\nМастер был вежлив.".encode("cp1251"), file_name="talk.txt")
    assert told.passages == ("Долго ждали в очереди.", "Мастер был вежлив.")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "talk.txt", "no text"),
        (b"a,b\n1,2\n", "talk.csv", "must name its columns"),
        (b"text,date\nhello,soon\n", "talk.csv", "Row 2"),
        (b"text,date\nhello,2026-02-31\n", "talk.csv", "2026-02-31"),
        (b"  \n", "talk.txt", "no words"),
        (b"", "talk.csv", "must name its columns"),
        (b"a" * (2 * 1024 * 1024 + 1), "talk.txt", "2 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, name: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        interviews_of(content, file_name=name)
