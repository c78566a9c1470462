"""A message of the outbox as an SMS: its text alone, and for marketing a short way out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import phonenumbers
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mijoz.channels import hooks
from mijoz.channels.lengths import in_small_letters, length
from mijoz.channels.models import Channel, ChannelAccount, Message
from mijoz.channels.public import links_reach_customers
from mijoz.channels.seals import seal_of
from mijoz.channels.sms.settings import SmsSettings
from mijoz.customers.models import Purpose

HOME = "+998"


def text_of(message: Message, settings: SmsSettings, *, customer: int) -> str:
    """What the customer reads, whose way out of marketing it is; 0 is nobody's. Raises LookupError without any."""
    text = message.text.strip()
    if message.purpose == Purpose.MARKETING:
        link = hooks.unsubscribe_link(customer, message.channel)
        with translation.override(message.language):
            way_out = _("No more SMS: %(link)s") % {"link": link}
        text = f"{text}\n{way_out}"
    return in_small_letters(text) if settings.plain_letters else text


def preview(message: Message) -> str:
    """The text as a customer would read it with the account of now, or with the one that most have.

    Its way out is nobody's: whoever looks at a message must not be able to answer for the customer.
    """
    try:
        return text_of(message, _settings_of_now(), customer=0)
    except LookupError:
        return message.text


def cost_of(text: str) -> Decimal | None:
    """What this text costs as an SMS, in the business's currency; None when nobody said what a part costs."""
    price = _settings_of_now().part_price
    return None if price is None else price * length(text).sms_parts


def _settings_of_now() -> SmsSettings:
    account = ChannelAccount.objects.filter(channel=Channel.SMS).order_by("-is_active", "-changed_at").first()
    return saved(account.settings) if account else SmsSettings(user="-@-")


def fields_of(text: str, *, phone: str, settings: SmsSettings, message: Message | None = None) -> dict[str, str]:
    """What Eskiz wants to know to send `text` to `phone` (E.164); it tells `message` from others and calls back."""
    fields = {"mobile_phone": phone.removeprefix("+"), "message": text, "from": settings.sender}
    if not phone.startswith(HOME):
        fields["country_code"] = phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
        fields["unicode"] = str(int(not length(text).is_plain))
    if message is not None:
        fields["user_sms_id"] = str(message.pk)
        if links_reach_customers():
            path = reverse("channels:sms_report", args=[message.pk, seal_of(message)])
            fields["callback_url"] = django_settings.PUBLIC_URL.rstrip("/") + path
    return fields


def saved(settings: Mapping[str, Any]) -> SmsSettings:
    return SmsSettings.model_validate(settings)
