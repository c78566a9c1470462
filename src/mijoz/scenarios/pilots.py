"""The five pilot scenarios, one for each default segment, ready to be read, changed and started.

Keys, offers, windows and hold-out share are those of the simulator's pilots, so that its history goes on here. Each
adds to what is the least for everybody in its segment: what staff do more stands in the segment's value-adding package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Texts = dict[str, str]

HOLDOUT_SHARE = 0.3
REACHABLE: dict[str, Any] = {
    "all": [
        {"field": "consents_to_marketing", "op": "is", "value": True},
        {"field": "has_email", "op": "is", "value": True},
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotScenario:
    key: str
    names: Texts
    descriptions: Texts
    definition: dict[str, Any]


PILOTS = (
    PilotScenario(
        key="welcome_second_visit",
        names={
            "uz": "Ikkinchi tashrifga taklif",
            "ru": "Приглашение на второй визит",
            "en": "Welcome to a second visit",
        },
        descriptions={
            "uz": "Birinchi tashrifdan keyin minnatdorchilik va ikkinchi tashrif uchun chegirma; muddati tugashidan "
            "oldin bitta eslatma.",
            "ru": "После первого визита благодарим и дарим скидку на второй; до конца срока напоминаем один раз.",
            "en": "Thanks after the first visit and a discount for the second; one reminder before it ends.",
        },
        definition={
            "trigger": {"kind": "segment_entered", "segment": "new", "include_present": True},
            "eligibility": {"all": [{"field": "purchases", "op": "=", "value": 1}, *REACHABLE["all"]]},
            "holdout_share": HOLDOUT_SHARE,
            "again_after_days": None,
            "purpose": "marketing",
            "goal": {"kind": "purchase", "window_days": 30},
            "ends_at_goal": True,
            "steps": [
                {"key": "protocol", "kind": "protocol", "package": "value_adding"},
                {"key": "next_day", "kind": "wait", "days": 1, "hours": 0},
                {
                    "key": "offer",
                    "kind": "offer",
                    "offer": "second_visit_discount",
                    "names": {
                        "uz": "Ikkinchi tashrif chegirmasi",
                        "ru": "Скидка на второй визит",
                        "en": "Second visit discount",
                    },
                    "discount": 0.1,
                    "valid_days": 21,
                },
                {
                    "key": "thanks",
                    "kind": "message",
                    "channel": "email",
                    "subjects": {
                        "uz": "Tanishganimizdan xursandmiz: ikkinchi tashrifingiz uchun sovgʻa",
                        "ru": "Рады знакомству: подарок ко второму визиту",
                        "en": "Good to have met you: a gift for your second visit",
                    },
                    "texts": {
                        "uz": "{{ greeting }}\n\n"
                        "Bizni tanlaganingiz uchun rahmat. Siz bilan tanishganimizdan xursandmiz.\n\n"
                        "Ikkinchi tashrifingiz uchun {{ offer.discount }} chegirma tayyorlab qoʻydik. "
                        "U {{ offer.until }} gacha amal qiladi: kelganingizda shu xatni koʻrsatsangiz kifoya.\n\n"
                        "Biror narsa koʻngildagidek boʻlmagan boʻlsa, shu xatga javob yozing: oʻqiymiz va tuzatamiz.",
                        "ru": "{{ greeting }}\n\n"
                        "Спасибо, что выбрали нас. Нам было приятно познакомиться.\n\n"
                        "Ко второму визиту мы приготовили для вас скидку {{ offer.discount }}. "
                        "Она действует до {{ offer.until }}: просто покажите это письмо.\n\n"
                        "Если что-то было не так, ответьте на это письмо: мы прочитаем и исправим.",
                        "en": "{{ greeting }}\n\n"
                        "Thank you for choosing us. It was good to meet you.\n\n"
                        "For your second visit we have set aside {{ offer.discount }} off for you. "
                        "It is good until {{ offer.until }}: just show this letter.\n\n"
                        "If anything was not as it should be, reply to this letter: we will read it and put it right.",
                    },
                },
                {"key": "ten_days", "kind": "wait", "days": 10, "hours": 0},
                {
                    "key": "reminder",
                    "kind": "message",
                    "channel": "email",
                    "subjects": {
                        "uz": "{{ offer.discount }} chegirmangiz {{ offer.until }} gacha",
                        "ru": "Ваша скидка {{ offer.discount }} действует до {{ offer.until }}",
                        "en": "Your {{ offer.discount }} off is good until {{ offer.until }}",
                    },
                    "texts": {
                        "uz": "{{ greeting }}\n\n"
                        "Sizga atalgan {{ offer.discount }} chegirma {{ offer.until }} gacha kutib turibdi. "
                        "Qulay kuningizda keling: biz sizni eslaymiz.\n\n"
                        "Bu haqda boshqa eslatmaymiz.",
                        "ru": "{{ greeting }}\n\n"
                        "Ваша скидка {{ offer.discount }} ждёт до {{ offer.until }}. "
                        "Приходите, когда вам удобно: мы вас помним.\n\n"
                        "Больше напоминать об этом не будем.",
                        "en": "{{ greeting }}\n\n"
                        "Your {{ offer.discount }} off is waiting until {{ offer.until }}. "
                        "Come on whichever day suits you: we remember you.\n\n"
                        "We will not remind you of it again.",
                    },
                },
            ],
        },
    ),
    PilotScenario(
        key="regular_without_queue",
        names={"uz": "Doimiylar navbatsiz", "ru": "Постоянные без очереди", "en": "Regulars without a queue"},
        descriptions={
            "uz": "Doimiy mijoz navbatsiz qabul qilinadi, xodim uning odatini biladi; bu haqda mijozga aytiladi.",
            "ru": "Постоянного клиента принимают без очереди, сотрудник знает его привычки; клиенту об этом сообщают.",
            "en": "A regular is served without a queue by staff who know their habits, and is told so.",
        },
        definition={
            "trigger": {"kind": "segment_entered", "segment": "regular", "include_present": True},
            "eligibility": None,
            "holdout_share": HOLDOUT_SHARE,
            "again_after_days": 180,
            "purpose": "marketing",
            "goal": {"kind": "purchase", "window_days": 21},
            "ends_at_goal": True,
            "steps": [
                {
                    "key": "protocol",
                    "kind": "protocol",
                    "priority": 1,
                    "package": "value_adding",
                    "scripts": {
                        "uz": "Ismi bilan salomlashing va navbatsiz qabul qiling. Odatdagi buyurtmasini oʻzingiz "
                        "taklif qiling, ortiqcha savol bermang.",
                        "ru": "Поприветствуйте по имени и примите без очереди. Сами предложите привычную услугу, "
                        "не задавайте лишних вопросов.",
                        "en": "Greet by name and serve without a queue. Offer the usual yourself and ask nothing "
                        "that we already know.",
                    },
                },
                {
                    "key": "news",
                    "kind": "message",
                    "channel": "email",
                    "subjects": {
                        "uz": "Endi sizni navbatsiz qabul qilamiz",
                        "ru": "Теперь принимаем вас без очереди",
                        "en": "From now on no queue for you",
                    },
                    "texts": {
                        "uz": "{{ greeting }}\n\n"
                        "Siz biznikiga tez-tez kelasiz, buning uchun rahmat. Endi sizni navbatsiz qabul qilamiz: "
                        "kelganingizda ismingizni ayting, qolganini bilamiz."
                        "{% if customer.favourite_service %} Odatdagi tanlovingizni ham eslab qoldik: "
                        "{{ customer.favourite_service }}.{% endif %}\n\n"
                        "Oldindan yozilmoqchi boʻlsangiz, shu xatga qulay kun va soatni yozib yuboring.",
                        "ru": "{{ greeting }}\n\n"
                        "Вы часто бываете у нас, и мы это ценим. Теперь мы принимаем вас без очереди: "
                        "назовите своё имя, остальное мы знаем."
                        "{% if customer.favourite_service %} И ваш обычный выбор мы запомнили: "
                        "{{ customer.favourite_service }}.{% endif %}\n\n"
                        "Хотите записаться заранее? Ответьте на это письмо и напишите удобный день и час.",
                        "en": "{{ greeting }}\n\n"
                        "You come to us often, and we value it. From now on there is no queue for you: "
                        "say your name and we know the rest."
                        "{% if customer.favourite_service %} We also remember your usual: "
                        "{{ customer.favourite_service }}.{% endif %}\n\n"
                        "Would you like to book ahead? Reply to this letter with a day and an hour that suit you.",
                    },
                },
            ],
        },
    ),
    PilotScenario(
        key="high_value_care",
        names={
            "uz": "Qimmatli mijozga gʻamxoʻrlik",
            "ru": "Забота о ценных клиентах",
            "en": "Care for high-value customers",
        },
        descriptions={
            "uz": "Masʼul xodim qoʻngʻiroq qilib, oxirgi tashrif haqida soʻraydi; keyingi safar hammasi tayyor turadi.",
            "ru": "Сотрудник звонит и спрашивает о последнем визите; к следующему всё подготовлено заранее.",
            "en": "A member of staff calls and asks about the last visit; next time everything is prepared.",
        },
        definition={
            "trigger": {"kind": "segment_entered", "segment": "high_value", "include_present": True},
            "eligibility": None,
            "holdout_share": HOLDOUT_SHARE,
            "again_after_days": 90,
            "purpose": "service",
            "goal": {"kind": "purchase", "window_days": 14},
            "ends_at_goal": False,
            "steps": [
                {
                    "key": "protocol",
                    "kind": "protocol",
                    "priority": 2,
                    "package": "value_adding",
                    "scripts": {
                        "uz": "Birinchi boʻlib qabul qiling, tanish ustasini biriktiring. Odatdagi xizmatni oldindan "
                        "tayyorlang va yangiliklarni birinchi boʻlib ayting.",
                        "ru": "Примите первым, назначьте знакомого мастера. Подготовьте привычную услугу заранее "
                        "и первым расскажите о новинках.",
                        "en": "Serve first, with the master they know. Prepare their usual service beforehand and "
                        "tell them first about what is new.",
                    },
                },
                {
                    "key": "call",
                    "kind": "task",
                    "role": "operator",
                    "branch": "",
                    "due_days": 1,
                    "texts": {
                        "uz": "Qoʻngʻiroq qiling va oxirgi tashrif qanday oʻtganini soʻrang. Sotmang, tinglang: nima "
                        "yoqdi, nimani yaxshilaymiz? Keyingi tashrif uchun qulay kun va soatni yozib oling.",
                        "ru": "Позвоните и спросите, как прошёл последний визит. Не продавайте, слушайте: что "
                        "понравилось, что улучшить? Запишите удобные день и час следующего визита.",
                        "en": "Call and ask how the last visit was. Do not sell, listen: what was good, what can be "
                        "better? Note a day and an hour that suit the next visit.",
                    },
                },
            ],
        },
    ),
    PilotScenario(
        key="price_sensitive_quiet_hours",
        names={
            "uz": "Tinch soatlar chegirmasi",
            "ru": "Скидка в спокойные часы",
            "en": "A discount for quiet hours",
        },
        descriptions={
            "uz": "Narxga qaraydigan mijozlar boʻsh soatlarda arzonroq keladi, siz esa boʻsh joyni toʻldirasiz.",
            "ru": "Кто смотрит на цену, приходит дешевле в свободные часы, а вы заполняете пустые места.",
            "en": "Who looks at prices comes cheaper in quiet hours, and you fill places that stand empty.",
        },
        definition={
            "trigger": {"kind": "segment_entered", "segment": "price_sensitive", "include_present": True},
            "eligibility": REACHABLE,
            "holdout_share": HOLDOUT_SHARE,
            "again_after_days": 90,
            "purpose": "marketing",
            "goal": {"kind": "purchase", "window_days": 21},
            "ends_at_goal": True,
            "steps": [
                {"key": "protocol", "kind": "protocol", "package": "value_adding"},
                {
                    "key": "offer",
                    "kind": "offer",
                    "offer": "quiet_hours_discount",
                    "names": {
                        "uz": "Tinch soatlar chegirmasi",
                        "ru": "Скидка спокойных часов",
                        "en": "Quiet hours discount",
                    },
                    "discount": 0.15,
                    "valid_days": 20,
                },
                {
                    "key": "news",
                    "kind": "message",
                    "channel": "email",
                    "subjects": {
                        "uz": "Tinch soatlarda {{ offer.discount }} arzon",
                        "ru": "В спокойные часы на {{ offer.discount }} дешевле",
                        "en": "{{ offer.discount }} off in quiet hours",
                    },
                    "texts": {
                        "uz": "{{ greeting }}\n\n"
                        "Dushanbadan payshanbagacha, soat 14:00 dan 17:00 gacha bizda tinch. Shu vaqtda kelsangiz, "
                        "hammasi {{ offer.discount }} arzon, navbat ham yoʻq.\n\n"
                        "Taklif {{ offer.until }} gacha, necha marta kelsangiz ham amal qiladi: shu xatni "
                        "koʻrsatsangiz kifoya.",
                        "ru": "{{ greeting }}\n\n"
                        "С понедельника по четверг, с 14:00 до 17:00, у нас спокойно. Приходите в это время: "
                        "всё на {{ offer.discount }} дешевле и без очереди.\n\n"
                        "Предложение действует до {{ offer.until }}, сколько бы раз вы ни пришли: просто покажите "
                        "это письмо.",
                        "en": "{{ greeting }}\n\n"
                        "From Monday to Thursday, between 14:00 and 17:00, it is quiet here. Come at that time: "
                        "everything is {{ offer.discount }} off, and there is no queue.\n\n"
                        "It is good until {{ offer.until }}, however often you come: just show this letter.",
                    },
                },
            ],
        },
    ),
    PilotScenario(
        key="missed_you",
        names={"uz": "Sizni sogʻindik", "ru": "Мы по вам соскучились", "en": "We have missed you"},
        descriptions={
            "uz": "Anchadan beri kelmaganlarga samimiy xat va qaytish uchun chegirma; muddati tugashidan oldin bitta "
            "eslatma.",
            "ru": "Тем, кто давно не был: тёплое письмо и скидка на возвращение; до конца срока одно напоминание.",
            "en": "For who has been away for long: a warm letter and a discount; one reminder before it ends.",
        },
        definition={
            "trigger": {"kind": "segment_entered", "segment": "at_risk", "include_present": True},
            "eligibility": REACHABLE,
            "holdout_share": HOLDOUT_SHARE,
            "again_after_days": 180,
            "purpose": "marketing",
            "goal": {"kind": "purchase", "window_days": 30},
            "ends_at_goal": True,
            "steps": [
                {"key": "protocol", "kind": "protocol", "package": "value_adding"},
                {
                    "key": "offer",
                    "kind": "offer",
                    "offer": "come_back_discount",
                    "names": {
                        "uz": "Qaytish chegirmasi",
                        "ru": "Скидка на возвращение",
                        "en": "Come-back discount",
                    },
                    "discount": 0.2,
                    "valid_days": 28,
                },
                {
                    "key": "letter",
                    "kind": "message",
                    "channel": "email",
                    "subjects": {
                        "uz": "Sizni sogʻindik",
                        "ru": "Мы по вам соскучились",
                        "en": "We have missed you",
                    },
                    "texts": {
                        "uz": "{{ greeting }}\n\n"
                        "Anchadan beri koʻrinmayapsiz. Biror narsadan xafa qilgan boʻlsak, shu xatga javob yozing: "
                        "bizga shuni bilish muhim.\n\n"
                        "Qaytsangiz, {{ offer.discount }} chegirma sizniki, {{ offer.until }} gacha. "
                        "Shu xatni koʻrsatsangiz kifoya.",
                        "ru": "{{ greeting }}\n\n"
                        "Давно вас не видно. Если мы чем-то огорчили, ответьте на это письмо: нам важно это знать.\n\n"
                        "А если вернётесь, скидка {{ offer.discount }} ваша, до {{ offer.until }}. "
                        "Просто покажите это письмо.",
                        "en": "{{ greeting }}\n\n"
                        "We have not seen you for a while. If we let you down, reply to this letter: it matters to "
                        "us to know.\n\n"
                        "And if you come back, {{ offer.discount }} off is yours until {{ offer.until }}. "
                        "Just show this letter.",
                    },
                },
                {"key": "two_weeks", "kind": "wait", "days": 14, "hours": 0},
                {
                    "key": "reminder",
                    "kind": "message",
                    "channel": "email",
                    "subjects": {
                        "uz": "{{ offer.discount }} chegirmangiz hali kutib turibdi",
                        "ru": "Ваша скидка {{ offer.discount }} ещё ждёт",
                        "en": "Your {{ offer.discount }} off is still waiting",
                    },
                    "texts": {
                        "uz": "{{ greeting }}\n\n"
                        "{{ offer.discount }} chegirmangiz {{ offer.until }} gacha amal qiladi. "
                        "Kelsangiz, xursand boʻlamiz; kelmasangiz, bu haqda boshqa yozmaymiz.",
                        "ru": "{{ greeting }}\n\n"
                        "Ваша скидка {{ offer.discount }} действует до {{ offer.until }}. "
                        "Придёте, будем рады; не придёте, больше об этом не напишем.",
                        "en": "{{ greeting }}\n\n"
                        "Your {{ offer.discount }} off is good until {{ offer.until }}. "
                        "If you come, we will be glad; if not, we will not write about it again.",
                    },
                },
            ],
        },
    ),
)
