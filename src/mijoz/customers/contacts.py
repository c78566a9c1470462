"""Phones and e-mails: how they are kept, how they are shown, and from whom they are hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from mijoz.business.models import Role
from mijoz.customers.models import Customer

HOME_REGION = "UZ"
UZBEK = re.compile(r"\+998(\d{2})(\d{3})(\d{2})(\d{2})")
HIDDEN_FROM = frozenset({Role.ANALYST})  # who works with figures and contacts nobody
DOTS = "•••"


class NotAPhone(ValueError):
    """What was typed is no phone that can be called."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """A customer's contacts as one role sees them; what is hidden has no address to call or write to."""

    phone: str
    phone_url: str
    email: str
    email_url: str


def hidden_from(role: str) -> bool:
    return role in HIDDEN_FROM


def normal_phone(text: str) -> str:
    """The phone in E.164, such as +998901234567; a national number is one of Uzbekistan. Raises NotAPhone."""
    digits = re.sub(r"\D", "", text)
    international = f"+{digits}" if text.strip().startswith("+") or digits.startswith("998") else text
    try:
        number = phonenumbers.parse(international, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone(text) from error
    if re.search(r"[^\W\d_]", text) or not phonenumbers.is_possible_number(number):
        raise NotAPhone(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spaced(phone: str) -> str:
    """The phone as people read it: +998 90 123 45 67. What is no phone in E.164 comes back as it is."""
    if home := UZBEK.fullmatch(phone):
        return f"+998 {' '.join(home.groups())}"
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked_phone(phone: str) -> str:
    """Only the country and the last two digits: +998 ••• 67."""
    if not phone:
        return ""
    country = phone[:4] if phone.startswith("+998") else phone[:2]
    return f"{country} {DOTS} {phone[-2:]}"


def masked_email(email: str) -> str:
    """Only the first letter and the last part of the domain: a•••.uz."""
    return f"{email[0]}{DOTS}.{email.rpartition('.')[2]}" if email else ""


def contacts_of(customer: Customer, *, hidden: bool) -> Contacts:
    if hidden:
        return Contacts(masked_phone(customer.phone), "", masked_email(customer.email), "")
    return Contacts(
        phone=spaced(customer.phone),
        phone_url=f"tel:{customer.phone}" if customer.phone else "",
        email=customer.email,
        email_url=f"mailto:{customer.email}" if customer.email else "",
    )


def shown(kind: str, value: str, *, hidden: bool) -> str:
    """The value of an identity as a role sees it."""
    if kind == "phone":
        return masked_phone(value) if hidden else spaced(value)
    if kind == "email":
        return masked_email(value) if hidden else value
    return f"{DOTS}{value[-2:]}" if hidden and kind != "customer_number" else value
