"""The other systems that steps may call, and what came of the latest calls."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.scenarios import calls
from mijoz.scenarios.forms.endpoints import EndpointForm
from mijoz.scenarios.models import Call, Endpoint

SHOWN = 20


@require_GET
@allow(Role.MANAGER)
def listing(request: StaffRequest) -> HttpResponse:
    latest = Call.objects.select_related("endpoint", "enrolment__scenario")[:SHOWN]
    return render(request, "scenarios/endpoints/list.html", {"endpoints": Endpoint.objects.all(), "calls": latest})


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Say which other systems scenarios may call"))
def add(request: StaffRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                endpoint, secret = calls.add_endpoint(**form.cleaned_data, at=timezone.now())
        except calls.EndpointRefused as refusal:
            form.add_error("url", str(refusal))
        except IntegrityError:
            form.add_error("key", _("There is one with this key already."))
        else:
            return render(request, "scenarios/endpoints/secret.html", {"endpoint": endpoint, "secret": secret})
    return render(request, "scenarios/endpoints/add.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@allow(Role.MANAGER)
def switch(request: StaffRequest, key: str) -> HttpResponse:
    endpoint = calls.switch(get_object_or_404(Endpoint, key=key), at=timezone.now())
    said = _("“%(name)s” is called again.") if endpoint.is_active else _("“%(name)s” is not called any more.")
    messages.success(request, said % {"name": endpoint.name})
    return redirect("scenarios:endpoints")
