"""Connecting a Telegram chat with a customer: by a key that they were given, or by their own phone.

Nothing is written into a customer by hand: what the log is told of leads the identity to its customer, as from any
source, and a phone that Telegram vouches for counts as proved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from mijoz.channels.models import Channel
from mijoz.channels.telegram.transport import KIND, chats_of
from mijoz.channels.telegram.updates import Contact, Person
from mijoz.customers.actions import describe
from mijoz.customers.identity import changing, merging
from mijoz.customers.identity.grouping import Alike, Bar
from mijoz.customers.identity.linking import LINKED as SAID_TO_BE_ONE
from mijoz.customers.models import Customer, Ownership
from mijoz.customers.queries import event_identity, root_of
from mijoz.events.actions import OWN_SOURCE, identify, record
from mijoz.events.models import Event, Identity
from mijoz.events.types import IdentityKey, NewEvent

LINKED = "channel_linked"
LANGUAGES = dict(django_settings.LANGUAGES)
LONGEST_NAME = 100


class KeyUsed(Exception):
    """The key has connected a chat before."""


class OfAnother(Exception):
    """This chat leads to another customer already, or is used by several; staff decide who is who."""


@dataclass(frozen=True, slots=True)
class Chatting:
    """Somebody in the bot: `account` is the bot's number, under which their own means something."""

    account: str
    person: Person

    @property
    def identity(self) -> IdentityKey:
        return (KIND, self.account, str(self.person.id))

    @property
    def chat(self) -> int:
        return self.person.id  # of a private chat it is the person's own number


def customer_of(who: Chatting) -> Customer | None:
    """The customer to whom this chat leads; None for a chat that several people use."""
    _kind, account, value = who.identity
    ownership = chats_of(account).select_related("customer").filter(identity__value=value).first()
    return None if ownership is None or ownership.customer.erased_at else ownership.customer


def connect_by_key(who: Chatting, customer_id: int, key: str, *, at: datetime) -> Customer:
    """Let the chat lead to the customer for whom the key was made. Raises KeyUsed, OfAnother or LookupError."""
    number = f"telegram/link/{hashlib.sha256(key.encode()).hexdigest()}"
    with transaction.atomic():
        root = root_of([customer_id]).get(customer_id, customer_id)
        customer = Customer.objects.select_for_update(no_key=True).filter(pk=root, erased_at=None).first()
        if customer is None:
            raise LookupError(customer_id)
        known = customer_of(who)
        if known is None:
            if _is_shared(who):
                raise OfAnother
            _connect(who, customer, number, at=at)
        elif known.pk != customer.pk:
            _ask_staff(known, customer, who, at=at)
    if known is not None and known.pk != customer.pk:
        raise OfAnother
    return customer


def _is_shared(who: Chatting) -> bool:
    kind, account, value = who.identity
    return Ownership.objects.filter(
        identity__kind=kind, identity__account=account, identity__value=value, retired_at=None, is_shared=True
    ).exists()


def _connect(who: Chatting, customer: Customer, number: str, *, at: datetime) -> None:
    """Raises KeyUsed."""
    if Event.objects.filter(source__name=OWN_SOURCE, message_id=number).exists():
        raise KeyUsed
    own = event_identity(customer)
    identify([own])
    record([_linked(number, own, who.identity, how="link", at=at)])
    _prove(who.identity, at=at)
    _tell(customer, who.person, at=at)


def connect_by_phone(who: Chatting, contact: Contact, phone: str, *, number: str, at: datetime) -> Customer | None:
    """Let the chat lead to whom its phone leads to, who may be new; None when the phone leads to nobody alone.

    `phone` is in E.164, and Telegram says that it is the sender's own. `number` tells this deed from others.
    """
    own: IdentityKey = ("phone", "", phone)
    with transaction.atomic():
        identify([own])  # first, so that a new customer is one with a phone
        record([_linked(number, own, who.identity, how="contact", at=at)])
        _prove(own, at=at)
        _prove(who.identity, at=at)
        customer = customer_of(who)
        if customer is not None:
            named = who.person.model_copy(
                update={
                    "first_name": contact.first_name or who.person.first_name,
                    "last_name": contact.last_name or who.person.last_name,
                }
            )
            _tell(customer, named, at=at)
        return customer


def _linked(number: str, own: IdentityKey, other: IdentityKey, *, how: str, at: datetime) -> NewEvent:
    return NewEvent(
        message_id=number,
        type=LINKED,
        identity=own,
        occurred_at=at,
        channel=Channel.TELEGRAM,
        payload={"how": how},
        also=(other,),
    )


def _prove(key: IdentityKey, *, at: datetime) -> None:
    kind, account, value = key
    found = Identity.objects.filter(kind=kind, account=account, value=value).first()
    if found is not None:
        changing.prove(found, at=at)


def _tell(customer: Customer, person: Person, *, at: datetime) -> None:
    """What Telegram says of a person fills what nobody told us; it corrects nothing."""
    told: dict[str, Any] = {}
    if not (customer.first_name or customer.last_name):
        names = {
            "first_name": " ".join(person.first_name.split())[:LONGEST_NAME],
            "last_name": " ".join(person.last_name.split())[:LONGEST_NAME],
        }
        told |= {name: value for name, value in names.items() if value}
    language = language_told(person)
    if not customer.language and language:
        told["language"] = language
    if told:
        describe(customer, by=None, at=at, **told)


def language_told(person: Person) -> str:
    """The language of the person's Telegram where it is one of ours, else ""."""
    code = person.language_code.split("-")[0].lower()
    return code if code in LANGUAGES else ""


def _ask_staff(one: Customer, other: Customer, who: Chatting, *, at: datetime) -> None:
    """Keep for review that two records may be one: whoever has the chat of one was given the key of the other."""
    low, high = sorted((one.pk, other.pk))
    kind, account, value = who.identity
    chats = Identity.objects.filter(kind=kind, account=account, value=value).values_list("pk", flat=True)
    evidence = {"name": SAID_TO_BE_ONE, "identities": list(chats)}
    merging.suggest([(Alike(low, high, SAID_TO_BE_ONE, evidence), Bar.PROVED)], at=at)
