"""One person as our tables know them: all customers that became one, all identities, and what to search for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db.models import Q

from mijoz.customers.models import Customer, Ownership, Trait
from mijoz.customers.queries import root_of, whole

NAMES = ("last_name", "first_name", "patronymic")
CONTACTS = ("phone", "email")
OWN_KINDS = frozenset({"customer", "erased"})  # our own number tells nobody who somebody is
SHORTEST_NAME = 3
SHORTEST_TEXT = 6
SHORTEST_DIGITS = 9
APOSTROPHES = "ʻʼ'‘’`"
HOME_DIGITS = re.compile(r"998(\d{9})")


@dataclass(frozen=True, slots=True)
class Needles:
    """What a search for a person looks for: only what no other living customer has too."""

    phones: tuple[str, ...] = ()  # digits alone
    texts: tuple[str, ...] = ()  # e-mails, cards, ids of messengers, addresses
    names: tuple[str, ...] = ()
    shared: int = 0  # how many were left out since somebody else has them too

    def __bool__(self) -> bool:
        return bool(self.phones or self.texts or self.names)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "phones": len(self.phones),
            "identities": len(self.texts),
            "names": len(self.names),
            "shared_with_others": self.shared,
        }

    def pattern(self) -> str:
        """A regular expression that Python and PostgreSQL read alike; to be used without regard to case."""
        parts = [_phone_pattern(digits) for digits in self.phones]
        parts += [rf"(?<!\w){_spelt(text)}(?!\w)" for text in (*self.texts, *self.names)]
        return "|".join(parts)

    def strong(self) -> Needles:
        """Without the names, which may be those of a namesake in somebody else's file."""
        return Needles(self.phones, self.texts)


@dataclass(frozen=True, slots=True)
class Person:
    customers: tuple[int, ...]  # the root first, then all that it absorbed
    identities: tuple[int, ...]
    needles: Needles = field(default_factory=Needles)

    @property
    def number(self) -> int:
        return self.customers[0]


def person_of(customer: Customer) -> Person:
    """The person behind a customer, with all that was merged into them."""
    root = Customer.objects.get(pk=root_of([customer.pk]).get(customer.pk, customer.pk))
    customers = tuple(whole(root))
    owned = Ownership.objects.filter(Q(customer__in=customers) | Q(home__in=customers))
    identities = tuple(owned.values_list("identity_id", flat=True))
    return Person(customers, identities, _needles(customers, identities))


def _needles(customers: tuple[int, ...], identities: tuple[int, ...]) -> Needles:
    phones: set[str] = set()
    texts: set[str] = set()
    names: set[str] = set()

    def tell(kind: str, value: str) -> None:
        value = value.strip()
        digits = re.sub(r"\D", "", value)
        if kind == "phone":
            if len(digits) >= SHORTEST_DIGITS:
                phones.add(HOME_DIGITS.sub(r"\1", digits))
        elif kind in NAMES:
            if len(value) >= SHORTEST_NAME:
                names.add(value)
        elif len(value) >= SHORTEST_TEXT and (not value.isdigit() or len(value) >= SHORTEST_DIGITS):
            texts.add(value)

    for row in Customer.objects.filter(pk__in=customers).values(*NAMES, *CONTACTS, "address"):
        for kind, value in row.items():
            tell(kind, value or "")
    owned = Ownership.objects.filter(identity__in=identities).exclude(identity__kind__in=OWN_KINDS)
    for kind, value in owned.values_list("identity__kind", "identity__value"):
        tell(kind, value)
    told = Trait.objects.filter(identity__in=identities, name__in=(*NAMES, *CONTACTS, "address"))
    for kind, value, original in told.values_list("name", "value", "original"):
        tell(kind, value)
        tell(kind, original)
    return _alone(phones, texts, names, customers=customers)


def _alone(phones: set[str], texts: set[str], names: set[str], *, customers: tuple[int, ...]) -> Needles:
    """Those that no other living customer has: a namesake's name, or a phone that became somebody else's, stays."""
    others = Customer.objects.exclude(pk__in=customers).filter(erased_at=None, merged_into=None)
    taken = {phone for phone in phones if others.filter(phone__endswith=phone).exists()}
    said = {text for text in texts if others.filter(Q(email__iexact=text) | Q(address__iexact=text)).exists()}
    named = {
        name
        for name in names
        if others.filter(Q(last_name__iexact=name) | Q(first_name__iexact=name) | Q(patronymic__iexact=name)).exists()
    }
    return Needles(
        tuple(sorted(phones - taken)),
        tuple(sorted(texts - said)),
        tuple(sorted(names - named)),
        shared=len(taken | said | named),
    )


def _phone_pattern(digits: str) -> str:
    """The digits as people write them, with blanks, dashes and brackets between."""
    return r"(?<![0-9])(?:\+?998[^0-9\n]{0,2})?" + r"[^0-9\n]{0,2}".join(digits) + "(?![0-9])"


def _spelt(text: str) -> str:
    """The text in any case and with any apostrophe."""
    return "".join(_letter(letter) for letter in text)


def _letter(letter: str) -> str:
    if letter in APOSTROPHES:
        return f"[{APOSTROPHES}]"
    forms = dict.fromkeys((letter, letter.lower(), letter.upper()))
    if len(forms) > 1 and all(len(form) == 1 for form in forms):
        return f"[{''.join(forms)}]"
    return re.sub(r"([^\w\s])", r"\\\1", letter)


def compiled(needles: Needles) -> re.Pattern[str]:
    return re.compile(needles.pattern(), re.IGNORECASE)


def loose(needles: Needles) -> str:
    """A pattern that finds all that the exact one finds and perhaps more, for engines that cannot look around."""
    parts = [r"[^0-9\n]{0,2}".join(digits) for digits in needles.phones]
    parts += [_spelt(text) for text in (*needles.texts, *needles.names)]
    return f"(?i){'|'.join(parts)}" if parts else ""
