"""Uzbek in two alphabets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.customers.cleaning.letters import to_cyrillic, to_latin

SAME = {
    "Ўктам": "Oʻktam",
    "Ғайрат": "Gʻayrat",
    "Ҳасанов": "Hasanov",
    "Қодирий": "Qodiriy",
    "Хуршида": "Xurshida",
    "Исҳоқ": "Isʼhoq",
    "Маъмура": "Maʼmura",
    "Санъат": "Sanʼat",
    "Ёқуб": "Yoqub",
    "Юлдуз": "Yulduz",
    "Ясмина": "Yasmina",
    "Йўлдош": "Yoʻldosh",
    "Йўқ": "Yoʻq",
    "Алиев": "Aliyev",
    "Тожиев": "Tojiyev",
    "Елена": "Yelena",
    "Эркин": "Erkin",
    "Поэма": "Poema",
    "Жиззах": "Jizzax",
    "Чирчиқ": "Chirchiq",
    "Шаҳрисабз": "Shahrisabz",
    "ШУКУРОВ": "SHUKUROV",
    "Шукуров": "Shukurov",
    "ЎЗБЕКИСТОН": "OʻZBEKISTON",
    "Лицей": "Litsey",
    "қизи": "qizi",
    "ўғли": "oʻgʻli",
    "Щукин": "Shchukin",
}
TO_LATIN_ONLY = {
    "Цирк": "Sirk",
    "Объект": "Obyekt",
    "Ольга": "Olga",
    "Подъезд": "Podyezd",
    "Илья": "Ilya",
    "Anvar": "Anvar",
}
TO_CYRILLIC_ONLY = {"O'ktam": "Ўктам", "O`ktam": "Ўктам", "G’ayrat": "Ғайрат", "Ma'mura": "Маъмура", "Анвар": "Анвар"}


@pytest.mark.parametrize(("cyrillic", "latin"), SAME.items())
def test_a_word_reads_the_same_in_both_alphabets(cyrillic: str, latin: str) -> None:
    assert to_latin(cyrillic) == latin
    assert to_cyrillic(latin) == cyrillic


def test_letters_of_russian_and_other_apostrophes() -> None:
    assert {word: to_latin(word) for word in TO_LATIN_ONLY} == TO_LATIN_ONLY
    assert {word: to_cyrillic(word) for word in TO_CYRILLIC_ONLY} == TO_CYRILLIC_ONLY


PARTS = ("ба", "би", "бу", "бў", "қо", "ғу", "ҳа", "ша", "чи", "ёр", "юл", "ян", "нг", "ўт", "ақ", "эл", "ир")
SYLLABLES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6)


@given(SYLLABLES)
def test_there_and_back_is_the_same(syllables: list[str]) -> None:
    word = "".join(syllables)
    if "э" in word[1:]:
        word = word[0] + word[1:].replace("э", "и")
    assert to_cyrillic(to_latin(word)) == word


LETTERS = "abcdefghijklmnopqrstuvwxyzʻʼ'’` абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳABGOSЎҚАБЕЁ-1"


@given(st.text(alphabet=LETTERS, max_size=30))
def test_what_is_written_in_the_letters_asked_for_stays(text: str) -> None:
    latin, cyrillic = to_latin(text), to_cyrillic(text)
    assert not any("Ѐ" <= letter <= "ӿ" for letter in latin)
    assert not any("a" <= letter.lower() <= "z" for letter in cyrillic)
    assert to_latin(latin) == latin
    assert to_cyrillic(cyrillic) == cyrillic
