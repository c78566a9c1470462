"""The worker that sends SMS is killed in the middle of its work, again and again: nothing is lost or sent twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from mijoz.business.models import Business
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.sms import eskiz as gateway
from mijoz.channels.sms.tests.stub import StubEskiz
from mijoz.channels.tests.conftest import new_message
from mijoz.channels.tests.test_kills import KILLS, send_and_be_killed
from mijoz.customers.models import Customer, Profile
from mijoz.events.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MESSAGES = 300


def test_at_most_what_was_in_flight_is_unknown_and_nothing_is_lost_or_sent_twice(
    business: Business, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    now = timezone.now()
    people = Customer.objects.bulk_create([Customer(phone=f"+998901{place:06d}") for place in range(MESSAGES)])
    Profile.objects.bulk_create([Profile(customer=one) for one in people])
    put_in_outbox(
        [
            new_message(
                one, one.phone, channel="sms", subject="", purpose="service", send_after=now - timedelta(minutes=1)
            )
            for one in people
        ]
    )
    assert send_and_be_killed("--seed", "3", "--eskiz", gateway.ADDRESS) == KILLS
    came = Counter(f"+{number}" for number in eskiz.numbers)
    settled = dict(Message.objects.values_list("dedupe_key", "status"))
    unknown = set(Message.objects.filter(reason=Reason.UNKNOWN_OUTCOME).values_list("dedupe_key", flat=True))
    sent = {phone for phone, status in settled.items() if status == Message.Status.SENT}
    assert sent | unknown == {one.phone for one in people}
    assert len(unknown) <= KILLS
    assert max(came.values()) == 1
    assert sent <= came.keys()
    assert Event.objects.filter(type="message_sent").count() == len(sent)
