"""The gallery: what each ready scenario is called, for which sectors it is, and its definition there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mijoz.scenarios.pilots import PILOTS, PilotScenario
from mijoz.scenarios.ready import care, growing
from mijoz.scenarios.ready.words import Texts

SECTORS = ("restaurant", "clinic", "hotel", "repair", "salon")
THEMES = ("care", "return", "thanks", "growth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """`define(sector)` gives the definition with the words of that sector; other sectors take those of a salon."""

    key: str
    theme: str
    names: Texts
    descriptions: Texts
    define: Callable[[str], dict[str, Any]]
    sectors: tuple[str, ...] = SECTORS

    def definition(self, sector: str) -> dict[str, Any]:
        """The definition as a new scenario has it, in the words of the sector."""
        return {"eligibility": None, **self.define(sector if sector in SECTORS else "salon")}


def _pilot(pilot: PilotScenario, theme: str) -> Ready:
    return Ready(
        key=pilot.key,
        theme=theme,
        names=pilot.names,
        descriptions=pilot.descriptions,
        define=lambda _sector: pilot.definition,
    )


_OF_PILOTS = {
    "welcome_second_visit": "return",
    "regular_without_queue": "care",
    "high_value_care": "care",
    "price_sensitive_quiet_hours": "growth",
    "missed_you": "return",
}
READY: tuple[Ready, ...] = (
    Ready(
        key="welcome_guide",
        theme="thanks",
        names={"uz": "Xush kelibsiz", "ru": "Добро пожаловать", "en": "Welcome and first-visit guide"},
        descriptions={
            "uz": "Birinchi tashrifdan keyin minnatdorchilik va bilib qoʻyish foydali narsalar; uch haftadan keyin "
            "taklif.",
            "ru": "После первого визита: спасибо и что полезно знать; через три недели приглашение.",
            "en": "After the first visit: thanks and what is good to know; an invitation three weeks later.",
        },
        define=growing.welcome_guide,
    ),
    Ready(
        key="visit_reminder",
        theme="care",
        names={"uz": "Tashrifdan oldin eslatma", "ru": "Напоминание о визите", "en": "Reminder before a visit"},
        descriptions={
            "uz": "Bron qilingan tashrifdan bir kun oldin: qachon, qayerda va nima tayyorlash kerak.",
            "ru": "За день до визита по записи: когда, где и что взять с собой.",
            "en": "A day before a booked visit: when, where, and what to bring.",
        },
        define=care.visit_reminder,
    ),
    Ready(
        key="after_visit_thanks",
        theme="thanks",
        names={"uz": "Tashrifdan keyin rahmat va savol", "ru": "Спасибо и вопрос после визита",
               "en": "Thanks and a question after a visit"},
        descriptions={
            "uz": "Tashrifdan keyin bitta savol; past baho qoʻyganlarga menejer ertasiga qoʻngʻiroq qiladi. Shundan "
            "keyin koʻproq mijoz qaytadimi?",
            "ru": "После визита один вопрос; кто поставил низкую оценку, тому назавтра звонит менеджер. Возвращаются "
            "ли из-за этого чаще?",
            "en": "One question after a visit; a manager calls whoever gave a low rating. Do more come back for it?",
        },
        define=growing.after_visit_thanks,
    ),
    Ready(
        key="no_show_recovery",
        theme="care",
        names={"uz": "Kelmaganlarni qaytarish", "ru": "Вернуть тех, кто не пришёл", "en": "No-show recovery"},
        descriptions={
            "uz": "Bronga kelmaganlarga taʼnasiz xat; uch kunda yozilmasa, qabulxona qoʻngʻiroq qiladi.",
            "ru": "Тем, кто не пришёл: письмо без упрёка; не записались за три дня, звонит ресепшен.",
            "en": "A word without blame to who did not come; if they do not book within three days, a call.",
        },
        define=care.no_show_recovery,
    ),
    Ready(
        key="birthday",
        theme="thanks",
        names={"uz": "Tugʻilgan kun", "ru": "День рождения", "en": "Birthday"},
        descriptions={
            "uz": "Tugʻilgan kundan uch kun oldin tabrik va kichik sovgʻa.",
            "ru": "За три дня до дня рождения: поздравление и небольшой подарок.",
            "en": "Good wishes and a small gift three days before the birthday.",
        },
        define=growing.birthday,
    ),
    Ready(
        key="complaint_recovery",
        theme="care",
        names={"uz": "Shikoyatni bartaraf etish", "ru": "Исправить после жалобы", "en": "Complaint recovery"},
        descriptions={
            "uz": "Har bir shikoyatga shu kuni qoʻngʻiroq; hech kim qilmasa, ega oʻz zimmasiga oladi. Hech kim chetda "
            "qolmaydi.",
            "ru": "По каждой жалобе звонок в тот же день; если никто не позвонил, берёт владелец. Без контрольной "
            "группы.",
            "en": "A call on the same day for every complaint; the owner takes over when nobody does. Nobody is "
            "held out.",
        },
        define=care.complaint_recovery,
    ),
    Ready(
        key="goes_together",
        theme="growth",
        names={"uz": "Birga olinadigan xizmat", "ru": "То, что берут вместе", "en": "What goes together"},
        descriptions={
            "uz": "Doimiy mijozga boshqalar birga oladigan xizmat: birinchi marta biroz arzon.",
            "ru": "Постоянному клиенту: то, что другие берут вместе, в первый раз чуть дешевле.",
            "en": "To a regular, what others take with it, a little cheaper the first time.",
        },
        define=growing.goes_together,
    ),
    Ready(
        key="warranty_ending",
        theme="care",
        names={"uz": "Kafolat tugashi", "ru": "Конец гарантии", "en": "Warranty ending"},
        descriptions={
            "uz": "Kafolat tugashidan ikki hafta oldin: hozir keling, bepul tekshiramiz.",
            "ru": "За две недели до конца гарантии: приходите сейчас, проверим бесплатно.",
            "en": "Two weeks before a warranty ends: come now and we check it for free.",
        },
        define=care.warranty_ending,
        sectors=("repair", "clinic", "salon"),
    ),
    *(_pilot(pilot, _OF_PILOTS[pilot.key]) for pilot in PILOTS),
)  # fmt: skip


def ready_for(sector: str) -> list[Ready]:
    """Those that suit the sector; all of them for one that has no words of its own."""
    return [ready for ready in READY if sector not in SECTORS or sector in ready.sectors]


def the_ready(key: str) -> Ready | None:
    return next((ready for ready in READY if ready.key == key), None)
