"""The 22 statements on service quality in our own words, in three languages, with variants by sector.

The five dimensions and the number of statements in each are those of Parasuraman, Zeithaml & Berry (1988); the wording,
in statements.json, is ours. Each is asked of what was perceived, and in the long form also of what was expected.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Texts = dict[str, str]

DIMENSIONS: dict[str, Texts] = {
    "tangibles": {
        "uz": "Koʻrinadigan tomoni: joy, jihozlar, tashqi koʻrinish",
        "ru": "То, что видно: помещение, оборудование, внешний вид",
        "en": "What one sees: rooms, equipment, appearance",
    },
    "reliability": {
        "uz": "Ishonchlilik: vaʼda qilingani toʻgʻri va vaqtida bajarilishi",
        "ru": "Надёжность: обещанное делают верно и в срок",
        "en": "Reliability: what is promised is done, rightly and in time",
    },
    "responsiveness": {
        "uz": "Tezkorlik: xizmat tez va bajonidil koʻrsatiladi",
        "ru": "Отзывчивость: обслуживают быстро и охотно",
        "en": "Responsiveness: prompt and willing service",
    },
    "assurance": {
        "uz": "Ishonch: bilim, xushmuomalalik, xavfsizlik",
        "ru": "Уверенность: знания, вежливость, безопасность",
        "en": "Assurance: knowledge, politeness, safety",
    },
    "empathy": {
        "uz": "Eʼtibor: har bir mijozga alohida munosabat",
        "ru": "Внимание: подход к каждому клиенту",
        "en": "Empathy: attention to each customer",
    },
}

_KEPT = json.loads(Path(__file__).with_name("statements.json").read_text(encoding="utf-8"))
STATEMENTS: list[Texts] = _KEPT["statements"]  # each with its dimension beside the texts
VARIANTS: dict[str, dict[str, Texts]] = _KEPT["variants"]  # by sector and the number of the statement, from 1

WAS_SO: Texts = {"uz": "Bizda shunday edi", "ru": "У нас было так", "en": "It was so with us"}
SHOULD_BE_SO: Texts = {
    "uz": "Yaxshi joyda shunday boʻlishi kerak",
    "ru": "В хорошем месте должно быть так",
    "en": "At a good place it should be so",
}
ENDS: tuple[Texts, Texts] = (
    {"uz": "umuman rozi emasman", "ru": "совсем не согласен", "en": "do not agree at all"},
    {"uz": "toʻliq roziman", "ru": "полностью согласен", "en": "fully agree"},
)
HIGH = 7


def statements(sector: str) -> list[tuple[str, str, Texts]]:
    """(key, dimension, texts) of the 22 statements as they read in this sector."""
    variants = VARIANTS.get(sector, {})
    return [
        (f"{one['dimension']}_{number}", one["dimension"], _texts(variants.get(str(number), one)))
        for number, one in enumerate(STATEMENTS, start=1)
    ]


def perceived(sector: str) -> list[dict[str, Any]]:
    """SERVPERF: what was perceived, one question for each statement."""
    return [_question(f"p_{key}", dimension, texts, "perceived") for key, dimension, texts in statements(sector)]


def both(sector: str) -> list[dict[str, Any]]:
    """SERVQUAL: each statement as expected and as perceived, and points for the dimensions."""
    questions = []
    for key, dimension, texts in statements(sector):
        questions.append(_question(f"e_{key}", dimension, _after(SHOULD_BE_SO, texts), "expected"))
        questions.append(_question(f"p_{key}", dimension, _after(WAS_SO, texts), "perceived"))
    return [*questions, IMPORTANCE]


IMPORTANCE: dict[str, Any] = {
    "key": "importance",
    "kind": "points",
    "required": False,
    "texts": {
        "uz": "Siz uchun nima muhimroq? 100 ballni boʻlib bering.",
        "ru": "Что для вас важнее? Распределите 100 баллов.",
        "en": "What matters more to you? Share out 100 points.",
    },
    "options": DIMENSIONS,
}


def _texts(kept: Texts) -> Texts:
    return {language: kept[language] for language in ("uz", "ru", "en")}


def _after(beginning: Texts, texts: Texts) -> Texts:
    return {language: f"{beginning[language]}: {_small(texts[language])}" for language in texts}


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def _question(key: str, dimension: str, texts: Texts, measure: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "scale",
        "texts": texts,
        "low": 1,
        "high": HIGH,
        "ends": list(ENDS),
        "measure": measure,
        "dimension": dimension,
        "may_not_apply": True,
    }
