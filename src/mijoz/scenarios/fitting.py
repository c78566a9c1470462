"""What a field of a definition may hold; whatever else is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mijoz.customers.models import LANGUAGES

LANGUAGE_CODES = tuple(code for code, _name in LANGUAGES)
LARGEST_AMOUNT = Decimal(10) ** 11
KEY = re.compile(r"[a-z][a-z0-9_]*")

Texts = dict[str, str]


def in_language(code: str) -> str:
    """How to write or say something: in Uzbek."""
    return {
        "uz": pgettext("language", "in Uzbek"),
        "ru": pgettext("language", "in Russian"),
        "en": pgettext("language", "in English"),
    }[code]


def text_in(texts: Texts, *languages: str) -> str:
    """The text in the first of these languages that it has, else in any; "" when there is none."""
    return next((texts[code] for code in languages if texts.get(code)), next(iter(texts.values()), ""))


def problem(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("definition", "{sentence}", {"sentence": sentence})


def whole(low: int, high: int) -> BeforeValidator:
    def fit(given: Any) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            raise problem(_("A whole number from %(low)s to %(high)s is needed here.") % {"low": low, "high": high})
        return given

    return BeforeValidator(fit)


def share(high: float, *, above_zero: bool) -> BeforeValidator:
    def fit(given: Any) -> float:
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        if not is_number or given < 0 or given > high or (above_zero and given == 0):
            low = 1 if above_zero else 0
            raise problem(
                _("A share from %(low)s to %(high)s per cent is needed here.") % {"low": low, "high": round(high * 100)}
            )
        return float(given)

    return BeforeValidator(fit)


def texts(longest: int, *, required: bool = True) -> BeforeValidator:
    def fit(given: Any) -> Texts:
        if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
            raise problem(_("Texts are an object with a text for each language."))
        if strange := [code for code in given if code not in LANGUAGE_CODES]:
            raise problem(_("“%(code)s” is not one of our languages.") % {"code": strange[0]})
        texts = {code: given[code].strip() for code in LANGUAGE_CODES if given.get(code, "").strip()}
        if any("\x00" in text for text in texts.values()):
            raise problem(_("This is not a text."))
        if too_long := [code for code, text in texts.items() if len(text) > longest]:
            raise problem(
                _("The text %(in_language)s is longer than %(n)s characters.")
                % {"in_language": in_language(too_long[0]), "n": longest}
            )
        if required and not texts:
            raise problem(_("Write it in one language at least."))
        return texts

    return BeforeValidator(fit)


def one_of(values: Collection[str]) -> BeforeValidator:
    def fit(given: Any) -> str:
        if given not in values:
            raise problem(_("Choose one of: %(allowed)s.") % {"allowed": ", ".join(values)})
        return str(given)

    return BeforeValidator(fit)


def plain(longest: int) -> BeforeValidator:
    def fit(given: Any) -> str:
        if not isinstance(given, str) or "\x00" in given or len(given.strip()) > longest:
            raise problem(_("A text of at most %(n)s characters is needed here.") % {"n": longest})
        return given.strip()

    return BeforeValidator(fit)


def key(longest: int) -> BeforeValidator:
    return BeforeValidator(lambda given: as_key(given, longest))


def as_key(given: Any, longest: int) -> str:
    """What was given when it is a key; raises a problem."""
    if not isinstance(given, str) or len(given) > longest or not KEY.fullmatch(given):
        raise problem(
            _("A key is at most %(n)s small Latin letters, digits and _, such as second_visit.") % {"n": longest}
        )
    return given


def money() -> BeforeValidator:
    """An amount of the business's currency from nothing on, as a number or a text such as 12000.50."""

    def fit(given: Any) -> Decimal:
        try:
            amount = given if isinstance(given, Decimal) else Decimal(str(given).strip())
        except InvalidOperation:
            amount = Decimal("NaN")
        if isinstance(given, bool) or not amount.is_finite() or not 0 <= amount <= LARGEST_AMOUNT:
            raise problem(_("An amount of money is needed here, such as 12000."))
        return amount.quantize(Decimal("0.01"))

    return BeforeValidator(fit)
