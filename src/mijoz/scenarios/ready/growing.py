"""Ready scenarios that bring people back: a welcome, thanks with a question, a birthday, what goes together."""

from __future__ import annotations

from typing import Any

from mijoz.scenarios.ready.words import BIRTHDAY, COMPANION, GUIDE

CONSENTS: dict[str, Any] = {"field": "consents_to_marketing", "op": "is", "value": True}
# When somebody who was content comes back: a hotel's guest within half a year, a repair shop's with something else to
# be done, since fetching what was repaired is a visit too.
COMES_BACK: dict[str, dict[str, Any]] = {
    "restaurant": {"kind": "visit", "window_days": 45},
    "clinic": {"kind": "visit", "window_days": 90},
    "hotel": {"kind": "visit", "window_days": 180},
    "repair": {"kind": "purchase", "window_days": 180},
    "salon": {"kind": "visit", "window_days": 60},
}


def _goal(days: int) -> dict[str, Any]:
    return {"kind": "purchase", "window_days": days}


def welcome_guide(sector: str) -> dict[str, Any]:
    """After the first visit: thanks, and what is good to know before the next one."""
    guide = GUIDE[sector]
    return {
        "trigger": {"kind": "segment_entered", "segment": "new", "include_present": False},
        "eligibility": CONSENTS, "holdout_share": 0.1, "purpose": "marketing", "again_after_days": None,
        "goal": _goal(45), "ends_at_goal": True,
        "steps": [
            {
                "key": "protocol", "kind": "protocol", "package": "value_adding",
                "scripts": {
                    "uz": "Bizda yangi. Ismi bilan salomlashing, nima qanday boʻlishini va qancha vaqt olishini "
                    "tushuntiring, savollariga javob bering.",
                    "ru": "У нас недавно. Поприветствуйте по имени, объясните, что и как будет и сколько займёт "
                    "времени, ответьте на вопросы.",
                    "en": "New here. Greet by name, explain what happens next and how long it takes, and answer "
                    "questions.",
                },
            },
            {"key": "next_day", "kind": "wait", "days": 1},
            {
                "key": "welcome", "kind": "message", "channel": "email",
                "subjects": {"uz": "Xush kelibsiz: keyingi safar uchun foydali", "ru": "Рады знакомству: полезно к "
                             "следующему разу", "en": "Welcome: good to know for the next time"},
                "texts": {
                    "uz": "{{ greeting }}\n\n{{ business.name }}ni tanlaganingiz uchun rahmat.\n\n" + guide["uz"]
                    + "\n\nSavol tugʻilsa, shu xatga javob yozing.",
                    "ru": "{{ greeting }}\n\nСпасибо, что выбрали {{ business.name }}.\n\n" + guide["ru"]
                    + "\n\nБудут вопросы, ответьте на это письмо.",
                    "en": "{{ greeting }}\n\nThank you for choosing {{ business.name }}.\n\n" + guide["en"]
                    + "\n\nIf you have a question, just reply.",
                },
            },
            {"key": "three_weeks", "kind": "wait", "days": 21},
            {
                "key": "invitation", "kind": "message", "channel": "email",
                "subjects": {"uz": "Yana koʻrishganimizdan xursand boʻlamiz", "ru": "Будем рады увидеться снова",
                             "en": "We would be glad to see you again"},
                "texts": {
                    "uz": "{{ greeting }}\n\nBirinchi tashrifingizdan beri uch hafta oʻtdi. Qulay kun va soatni yozib "
                    "yuboring: joy tayyorlab qoʻyamiz.\n\nBu haqda boshqa yozmaymiz.",
                    "ru": "{{ greeting }}\n\nС вашего первого визита прошло три недели. Напишите удобные день и "
                    "час: мы "
                    "всё подготовим.\n\nБольше напоминать не будем.",
                    "en": "{{ greeting }}\n\nIt is three weeks since you first came. Reply with a day and an hour that "
                    "suit you, and we will have everything ready.\n\nWe will not write about it again.",
                },
            },
        ],
    }  # fmt: skip


