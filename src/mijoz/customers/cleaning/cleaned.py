"""What a cleaning gives back, and what may be wrong with a cell, said as a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

TROUBLES = {
    "not_a_phone": _("not a phone"),
    "phone_too_short": _("the phone has too few digits"),
    "phone_too_long": _("the phone has too many digits"),
    "phone_unused": _("no phone of this kind is given out in its country"),
    "phone_made_up": _("a made-up phone"),
    "phone_extension": _("the extension %(detail)s stands only in the original"),
    "not_an_email": _("not an e-mail"),
    "email_made_up": _("a made-up e-mail"),
    "email_typo": _("perhaps a slip: was %(detail)s meant?"),
    "not_a_date": _("not a date"),
    "date_impossible": _("there is no such day"),
    "date_future": _("the date lies in the future"),
    "date_too_old": _("nobody alive was born then"),
    "date_year_only": _("only a year"),
    "date_no_year": _("the year is missing"),
    "date_made_up": _("a date that programs write for an empty one"),
    "name_no_letters": _("a name without letters"),
    "name_made_up": _("a word for no name"),
    "name_is_phone": _("a phone where a name should be"),
    "name_is_email": _("an e-mail where a name should be"),
    "name_digits": _("there are digits in the name"),
    "not_a_gender": _("not a gender we know"),
    "not_a_language": _("not a language we know"),
    "not_an_answer": _("neither yes nor no"),
    "inferred": _("not told, but follows from the name"),
    "too_long": _("longer than can be kept"),
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cell as it should be, beside what was given.

    `value` is "" when the original cannot be read as what it should be. `trouble` is "" or a key of TROUBLES, with a
    detail after a blank; with a value it points something out, without one it says why there is none. `more` are
    further values of the same kind that stood in the cell.
    """

    value: str
    original: str
    trouble: str = ""
    more: tuple[str, ...] = ()


def sentence(trouble: str) -> str:
    """A trouble in the reader's language; what is unknown comes back as it is."""
    code, _blank, detail = trouble.partition(" ")
    if code not in TROUBLES:
        return trouble
    return str(TROUBLES[code]) % {"detail": detail}
