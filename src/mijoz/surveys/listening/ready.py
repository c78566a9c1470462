"""Themes to begin with, and questions for an interview, in three languages."""

from __future__ import annotations

from dataclasses import dataclass

Texts = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyTheme:
    """Example words are beginnings: each finds the forms of its word."""

    key: str
    names: Texts
    descriptions: Texts
    words: dict[str, tuple[str, ...]]


THEMES = (
    ReadyTheme(
        key="data_quality",
        names={"uz": "Maʼlumotlar sifati", "ru": "Качество данных", "en": "Data quality"},
        descriptions={
            "uz": "Ism, telefon yoki tarix notoʻgʻri, yoʻq yoki ikki marta yozilgan; bir narsani qayta soʻrashadi.",
            "ru": "Имя, телефон или история неверны, потеряны или записаны дважды; одно и то же спрашивают снова.",
            "en": "A name, phone or history is wrong, lost or kept twice; the same is asked again and again.",
        },
        words={
            "uz": ("maʼlumot", "notoʻgʻri yoz", "ismim", "raqamim", "qayta soʻra", "tarix", "yozib qoʻy", "adash"),
            "ru": ("данны", "неправильно запис", "перепута", "моё имя", "мой номер", "снова спр", "истори", "не нашли"),
            "en": ("data", "record", "my name", "my number", "wrong name", "ask again", "asked again", "mixed up"),
        },
    ),
    ReadyTheme(
        key="staff_skill",
        names={"uz": "Xodimlar mahorati", "ru": "Умение сотрудников", "en": "Staff skill"},
        descriptions={
            "uz": "Xodim biladimi, tushuntira oladimi, xushmuomalami, ishni birinchi martada toʻgʻri qiladimi.",
            "ru": "Знает ли сотрудник дело, умеет ли объяснить, вежлив ли, делает ли верно с первого раза.",
            "en": "Whether staff know their work, can explain it, are polite, and get it right the first time.",
        },
        words={
            "uz": (
                "xodim",
                "usta",
                "ofitsiant",
                "shifokor",
                "administrator",
                "tushuntir",
                "xushmuomala",
                "qoʻpol",
                "bilmadi",
            ),
            "ru": ("сотрудни", "мастер", "официант", "врач", "администратор", "объясн", "вежлив", "груб", "не знал"),
            "en": (
                "staff",
                "waiter",
                "doctor",
                "master",
                "reception",
                "explain",
                "polite",
                "rude",
                "skill",
                "did not know",
            ),
        },
    ),
    ReadyTheme(
        key="channel_integration",
        names={"uz": "Kanallar birligi", "ru": "Единство каналов", "en": "Channel integration"},
        descriptions={
            "uz": "Telegramda, telefonda va joyida aytilgani bir-biriga bogʻlanganmi yoki har gal boshidanmi.",
            "ru": "Знают ли на месте то, что сказано в Telegram или по телефону, или всё начинается сначала.",
            "en": "Whether what was said in Telegram or by phone is known on the spot, or all begins anew.",
        },
        words={
            "uz": (
                "telegram",
                "qoʻngʻiroq",
                "sayt",
                "ilova",
                "instagram",
                "boshqa kanal",
                "yozgan edim",
                "javob bermadi",
            ),
            "ru": (
                "телеграм",
                "telegram",
                "звонил",
                "звонок",
                "позвони",
                "сайт",
                "приложени",
                "инстаграм",
                "писал",
                "не ответил",
            ),
            "en": (
                "telegram",
                "called",
                "phone call",
                "website",
                "app",
                "instagram",
                "message",
                "no reply",
                "wrote to",
            ),
        },
    ),
    ReadyTheme(
        key="consent",
        names={"uz": "Rozilik", "ru": "Согласие", "en": "Consent"},
        descriptions={
            "uz": "Soʻrab yozishadimi, reklama bezovta qiladimi, maʼlumotdan nimada foydalanilishi tushunarlimi.",
            "ru": "Спрашивают ли, прежде чем писать, не мешает ли реклама, понятно ли, зачем нужны данные.",
            "en": "Whether one is asked before being written to, whether adverts disturb, what the data are for.",
        },
        words={
            "uz": ("rozilik", "ruxsat", "reklama", "sms", "spam", "bezovta", "soʻramas", "obunadan"),
            "ru": ("соглас", "разреш", "реклам", "рассылк", "спам", "смс", "беспоко", "без спроса", "отписа"),
            "en": ("consent", "permission", "agreed to", "advert", "spam", "unsubscrib", "privacy", "without asking"),
        },
    ),
    ReadyTheme(
        key="complaints",
        names={"uz": "Shikoyatlar", "ru": "Жалобы", "en": "Complaints"},
        descriptions={
            "uz": "Shikoyat qanday qabul qilindi, qancha vaqtda va qanday hal boʻldi.",
            "ru": "Как приняли жалобу, за сколько времени и чем она разрешилась.",
            "en": "How a complaint was taken, how long it took, and what came of it.",
        },
        words={
            "uz": ("shikoyat", "norozi", "uzr soʻra", "hal qil", "hal boʻl", "pulni qaytar", "eʼtiroz"),
            "ru": ("жалоб", "пожалова", "недовол", "извини", "решили", "вернули деньги", "претензи"),
            "en": ("complain", "unhappy", "apolog", "refund", "solved", "resolved", "sorry"),
        },
    ),
)