def after_visit_thanks(sector: str) -> dict[str, Any]:
    """After a visit: thanks and a short survey; whoever is not content is called the next day.

    Who is kept for comparison is not asked, so it is for what both can do: coming back.
    """
    comes_back = COMES_BACK[sector]
    return {
        "trigger": {"kind": "event", "event": "visit", "each": "customer"},
        "holdout_share": 0.1, "purpose": "service", "again_after_days": max(60, comes_back["window_days"]),
        "goal": comes_back, "ends_at_goal": False,
        "steps": [
            {"key": "evening", "kind": "wait", "hours": 4},
            {"key": "ask", "kind": "survey", "survey": "after_visit", "channel": "email", "valid_days": 7},
            {"key": "rated", "kind": "wait", "days": 7, "until": "event", "event": "survey_answered",
             "where": [{"field": "payload.kind", "op": "=", "value": "csat"},
                       {"field": "payload.score", "op": "<=", "value": 3.0}]},
            {
                "key": "unhappy", "kind": "branch", "step": "rated", "outcomes": ["happened"], "otherwise": [],
                "then": [{"key": "amends", "kind": "protocol", "package": "value_adding"}, {
                    "key": "call", "kind": "task", "role": "manager", "branch": "", "due_days": 1,
                    "texts": {
                        "uz": "Past baho qoʻydi: qoʻngʻiroq qiling. Nima boʻlganini soʻrang, tinglang va tuzatish "
                        "yoʻlini "
                        "birga toping.",
                        "ru": "Поставил низкую оценку: позвоните. Спросите, что случилось, выслушайте и вместе "
                        "найдите, "
                        "как исправить.",
                        "en": "A low rating: call. Ask what happened, listen, and find together how to put it right.",
                    },
                    "confirm": [
                        {"key": "listened", "texts": {"uz": "Sababini bildim", "ru": "Узнал причину",
                                                      "en": "I know the reason"}},
                        {"key": "agreed", "texts": {"uz": "Yechimga kelishdik", "ru": "Договорились о решении",
                                                    "en": "We agreed what to do"}},
                    ],
                }],
            },
        ],
    }  # fmt: skip


def birthday(sector: str) -> dict[str, Any]:
    """Three days before the birthday: good wishes and a small gift."""
    name, gift = BIRTHDAY[sector]
    return {
        "trigger": {"kind": "around", "date": "birthday", "side": "before", "days": 3, "at": "10:00"},
        "eligibility": CONSENTS, "holdout_share": 0.1, "purpose": "marketing", "goal": _goal(21), "ends_at_goal": False,
        "steps": [
            {"key": "gift", "kind": "offer", "offer": "birthday_gift", "names": name, "gifts": gift, "valid_days": 17},
            {
                "key": "wishes", "kind": "message", "channel": "email",
                "subjects": {"uz": "Sizga kichik sovgʻa bor", "ru": "Для вас небольшой подарок",
                             "en": "A small gift for you"},
                "texts": {
                    "uz": "{{ greeting }}\n\nYaqinlashib kelayotgan bayramingiz bilan! Sizga sovgʻamiz bor: "
                    "{{ offer.gift }}. {{ offer.until }} gacha istagan kuni keling, shu xatni koʻrsatsangiz kifoya.",
                    "ru": "{{ greeting }}\n\nС наступающим праздником! У нас для вас подарок: {{ offer.gift }}. "
                    "Приходите "
                    "в любой день до {{ offer.until }} и просто покажите это письмо.",
                    "en": "{{ greeting }}\n\nBest wishes for your day! We have a gift for you: {{ offer.gift }}. "
                    "Come on "
                    "any day until {{ offer.until }} and just show this letter.",
                },
            },
        ],
    }  # fmt: skip


def goes_together(sector: str) -> dict[str, Any]:
    """Some days after a visit of a regular: what others take with it, a little cheaper the first time."""
    name, sentence = COMPANION[sector]
    return {
        "trigger": {"kind": "event", "event": "visit", "each": "customer", "segment": "regular"},
        "eligibility": CONSENTS, "holdout_share": 0.2, "purpose": "marketing", "again_after_days": 120,
        "goal": _goal(30), "ends_at_goal": True,
        "steps": [
            {"key": "three_days", "kind": "wait", "days": 3},
            {"key": "offer", "kind": "offer", "offer": "goes_together", "names": name, "discount": 0.15,
             "valid_days": 21},
            {
                "key": "letter", "kind": "message", "channel": "email",
                "subjects": {"uz": "{{ offer.name }}: birinchi marta {{ offer.discount }} arzon",
                             "ru": "{{ offer.name }}: в первый раз на {{ offer.discount }} дешевле",
                             "en": "{{ offer.name }}: {{ offer.discount }} off the first time"},
                "texts": {
                    "uz": "{{ greeting }}\n\n" + sentence["uz"] + "\n\nSinab koʻrmoqchi boʻlsangiz, {{ offer.until }} "
                    "gacha {{ offer.discount }} chegirma beramiz. Shu xatni koʻrsatsangiz kifoya.",
                    "ru": "{{ greeting }}\n\n" + sentence["ru"] + "\n\nЗахотите попробовать, до {{ offer.until }} даём "
                    "скидку {{ offer.discount }}. Просто покажите это письмо.",
                    "en": "{{ greeting }}\n\n" + sentence["en"] + "\n\nIf you would like to try it, it is "
                    "{{ offer.discount }} off until {{ offer.until }}. Just show this letter.",
                },
            },
        ],
    }  # fmt: skip
