"""What a survey asks, as data. JSON such as

    {"thanks": {...}, "questions": [
        {"key": "nps", "kind": "scale", "measure": "nps", "texts": {...}, "low": 0, "high": 10, "ends": [{...}, {...}]},
        {"key": "why", "kind": "text", "texts": {...}, "required": false,
         "show_if": {"question": "nps", "op": "<=", "value": 6}}]}

`parse` makes one of it or says what is wrong. Texts are objects by language. A question is shown only when what it
depends on was answered like this; one that is not shown is not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from mijoz.segments.models import in_language

MOST_QUESTIONS = 60
LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_CHOICE = 300, 2_000, 100
LANGUAGES = ("uz", "ru", "en")
Measure = Literal["", "nps", "csat", "ces", "expected", "perceived", "indicator", "ease", "safety"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Texts = dict[Literal["uz", "ru", "en"], str]
Answer = int | str | list[str] | dict[str, int] | None


class DefinitionRefused(ValueError):
    """The questions cannot be used; the text says which and why."""


class AnswerRefused(ValueError):
    """An answer cannot be used; `question` is its key."""

    def __init__(self, message: str, *, question: str) -> None:
        super().__init__(message)
        self.question = question


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShowIf(_Part):
    """Shown when the answer to an earlier question compares like this; an answer that is not there fits nothing."""

    question: str
    op: Literal["<=", ">=", "=", "!="]
    value: int | str

    def fits(self, answers: Mapping[str, Answer]) -> bool:
        given = answers.get(self.question)
        if given is None:
            return False
        if isinstance(given, list):
            return (str(self.value) in given) == (self.op == "=")
        if isinstance(given, int) and isinstance(self.value, int):
            compared = {"<=": given <= self.value, ">=": given >= self.value}
            return compared.get(self.op, (given == self.value) == (self.op == "="))
        return self.op in {"=", "!="} and (str(given) == str(self.value)) == (self.op == "=")


class _Question(_Part):
    key: Key
    texts: Texts
    required: bool = True
    show_if: ShowIf | None = None
    measure: Measure = ""
    dimension: str = ""

    @property
    def text(self) -> str:
        return in_language(_plain(self.texts))


class Scale(_Question):
    """A number from `low` to `high`; `ends` are the words at both ends. `may_not_apply` offers to say so."""

    kind: Literal["scale"]
    low: Annotated[int, Field(ge=0, le=1)] = 1
    high: Annotated[int, Field(ge=2, le=10)]
    ends: tuple[Texts, Texts] | None = None
    may_not_apply: bool = False

    @property
    def values(self) -> range:
        return range(self.low, self.high + 1)

    @property
    def words(self) -> tuple[str, str]:
        return (in_language(_plain(self.ends[0])), in_language(_plain(self.ends[1]))) if self.ends else ("", "")


class Choice(_Question):
    """One of several, or with `many` any number of them."""

    kind: Literal["choice"]
    options: Annotated[dict[Key, Texts], Field(min_length=2, max_length=20)]
    many: bool = False

    @property
    def labels(self) -> list[tuple[str, str]]:
        return [(key, in_language(_plain(texts))) for key, texts in self.options.items()]


class Text(_Question):
    """An answer in the customer's own words."""

    kind: Literal["text"]


class Points(_Question):
    """A hundred points shared out over the options, such as the five dimensions."""

    kind: Literal["points"]
    options: Annotated[dict[Key, Texts], Field(min_length=2, max_length=10)]
    total: int = 100

    @property
    def labels(self) -> list[tuple[str, str]]:
        return [(key, in_language(_plain(texts))) for key, texts in self.options.items()]


Question = Annotated[Scale | Choice | Text | Points, Field(discriminator="kind")]


