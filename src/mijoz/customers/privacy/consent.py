"""Taking a customer's answer with its proof, and asking for a second yes where the business wants one."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mijoz.business.models import StaffMember
from mijoz.business.queries import business as current_business
from mijoz.customers import hooks
from mijoz.customers.actions import answer_consent
from mijoz.customers.identity import changing
from mijoz.customers.models import Confirmation, Customer, PrivacySettings, Purpose
from mijoz.customers.privacy import links
from mijoz.customers.privacy.texts import Words
from mijoz.customers.queries import root_of, whole
from mijoz.events.models import Identity

LANGUAGES = dict(django_settings.LANGUAGES)
CONFIRM_WITHIN = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=5)
MOST_A_DAY = 3


class AskedTooOften(Exception):
    """The letter that asks to confirm went out a moment ago, or often enough today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How we know of an answer: the words and their version, where it was given, from which network, who wrote it."""

    text: str
    text_version: str = ""
    through: str  # portal, staff, import, form
    place: str = ""  # the page or form
    network: str = ""
    by: StaffMember | None = None
    proved_address: str = ""  # whoever answered has shown that this address is theirs


def settings() -> PrivacySettings:
    return PrivacySettings.objects.filter(pk=1).first() or PrivacySettings()


def truncated(address: str) -> str:
    """The beginning of a network address, which leads to no single person: 24 bits of IPv4, 48 of IPv6.

    >>> truncated("203.0.113.77"), truncated("2001:db8:1:2::3"), truncated("unknown")
    ('203.0.113.0', '2001:db8:1::', '')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False).network_address)


def proof_of(words: Words, *, through: str, place: str, network: str = "", proved_address: str = "") -> Proof:
    """The proof of an answer to these words; the network is kept only where the business keeps it."""
    kept = truncated(network) if settings().keeps_network else ""
    return Proof(
        text=words.agreement,
        text_version=words.version,
        through=through,
        place=place,
        network=kept,
        proved_address=proved_address,
    )


def take(
    customer: Customer, *, purpose: Purpose | str, channel: str, granted: bool, proof: Proof, at: datetime
) -> Confirmation | None:
    """Keep the answer; a yes that needs a second one is asked for by e-mail and returned, and does not count yet.

    Raises AskedTooOften when that letter went out a moment ago.
    """
    if granted and needs_confirming(customer, purpose, channel=channel, proved_address=proof.proved_address):
        return _ask_to_confirm(customer, purpose=str(purpose), channel=channel, proof=proof, at=at)
    with transaction.atomic():
        answer_consent(
            customer,
            purpose=purpose,
            granted=granted,
            channel=channel,
            proof=proof.text,
            through=proof.through,
            at=at,
            by=proof.by,
            details={"text_version": proof.text_version, "place": proof.place, "network": proof.network},
        )
        if not granted:
            Confirmation.objects.filter(customer=customer, purpose=purpose, confirmed_at=None).delete()
            if purpose == Purpose.PROFILING and not channel:
                hooks.service_stopped(whole(customer), at)
    return None


def needs_confirming(customer: Customer, purpose: Purpose | str, *, channel: str, proved_address: str) -> bool:
    """Whether a yes counts only after a press on a link sent to the customer's e-mail."""
    concerns_mail = channel in {"email", ""} and bool(customer.email)
    return concerns_mail and str(purpose) in settings().confirmed_purposes and proved_address != customer.email


def waiting(customer: Customer, *, at: datetime) -> dict[tuple[str, str], Confirmation]:
    """The answers of the customer that wait to be confirmed, by purpose and channel."""
    found = Confirmation.objects.filter(customer=customer, confirmed_at=None, expires_at__gt=at).order_by("asked_at")
    return {(one.purpose, one.channel): one for one in found}


def _ask_to_confirm(customer: Customer, *, purpose: str, channel: str, proof: Proof, at: datetime) -> Confirmation:
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        today = Confirmation.objects.filter(customer=customer, asked_at__gt=at - timedelta(days=1))
        if today.count() >= MOST_A_DAY or today.filter(purpose=purpose, asked_at__gt=at - AGAIN_AFTER).exists():
            raise AskedTooOften
        Confirmation.objects.filter(customer=customer, purpose=purpose, channel=channel, confirmed_at=None).delete()
        asked = Confirmation.objects.create(
            customer=customer,
            purpose=purpose,
            channel=channel,
            address=customer.email,
            text=proof.text,
            text_version=proof.text_version,
            given_through=proof.through,
            asked_by=proof.by,
            asked_at=at,
            expires_at=at + CONFIRM_WITHIN,
        )
        company = current_business()
        language = customer.language if customer.language in LANGUAGES else company.language
        with translation.override(language):
            hooks.write_to(
                hooks.Letter(
                    customer=customer,
                    address=customer.email,
                    language=language,
                    key=f"confirm/{asked.pk}",
                    subject=_("Please confirm: %(business)s") % {"business": company},
                    text=_(
                        "You said:\n“%(text)s”\n\nIf that was you, press this link, and it counts:\n%(link)s\n\n"
                        "If it was not you, do nothing: without the link it does not count."
                    )
                    % {"text": proof.text, "link": links.confirmation_address(asked)},
                    send_after=at,
                    expires_at=asked.expires_at,
                )
            )
    return asked


def confirm(asked: Confirmation, *, at: datetime, network: str = "") -> bool:
    """Let the answer count; False when it was confirmed before. The proof holds both moments."""
    with transaction.atomic():
        fresh = Confirmation.objects.select_for_update(no_key=True).filter(pk=asked.pk, confirmed_at=None).first()
        if fresh is None:
            return False
        Confirmation.objects.filter(pk=asked.pk).update(confirmed_at=at)
        details: dict[str, Any] = {
            "text_version": asked.text_version,
            "place": "confirmation",
            "asked_at": asked.asked_at.isoformat(),
            "confirmed_at": at.isoformat(),
            "network": truncated(network) if settings().keeps_network else "",
        }
        answer_consent(
            asked.customer,
            purpose=asked.purpose,
            granted=True,
            channel=asked.channel,
            proof=asked.text,
            through=asked.given_through,
            at=at,
            by=asked.asked_by,
            details=details,
        )
        theirs = Identity.objects.filter(kind=asked.channel, account="", value=asked.address.lower())
        for identity in theirs.filter(ownership__customer__in=root_of(whole(asked.customer)).values()):
            changing.prove(identity, at=at)
    return True
