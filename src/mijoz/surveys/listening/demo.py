"""Talks of the demo business: invented words in three languages, coded by two of its invented staff.

The second one reads half of the passages and now and then sees something else, so that there is something to settle.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from mijoz.business.models import Role, StaffMember
from mijoz.surveys.listening import actions
from mijoz.surveys.listening.models import Interview

Said = tuple[str, str, dict[str, str]]  # language, words, tone by theme

TALKS = 14
SLIPS = 0.12  # of the second coder
WHO: dict[str, dict[str, tuple[str, ...]]] = {
    "customer": {
        "uz": ("har hafta keladi", "yaqinda birinchi marta kelgan", "uch yildan beri mijoz", "oilasi bilan keladi"),
        "ru": ("приходит каждую неделю", "недавно пришла впервые", "клиент три года", "приходит с семьёй"),
        "en": ("comes every week", "came for the first time lately", "customer for three years", "comes with family"),
    },
    "staff": {
        "uz": ("administrator, ikki yil", "usta, besh yil"),
        "ru": ("администратор, два года", "мастер, пять лет"),
        "en": ("front desk, two years", "master, five years"),
    },
}
BY_CUSTOMERS: tuple[Said, ...] = (
    ("uz", "Har safar telefon raqamimni qayta soʻrashadi, goʻyo birinchi marta kelgandekman.", {"data_quality": "bad"}),
    ("uz", "Ismimni notoʻgʻri yozib qoʻyishgan, chekda boshqa odam turibdi.", {"data_quality": "bad"}),
    ("uz", "Bu safar nimani yoqtirishimni bilishdi, maʼlumotlarim joyida ekan.", {"data_quality": "good"}),
    ("uz", "Xodim hammasini sabr bilan tushuntirdi, juda xushmuomala.", {"staff_skill": "good"}),
    ("uz", "Yangi xodim savolimga javob bera olmadi, boshqasini chaqirib keldi.", {"staff_skill": "bad"}),
    ("uz", "Telegramda yozgan edim, kelsam hech kim bilmaydi, boshidan aytib berdim.", {"channel_integration": "bad"}),
    ("uz", "Saytda bir narx, telefonda boshqa narx aytishdi.", {"channel_integration": "bad", "data_quality": "bad"}),
    ("uz", "Telegramdan yozildim, kelganimda hammasi tayyor edi.", {"channel_integration": "good"}),
    ("uz", "Reklama juda koʻp keladi, men bunga ruxsat bermaganman.", {"consent": "bad"}),
    ("uz", "Yozishdan oldin rozilik soʻrashdi, bu yoqdi.", {"consent": "good"}),
    ("uz", "Shikoyat qildim, ertasigayoq qoʻngʻiroq qilib uzr soʻrashdi.", {"complaints": "good"}),
    ("uz", "Shikoyatimga ikki hafta javob kutdim, keyin unutib yuborishdi.", {"complaints": "bad"}),
    ("uz", "Navbat uzoq edi, lekin xodim choy berib, sababini aytdi.", {"staff_skill": "mixed"}),
    ("uz", "Joy toza, musiqa yoqimli, qolganini eslay olmayman.", {}),
    ("ru", "Каждый раз спрашивают номер заново, хотя я хожу сюда два года.", {"data_quality": "bad"}),
    (
        "ru",
        "Перепутали меня с однофамильцем и позвонили про чужой заказ.",
        {"data_quality": "bad", "channel_integration": "bad"},
    ),
    ("ru", "Помнят, что я беру обычно, и данные не спрашивают.", {"data_quality": "good"}),
    ("ru", "Мастер всё объяснил и сделал с первого раза.", {"staff_skill": "good"}),
    ("ru", "Администратор была груба, как будто я мешаю.", {"staff_skill": "bad", "complaints": "mixed"}),
    (
        "ru",
        "Писал в Telegram, потом звонил, потом пришёл, и везде рассказывал всё сначала.",
        {"channel_integration": "bad"},
    ),
    ("ru", "Записалась на сайте, а на месте записи нет.", {"channel_integration": "bad"}),
    ("ru", "Напомнили в Telegram за день, удобно.", {"channel_integration": "good"}),
    ("ru", "Рассылка идёт без спроса, отписаться не получилось.", {"consent": "bad"}),
    ("ru", "Спросили, можно ли присылать предложения, и сказали, как отказаться.", {"consent": "good"}),
    ("ru", "На жалобу ответили через час и всё исправили.", {"complaints": "good"}),
    (
        "ru",
        "Пожаловался на ожидание, обещали перезвонить и не перезвонили.",
        {"complaints": "bad", "channel_integration": "bad"},
    ),
    ("ru", "Цена нормальная, рядом парковка.", {}),
    ("en", "They asked for my number again although I gave it last week.", {"data_quality": "bad"}),
    ("en", "The staff were polite and knew what they were doing.", {"staff_skill": "good"}),
    ("en", "I sent a message on Instagram and got no reply, so I called.", {"channel_integration": "bad"}),
    ("en", "I never agreed to these adverts.", {"consent": "bad"}),
    ("en", "I complained about the bill and they apologised and paid it back the same day.", {"complaints": "good"}),
    ("en", "The garden is lovely in the evening.", {}),
)
BY_STAFF: tuple[Said, ...] = (
    (
        "uz",
        "Mijoz kelganda oldin nima olganini koʻraman, lekin telefonida yozganini koʻrmayman.",
        {"channel_integration": "bad", "data_quality": "mixed"},
    ),
    ("uz", "Bir odam uch marta yozilgan, qaysi biri toʻgʻri — bilmayman.", {"data_quality": "bad"}),
    ("uz", "Shikoyat kelsa, kimga aytishni aniq bilamiz, bu yaxshi boʻldi.", {"complaints": "good"}),
    ("uz", "Rozilikni qanday soʻrashni bizga hech kim oʻrgatmagan.", {"consent": "bad", "staff_skill": "bad"}),
    ("ru", "Половина номеров в базе старые, дозвониться нельзя.", {"data_quality": "bad"}),
    ("ru", "Что клиент писал в Telegram, до нас не доходит.", {"channel_integration": "bad"}),
    ("ru", "Новых сотрудников учат один день, этого мало.", {"staff_skill": "bad"}),
    ("ru", "Жалобы теперь в одном месте, ничего не теряется.", {"complaints": "good"}),
    (
        "en",
        "We see the profile at the desk now, so we greet people by name.",
        {"data_quality": "good", "staff_skill": "good"},
    ),
    ("en", "Nobody told us whom we may write to.", {"consent": "bad"}),
)


@transaction.atomic
def take_talks(*, seed: int, until: date, at: datetime) -> int:
    """Keep invented talks of the weeks before `until`, coded by two of the demo's staff; returns how many passages.

    Does nothing when there are interviews already, or fewer than two staff who could code.
    """
    coders = [
        StaffMember.objects.filter(role__in=roles).order_by("pk").first()
        for roles in ([Role.ANALYST, Role.MARKETER], [Role.MANAGER, Role.OWNER])
    ]
    if Interview.objects.exists() or not all(coders):
        return 0
    chance = Random(seed)  # noqa: S311 - no secret hangs on it
    first, second = coders
    passages = 0
    for number in range(TALKS):
        side = "staff" if number % 4 == 3 else "customer"
        language = chance.choice(["uz", "uz", "ru", "ru", "en"])
        told = [one for one in (BY_STAFF if side == "staff" else BY_CUSTOMERS) if one[0] == language]
        said = chance.sample(told, min(len(told), chance.randint(3, 5)))
        asked = actions.Asked(
            side=side,
            consent="unnamed",
            language=language,
            asked_on=until - timedelta(days=chance.randint(1, 60)),
            who=chance.choice(WHO[side][language]),
        )
        talk = actions.keep_interview(asked, [words for _language, words, _tones in said], by=second, at=at)
        for passage, (_language, _words, tones) in zip(talk.passages.order_by("position"), said, strict=True):
            passages += 1
            if number >= TALKS - 2:
                continue  # the last talks are still to be coded
            if first is not None:
                actions.code(passage, tones, by=first, is_blind=False, at=at)
            if second is not None and number < TALKS // 2 + 1:
                actions.code(passage, _seen(tones, chance), by=second, is_blind=True, at=at)
    return passages


def _seen(tones: dict[str, str], chance: Random) -> dict[str, str]:
    """What the second coder sees: mostly the same."""
    seen = {theme: tone for theme, tone in tones.items() if chance.random() > SLIPS}
    if chance.random() < SLIPS:
        seen.setdefault(chance.choice(["staff_skill", "complaints", "data_quality"]), "mixed")
    return seen
