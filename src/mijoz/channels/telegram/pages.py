"""The page of the bot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.channels import queries
from mijoz.channels.models import Channel, ChannelAccount
from mijoz.channels.telegram import actions, links, on_customers
from mijoz.channels.telegram.forms import BotForm
from mijoz.channels.telegram.settings import TelegramSettings
from mijoz.channels.views.accounts import state
from mijoz.ui import qr


@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Set up the Telegram bot"))
def settings(request: StaffRequest) -> HttpResponse:
    saved, at = queries.account_to_set_up(Channel.TELEGRAM), timezone.now()
    form = BotForm(
        request.POST or None, saved=saved, can_be_called=actions.can_be_called(), initial=BotForm.values_of(saved)
    )
    if request.method == "POST" and form.is_valid():
        token, phone = form.cleaned_data["token"] or None, form.cleaned_data["phone"]
        try:
            actions.set_up(token, phone=phone, receives_by=form.receiving, at=at)
        except actions.TokenRefused as refusal:
            form.add_error("token", str(refusal))
        else:
            messages.success(request, _("The bot was saved. Open it in Telegram to see that it works."))
            return redirect("channels:telegram")
    shown: dict[str, Any] = {"form": form, **state(Channel.TELEGRAM, saved)}
    if saved is not None and saved.is_active:
        bot = TelegramSettings.model_validate(saved.settings)
        address = _trial_address(bot, request.staff.pk)
        shown |= {
            "bot": bot,
            "silence": actions.silence_in_words(saved),
            "connected": on_customers.connected(bot),
            "picture": qr.svg(address, _("QR code that opens the bot")),
        }
    return render(request, "channels/telegram/settings.html", shown, status=400 if form.errors else 200)


@require_GET
@allow(Role.MANAGER, Role.MARKETER)
def trial(request: StaffRequest) -> HttpResponse:
    """Lead a member of staff into the bot, which then knows where to send them what they try out."""
    account = get_object_or_404(ChannelAccount, channel=Channel.TELEGRAM, is_active=True)
    return HttpResponseRedirect(_trial_address(TelegramSettings.model_validate(account.settings), request.staff.pk))


def _trial_address(bot: TelegramSettings, member: int) -> str:
    return f"{bot.address}?start={links.trial_key(bot.account, member, at=timezone.now())}"
