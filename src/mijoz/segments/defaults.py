"""The five default segments, in the order in which they are asked: the first rule that fits counts.

Every customer with a purchase is in exactly one of them, since the last takes everybody who is left; a
customer without a purchase is in none. Rules and texts are only the beginning: they are edited in the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Texts = dict[str, str]

REST: dict[str, Any] = {"field": "purchases", "op": ">=", "value": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultSegment:
    key: str
    names: Texts
    descriptions: Texts
    minimal_packages: Texts
    value_adding_packages: Texts
    rule: dict[str, Any]


DEFAULT_SEGMENTS = (
    DefaultSegment(
        key="new",
        names={"uz": "Yangi", "ru": "Новые", "en": "New"},
        descriptions={
            "uz": "Yaqinda birinchi marta kelganlar: ikkinchi tashrif hal qiladi.",
            "ru": "Пришли впервые и недавно: всё решает второй визит.",
            "en": "Came for the first time not long ago: the second visit decides.",
        },
        minimal_packages={
            "uz": "Salomlashish, xizmatlar va narxlar haqida tushuntirish, bogʻlanish uchun aniq manzil.",
            "ru": "Приветствие, рассказ об услугах и ценах, один понятный контакт для связи.",
            "en": "A welcome, services and prices explained, one clear contact to turn to.",
        },
        value_adding_packages={
            "uz": "Birinchi tashrifda yoʻl-yoʻriq, keyin qoʻngʻiroq, ikkinchi tashrif uchun taklif.",
            "ru": "Проводник по первому визиту, звонок после него, предложение на второй визит.",
            "en": "A guide through the first visit, a call afterwards, an offer for the second visit.",
        },
        rule={
            "all": [
                {"field": "days_since_first_purchase", "op": "<=", "value": 60},
                {"field": "purchases", "op": "<=", "value": 2},
            ]
        },
    ),
    DefaultSegment(
        key="at_risk",
        names={"uz": "Ketish xavfi bor", "ru": "Под угрозой ухода", "en": "At risk"},
        descriptions={
            "uz": "Oʻz odatidan ancha uzoq vaqtdan beri kelmayapti yoki bir marta kelib, qaytmagan.",
            "ru": "Не приходят намного дольше, чем обычно, или пришли однажды и не вернулись.",
            "en": "Away for much longer than is usual for them, or came once and did not return.",
        },
        minimal_packages={
            "uz": "Sababini soʻrash, ochiq shikoyatni birinchi navbatda hal qilish.",
            "ru": "Спросить о причине, открытую жалобу решить в первую очередь.",
            "en": "Ask for the reason, settle an open complaint before anything else.",
        },
        value_adding_packages={
            "uz": "Shaxsiy taklif bilan qaytarish, qaytganda navbatsiz qabul va masʼul xodim.",
            "ru": "Вернуть личным предложением, при возвращении принять без очереди, закрепить сотрудника.",
            "en": "Win back with a personal offer; on return no queue and a staff member of their own.",
        },
        rule={
            "any": [
                {
                    "all": [
                        {"field": "pauses_since_last_purchase", "op": ">=", "value": 3},
                        {"field": "r_score", "op": "<=", "value": 2},
                    ]
                },
                {
                    "all": [
                        {"field": "purchases", "op": "=", "value": 1},
                        {"field": "r_score", "op": "<=", "value": 2},
                    ]
                },
            ]
        },
    ),
    DefaultSegment(
        key="high_value",
        names={"uz": "Qimmatli", "ru": "Ценные", "en": "High-value"},
        descriptions={
            "uz": "Tez-tez keladi va tushumning katta qismini beradi.",
            "ru": "Приходят часто и приносят большую часть выручки.",
            "en": "Comes often and brings a large part of the revenue.",
        },
        minimal_packages={
            "uz": "Navbatda ustuvorlik, tanish usta, murojaatga bir soat ichida javob.",
            "ru": "Приоритет в очереди, знакомый мастер, ответ на обращение в течение часа.",
            "en": "Priority in the queue, a familiar master, an answer within the hour.",
        },
        value_adding_packages={
            "uz": "Shaxsiy menejer, yangiliklar birinchi boʻlib, odatlariga qarab oldindan tayyor xizmat.",
            "ru": "Личный менеджер, ранний доступ к новинкам, услуга, подготовленная заранее по привычкам.",
            "en": "A personal manager, early access to what is new, service prepared from known habits.",
        },
        rule={
            "all": [
                {"field": "m_score", "op": "=", "value": 5},
                {"field": "f_score", "op": ">=", "value": 4},
            ]
        },
    ),
    DefaultSegment(
        key="price_sensitive",
        names={"uz": "Narxga sezgir", "ru": "Чувствительные к цене", "en": "Price-sensitive"},
        descriptions={
            "uz": "Koʻproq chegirma bilan oladi yoki kam sarflaydi.",
            "ru": "Покупают в основном со скидкой или тратят немного.",
            "en": "Buys mostly at a discount, or spends little.",
        },
        minimal_packages={
            "uz": "Narxlar ochiq va oldindan maʼlum, eng arzon mos variant koʻrsatiladi.",
            "ru": "Цены открыты и известны заранее, показан самый недорогой подходящий вариант.",
            "en": "Prices open and known beforehand, the cheapest fitting choice shown.",
        },
        value_adding_packages={
            "uz": "Boʻsh soatlar uchun chegirma, tejamkor toʻplamlar, yigʻib boriladigan bonuslar.",
            "ru": "Скидка в свободные часы, выгодные наборы, накопительные бонусы.",
            "en": "A discount for quiet hours, bundles that save money, points that add up.",
        },
        rule={
            "any": [
                {"field": "discount_share", "op": ">=", "value": 0.4},
                {"field": "m_score", "op": "<=", "value": 2},
            ]
        },
    ),
    DefaultSegment(
        key="regular",
        names={"uz": "Doimiy", "ru": "Постоянные", "en": "Regular"},
        descriptions={
            "uz": "Biznesning tayanchi: xarid qilgan va boshqa segmentlarga kirmagan barcha mijozlar.",
            "ru": "Опора бизнеса: все, кто покупал и не попал в другие сегменты.",
            "en": "The backbone of the business: everybody who bought and is in no other segment.",
        },
        minimal_packages={
            "uz": "Vaʼda qilingan vaqt va sifat, tashrifdan oldin eslatma.",
            "ru": "Обещанное время и качество, напоминание перед визитом.",
            "en": "The promised time and quality, a reminder before the visit.",
        },
        value_adding_packages={
            "uz": "Sevimli xizmat va soatni eslab qolish, ortiqcha savolsiz va navbatsiz yozilish.",
            "ru": "Помнить любимую услугу и час, записывать без лишних вопросов и очереди.",
            "en": "Favourite service and hour remembered, booking without questions or queue.",
        },
        rule=REST,
    ),
)
