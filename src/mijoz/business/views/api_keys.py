"""Keys by which programs use the API."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mijoz.business import keys, programs
from mijoz.business.forms.programs import ApiKeyForm
from mijoz.business.models import ApiKey, Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow


@require_GET
@allow(Role.MANAGER)
def api_keys(request: StaffRequest) -> HttpResponse:
    labels = programs.scopes()
    shown = [
        (key, [str(labels.get(scope, scope)) for scope in key.scopes])
        for key in ApiKey.objects.select_related("made_by")
    ]
    context = {"keys": shown, "address": f"{settings.PUBLIC_URL}/api/v1/", "may_make": request.staff.role == Role.OWNER}
    return render(request, "business/api/keys.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.OWNER, does=gettext_lazy("Make and revoke keys of the API"))
def new_api_key(request: StaffRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key, text = keys.make(**form.cleaned_data, by=request.staff)
        except keys.NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            return render(request, "business/api/key.html", {"key": key, "text": text})
    return render(request, "business/api/new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@allow(Role.OWNER)
def revoke_api_key(request: StaffRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    keys.revoke(key, at=timezone.now())
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": key})
    return redirect("business:api_keys")
