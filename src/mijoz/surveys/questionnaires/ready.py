"""Ready questionnaires, one for each kind of survey, in the words of the sector where it has its own."""

from __future__ import annotations

from typing import Any

from mijoz.surveys.models import Survey
from mijoz.surveys.questionnaires import servqual

Texts = dict[str, str]

NAMES: dict[str, Texts] = {
    Survey.Kind.SERVPERF: {"uz": "Xizmat sifati", "ru": "Качество обслуживания", "en": "Service quality"},
    Survey.Kind.SERVQUAL: {
        "uz": "Xizmat sifati: kutilgani va boʻlgani",
        "ru": "Качество обслуживания: ожидали и получили",
        "en": "Service quality: expected and perceived",
    },
    Survey.Kind.NPS: {
        "uz": "Bizni tavsiya qilasizmi",
        "ru": "Порекомендуете ли вы нас",
        "en": "Would you recommend us",
    },
    Survey.Kind.CSAT: {"uz": "Tashrifdan mamnunmisiz", "ru": "Довольны ли вы визитом", "en": "How was your visit"},
    Survey.Kind.CES: {"uz": "Oson boʻldimi", "ru": "Было ли это легко", "en": "Was it easy"},
    Survey.Kind.INDICATORS: {
        "uz": "Xizmat sizga moslashganmi",
        "ru": "Насколько обслуживание подошло вам",
        "en": "How personal was the service",
    },
    Survey.Kind.FREE: {"uz": "Yangi soʻrovnoma", "ru": "Новый опрос", "en": "New survey"},
}
INTRODUCTION: Texts = {
    "uz": "Bir necha savolga javob bering: xizmatimizni yaxshilashga yordam beradi.",
    "ru": "Ответьте на несколько вопросов: это поможет нам стать лучше.",
    "en": "A few questions about this visit. Your answers help us do better.",
}
THANKS: Texts = {
    "uz": "Rahmat! Javobingizni oʻqiymiz.",
    "ru": "Спасибо! Мы прочитаем ваш ответ.",
    "en": "Thank you! We will read what you said.",
}
AGREE: list[Texts] = list(servqual.ENDS)
SATISFIED: list[Texts] = [
    {"uz": "juda norozi", "ru": "очень недоволен", "en": "very dissatisfied"},
    {"uz": "juda mamnun", "ru": "очень доволен", "en": "very satisfied"},
]
LIKELY: list[Texts] = [
    {"uz": "hech qachon", "ru": "ни за что", "en": "not at all likely"},
    {"uz": "albatta", "ru": "обязательно", "en": "extremely likely"},
]
EASY: list[Texts] = [
    {"uz": "juda qiyin", "ru": "очень трудно", "en": "very hard"},
    {"uz": "juda oson", "ru": "очень легко", "en": "very easy"},
]
NPS_QUESTION: dict[str, Any] = {
    "key": "nps",
    "kind": "scale",
    "measure": "nps",
    "low": 0,
    "high": 10,
    "ends": LIKELY,
    "texts": {
        "uz": "Bizni doʻst yoki hamkasbingizga tavsiya qilish ehtimolingiz qanday?",
        "ru": "С какой вероятностью вы порекомендуете нас другу или коллеге?",
        "en": "How likely are you to recommend us to a friend or colleague?",
    },
}
CSAT_QUESTION: dict[str, Any] = {
    "key": "csat",
    "kind": "scale",
    "measure": "csat",
    "high": 5,
    "ends": SATISFIED,
    "texts": {
        "uz": "Bu safargi xizmatdan qanchalik mamnunsiz?",
        "ru": "Насколько вы довольны обслуживанием в этот раз?",
        "en": "How satisfied are you with the service this time?",
    },
}
CES_QUESTION: dict[str, Any] = {
    "key": "ces",
    "kind": "scale",
    "measure": "ces",
    "high": 7,
    "ends": EASY,
    "texts": {
        "uz": "Kerakli narsani olish qanchalik oson boʻldi?",
        "ru": "Насколько легко было получить то, что нужно?",
        "en": "How easy was it to get what you needed?",
    },
}
WHAT_WAS_WRONG: Texts = {
    "uz": "Nima yoqmadi? Biz uni tuzatmoqchimiz.",
    "ru": "Что было не так? Мы хотим это исправить.",
    "en": "What was not right? We want to mend it.",
}
WHAT_WAS_GOOD: Texts = {
    "uz": "Sizga ayniqsa nima yoqdi?",
    "ru": "Что вам особенно понравилось?",
    "en": "What did you like most?",
}
# Each indicator of personalisation with what it asks: Mijoz's own six, see the glossary.
INDICATORS: dict[str, Texts] = {
    "fitting_offer": {
        "uz": "Takliflar menga mos edi.",
        "ru": "Предложения мне подходили.",
        "en": "What I was offered suited me.",
    },
    "fitting_channel": {
        "uz": "Men bilan oʻzimga qulay yoʻl orqali bogʻlanishdi.",
        "ru": "Со мной связывались так, как мне удобно.",
        "en": "I was contacted in the way I like.",
    },
    "fitting_time": {
        "uz": "Men bilan qulay vaqtda bogʻlanishdi va xizmat koʻrsatishdi.",
        "ru": "Со мной связывались и обслуживали в удобное время.",
        "en": "I was contacted and served at a time that suited me.",
    },
    "individual_treatment": {
        "uz": "Menga aynan menga mos tarzda munosabatda boʻlishdi.",
        "ru": "Ко мне отнеслись с учётом того, что важно именно мне.",
        "en": "I was treated as the person I am.",
    },
    "proactive_service": {
        "uz": "Kerakli narsani soʻramasimdan oldin aytishdi.",
        "ru": "Нужное подсказали раньше, чем я спросил.",
        "en": "I was told what I needed before I asked.",
    },
    "protocol_followed": {
        "uz": "Vaʼda qilingan xizmatning hammasi koʻrsatildi.",
        "ru": "Всё обещанное мне было сделано.",
        "en": "I got all of the service I was promised.",
    },
}
SAFE: Texts = {
    "uz": "Maʼlumotlarim bu yerda xavfsiz saqlanayotganini his qildim.",
    "ru": "Я чувствую, что мои данные здесь в безопасности.",
    "en": "I feel that my data is safe here.",
}
FAST: Texts = {
    "uz": "Hammasi tez bajarildi.",
    "ru": "Всё было быстро.",
    "en": "All of it went fast.",
}