GUIDE: dict[str, Texts] = {
    "customer": {
        "uz": (
            "1. Oxirgi marta kelganingizni boshidan oxirigacha aytib bering.\n"
            "2. Qayerda sizni taniganimizni, qayerda tanimaganimizni his qildingiz?\n"
            "3. Bizga qanday yozasiz yoki qoʻngʻiroq qilasiz? Keyin nima boʻladi?\n"
            "4. Biz sizga yozganimizda nima foydali, nima ortiqcha boʻldi?\n"
            "5. Biror narsa yoqmaganda nima qildingiz va nima boʻldi?"
        ),
        "ru": (
            "1. Расскажите о последнем визите от начала до конца.\n"
            "2. Где вы почувствовали, что вас узнали, а где нет?\n"
            "3. Как вы нам пишете или звоните? Что происходит потом?\n"
            "4. Что из наших сообщений было полезно, а что лишнее?\n"
            "5. Что вы делали, когда что-то не понравилось, и чем это кончилось?"
        ),
        "en": (
            "1. Tell me of your last visit from beginning to end.\n"
            "2. Where did you feel that we knew you, and where not?\n"
            "3. How do you write to us or call? What happens then?\n"
            "4. Which of our messages were useful, and which too many?\n"
            "5. When you did not like something, what did you do, and what came of it?"
        ),
    },
    "staff": {
        "uz": (
            "1. Mijoz kelganda u haqda nimani bilasiz va qayerdan?\n"
            "2. Qaysi maʼlumot yetishmaydi yoki notoʻgʻri boʻladi?\n"
            "3. Boshqa kanalda aytilgan narsa sizga qanday yetib keladi?\n"
            "4. Shikoyat boʻlsa nima qilasiz?\n"
            "5. Nimani oʻrganishni xohlardingiz?"
        ),
        "ru": (
            "1. Что вы знаете о клиенте, когда он приходит, и откуда?\n"
            "2. Каких данных не хватает или какие бывают неверны?\n"
            "3. Как до вас доходит то, что сказано в другом канале?\n"
            "4. Что вы делаете с жалобой?\n"
            "5. Чему вы хотели бы научиться?"
        ),
        "en": (
            "1. What do you know of a customer who comes in, and from where?\n"
            "2. What is missing, or wrong, in what you see?\n"
            "3. How does it reach you what was said in another channel?\n"
            "4. What do you do about a complaint?\n"
            "5. What would you like to learn?"
        ),
    },
}
