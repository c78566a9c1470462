"""Settings of the channels: which there are and how each does, a test of it, switching it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.channels import actions, public, queries
from mijoz.channels.models import ChannelAccount
from mijoz.channels.outbox import NewMessage
from mijoz.channels.ways import WAYS, Way
from mijoz.customers.models import Purpose


@dataclass(frozen=True, slots=True)
class Row:
    """A channel with its account of now or of before, what is wrong with that, and how many messages wait for it."""

    way: Way
    account: ChannelAccount | None
    trouble: str
    waiting: int

    @property
    def is_on(self) -> bool:
        return self.account is not None and self.account.is_active


@require_GET
@allow(Role.MANAGER)
def channels(request: StaffRequest) -> HttpResponse:
    """Every channel by which customers can be written to."""
    accounts, waiting = queries.accounts_to_set_up(), queries.messages_waiting()
    troubles = queries.troubles_in_words()
    rows = [Row(way, accounts.get(key), troubles.get(key, ""), waiting.get(key, 0)) for key, way in WAYS.items()]
    shown = {"rows": rows, "links_reach_customers": public.links_reach_customers()}
    return render(request, "channels/channels.html", shown)


@require_POST
@allow(Role.MANAGER)
def send_test(request: StaffRequest, channel: str) -> HttpResponse:
    """Send a test message, and say in words what came of it."""
    way, account = _active(channel)
    at = timezone.now()
    message = NewMessage(
        customer_id=0,
        channel=channel,
        purpose=Purpose.SERVICE,
        dedupe_key=f"test/{at:%Y%m%d%H%M%S%f}",
        language=get_language() or "uz",
        subject=str(way.trial_subject),
        text=str(way.trial_text),
        send_after=at,
    )
    told: dict[str, Any]
    try:
        sent_to = way.trial_to(request)
        actions.send_trial(message, account, to=sent_to, at=at)
    except actions.TrialFailed as failure:
        told = {"failure": str(failure)}
    else:
        told = {"sent_to": sent_to}
    return render(request, "channels/_account.html", told | state(channel, account))


@require_POST
@allow(Role.MANAGER)
def switch_off(request: StaffRequest, channel: str) -> HttpResponse:
    way, account = _active(channel)
    way.off(account, at=timezone.now())
    messages.success(request, _("%(channel)s is switched off. What is to go out waits.") % {"channel": way.name})
    return redirect(way.page)


def state(channel: str, account: ChannelAccount | None) -> dict[str, Any]:
    """What the page of a channel says of its account."""
    return {
        "way": WAYS[channel],
        "account": account,
        "trouble": queries.trouble_in_words(account) if account else "",
        "waiting": queries.messages_waiting().get(channel, 0),
        "links_reach_customers": public.links_reach_customers(),
    }


def _active(channel: str) -> tuple[Way, ChannelAccount]:
    """The channel and the account that carries it now."""
    if channel not in WAYS:
        raise Http404(channel)
    return WAYS[channel], get_object_or_404(ChannelAccount, channel=channel, is_active=True)
