"""Ready scenarios about the service itself: a reminder, no-shows, complaints, the end of a warranty."""

from __future__ import annotations

from typing import Any

from mijoz.scenarios.ready.words import PREPARE, Texts

# In a clinic these are part of the treatment: nobody is kept from them for a comparison.
CLINICAL: dict[str, Any] = {"care": "clinical", "holdout_share": 0}


def _goal(kind: str, days: int) -> dict[str, Any]:
    return {"kind": kind, "window_days": days}


def _held_out(sector: str) -> dict[str, Any]:
    return CLINICAL if sector == "clinic" else {"holdout_share": 0.1}


def visit_reminder(sector: str) -> dict[str, Any]:
    """A day before a booked visit: when, where, and what to do before."""
    texts: Texts = {
        "uz": "{{ greeting }}\n\nEslatamiz: sizni {{ booking.at | weekday }} kuni, {{ booking.at | day }}, soat "
        "{{ booking.at | time }} da kutamiz{% if booking.branch %}, manzil: {{ booking.branch }}{% endif %}."
        "{% if booking.service %} Xizmat: {{ booking.service }}.{% endif %}\n\n" + PREPARE[sector]["uz"],
        "ru": "{{ greeting }}\n\nНапоминаем: ждём вас {{ booking.at | day }} ({{ booking.at | weekday }}) в "
        "{{ booking.at | time }}{% if booking.branch %}, филиал {{ booking.branch }}{% endif %}."
        "{% if booking.service %} Услуга: {{ booking.service }}.{% endif %}\n\n" + PREPARE[sector]["ru"],
        "en": "{{ greeting }}\n\nA reminder: we expect you on {{ booking.at | weekday }}, {{ booking.at | day }}, at "
        "{{ booking.at | time }}{% if booking.branch %}, branch {{ booking.branch }}{% endif %}."
        "{% if booking.service %} Service: {{ booking.service }}.{% endif %}\n\n" + PREPARE[sector]["en"],
    }
    return {
        "trigger": {"kind": "around", "date": "booking", "side": "before", "days": 1, "hours": 0, "at": "10:00"},
        "purpose": "service", "priority": 8, "goal": _goal("visit", 7), "ends_at_goal": False, **_held_out(sector),
        "steps": [{
            "key": "reminder", "kind": "message", "channel": "email", "texts": texts,
            "subjects": {"uz": "Sizni {{ booking.at | day }} kuni kutamiz", "ru": "Ждём вас {{ booking.at | day }}",
                         "en": "We expect you on {{ booking.at | day }}"},
        }],
    }  # fmt: skip


def no_show_recovery(sector: str) -> dict[str, Any]:
    """Who did not come: a word without blame, and a call when they do not book again."""
    return {
        "trigger": {"kind": "event", "event": "booking_missed", "each": "customer"},
        "purpose": "service", "again_after_days": 30, "ends_at_goal": True, "goal": _goal("booking", 21),
        **_held_out(sector),
        "steps": [
            {"key": "later", "kind": "wait", "hours": 3},
            {
                "key": "letter", "kind": "message", "channel": "email",
                "subjects": {"uz": "Bugun koʻrisha olmadik", "ru": "Сегодня мы не встретились",
                             "en": "We missed each other today"},
                "texts": {
                    "uz": "{{ greeting }}\n\nBugun kela olmadingiz shekilli, hammaga boʻladigan ish. Boshqa kunni "
                    "tanlash oson: shu xatga qulay kun va soatni yozib yuboring, biz joy topamiz.\n\nBiror narsa "
                    "toʻsqinlik qilgan boʻlsa, ayting: yordam beramiz.",
                    "ru": "{{ greeting }}\n\nПохоже, сегодня не получилось прийти, так бывает у каждого. Выбрать "
                    "другой "
                    "день просто: ответьте, какие день и час удобны, и мы найдём место.\n\nЕсли что-то помешало, "
                    "скажите, поможем.",
                    "en": "{{ greeting }}\n\nIt seems you could not come today; that happens to everybody. Another "
                    "day is "
                    "easy: reply with a day and an hour that suit you, and we will find a place.\n\nIf something "
                    "was in "
                    "the way, tell us and we will help.",
                },
            },
            {"key": "books", "kind": "wait", "days": 3, "until": "event", "event": "booking_made"},
            {
                "key": "booked", "kind": "branch", "step": "books", "outcomes": ["timed_out"], "otherwise": [],
                "then": [{
                    "key": "call", "kind": "task", "role": "front_office", "branch": "", "due_days": 1,
                    "texts": {
                        "uz": "Qoʻngʻiroq qiling va yangi vaqt taklif qiling. Nega kelmaganini tergamang: qulay kun va "
                        "soatni soʻrang, joyni shu zahoti band qiling.",
                        "ru": "Позвоните и предложите новое время. Не выясняйте, почему не пришли: спросите удобные "
                        "день "
                        "и час и сразу запишите.",
                        "en": "Call and offer a new time. Do not ask why they did not come: ask for a day and an hour "
                        "and book at once.",
                    },
                    "confirm": [
                        {"key": "no_blame", "texts": {"uz": "Tergamadim", "ru": "Не упрекал", "en": "I did not blame"}},
                        {"key": "offered", "texts": {"uz": "Ikkita vaqt taklif qildim",
                                                     "ru": "Предложил два времени", "en": "I offered two times"}},
                    ],
                }],
            },
        ],
    }  # fmt: skip


