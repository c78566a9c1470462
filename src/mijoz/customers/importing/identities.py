"""Who bought: the number in the file's own system, else the phone, else the e-mail, else nobody."""

from __future__ import annotations

import re

import phonenumbers
import polars as pl

HOME_REGION = "UZ"
HOME_PHONE = r"^(?:\+?998)?[\s()-]*\d{2}[\s()-]*\d{3}[\s()-]*\d{2}[\s()-]*\d{2}$"
EMAIL = r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+$"
NOBODY = r"(?i)^(?:nan|null|none|n/?a|#n/a|-+|–|—)$"  # how programs write an empty cell
MEANT_AS_PHONE = r"(?:\d\D*){5}"


def numbers(cells: pl.Expr) -> pl.Expr:
    """Customer numbers: 17850.0 is 17850, and words for an empty cell are one."""
    number = cells.str.strip_chars().str.replace(r"^(\d+)\.0+$", "$1")
    return pl.when(number.str.contains(NOBODY)).then(pl.lit("")).otherwise(number)


def emails(cells: pl.Expr) -> pl.Expr:
    """E-mails in small letters; "" for what is none."""
    email = cells.str.strip_chars().str.to_lowercase()
    return pl.when(email.str.contains(EMAIL)).then(email).otherwise(pl.lit(""))


def phones(cells: pl.Series) -> pl.Series:
    """Phones in E.164; "" for what is none. A foreign spelling is looked at once, those of Uzbekistan all together."""
    told = cells.str.strip_chars()
    is_home = told.str.contains(HOME_PHONE)
    home = "+998" + told.str.replace_all(r"\D", "").str.tail(9)
    others = told.filter(~is_home & (told != "")).unique()
    if others.is_empty():
        return home.zip_with(is_home, told.clear().extend_constant("", told.len()))
    known = {spelling: e164(spelling) for spelling in others}
    return home.zip_with(is_home, told.replace_strict(known, default="", return_dtype=pl.String))


def e164(text: str) -> str:
    """The phone in E.164, with Uzbekistan's code when it has none; "" for what is no phone."""
    digits = re.sub(r"\D", "", text)
    international = f"+{digits}" if text.strip().startswith("+") or digits.startswith("998") else text
    try:
        number = phonenumbers.parse(international, HOME_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if re.search(r"[^\W\d_]", text) or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def identities(source: str) -> list[pl.Expr]:
    """Columns identity_kind, identity_account and identity_value from columns number, phone and email."""
    number, phone, email = pl.col("number"), pl.col("phone"), pl.col("email")
    kind = (
        pl.when(number != "")
        .then(pl.lit("customer_number"))
        .when(phone != "")
        .then(pl.lit("phone"))
        .when(email != "")
        .then(pl.lit("email"))
        .otherwise(pl.lit(""))
    )
    account = pl.when(number != "").then(pl.lit(source)).otherwise(pl.lit(""))
    value = pl.when(number != "").then(number).when(phone != "").then(phone).otherwise(email)
    return [kind.alias("identity_kind"), account.alias("identity_account"), value.alias("identity_value")]
