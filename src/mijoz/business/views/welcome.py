"""The page behind a one-time link: the first owner and invited staff make their account here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mijoz.business import actions
from mijoz.business.accounts import remember_language, sign_in
from mijoz.business.forms.staff import WelcomeForm
from mijoz.business.rights import allow_anyone


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@allow_anyone
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    try:
        invitation = actions.find_invitation(token, at=at)
        form = WelcomeForm(request.POST or None, invitation=invitation, initial={"language": get_language()})
        if request.method == "POST" and form.is_valid():
            member = actions.accept_invitation(token, **form.cleaned_data, at=at)
            sign_in(request, member)
            response = redirect("/")
            remember_language(response, member.language)
            return response
    except actions.InvitationInvalid:
        return render(request, "business/link_closed.html", status=410)
    except actions.AddressTaken as taken:
        form.add_error("email", str(taken))
    shown = {"form": form, "invitation": invitation}
    return render(request, "business/welcome.html", shown, status=400 if form.errors else 200)
