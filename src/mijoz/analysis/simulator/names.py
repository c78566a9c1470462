"""Names as people in Uzbekistan bear them, in both scripts."""

from __future__ import annotations


def _listed(names: str) -> list[str]:
    return names.split()


UZBEK_MEN = _listed(
    """
    Abdulla Akmal Alisher Anvar Asʼad Asror Aziz Bahodir Bahrom Bekzod Botir Davron Dilshod Doniyor
    Eldor Elyor Farhod Farrux Gʻayrat Hamid Hasan Husan Ibrohim Ilhom Islom Ismoil Jahongir Jamshid
    Jasur Kamol Karim Laziz Lutfulla Mansur Maʼruf Mirzohid Muhammad Murod Nodir Nurali Odil Olim Otabek
    Oybek Oʻktam Rahim Ravshan Rustam Sanjar Sardor Sherzod Shavkat Shuhrat Sobir Temur Toʻlqin Tohir
    Ulugʻbek Umid Vali Xurshid Yoʻldosh Yusuf Zafar Zokir
    """
)
UZBEK_WOMEN = _listed(
    """
    Adolat Barno Charos Dildora Dilfuza Dilnoza Dilorom Durdona Feruza Farida Gavhar Gulbahor Gulchehra
    Gulnora Gulsanam Hilola Iroda Kamola Komila Lobar Lola Mahliyo Maʼmura Malika Manzura Mavluda Mohira
    Muattar Muhabbat Munira Muqaddas Nafisa Nargiza Nasiba Nigora Nilufar Nodira Nozima Oydin Oygul
    Ozoda Oʻgʻiloy Robiya Roʻzixon Sabohat Saida Sevara Shahlo Shahnoza Shoira Surayyo Umida Yulduz
    Xurshida Zarina Zebo Zilola Ziyoda Zuhra Zulayho Zulfiya
    """
)
UZBEK_SURNAMES = _listed(
    """
    Abdullayev Abduraxmonov Ahmedov Aliyev Allaberganov Azimov Baxtiyorov Boboyev Botirov Choriyev
    Ergashev Eshonqulov Fayzullayev Gʻaniyev Gʻofurov Hakimov Hamidov Hasanov Holmatov Ibrohimov Islomov
    Ismoilov Joʻrayev Jalilov Kamolov Karimov Komilov Mahmudov Mamatqulov Mirzayev Muminov Murodov
    Musayev Nabiyev Nazarov Normatov Nurmatov Olimov Oripov Oʻrinov Ochilov Qodirov Qosimov Qurbonov
    Rahimov Rahmonov Rasulov Roʻziyev Saidov Salimov Sattorov Shodiyev Sobirov Sodiqov Sultonov Toʻrayev
    Toʻxtayev Tojiyev Toshmatov Umarov Usmonov Valiyev Xolmirzayev Xudoyberdiyev Yoʻldoshev Yusupov
    Zokirov
    """
)
UZBEK_FATHERS = [name for name in UZBEK_MEN if name[-1] not in "aiou"]

RUSSIAN_MEN = _listed(
    """
    Александр Алексей Андрей Антон Артём Борис Вадим Валерий Виктор Виталий Владимир Владислав Геннадий
    Денис Дмитрий Евгений Иван Игорь Илья Кирилл Константин Максим Михаил Никита Николай Олег Павел
    Роман Руслан Сергей Станислав Тимур Юрий Ярослав
    """
)
RUSSIAN_WOMEN = _listed(
    """
    Алёна Алина Алла Анастасия Анна Валентина Валерия Вера Виктория Галина Дарья Диана Екатерина Елена
    Жанна Зоя Инна Ирина Ксения Лариса Лилия Людмила Марина Мария Надежда Наталья Нина Оксана Ольга
    Полина Регина Светлана Татьяна Эльвира Юлия
    """
)
RUSSIAN_SURNAMES = _listed(
    """
    Абрамов Алексеев Андреев Антонов Афанасьев Белов Борисов Васильев Волков Гаврилов Голубев Громов
    Давыдов Егоров Ершов Жуков Зайцев Иванов Ильин Калинин Киселёв Комаров Кузнецов Лебедев Макаров
    Медведев Морозов Назаров Никитин Новиков Орлов Павлов Петров Поляков Романов Семёнов Смирнов Соколов
    Степанов Тарасов Фёдоров Яковлев Ким Цой Пак Тен
    """
)
RUSSIAN_PATRONYMICS = _listed(
    """
    Александров Алексеев Анатольев Андреев Борисов Викторов Владимиров Евгеньев Иванов Михайлов Николаев
    Олегов Павлов Петров Сергеев Юрьев
    """
)

FOREIGN_MEN = _listed(
    """
    Adam Arthur Daniel David Emre Felix George Hiroshi James Jean Luca Martin Mehmet Oliver Pierre
    Thomas
    """
)
FOREIGN_WOMEN = _listed(
    """
    Alice Amelie Anna Ayşe Chiara Clara Elena Emily Grace Hanna Julia Laura Marie Sophie Sumi Yuki
    """
)
FOREIGN_SURNAMES = _listed(
    """
    Anderson Becker Bernard Brown Clark Demir Dubois Evans Fischer Garcia Harris Ito Johnson Kaya Keller
    Lee Martin Meyer Moreau Park Rossi Sato Schmidt Silva Smith Taylor Weber Wilson Yilmaz
    """
)

DIGRAPHS = ("yoʻ", "oʻ", "gʻ", "sh", "ch", "yo", "yu", "ya", "ye")  # before single letters
TO_CYRILLIC = (
    *zip(DIGRAPHS, ("йў", *"ўғшчёюяе"), strict=True),
    *zip("abdefghijklmnopqrstuvxyzʼ", "абдефгҳижклмнопқрстувхйзъ", strict=True),
)
TO_LATIN = {
    **dict(zip("абвгдежзийклмнопрстуфхыэ", "abvgdejziyklmnoprstufxie", strict=True)),
    **dict(zip("ёцчшщъьюя", ("yo", "ts", "ch", "sh", "sh", "", "", "yu", "ya"), strict=True)),
}
SOFTENED_BEFORE_E = "аеёиоуыэюяйъь"


def cyrillic(text: str) -> str:
    """An Uzbek name in Latin letters in the Cyrillic spelling."""
    return " ".join(_cyrillic_word(word) for word in text.split(" "))


def latin(text: str) -> str:
    """A Russian name in the Latin letters of an Uzbek passport: Елена is Yelena, Наталья is Natalya."""
    letters = []
    before = SOFTENED_BEFORE_E[0]
    for letter in text.lower():
        letters.append("ye" if letter == "е" and before in SOFTENED_BEFORE_E else TO_LATIN.get(letter, letter))
        before = letter
    return "".join(letters).capitalize()


def plain(name: str) -> str:
    """A name in Latin letters as a part of an e-mail address."""
    return "".join(letter for letter in name.lower().replace("ş", "s") if letter.isascii() and letter.isalpha())


def _cyrillic_word(word: str) -> str:
    spelled = word.lower()
    if spelled.startswith("e"):
        spelled = "э" + spelled[1:]
    for letters, letter in TO_CYRILLIC:
        spelled = spelled.replace(letters, letter)
    return spelled.capitalize() if word[:1].isupper() else spelled
