"""Sensible programmes for each sector, ready to be read, changed and started; sums are in the business's currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from mijoz.loyalty.terms import Texts, offer_terms, programme_terms


@dataclass(frozen=True, slots=True)
class ReadyOffer:
    key: str
    names: Texts
    terms: dict[str, Any]
    conditions: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A programme with the offers that it gives."""

    key: str
    names: Texts
    why: Texts
    terms: dict[str, Any]
    offers: list[ReadyOffer] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.terms["kind"])

    def check(self) -> None:
        """Raise TermsRefused when it could not be written."""
        programme_terms(self.terms)
        for one in self.offers:
            offer_terms(one.terms)


@dataclass(frozen=True, slots=True)
class Sector:
    """What differs: a usual check in soʻm, what the stamp card counts and gives, the months that points hold."""

    check: int
    card: Texts
    gift: Texts
    needed: int
    per: str
    months: int
    tier_checks: tuple[int, int, int]  # of how many usual checks a tier is
    window: int


SECTORS = {
    "restaurant": Sector(
        150_000,
        {"uz": "Har 7-tashrif", "ru": "Каждый 7-й визит", "en": "Every 7th visit"},
        {"uz": "Shirinlik", "ru": "Десерт", "en": "A dessert"},
        6,
        "visit",
        6,
        (5, 15, 40),
        12,
    ),
    "clinic": Sector(
        300_000,
        {"uz": "Har 6-qabul", "ru": "Каждый 6-й приём", "en": "Every 6th appointment"},
        {"uz": "Bepul maslahat", "ru": "Бесплатная консультация", "en": "A free consultation"},
        5,
        "visit",
        24,
        (3, 8, 20),
        24,
    ),
    "hotel": Sector(
        900_000,
        {"uz": "Har 5-kecha", "ru": "Каждая 5-я ночь", "en": "Every 5th night"},
        {"uz": "Kech chiqish", "ru": "Поздний выезд", "en": "Late check-out"},
        4,
        "unit",
        24,
        (2, 5, 12),
        24,
    ),
    "repair": Sector(
        400_000,
        {"uz": "Har 4-xizmat", "ru": "Каждый 4-й ремонт", "en": "Every 4th service"},
        {"uz": "Bepul diagnostika", "ru": "Бесплатная диагностика", "en": "A free check-up"},
        3,
        "visit",
        24,
        (2, 5, 10),
        24,
    ),
    "salon": Sector(
        200_000,
        {"uz": "Har 6-tashrif", "ru": "Каждый 6-й визит", "en": "Every 6th visit"},
        {"uz": "Soch parvarishi", "ru": "Уход для волос", "en": "A hair treatment"},
        5,
        "visit",
        12,
        (4, 10, 24),
        12,
    ),
}
OTHER = SECTORS["salon"]
SOM_FOR = {"UZS": Decimal(1), "USD": Decimal(12_000), "EUR": Decimal(13_000), "RUB": Decimal(140), "KZT": Decimal(25)}
STEPS = (1, 2, 5)


def programmes(sector: str, currency: str) -> list[Ready]:
    """Points, a stamp card, tiers and bringing friends for this sector."""
    told = SECTORS.get(sector, OTHER)
    check = rounded(Decimal(told.check) / SOM_FOR.get(currency, SOM_FOR["USD"]))
    return [_points(told, check), _card(told, check), _tiers(told, check), _friends(check)]


def rounded(value: Decimal) -> Decimal:
    """A sum that people would choose: 1, 2 or 5 and noughts, the nearest one."""
    size = Decimal(10) ** value.adjusted()
    chosen = min((size * step for step in (*STEPS, 10)), key=lambda step: abs(step - value))
    return chosen.normalize() if chosen < 1 else chosen.quantize(Decimal(1))


