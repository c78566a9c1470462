"""Where Telegram calls, where links of messages lead, and the link by which a customer connects a chat."""

from __future__ import annotations

import json
import time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from mijoz.business.queries import business
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow, allow_anyone
from mijoz.channels import queries
from mijoz.channels.models import Channel
from mijoz.channels.telegram import actions, following, links, on_customers
from mijoz.channels.telegram.clicks import NowhereToGo
from mijoz.customers.models import Customer
from mijoz.customers.roles import DESCRIBERS
from mijoz.events.sources.rates import Bucket
from mijoz.ui import qr
from mijoz.ui.outside import hidden, shown_to_customer

BODY_BYTES = 1024 * 1024
BUCKET = Bucket(at_once=600, a_second=60)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of it


@csrf_exempt
@require_POST
@allow_anyone
def call(request: HttpRequest) -> HttpResponse:
    """Take one update that Telegram brings. What is of an unknown shape is answered with 200: again it helps nobody."""
    account = queries.account(Channel.TELEGRAM)
    if account is None or not account.settings.get("called_at"):
        return _refused(404, "Nothing is expected here.")
    if not actions.is_from_telegram(account, request.headers.get(SECRET_HEADER, "")):
        return _refused(401, "The call does not prove whose it is.")
    if not BUCKET.takes(account.pk, now=time.monotonic()):
        return _refused(429, "These are too many calls at once. Send it again later.")
    body = request.read(BODY_BYTES + 1)
    if len(body) > BODY_BYTES:
        return _refused(413, f"A call has at most {BODY_BYTES // 1024} KB.")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return JsonResponse({"taken": 0, "unreadable": True})
    return JsonResponse({"taken": actions.take(account, [told], at=timezone.now())})


@require_safe
@allow_anyone
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Lead on to where the link of a message leads."""
    try:
        target = following.target_of(token) if request.method == "HEAD" else following.follow(token, at=timezone.now())
    except NowhereToGo:
        return shown_to_customer(request, "channels/telegram/nowhere.html", {"business": business()}, status=404)
    return hidden(HttpResponseRedirect(target))


@require_GET
@allow(*DESCRIBERS, does=gettext_lazy("Invite a customer to the Telegram bot"))
def invite(request: StaffRequest, pk: int) -> HttpResponse:
    """A link, and the same as a picture, by which the customer connects their chat: shown on the screen or sent."""
    customer = get_object_or_404(Customer, pk=pk, erased_at=None)
    bot = on_customers.bot_in_use()
    shown: dict[str, object] = {"customer": customer, "bot": bot}
    if bot is not None:
        address = on_customers.link_for(customer, bot, at=timezone.now())
        days = links.LIVES_FOR.days
        shown |= {"address": address, "days": days, "picture": qr.svg(address, _("QR code that opens the bot"))}
    response = render(request, "channels/telegram/_invitation.html", shown)
    response["Cache-Control"] = "no-store, private"
    return response


def _refused(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)
