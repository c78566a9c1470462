"""Where a provider of mail tells what became of it, and where that is set up."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow, allow_anyone
from mijoz.channels import public, queries
from mijoz.channels.models import Channel, ChannelAccount, Message
from mijoz.channels.reports import actions, providers
from mijoz.channels.reports.forms import ReportsForm
from mijoz.channels.reports.providers import PROVIDERS
from mijoz.channels.reports.report import ReportsUnreadable
from mijoz.channels.sealing import SealBroken, unseal
from mijoz.events.sources.rates import Bucket
from mijoz.events.sources.signatures import Call, CallRefused

BODY_BYTES = 1024 * 1024
BUCKET = Bucket(at_once=600, a_second=60)


@csrf_exempt
@require_POST
@allow_anyone
def call(request: HttpRequest, provider: str) -> HttpResponse:
    """Take one call of the provider that is set up; it proves whose it is by its own way."""
    account = queries.account(Channel.EMAIL)
    if account is None or provider not in PROVIDERS or actions.settings_of(account).by != provider:
        return _refused(404, "Nothing is expected here.")
    body = request.read(BODY_BYTES + 1)
    if len(body) > BODY_BYTES:
        return _refused(413, f"A call has at most {BODY_BYTES // 1024} KB.")
    at = timezone.now()
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        PROVIDERS[provider].prove(Call(headers, body), unseal(account.sealed_reports_secret), at)
    except (CallRefused, SealBroken) as refusal:
        actions.refused(account, actions.KEY_CHANGED if isinstance(refusal, SealBroken) else str(refusal))
        return _refused(401, "The call does not prove whose it is.")
    if not BUCKET.takes(account.pk, now=time.monotonic()):  # of proved ones, so that nobody else can use it up
        return _refused(429, "These are too many calls at once. Send it again later.")
    try:
        told = providers.read(PROVIDERS[provider], body)
    except ReportsUnreadable:
        return JsonResponse({"noted": 0, "unreadable": True})  # sending it again helps nobody
    return JsonResponse({"noted": actions.came_from_provider(account, told, at=at)})


@sensitive_post_parameters("reports_secret", "mailbox_password")
@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Say how we learn what becomes of mail"))
def settings(request: StaffRequest) -> HttpResponse:
    account = get_object_or_404(ChannelAccount, channel=Channel.EMAIL, is_active=True)
    form = ReportsForm(request.POST or None, account=account, chosen=request.GET.get("by"))
    shown: dict[str, Any] = {"account": account, "secret": "", "address": ""}
    shown["links_reach_customers"] = public.links_reach_customers()
    if request.method == "POST" and form.is_valid():
        chosen = form.settings()
        made = actions.set_up(account, chosen, secret=form.secret(), at=timezone.now())
        if chosen.by in PROVIDERS:
            shown |= {"secret": made, "address": actions.address_of(chosen.by, made)}
            shown["form"] = ReportsForm(None, account=account)
            return render(request, "channels/reports.html", shown)
        messages.success(request, _("Saved."))
        return redirect("channels:reports")
    by = actions.settings_of(account).by
    shown |= {"form": form, "address": actions.address_of(by) if by in PROVIDERS else ""}
    return render(request, "channels/reports.html", shown, status=400 if form.errors else 200)


@require_POST
@allow(Role.MANAGER, Role.MARKETER, does=gettext_lazy("Write again to an address from which mail came back"))
def forgive(request: StaffRequest, pk: int) -> HttpResponse:
    actions.forgive(get_object_or_404(Message, pk=pk), at=timezone.now())
    messages.success(request, _("This address is written to again."))
    return redirect("channels:message", pk)


def _refused(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)