class Definition(_Part):
    """`bad` says from which answer on somebody is called: {"question": "nps", "op": "<=", "value": 6}."""

    introductions: Texts = Field(default_factory=dict)
    thanks: Texts = Field(default_factory=dict)
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
    bad: ShowIf | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Definition:
        seen: dict[str, Any] = {}
        for question in self.questions:
            if question.key in seen:
                raise ValueError(_("Two questions have the key “%(key)s”.") % {"key": question.key})
            _check_texts(question)
            if question.show_if and question.show_if.question not in seen:
                raise ValueError(
                    _("“%(key)s” depends on a question that does not stand before it.") % {"key": question.key}
                )
            seen[question.key] = question
        if self.bad and self.bad.question not in seen:
            raise ValueError(_("The answer that opens a follow-up belongs to a question that is not there."))
        return self

    @property
    def introduction(self) -> str:
        return in_language(_plain(self.introductions))

    @property
    def thank_you(self) -> str:
        return in_language(_plain(self.thanks))

    def question(self, key: str) -> Scale | Choice | Text | Points | None:
        return next((question for question in self.questions if question.key == key), None)

    def shown(self, answers: Mapping[str, Answer]) -> list[Scale | Choice | Text | Points]:
        """The questions that these answers lead to, in order."""
        return [question for question in self.questions if question.show_if is None or question.show_if.fits(answers)]

    def document(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def _check_texts(question: Scale | Choice | Text | Points) -> None:
    asked = [question.texts, *(question.options.values() if isinstance(question, Choice | Points) else [])]
    for texts in asked:
        missing = [language for language in LANGUAGES if not texts.get(language, "").strip()]  # type: ignore[call-overload]
        if missing:
            raise ValueError(
                _("“%(key)s” has no text in %(language)s.") % {"key": question.key, "language": ", ".join(missing)}
            )
        if max(len(text) for text in texts.values()) > LONGEST_QUESTION:
            raise ValueError(
                _("“%(key)s” is longer than %(most)d signs.") % {"key": question.key, "most": LONGEST_QUESTION}
            )


def _plain(texts: Texts) -> dict[str, str]:
    return {str(language): text for language, text in texts.items()}


def parse(document: Any) -> Definition:
    """Raises DefinitionRefused with a sentence."""
    try:
        return Definition.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise DefinitionRefused(f"{where}: {reason}" if where else reason) from error


def checked_answers(definition: Definition, given: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers to the questions that they lead to, each of the right kind; what was not asked is left out.

    Raises AnswerRefused at the first one that is missing or wrong.
    """
    answers: dict[str, Answer] = {}
    for question in definition.questions:
        if question.show_if is not None and not question.show_if.fits(answers):
            continue
        raw = given.get(question.key)
        if raw in (None, "", []) and not (isinstance(question, Scale) and question.key in given and raw is None):
            if question.required:
                raise AnswerRefused(_("Please answer this one."), question=question.key)
            continue
        answers[question.key] = _checked(question, raw)
    return answers


def _checked(question: Scale | Choice | Text | Points, raw: Any) -> Answer:
    match question:
        case Scale():
            if raw is None:
                if question.may_not_apply:
                    return None
                raise AnswerRefused(_("Please answer this one."), question=question.key)
            if not isinstance(raw, int) or isinstance(raw, bool) or raw not in question.values:
                raise AnswerRefused(
                    _("Choose a number from %(low)d to %(high)d.") % {"low": question.low, "high": question.high},
                    question=question.key,
                )
            return raw
        case Choice():
            chosen = raw if isinstance(raw, list) else [raw]
            if not all(isinstance(each, str) and each in question.options for each in chosen):
                raise AnswerRefused(_("Choose one of the answers shown."), question=question.key)
            return list(dict.fromkeys(chosen)) if question.many else chosen[0]
        case Points():
            return _checked_points(question, raw)
        case Text():
            text = str(raw).replace("\x00", "").strip()
            if len(text) > LONGEST_ANSWER:
                raise AnswerRefused(
                    _("At most %(most)d signs, please.") % {"most": LONGEST_ANSWER}, question=question.key
                )
            return text


def _checked_points(question: Points, raw: Any) -> Answer:
    right = (
        isinstance(raw, dict)
        and raw.keys() == question.options.keys()
        and all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in raw.values())
        and sum(raw.values()) == question.total
    )
    if not right:
        raise AnswerRefused(_("Share out %(total)d points in all.") % {"total": question.total}, question=question.key)
    return raw
