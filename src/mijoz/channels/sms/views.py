"""The page of the account at Eskiz, and where Eskiz says that it knows more of a message."""

from __future__ import annotations

import hmac
import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow, allow_anyone
from mijoz.channels import actions, queries
from mijoz.channels.models import Channel, Message
from mijoz.channels.seals import seal_of
from mijoz.channels.sms import jobs
from mijoz.channels.sms.forms import SmsForm
from mijoz.channels.views.accounts import state
from mijoz.events.sources.rates import Bucket

BUCKET = Bucket(at_once=2_000, a_second=200)
LARGEST_NUMBER = 2**63 - 1


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Set up SMS"))
def settings(request: StaffRequest) -> HttpResponse:
    saved = queries.account_to_set_up(Channel.SMS)
    form = SmsForm(request.POST or None, saved=saved, currency=business().currency)
    if request.method == "POST" and form.is_valid():
        chosen = form.settings()
        actions.set_up_account(
            Channel.SMS,
            name=f"{chosen.sender} · Eskiz.uz",
            settings=chosen.model_dump(mode="json"),
            secret=form.secret(),
            at=timezone.now(),
        )
        messages.success(request, _("Saved. Send yourself a test message now."))
        return redirect("channels:sms")
    shown = {"form": form, **state(Channel.SMS, saved)}
    return render(request, "channels/sms/settings.html", shown, status=400 if form.errors else 200)


@csrf_exempt
@require_POST
@allow_anyone
def report(request: HttpRequest, pk: int, seal: str) -> HttpResponse:
    """Somebody who knows the address says that the status of a message has changed.

    Eskiz signs nothing, so nothing that the call says is believed: Eskiz is asked. Of a call that cannot know the
    address nothing is learned, not even whether there is such a message.
    """
    found = Message.objects.filter(pk=pk, channel=Channel.SMS).only("dedupe_key") if pk <= LARGEST_NUMBER else ()
    message = next(iter(found), None)
    good = seal_of(message) if message is not None else "-" * len(seal)
    if not hmac.compare_digest(good.encode(), seal.encode()) or message is None:
        return JsonResponse({"error": "Nothing is expected here."}, status=404)
    if not BUCKET.takes("sms", now=time.monotonic()):
        return JsonResponse({"error": "These are too many calls at once."}, status=429)
    jobs.ask_soon(message.pk)
    return JsonResponse({"noted": True})