def questions(kind: str, sector: str) -> list[dict[str, Any]]:
    """The questions of a ready survey of this kind."""
    match kind:
        case Survey.Kind.SERVPERF:
            return [*servqual.perceived(sector), CSAT_QUESTION, _reason("csat", "<=", 2)]
        case Survey.Kind.SERVQUAL:
            return [*servqual.both(sector), CSAT_QUESTION]
        case Survey.Kind.NPS:
            return [NPS_QUESTION, _reason("nps", "<=", 6), _praise("nps", 9)]
        case Survey.Kind.CES:
            return [CES_QUESTION, _reason("ces", "<=", 3)]
        case Survey.Kind.INDICATORS:
            return [
                *(_agree(key, texts, "indicator") for key, texts in INDICATORS.items()),
                _agree("safe", SAFE, "safety"),
                _agree("fast", FAST, "ease"),
                CSAT_QUESTION,
                NPS_QUESTION,
            ]
        case _:
            return [CSAT_QUESTION, _reason("csat", "<=", 3), _praise("csat", 5)]


BAD: dict[str, dict[str, Any]] = {
    "nps": {"question": "nps", "op": "<=", "value": 6},
    "csat": {"question": "csat", "op": "<=", "value": 2},
    "ces": {"question": "ces", "op": "<=", "value": 3},
}


def document(kind: str, sector: str) -> dict[str, Any]:
    """A whole definition, ready to be asked."""
    asked = questions(kind, sector)
    keys = {question["key"] for question in asked}
    bad = next((rule for key, rule in BAD.items() if key in keys), None)
    return {"introductions": INTRODUCTION, "thanks": THANKS, "questions": asked, "bad": bad}


def _reason(of: str, op: str, value: int) -> dict[str, Any]:
    show_if = {"question": of, "op": op, "value": value}
    return {"key": "reason", "kind": "text", "required": False, "texts": WHAT_WAS_WRONG, "show_if": show_if}


def _praise(of: str, value: int) -> dict[str, Any]:
    show_if = {"question": of, "op": ">=", "value": value}
    return {"key": "praise", "kind": "text", "required": False, "texts": WHAT_WAS_GOOD, "show_if": show_if}


def _agree(key: str, texts: Texts, measure: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "scale",
        "texts": texts,
        "high": 5,
        "ends": AGREE,
        "measure": measure,
        "may_not_apply": True,
    }