def _points(told: Sector, check: Decimal) -> Ready:
    unit = rounded(check / 100)
    value = max(Decimal("0.01"), rounded(unit / 20))
    return Ready(
        key="points",
        names={"uz": "Ballar", "ru": "Баллы", "en": "Points"},
        why={
            "uz": "Har xariddan 5 % ball boʻlib qaytadi; chekning yarmigacha ball bilan toʻlanadi.",
            "ru": "5 % каждой покупки возвращаются баллами; ими можно оплатить до половины чека.",
            "en": "5 % of each purchase comes back as points; they pay up to half of a receipt.",
        },
        terms={
            "kind": "points",
            "per_sum": str(unit),
            "points": 1,
            "value": str(value),
            "expires_after_months": told.months,
            "minimum_redeem": 50,
            "most_share": "0.5",
        },
    )


def _card(told: Sector, check: Decimal) -> Ready:
    return Ready(
        key="stamp_card",
        names=told.card,
        why={
            "uz": "Telefonda turadigan belgili karta: toʻlganda sovgʻa oʻzi beriladi.",
            "ru": "Карта с печатями в телефоне: когда она полна, подарок выдаётся сам.",
            "en": "A stamp card on the phone: when it is full, the gift is given by itself.",
        },
        terms={"kind": "stamps", "needed": told.needed, "per": told.per, "offer": "full_card"},
        offers=[
            ReadyOffer(
                "full_card",
                told.gift,
                {
                    "benefit": {"kind": "gift", "gifts": told.gift, "worth": str(rounded(check / 5))},
                    "who": "granted",
                    "valid_days": 90,
                },
            )
        ],
    )


def _tiers(told: Sector, check: Decimal) -> Ready:
    named = [
        ("silver", {"uz": "Kumush", "ru": "Серебро", "en": "Silver"}, 0, ""),
        ("gold", {"uz": "Oltin", "ru": "Золото", "en": "Gold"}, 1, ""),
        ("platinum", {"uz": "Platina", "ru": "Платина", "en": "Platinum"}, 2, "tier_gift"),
    ]
    return Ready(
        key="tiers",
        names={"uz": "Darajalar", "ru": "Уровни", "en": "Tiers"},
        why={
            "uz": "Koʻp keladigan mijozlar navbatsiz va boshqacha kutib olinadi.",
            "ru": "Кто приходит чаще, того обслуживают раньше и внимательнее.",
            "en": "Who comes more often is served sooner and with more care.",
        },
        terms={
            "kind": "tiers",
            "measure": "revenue",
            "window_months": told.window,
            "grace_days": 60,
            "tiers": [
                {
                    "key": key,
                    "names": names,
                    "threshold": str(check * checks),
                    "priority": priority,
                    "package": "value_adding",
                    "offer": offer,
                }
                for (key, names, priority, offer), checks in zip(named, told.tier_checks, strict=True)
            ],
        },
        offers=[
            ReadyOffer(
                "tier_gift",
                {"uz": "Platina uchun 20 %", "ru": "20 % за Платину", "en": "20 % for Platinum"},
                {
                    "benefit": {"kind": "percent", "percent": 20, "at_most": str(rounded(check / 2))},
                    "who": "granted",
                    "valid_days": 90,
                    "stacking": "exclusive",
                },
            )
        ],
    )


def _friends(check: Decimal) -> Ready:
    part = str(rounded(check / 5))
    given = {"benefit": {"kind": "amount", "amount": part}, "who": "granted", "valid_days": 90}
    return Ready(
        key="friends",
        names={"uz": "Doʻst olib keling", "ru": "Приведите друга", "en": "Bring a friend"},
        why={
            "uz": "Doʻst birinchi marta xarid qilganda ikkalasi ham chegirma oladi; oyiga koʻpi bilan beshta.",
            "ru": "После первой покупки друга скидку получают оба; не больше пяти в месяц.",
            "en": "After the friend’s first purchase both get a discount; at most five a month.",
        },
        terms={
            "kind": "referral",
            "offer_for_referrer": "for_bringing",
            "offer_for_friend": "for_the_friend",
            "a_month": 5,
            "minimum_sum": part,
        },
        offers=[
            ReadyOffer(
                "for_bringing",
                {"uz": "Doʻst uchun rahmat", "ru": "Спасибо за друга", "en": "Thanks for a friend"},
                given,
            ),
            ReadyOffer(
                "for_the_friend",
                {"uz": "Xush kelibsiz", "ru": "Добро пожаловать", "en": "Welcome"},
                given,
            ),
        ],
    )
