"""SMS by Eskiz.uz. It knows no keys: a message whose answer never came is not given twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import phonenumbers

from mijoz.channels.models import Channel, ChannelAccount, Message
from mijoz.channels.reports.report import BOUNCED, DELIVERED
from mijoz.channels.sealing import SealBroken, unseal
from mijoz.channels.sms import trouble
from mijoz.channels.sms.compose import HOME, fields_of, saved, text_of
from mijoz.channels.sms.eskiz import Gateway
from mijoz.channels.sms.settings import SmsSettings
from mijoz.channels.sms.trouble import Trouble
from mijoz.channels.transport import AccountUnusable, SendFailed
from mijoz.customers.models import Customer

AT_HOME = r"^\+998[0-9]{9}$"
ANYWHERE = r"^\+[1-9][0-9]{7,14}$"
# Whether the account of now writes to numbers of other countries.
ABROAD = """
    EXISTS (SELECT FROM channels_channelaccount a
            WHERE a.channel = 'sms' AND a.is_active AND a.settings @> '{"abroad": true}')
"""


class SmsSession:
    def __init__(self, gateway: Gateway, settings: SmsSettings) -> None:
        self._gateway, self._settings = gateway, settings

    def send(self, message: Message, *, address: str, at: datetime) -> str:
        try:
            text = text_of(message, self._settings, customer=message.customer_id or 0)
        except LookupError as error:
            raise AccountUnusable(Trouble.NO_UNSUBSCRIBING, str(error)) from error
        return self._give(text, address, message)

    def send_trial(self, message: Message, *, address: str, at: datetime) -> str:
        return self._give(message.text.strip(), address, None)

    def _give(self, text: str, address: str, message: Message | None) -> str:
        if not can_be_reached(address, self._settings):
            raise SendFailed("no number that can be written to", permanent=True)
        fields = fields_of(text, phone=address, settings=self._settings, message=message)
        return self._gateway.send(fields, abroad=not address.startswith(HOME))


class EskizTransport:
    is_idempotent = False
    has_address = rf"(c.phone ~ '{AT_HOME}' OR (c.phone ~ '{ANYWHERE}' AND {ABROAD}))"

    def addresses(self, customers: set[int]) -> dict[int, str]:
        account = ChannelAccount.objects.filter(channel=Channel.SMS, is_active=True).first()
        pattern = ANYWHERE if account and saved(account.settings).abroad else AT_HOME
        found = Customer.objects.filter(pk__in=customers, phone__regex=pattern)
        return dict(found.values_list("pk", "phone"))

    def outcomes(self, account: ChannelAccount) -> frozenset[str]:
        return frozenset({DELIVERED, BOUNCED})

    def hears(self, account: ChannelAccount) -> bool:
        return True

    @contextmanager
    def open(self, account: ChannelAccount) -> Iterator[SmsSession]:
        with opened(account) as gateway:
            gateway.sign_in()
            yield SmsSession(gateway, saved(account.settings))

    def explain(self, kind: str, detail: str, settings: Mapping[str, Any]) -> str:
        return trouble.explain(kind, detail, settings)


@contextmanager
def opened(account: ChannelAccount) -> Iterator[Gateway]:
    """The gateway of the account. Raises AccountUnusable."""
    try:
        password = unseal(account.sealed_secret)
    except SealBroken as error:
        raise AccountUnusable(Trouble.SECRET_UNREADABLE) from error
    gateway = Gateway(saved(account.settings), password)
    try:
        yield gateway
    finally:
        gateway.close()


def can_be_reached(phone: str, settings: SmsSettings) -> bool:
    """Whether this is a number to which the account writes."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    is_whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == phone
    return is_whole and phonenumbers.is_possible_number(number) and (settings.abroad or phone.startswith(HOME))