def complaint_recovery(_sector: str) -> dict[str, Any]:
    """Every complaint: one who answers for it calls the same day; the owner takes over when nobody does."""
    return {
        "trigger": {"kind": "event", "event": "complaint", "each": "event"},
        "holdout_share": 0, "care": "complaint", "purpose": "service", "priority": 9, "ends_at_goal": False,
        "goal": _goal("case_resolved", 60),
        "steps": [
            {
                "key": "protocol", "kind": "protocol", "priority": 3, "response_minutes": 60,
                "scripts": {
                    "uz": "Yaqinda shikoyat qilgan. Birinchi boʻlib qabul qiling, kechirim soʻrang va hal boʻlganini "
                    "soʻrang; hech narsa sotmang.",
                    "ru": "Недавно жаловался. Примите первым, извинитесь и спросите, решён ли вопрос; ничего не "
                    "продавайте.",
                    "en": "Complained lately. Serve first, apologise and ask whether it was put right; sell nothing.",
                },
            },
            {
                "key": "call", "kind": "task", "role": "manager", "branch": "", "due_days": 0,
                "texts": {
                    "uz": "Shikoyat boʻyicha qoʻngʻiroq qiling. Oxirigacha tinglang, bahslashmang; nima "
                    "qilishimizni va "
                    "qachonligini ayting va soʻzingizda turing.",
                    "ru": "Позвоните по жалобе. Выслушайте до конца и не спорьте; скажите, что и когда мы сделаем, и "
                    "сдержите слово.",
                    "en": "Call about the complaint. Listen to the end and do not argue; say what we will do and by "
                    "when, "
                    "and keep your word.",
                },
                "confirm": [
                    {"key": "listened", "texts": {"uz": "Oxirigacha tingladim", "ru": "Выслушал до конца",
                                                  "en": "I listened to the end"}},
                    {"key": "apologised", "texts": {"uz": "Kechirim soʻradim", "ru": "Извинился",
                                                    "en": "I apologised"}},
                    {"key": "promised", "texts": {"uz": "Nima va qachon qilinishini aytdim",
                                                  "ru": "Сказал, что и когда сделаем",
                                                  "en": "I said what will be done and when"}},
                ],
            },
            {
                "key": "called", "kind": "branch", "step": "call", "outcomes": ["done"],
                "then": [
                    {"key": "three_days", "kind": "wait", "days": 3},
                    {
                        "key": "letter", "kind": "message", "channel": "email",
                        "subjects": {"uz": "Hammasi joyiga tushdimi?", "ru": "Всё ли теперь в порядке?",
                                     "en": "Is it all right now?"},
                        "texts": {
                            "uz": "{{ greeting }}\n\nBizga nimadir yoqmaganini aytganingiz uchun rahmat: shu tufayli "
                            "tuzata oldik. Hammasi joyiga tushdimi? Yoʻq boʻlsa, shu xatga javob yozing, oʻzimiz "
                            "qoʻngʻiroq qilamiz.",
                            "ru": "{{ greeting }}\n\nСпасибо, что сказали, что было не так: благодаря этому мы смогли "
                            "исправить. Всё ли теперь в порядке? Если нет, ответьте на это письмо, и мы позвоним сами.",
                            "en": "{{ greeting }}\n\nThank you for telling us what was wrong: it let us put it "
                            "right. Is "
                            "it all right now? If not, reply to this letter and we will call you.",
                        },
                    },
                ],
                "otherwise": [{
                    "key": "owner", "kind": "task", "role": "owner", "branch": "", "due_days": 1,
                    "texts": {
                        "uz": "Shikoyat javobsiz qoldi: oʻzingiz qoʻngʻiroq qiling. Kechikkanimiz uchun kechirim "
                        "soʻrang.",
                        "ru": "Жалоба осталась без ответа: позвоните сами. Извинитесь и за задержку.",
                        "en": "A complaint was left without an answer: call yourself. Apologise for the delay too.",
                    },
                }],
            },
        ],
    }  # fmt: skip


def warranty_ending(sector: str) -> dict[str, Any]:
    """Two weeks before a warranty ends: come and have it checked while it is free."""
    return {
        "trigger": {"kind": "around", "date": "event", "event": "purchase_line", "field": "payload.warranty_until",
                    "side": "before", "days": 14, "at": "11:00"},
        "purpose": "service", "goal": _goal("visit", 30), "ends_at_goal": False, **_held_out(sector),
        "steps": [{
            "key": "letter", "kind": "message", "channel": "email",
            "subjects": {"uz": "Kafolat ikki haftadan keyin tugaydi", "ru": "Через две недели закончится гарантия",
                         "en": "Your warranty ends in two weeks"},
            "texts": {
                "uz": "{{ greeting }}\n\nIshimiz kafolati ikki haftadan keyin tugaydi. Biror narsa bezovta qilayotgan "
                "boʻlsa, hozir keling: tekshiramiz va kafolat boʻyicha bepul tuzatamiz.\n\nHammasi joyida boʻlsa, hech "
                "narsa qilish shart emas.",
                "ru": "{{ greeting }}\n\nЧерез две недели заканчивается гарантия на нашу работу. Если что-то "
                "беспокоит, "
                "приходите сейчас: проверим и по гарантии исправим бесплатно.\n\nЕсли всё в порядке, делать ничего не "
                "нужно.",
                "en": "{{ greeting }}\n\nThe warranty on our work ends in two weeks. If anything troubles you, come "
                "now: "
                "we will check it and put it right for free.\n\nIf all is well, there is nothing to do.",
            },
        }],
    }  # fmt: skip
