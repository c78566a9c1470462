"""The list of sources, and the page of one: its keys, how to connect it, close and open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.events.ingest import actions as ingest
from mijoz.events.models import Source, Webhook, WriteKey
from mijoz.events.sources import actions, examples, queries, signatures, webhooks
from mijoz.events.sources.forms import ADDED_BY_HAND, CALLS, CheckForm, KeyForm, OriginsForm, SourceForm
from mijoz.events.sources.roles import KEEPERS, READERS
from mijoz.ui.export import csv_response

ROWS_A_PAGE = 50
WITH_KEYS = frozenset({Source.Kind.API, Source.Kind.SITE})


def midnight() -> datetime:
    """When today began, by the business's calendar (the request's time zone is the business's)."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


@require_safe
@allow(*READERS)
def source_list(request: StaffRequest) -> HttpResponse:
    found = queries.sources(request.GET.dict(), midnight=midnight())
    shown = {
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "kinds": Source.Kind.choices,
        "narrowed": any(request.GET.get(name) for name in ("q", "kind", "state")),
        "waiting": queries.waiting_in_quarantine(),
        "may_change": request.staff.role in KEEPERS,
    }
    return render(request, "sources/list.html", shown)


@require_safe
@allow(*READERS)
def export(request: StaffRequest) -> HttpResponseBase:
    head = [
        pgettext("source", "Name"),
        _("Kind"),
        _("Events today"),
        _("Events in all"),
        _("Last heard"),
        _("Waiting in quarantine"),
        _("Open"),
    ]
    rows = [
        [
            source.name,
            source.get_kind_display(),
            source.today,  # type: ignore[attr-defined]
            source.events,  # type: ignore[attr-defined]
            f"{timezone.localtime(heard):%Y-%m-%d %H:%M}" if (heard := source.heard_at) else "",  # type: ignore[attr-defined]
            source.waiting,  # type: ignore[attr-defined]
            _("yes") if source.is_open else _("no"),
        ]
        for source in queries.sources(request.GET.dict(), midnight=midnight())
    ]
    return csv_response([head, *rows], file_name="sources.csv")


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Add sources, make and revoke keys"))
def add(request: StaffRequest) -> HttpResponse:
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, kind = form.cleaned_data["name"], form.cleaned_data["kind"]
        try:
            if kind == Source.Kind.WEBHOOK:
                source, secret = webhooks.add(name)
                return source_page_with(request, source.pk, new_secret=secret)
            source, key = ingest.add_source_with_key(name, kind=kind)
        except ingest.SourceRefused:
            form.add_error("name", _("There is a source of this name already."))
        else:
            actions.set_origins(source, form.cleaned_data["origins"] if kind == Source.Kind.SITE else [])
            return source_page_with(request, source.pk, key)
    shown = {"form": form, "kinds": [(kind, ADDED_BY_HAND[kind]) for kind in ADDED_BY_HAND]}
    return render(request, "sources/add.html", shown, status=400 if form.errors else 200)


@require_safe
@allow(*READERS)
def source_page(request: StaffRequest, pk: int) -> HttpResponse:
    return source_page_with(request, pk)


def source_page_with(
    request: StaffRequest, pk: int, new_key: str = "", new_secret: str = "", **more: Any
) -> HttpResponse:
    """The page of the source; `new_key` and `new_secret` are shown this one time; `more` is forms with errors."""
    source = get_object_or_404(queries.with_figures(Source.objects.all(), midnight=midnight()), pk=pk)
    address = request.build_absolute_uri("/").rstrip("/")
    shown = {
        "source": source,
        "keys": source.write_keys.order_by("revoked_at", "-created_at"),
        "has_keys": source.kind in WITH_KEYS,
        "new_key": new_key,
        "examples": examples.examples(source, address=address, key=new_key),
        "key_form": KeyForm(),
        "calls": CALLS.items(),
        "origins_form": OriginsForm(initial={"origins": source.origins}),
        "may_change": request.staff.role in KEEPERS,
        **(_of_webhook(source, address, new_secret) if source.kind == Source.Kind.WEBHOOK else {}),
    }
    return render(request, "sources/source.html", shown | more, status=400 if more else 200)


def _of_webhook(source: Source, address: str, new_secret: str) -> dict[str, Any]:
    webhook = Webhook.objects.filter(source=source).first()
    if webhook is None:
        return {}
    place = f"{address}/hooks/{source.name}"
    is_in_address = webhook.signature == Webhook.Signature.ADDRESS
    return {
        "webhook": webhook,
        "address": f"{place}/{new_secret or '…'}" if is_in_address else place,
        "new_secret": new_secret,
        "refused_why": signatures.WHY.get(webhook.refused_why, ""),
        "overlaps": bool(webhook.secret_before_until and webhook.secret_before_until > timezone.now()),
        "check_form": CheckForm(
            initial={"way": webhook.signature, "header": webhook.header, "encoding": webhook.encoding}
        ),
    }


@require_POST
@allow(Role.MANAGER)
def add_key(request: StaffRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk, kind__in=WITH_KEYS)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return source_page_with(request, pk, key_form=form)
    return source_page_with(request, pk, ingest.add_key(source, calls=form.cleaned_data["calls"]))


@require_POST
@allow(Role.MANAGER)
def revoke_key(request: StaffRequest, pk: int, key_id: int) -> HttpResponse:
    key = get_object_or_404(WriteKey, pk=key_id, source_id=pk)
    ingest.revoke(key, at=timezone.now())
    messages.success(request, _("The key %(key)s no longer works.") % {"key": key})
    return redirect("sources:source", pk)


@require_POST
@allow(Role.MANAGER)
def set_origins(request: StaffRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk, kind=Source.Kind.SITE)
    form = OriginsForm(request.POST)
    if not form.is_valid():
        return source_page_with(request, pk, origins_form=form)
    actions.set_origins(source, form.cleaned_data["origins"])
    messages.success(request, _("Saved: browsers may send from these addresses alone."))
    return redirect("sources:source", pk)


@require_POST
@allow(Role.MANAGER, does=gettext_lazy("Close and open sources"))
def close(request: StaffRequest, pk: int) -> HttpResponse:
    ingest.close(source := get_object_or_404(Source, pk=pk))
    messages.success(request, _("“%(name)s” is closed: what still comes is refused.") % {"name": source})
    return redirect("sources:source", pk)


@require_POST
@allow(Role.MANAGER)
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    ingest.reopen(source := get_object_or_404(Source, pk=pk))
    messages.success(request, _("“%(name)s” is open again.") % {"name": source})
    return redirect("sources:source", pk)
