"""Cells as people and programs write them, and what they should become."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mijoz.customers.cleaning import TRAITS, TROUBLES, clean, sentence, told

TODAY = date(2026, 11, 27)

PHONES = {
    "90 123 45 67": "+998901234567",
    "901234567": "+998901234567",
    "+998901234567": "+998901234567",
    "998901234567": "+998901234567",
    "998 90 1234567": "+998901234567",
    "8 90 123-45-67": "+998901234567",
    "0901234567": "+998901234567",
    "8901234567": "+998901234567",
    "(90)123-45-67": "+998901234567",
    "90-123-45-67": "+998901234567",
    "90.123.45.67": "+998901234567",
    "90–123–45–67": "+998901234567",
    "+998 (90) 123 45 67": "+998901234567",
    "(+998) 90 123 45 67": "+998901234567",
    "00998901234567": "+998901234567",
    "810998901234567": "+998901234567",
    "8998901234567": "+998901234567",
    "8-998-90-123-45-67": "+998901234567",
    "тел. 90 123 45 67": "+998901234567",
    "Tel: 901234567 (Anvar)": "+998901234567",
    "901234567.0": "+998901234567",
    "901234567,0": "+998901234567",
    "9O 123 45 67": "+998901234567",
    "\u202a+998 90 123 45 67\u202c": "+998901234567",
    "+998\u00a090\u00a0123\u00a045\u00a067": "+998901234567",
    "8 (495) 123-45-67": "+74951234567",
    "+7 495 123 45 67": "+74951234567",
    "89161234567": "+79161234567",
    "+44 20 7946 0958": "+442079460958",
    "+1 (212) 555-0134": "+12125550134",
    "+49 30 901820": "+4930901820",
    "71 200 00 00": "+998712000000",
}
NO_PHONES = {
    "123": "phone_too_short",
    "1234567": "phone_too_short",
    "90123456": "phone_too_short",
    "9012345678901234": "phone_too_long",
    "+9989012345678": "phone_too_long",
    "000000000": "phone_made_up",
    "111111111": "phone_made_up",
    "+998000000000": "phone_made_up",
    "9.98901E+11": "not_a_phone",
    "allo": "not_a_phone",
    "yoʻq, keyin beradi": "not_a_phone",
    "": "",
    "-": "",
    "нет": "",
    "yoʻq": "",
    "N/A": "",
}
SEVERAL_PHONES = {
    "+998901234567, +998911234567": ["+998901234567", "+998911234567"],
    "901234567/911234567": ["+998901234567", "+998911234567"],
    "901234567 911234567": ["+998901234567", "+998911234567"],
    "+998901234567+998911234567": ["+998901234567", "+998911234567"],
    "90 123 45 67 va 91 765 43 22": ["+998901234567", "+998917654322"],
    "90 123 45 67; 93 111 22 33 ; 90 123 45 67": ["+998901234567", "+998931112233"],
    "90 123 45 67\n93 111 22 33": ["+998901234567", "+998931112233"],
    "дом 71 200 00 00, моб 90 123 45 67": ["+998712000000", "+998901234567"],
    "901234567, 12": ["+998901234567"],
}
EMAILS = {
    "  Ali@Mail.RU ": "Ali@mail.ru",
    "mailto:x@y.uz": "x@y.uz",
    "ali @ mail.ru": "ali@mail.ru",
    "ali(at)mail.ru": "ali@mail.ru",
    "Ali Valiyev <ali@mail.ru>": "ali@mail.ru",
    '"ali@mail.ru"': "ali@mail.ru",
    "ali@mail.ru.": "ali@mail.ru",
    "ali.valiyev+list@sub.domain.co.uk": "ali.valiyev+list@sub.domain.co.uk",
    "ali@umail.uz": "ali@umail.uz",
    "ali@почта.рф": "ali@почта.рф",
}
NO_EMAILS = {
    "no@mail": "not_an_email",
    "a..b@mail.ru": "not_an_email",
    ".a@mail.ru": "not_an_email",
    "mail.ru": "not_an_email",
    "@mail.ru": "not_an_email",
    "901234567": "not_an_email",
    "test@test.com": "email_made_up",
    "no@no.com": "email_made_up",
    "нет": "",
    "": "",
}
SLIPS = {
    "ali@gmail.con": "ali@gmail.com",
    "ali@gmial.com": "ali@gmail.com",
    "ali@gmai.com": "ali@gmail.com",
    "ali@gmaill.com": "ali@gmail.com",
    "ali@hotmial.com": "ali@hotmail.com",
    "ali@yandex.ry": "ali@yandex.ru",
}
DATES = {
    "12.04.1990": "1990-04-12",
    "1990-04-12": "1990-04-12",
    "1990/04/12": "1990-04-12",
    "1990.4.12": "1990-04-12",
    "12/04/1990": "1990-04-12",
    "12-04-1990": "1990-04-12",
    "12 04 1990": "1990-04-12",
    "04/23/1990": "1990-04-23",
    "12.04.90": "1990-04-12",
    "12.04.12": "2012-04-12",
    "12.04.27": "1927-04-12",
    "32975": "1990-04-12",
    "32975.0": "1990-04-12",
    "19900412": "1990-04-12",
    "12041990": "1990-04-12",
    "12.04.1990 00:00:00": "1990-04-12",
    "12.04.1990 0:00": "1990-04-12",
    "1990-04-12T00:00:00Z": "1990-04-12",
    "1990-04-12T00:00:00.000+05:00": "1990-04-12",
    "12 aprel 1990": "1990-04-12",
    "12-aprel 1990-yil": "1990-04-12",
    "1990-yil 12-aprel": "1990-04-12",
    "12 апрель 1990 йил": "1990-04-12",
    "12 апреля 1990 г.": "1990-04-12",
    "12 апреля 1990 года": "1990-04-12",
    "12 апр. 1990": "1990-04-12",
    "12.04.1990г.р.": "1990-04-12",
    "April 12, 1990": "1990-04-12",
    "12 Apr 1990": "1990-04-12",
    "12th April 1990": "1990-04-12",
    "12-Apr-90": "1990-04-12",
    "1 сентября 1985": "1985-09-01",
    "5 may 1980": "1980-05-05",
    "9 мая 1980": "1980-05-09",
    "7 iyun 1981": "1981-06-07",
    "7 iyul 1981": "1981-07-07",
    "31 dekabr 1999": "1999-12-31",
    "29.02.2000": "2000-02-29",
}
NO_DATES = {
    "31.02.1990": "date_impossible",
    "29.02.2001": "date_impossible",
    "32.01.1990": "date_impossible",
    "13.13.1990": "date_impossible",
    "19560931": "date_impossible",
    "12.04.2090": "date_future",
    "28.11.2026": "date_future",
    "1890-01-01": "date_too_old",
    "01.01.1900": "date_made_up",
    "00.00.0000": "date_made_up",
    "0000-00-00": "date_made_up",
    "1990": "date_year_only",
    "21.03": "date_no_year",
    "21 mart": "date_no_year",
    "5-may": "date_no_year",
    "yesterday": "not_a_date",
    "30 лет": "not_a_date",
    "": "",
    "--": "",
    "неизвестно": "",
}
BIRTHDAYS = {
    "21.03": "03-21",
    "21/3": "03-21",
    "5.6": "06-05",
    "21 mart": "03-21",
    "21-mart": "03-21",
    "21 марта": "03-21",
    "March 21": "03-21",
    "21st of March": "",
    "--03-21": "03-21",
    "--0321": "03-21",
    "03-21": "03-21",
    "21-03": "03-21",
    "29.02": "02-29",
    "12.04.1990": "04-12",
    "31.02": "",
    "soon": "",
}
NAMES = {
    "ANVAR": "Anvar",
    "anvar": "Anvar",
    "Anvar": "Anvar",
    "  Anvar \t": "Anvar",
    "AnvarBek": "AnvarBek",
    "O'ktam": "Oʻktam",
    "O`ktam": "Oʻktam",
    "O‘ktam": "Oʻktam",
    "O’ktam": "Oʻktam",
    "Oʼktam": "Oʻktam",
    "OʻKTAM": "Oʻktam",
    "O`KTAM": "Oʻktam",
    "G'ayrat": "Gʻayrat",
    "G'AYRAT": "Gʻayrat",
    "To'lqin": "Toʻlqin",
    "Ulug'bek": "Ulugʻbek",
    "ULUG'BEK": "Ulugʻbek",
    "Ma'mura": "Maʼmura",
    "MA’MURA": "Maʼmura",
    "Ra'no": "Raʼno",
    "Is'hoq": "Isʼhoq",
    "Nu`mon": "Nuʼmon",
    "O'Brien": "O'Brien",
    "O'BRIEN": "O'Brien",
    "o'brien": "O'Brien",
    "O’Connor": "O'Connor",
    "McDonald": "McDonald",
    "MCDONALD": "McDonald",
    "D'Angelo": "D'Angelo",
    "ўктам": "Ўктам",
    "ЎКТАМ": "Ўктам",
    "МАЪМУРА": "Маъмура",
    "Анна-Мария": "Анна-Мария",
    "АННА-МАРИЯ": "Анна-Мария",
    "jean-luc": "Jean-Luc",
    "Аnvar": "Anvar",  # its first letter is Cyrillic
    "Aлиев": "Алиев",  # its first letter is Latin
    "Ali\u200b": "Ali",
    "Ali,": "Ali",
    "«Ali»": "Ali",
    "A.": "A.",
    "Sobir o'g'li": "Sobir oʻgʻli",
    "SOBIR O'G'LI": "Sobir oʻgʻli",
    "Sobir Qizi": "Sobir qizi",
    "СОБИР ЎҒЛИ": "Собир ўғли",
    "van der Berg": "van der Berg",
    "Jose\u0301": "José",
}
NO_NAMES = {
    "-": "",
    "...": "",
    "нет": "",
    "yo'q": "",
    "NULL": "",
    "test": "name_made_up",
    "Клиент": "name_made_up",
    "mijoz": "name_made_up",
    "+998901234567": "name_is_phone",
    "90 123 45 67": "name_is_phone",
    "a@b.uz": "name_is_email",
    "12": "name_no_letters",
    "x" * 201: "too_long",
}
FULL_NAMES = {
    "Karimov Anvar Sobir o'g'li": ("Karimov", "Anvar", "Sobir oʻgʻli"),
    "KARIMOV ANVAR SOBIR O'G'LI": ("Karimov", "Anvar", "Sobir oʻgʻli"),
    "Karimov Anvar Sobir ugli": ("Karimov", "Anvar", "Sobir ugli"),
    "Каримов Анвар Собир угли": ("Каримов", "Анвар", "Собир угли"),
    "Каримов Анвар Собир ўғли": ("Каримов", "Анвар", "Собир ўғли"),
    "Каримов Анвар Собирович": ("Каримов", "Анвар", "Собирович"),
    "Karimov Anvar Sobirovich": ("Karimov", "Anvar", "Sobirovich"),
    "Anvar Sobirovich Karimov": ("Karimov", "Anvar", "Sobirovich"),
    "Анвар Собирович Каримов": ("Каримов", "Анвар", "Собирович"),
    "Anvar Karim o'g'li To'rayev": ("Toʻrayev", "Anvar", "Karim oʻgʻli"),
    "Karimova Malika Anvar qizi": ("Karimova", "Malika", "Anvar qizi"),
    "KARIMOVA MALIKA ANVAR KIZI": ("Karimova", "Malika", "Anvar kizi"),
    "Каримова Малика Анвар қизи": ("Каримова", "Малика", "Анвар қизи"),
    "Каримова Малика Анвар кизи": ("Каримова", "Малика", "Анвар кизи"),
    "Karimova Malika Anvarovna": ("Karimova", "Malika", "Anvarovna"),
    "Каримова Елена Сергеевна": ("Каримова", "Елена", "Сергеевна"),
    "Елена Сергеевна Каримова": ("Каримова", "Елена", "Сергеевна"),
    "Anvar Karimov": ("Karimov", "Anvar", ""),
    "Karimov Anvar": ("Karimov", "Anvar", ""),
    "Каримов, Анвар": ("Каримов", "Анвар", ""),
    "Шевченко Тарас": ("Шевченко", "Тарас", ""),
    "Тарас Шевченко": ("Шевченко", "Тарас", ""),
    "Malika": ("", "Malika", ""),
    "Karimov": ("Karimov", "", ""),
    "МАЛИКА АНВАРОВНА": ("", "Малика", "Анваровна"),
    "Karimov A.B.": ("Karimov", "A.", "B."),
    "А.Б. Каримов": ("Каримов", "А.", "Б."),
    "Karimov A. B.": ("Karimov", "A.", "B."),
    "Abramovich Roman Arkadyevich": ("Abramovich", "Roman", "Arkadyevich"),
    "Toʻrayev Muhammad Ali Karim oʻgʻli": ("Toʻrayev", "Muhammad Ali", "Karim oʻgʻli"),
    "Lola Alisherqizi": ("", "Lola", "Alisherqizi"),
    "Karimov Anvar Sobir": ("Karimov", "Anvar", "Sobir"),
    "Mr. Anvar Karimov": ("Karimov", "Anvar", ""),
    "Anvar Karimov (doʻkon)": ("Karimov", "Anvar", ""),
    "Ahmadjon Toʻlqin": ("Ahmadjon", "Toʻlqin", ""),
}
WORDS = {
    "gender": {
        "M": "male", "m": "male", "М": "male", "Erkak": "male", "муж.": "male", "мужской": "male", "o‘g‘il": "male",
        "1": "male", "male": "male", "F": "female", "Ж": "female", "Женский": "female", "ayol": "female",
        "аёл": "female", "qiz": "female", "2": "female", "": "", "0": "", "?": "",
    },
    "language": {
        "uz": "uz", "UZB": "uz", "O'zbekcha": "uz", "узбекский": "uz", "ўзбек": "uz", "ru": "ru", "Русский": "ru",
        "rus": "ru", "ruscha": "ru", "en": "en", "English": "en", "inglizcha": "en", "": "",
    },
    "city": {
        "г. Ташкент": "Toshkent", "г.Бухара": "Buxoro", "Toshkent sh.": "Toshkent", "toshkent shahri": "Toshkent",
        "TASHKENT": "Toshkent", "Тошкент шаҳри": "Toshkent", "город Фергана": "Fargʻona", "Farg'ona": "Fargʻona",
        "Қўқон": "Qoʻqon", "Навои": "Navoiy", "rivett": "Rivett", "NEW YORK": "New York", "Москва": "Москва", "-": "",
    },
    "consent": {"ha": "yes", "Да": "yes", "1": "yes", "yoʻq": "no", "нет": "no", "No": "no", "": ""},
    "address": {"  Chilonzor  9,\n 12-uy ": "Chilonzor 9, 12-uy", "-": ""},
    "loyalty_card": {"  7  7 ": "7 7"},
}  # fmt: skip


def value(name: str, original: str) -> str:
    return clean(name, original, today=TODAY).value


def trouble(name: str, original: str) -> str:
    found = clean(name, original, today=TODAY)
    assert found.value == "", original
    return found.trouble.partition(" ")[0]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("phone", PHONES),
        ("email", EMAILS),
        ("birth_on", DATES),
        ("birthday", BIRTHDAYS),
        ("first_name", NAMES),
        *WORDS.items(),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_a_cell_becomes_what_it_means(name: str, table: dict[str, str]) -> None:
    assert {original: value(name, original) for original in table} == table


@pytest.mark.parametrize(
    ("name", "table"),
    [("phone", NO_PHONES), ("email", NO_EMAILS), ("birth_on", NO_DATES), ("first_name", NO_NAMES)],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_what_cannot_be_read_has_no_value_and_a_reason(name: str, table: dict[str, str]) -> None:
    assert {original: trouble(name, original) for original in table} == table


def test_every_trouble_is_a_sentence() -> None:
    tables = {"phone": NO_PHONES, "email": NO_EMAILS | SLIPS, "birth_on": NO_DATES, "first_name": NO_NAMES}
    said = {clean(name, cell, today=TODAY).trouble for name, table in tables.items() for cell in table} - {""}
    assert all(sentence(trouble) != trouble and "%" not in sentence(trouble) for trouble in said)
    assert sentence("") == ""


@pytest.mark.parametrize(("cell", "phones"), SEVERAL_PHONES.items())
def test_several_phones_in_a_cell_are_all_kept(cell: str, phones: list[str]) -> None:
    found = clean("phone", cell)
    assert [found.value, *found.more] == phones


def test_several_emails_in_a_cell_are_all_kept() -> None:
    found = clean("email", "a@mail.ru; B@Mail.ru, a@mail.ru")
    assert (found.value, found.more) == ("a@mail.ru", ("B@mail.ru",))


@pytest.mark.parametrize(
    ("cell", "extension"),
    {"71 200 00 00 доб. 12": "12", "71 200 00 00 ext 305": "305", "712000000 (вн. 7)": "7"}.items(),
)
def test_an_extension_is_pointed_out(cell: str, extension: str) -> None:
    found = clean("phone", cell)
    assert (found.value, found.trouble) == ("+998712000000", f"phone_extension {extension}")


def test_a_phone_without_a_country_is_one_of_the_region() -> None:
    assert clean("phone", "020 7946 0958", region="GB").value == "+442079460958"
    assert clean("phone", "(02) 6123 4567", region="AU").value == "+61261234567"


@pytest.mark.parametrize(("cell", "meant"), SLIPS.items())
def test_a_slip_in_an_email_is_pointed_out_and_not_mended(cell: str, meant: str) -> None:
    found = clean("email", cell)
    assert (found.value, found.trouble) == (cell, f"email_typo {meant}")


@pytest.mark.parametrize(("cell", "parts"), FULL_NAMES.items())
def test_a_whole_name_is_taken_apart(cell: str, parts: tuple[str, str, str]) -> None:
    found = told("full_name", cell)
    assert (
        tuple(found[part].value if part in found else "" for part in ("last_name", "first_name", "patronymic")) == parts
    )
    assert all(part.original == cell for part in found.values())


def test_names_without_a_telling_ending_go_by_the_order_of_the_file() -> None:
    english = told("full_name", "John Smith", family_first=False)
    assert (english["first_name"].value, english["last_name"].value) == ("John", "Smith")


def test_a_date_without_a_year_tells_the_birthday() -> None:
    assert {name: each.value for name, each in told("birth_on", "21.03", today=TODAY).items()} == {"birthday": "03-21"}
    assert {name: each.value for name, each in told("birthday", "21.03.1990", today=TODAY).items()} == {
        "birth_on": "1990-03-21"
    }
    assert told("birth_on", "31.02.1990", today=TODAY)["birth_on"].trouble == "date_impossible"


CELLS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789+-() .,/", max_size=24),
    st.text(alphabet="AaOoGgБбЎўЁё'ʻʼ’`-. McD", max_size=20),
    st.text(alphabet="abc.@- mailru", max_size=20),
    *(st.sampled_from(list(table)) for table in (PHONES, EMAILS, DATES, NAMES, FULL_NAMES, SEVERAL_PHONES)),
)


@given(name=st.sampled_from([*TRAITS, "full_name", "consent", "card"]), cell=CELLS)
@example(name="first_name", cell="O'B")
@example(name="city", cell="г. г. sh sh.")
def test_cleaning_never_raises_keeps_the_original_and_is_done_once(name: str, cell: str) -> None:
    found = clean(name, cell, today=TODAY)
    assert found.original == cell
    assert found.trouble.partition(" ")[0] in {"", *TROUBLES}
    assert found.value == found.value.strip()
    again = clean(name, found.value, today=TODAY)
    assert again.value == found.value
    for each in told(name, cell, today=TODAY).values():
        assert each.original == cell
