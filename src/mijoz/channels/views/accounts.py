"""Settings of the channels: the mail server, a test of it, its trouble."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.channels import actions, queries
from mijoz.channels.forms import PROVIDERS, MailServerForm
from mijoz.channels.models import Channel, ChannelAccount
from mijoz.channels.outbox import NewMessage
from mijoz.customers.models import Purpose

PRESETS = {
    key: {"host": provider.host, "port": provider.port, "security": provider.security}
    for key, provider in PROVIDERS.items()
}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Set up e-mail"))
def settings(request: StaffRequest) -> HttpResponse:
    saved = queries.account_to_set_up(Channel.EMAIL)
    initial = MailServerForm.values_of(saved, business_name=business().name)
    form = MailServerForm(request.POST or None, saved=saved, initial=initial)
    if request.method == "POST" and form.is_valid():
        server = form.settings()
        actions.set_up_account(
            Channel.EMAIL,
            name=server.shown[:100],
            settings=server.model_dump(),
            secret=form.secret(),
            at=timezone.now(),
        )
        messages.success(request, _("The mail server was saved. Send yourself a test message now."))
        return redirect("channels:settings")
    shown = {"form": form, "providers": PROVIDERS, "presets": json.dumps(PRESETS), **_state(saved)}
    return render(request, "channels/settings.html", shown, status=400 if form.errors else 200)


@require_POST
@allow(Role.MANAGER)
def send_test(request: StaffRequest) -> HttpResponse:
    """Send a test message to whoever asks, and say in words what came of it."""
    account = get_object_or_404(ChannelAccount, channel=Channel.EMAIL, is_active=True)
    at = timezone.now()
    message = NewMessage(
        customer_id=0,
        channel=Channel.EMAIL,
        purpose=Purpose.SERVICE,
        dedupe_key=f"test/{at:%Y%m%d%H%M%S%f}",
        language=get_language() or "uz",
        subject=_("A test message from Mijoz"),
        text=_("If you read this, your customers can get e-mail from you: everything is set up."),
        send_after=at,
    )
    try:
        actions.send_trial(message, account, to=request.staff.email, at=at)
    except actions.TrialFailed as failure:
        return render(request, "channels/_account.html", {"failure": str(failure), **_state(account)})
    return render(request, "channels/_account.html", {"sent_to": request.staff.email, **_state(account)})


@require_POST
@allow(Role.MANAGER)
def switch_off(request: StaffRequest) -> HttpResponse:
    account = get_object_or_404(ChannelAccount, channel=Channel.EMAIL, is_active=True)
    actions.switch_off(account, at=timezone.now())
    messages.success(request, _("E-mail is switched off. What is to go out waits."))
    return redirect("channels:settings")


def _state(account: ChannelAccount | None) -> dict[str, Any]:
    """What the page says of the account."""
    return {
        "account": account,
        "trouble": queries.trouble_in_words(account) if account else "",
        "waiting": queries.messages_waiting(Channel.EMAIL),
        "links_reach_customers": queries.links_reach_customers(),
    }
