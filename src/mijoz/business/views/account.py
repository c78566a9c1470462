"""What everybody may change for themselves: the language of the pages, the own name."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from mijoz.business import actions
from mijoz.business.accounts import remember_language
from mijoz.business.forms.staff import OwnAccountForm
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow_anyone, allow_staff


@require_POST
@allow_anyone
def choose_language(request: StaffRequest) -> HttpResponse:
    """Show the pages in the language chosen; the account of who is signed in keeps it."""
    language = request.POST.get("language", "")
    if request.staff and language in dict(settings.LANGUAGES):
        actions.describe_staff(request.staff, name=request.staff.name, language=language)
    return set_language(request)


@require_http_methods(["GET", "POST"])
@allow_staff
def own_account(request: StaffRequest) -> HttpResponse:
    member = request.staff
    form = OwnAccountForm(request.POST or None, initial={"name": member.name, "language": member.language})
    if request.method == "POST" and form.is_valid():
        actions.describe_staff(member, **form.cleaned_data)
        response = redirect("business:account")
        remember_language(response, member.language)
        messages.success(request, _("Your account was saved."))
        return response
    return render(request, "business/account.html", {"form": form}, status=400 if form.errors else 200)
