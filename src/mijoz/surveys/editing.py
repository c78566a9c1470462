"""The questions as the editor shows and posts them: a list of plain dictionaries that need not be right yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from mijoz.surveys.definition import LANGUAGES

KINDS = ("scale", "choice", "text", "points")
HIGHS = ("5", "7", "10")
LINE = re.compile(r"\r?\n")


def from_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the editor's fields show of a definition."""
    bad = document.get("bad") or {}
    return {
        "introductions": dict(document.get("introductions") or {}),
        "thanks": dict(document.get("thanks") or {}),
        "bad": {"question": bad.get("question", ""), "op": bad.get("op", "<="), "value": bad.get("value", "")},
        "questions": [_shown(question) for question in document["questions"]],
    }


def _shown(question: Mapping[str, Any]) -> dict[str, Any]:
    show_if = question.get("show_if") or {}
    options = question.get("options") or {}
    return {
        **question,
        "options": {code: "\n".join(texts.get(code, "") for texts in options.values()) for code in LANGUAGES},
        "option_keys": " ".join(options),
        "ends": question.get("ends") or [{}, {}],
        "show_question": show_if.get("question", ""),
        "show_op": show_if.get("op", "<="),
        "show_value": show_if.get("value", ""),
        "required": question.get("required", True),
    }


def posted(form: QueryDict) -> dict[str, Any]:
    """The editor as it was posted, with what the pressed button `do` asks for done: up:2, down:2, remove:2, copy:2,
    add:scale. Questions stand in the order of the posted `place` values."""
    questions = [_posted_question(form, place) for place in form.getlist("place") if place.isdigit()]
    _do(questions, form.get("do", ""))
    return {
        "introductions": _texts(form, "introduction"),
        "thanks": _texts(form, "thanks"),
        "bad": {name: form.get(f"bad_{name}", "").strip() for name in ("question", "op", "value")},
        "questions": questions,
    }


def _do(questions: list[dict[str, Any]], deed: str) -> None:
    verb, _colon, what = deed.partition(":")
    if verb == "add" and what in KINDS:
        questions.append(_empty(what, taken={question["key"] for question in questions}))
        return
    place = int(what) if what.isdigit() else -1
    if not 0 <= place < len(questions):
        return
    if verb == "remove":
        del questions[place]
    elif verb == "copy":
        twin = {**questions[place]}
        twin["key"] = _free(twin["key"], {question["key"] for question in questions})
        questions.insert(place + 1, twin)
    elif verb in {"up", "down"}:
        other = place + (1 if verb == "down" else -1)
        if 0 <= other < len(questions):
            questions[place], questions[other] = questions[other], questions[place]


def _free(wanted: str, taken: set[str]) -> str:
    base = re.sub(r"_\d+$", "", wanted)[:36] or "question"
    return next(key for number in range(2, len(taken) + 3) if (key := f"{base}_{number}") not in taken)


def _empty(kind: str, *, taken: set[str]) -> dict[str, Any]:
    key = "question_1" if "question_1" not in taken else _free("question_1", taken)
    question: dict[str, Any] = {"key": key, "kind": kind, "texts": {}, "required": kind != "text", "measure": ""}
    question |= {"dimension": "", "show_question": "", "show_op": "<=", "show_value": "", "ends": [{}, {}]}
    question |= {"low": 1, "high": 5, "may_not_apply": False, "many": False, "options": {}, "option_keys": ""}
    return question


def _texts(form: QueryDict, name: str) -> dict[str, str]:
    return {code: form.get(f"{name}_{code}", "").strip() for code in LANGUAGES}


def _posted_question(form: QueryDict, place: str) -> dict[str, Any]:
    def of(name: str) -> str:
        return form.get(f"{place}_{name}", "").strip()

    return {
        "key": of("key"),
        "kind": of("kind"),
        "texts": _texts(form, f"{place}_text"),
        "required": bool(of("required")),
        "measure": of("measure"),
        "dimension": of("dimension"),
        "low": 0 if of("measure") == "nps" or of("low") == "0" else 1,
        "high": int(of("high")) if of("high") in HIGHS else 5,
        "ends": [_texts(form, f"{place}_low_end"), _texts(form, f"{place}_high_end")],
        "may_not_apply": bool(of("may_not_apply")),
        "many": bool(of("many")),
        "options": _texts(form, f"{place}_options"),
        "option_keys": of("option_keys"),
        "show_question": of("show_question"),
        "show_op": of("show_op"),
        "show_value": of("show_value"),
    }


def document(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The definition that the editor's fields make, to be checked by `definition.parse`."""
    bad = draft["bad"]
    return {
        "introductions": _without_empty(draft["introductions"]),
        "thanks": _without_empty(draft["thanks"]),
        "questions": [_question(question) for question in draft["questions"]],
        "bad": {**bad, "value": _value(str(bad["value"]))} if bad["question"] else None,
    }


def _question(shown: Mapping[str, Any]) -> dict[str, Any]:
    kind = shown["kind"]
    made: dict[str, Any] = {name: shown[name] for name in ("key", "kind", "required", "measure", "dimension")}
    made["texts"] = _without_empty(shown["texts"])
    if shown["show_question"]:
        made["show_if"] = {
            "question": shown["show_question"],
            "op": shown["show_op"],
            "value": _value(str(shown["show_value"])),
        }
    if kind == "scale":
        ends = [_without_empty(end) for end in shown["ends"]]
        made |= {name: shown[name] for name in ("low", "high", "may_not_apply")}
        made["ends"] = ends if all(ends) else None
    elif kind in {"choice", "points"}:
        made["options"] = _options(shown)
        if kind == "choice":
            made["many"] = shown["many"]
    return made


def _options(shown: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Line by line the same option in each language; keys that were there before stay with their line."""
    lines = {
        code: [line.strip() for line in LINE.split(shown["options"].get(code, "")) if line.strip()]
        for code in LANGUAGES
    }
    keys = shown["option_keys"].split()
    most = max((len(each) for each in lines.values()), default=0)
    return {
        (keys[place] if place < len(keys) else f"option_{place + 1}"): {
            code: lines[code][place] for code in LANGUAGES if place < len(lines[code])
        }
        for place in range(most)
    }


def _without_empty(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in texts.items() if text}


def _value(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else text
