"""The page of the mail server."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mijoz.business.models import Role
from mijoz.business.queries import business
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.channels import actions, queries
from mijoz.channels.forms import PROVIDERS, MailServerForm
from mijoz.channels.models import Channel
from mijoz.channels.views.accounts import state

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
        return redirect("channels:email")
    shown = {"form": form, "providers": PROVIDERS, "presets": json.dumps(PRESETS), **state(Channel.EMAIL, saved)}
    return render(request, "channels/email/settings.html", shown, status=400 if form.errors else 200)
