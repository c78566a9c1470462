"""Cells with one of a few words in them: gender, language, yes or no; cities and addresses."""

from __future__ import annotations

import re

from mijoz.customers.cleaning.cleaned import Cleaned
from mijoz.customers.cleaning.text import ONE_APOSTROPHE, is_empty, one_alphabet, tidy

GENDERS = {
    "male": "m male man boy mr mr. 1 erkak er o'g'il e м муж муж. мужской мужчина мальчик эркак эр э г-н",
    "female": "f female w woman girl mrs mrs. ms ms. miss 2 ayol qiz a ж жен жен. женский женщина девочка аёл қиз а "
    "г-жа",
}
LANGUAGES = {
    "uz": "uz uzb uz-uz uzbek o'zbek o'zbekcha o'zbek_tili ozbekcha uz-latn uz-cyrl узб узбекский узбек ўзбек ўзбекча",
    "ru": "ru rus ru-ru russian ruscha rus_tili rus_tilida русский рус русча",
    "en": "en eng en-us en-gb english inglizcha ingliz ingliz_tili английский англ инглизча",
}
ANSWERS = {
    "yes": "yes y true 1 ha xa agree agreed opt-in rozi roziman да согласен согласна есть ҳа ха рози + ✓ ✔ on",
    "no": "no n false 0 yo'q yoq refused opt-out rozi_emas нет не_согласен не_согласна отказ йўқ рози_эмас off",
}
CITIES = {
    "Toshkent": "toshkent tashkent ташкент тошкент",
    "Samarqand": "samarqand samarkand самарканд самарқанд",
    "Buxoro": "buxoro bukhara buhoro buhara бухара бухоро",
    "Andijon": "andijon andijan андижан андижон",
    "Namangan": "namangan наманган",
    "Fargʻona": "farg'ona fargona fergana ferghana фергана фарғона",
    "Qoʻqon": "qo'qon qoqon kokand коканд қўқон",
    "Margʻilon": "marg'ilon margilon margilan маргилан марғилон",
    "Qarshi": "qarshi karshi карши қарши",
    "Shahrisabz": "shahrisabz shakhrisabz шахрисабз шаҳрисабз",
    "Termiz": "termiz termez термез термиз",
    "Jizzax": "jizzax jizzakh jizzah djizak джизак жиззах",
    "Guliston": "guliston gulistan гулистан гулистон",
    "Sirdaryo": "sirdaryo syrdarya сырдарья сирдарё",
    "Navoiy": "navoiy navoi навои навоий",
    "Zarafshon": "zarafshon zarafshan зарафшан зарафшон",
    "Urganch": "urganch urgench ургенч урганч",
    "Xiva": "xiva khiva хива",
    "Nukus": "nukus нукус",
    "Chirchiq": "chirchiq chirchik чирчик чирчиқ",
    "Angren": "angren ангрен",
    "Olmaliq": "olmaliq almalyk алмалык олмалиқ",
    "Bekobod": "bekobod bekabad бекабад бекобод",
}
AROUND_A_CITY = re.compile(
    r"^(?:г\.?\s|гор\.?\s|город\s|г\.|city of\s|sh\.\s?|ш\.\s?)"
    r"|(?:\s(?:shahri|shahar|sh|city|г|шаҳри|шаҳар|ш|город)\.?)$",
    re.IGNORECASE,
)
LONGEST_CITY, LONGEST_ADDRESS = 100, 400


def _table(words: dict[str, str]) -> dict[str, str]:
    return {word.replace("_", " "): value for value, spellings in words.items() for word in spellings.split()}


GENDER_OF, LANGUAGE_OF, ANSWER_OF, CITY_OF = map(_table, (GENDERS, LANGUAGES, ANSWERS, CITIES))


def _folded(text: str) -> str:
    return tidy(text).lower().translate(ONE_APOSTROPHE).strip(" ;,")


def _one_of(table: dict[str, str], original: str, trouble: str) -> Cleaned:
    folded = _folded(original)
    if folded in table:
        return Cleaned(table[folded], original)
    if is_empty(folded):
        return Cleaned("", original)
    return Cleaned("", original, trouble)


def gender(original: str) -> Cleaned:
    """`female` or `male`; 1 and 2 as ISO 5218 has them."""
    if _folded(original) in {"0", "9"}:
        return Cleaned("", original)
    return _one_of(GENDER_OF, original, "not_a_gender")


def language(original: str) -> Cleaned:
    return _one_of(LANGUAGE_OF, original, "not_a_language")


def answer(original: str) -> Cleaned:
    """`yes` or `no`."""
    folded = _folded(original)
    return (
        Cleaned(ANSWER_OF[folded], original) if folded in ANSWER_OF else _one_of(ANSWER_OF, original, "not_an_answer")
    )


def city(original: str) -> Cleaned:
    """The city without the word for it, those of Uzbekistan in one spelling; others with usual capitals."""
    text = one_alphabet(tidy(original)).strip(" .,;\"'«»")
    if is_empty(text):
        return Cleaned("", original)
    while (plain := AROUND_A_CITY.sub("", text).strip(" .,")) and plain != text:
        text = plain
    known = CITY_OF.get(text.lower().translate(ONE_APOSTROPHE))
    if known is None and (text.islower() or text.isupper()) and len(text) > 2:
        text = "-".join(" ".join(_capital(word) for word in piece.split(" ")) for piece in text.lower().split("-"))
    return _kept(known or text, original, LONGEST_CITY)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def address(original: str) -> Cleaned:
    """The address as it was given, on one line."""
    text = tidy(original)
    return Cleaned("", original) if is_empty(text) else _kept(text, original, LONGEST_ADDRESS)


def as_given(original: str, *, longest: int = LONGEST_ADDRESS) -> Cleaned:
    """Anything else, without the blanks around it."""
    return _kept(tidy(original), original, longest)


def _kept(text: str, original: str, longest: int) -> Cleaned:
    return Cleaned("", original, "too_long") if len(text) > longest else Cleaned(text, original)
