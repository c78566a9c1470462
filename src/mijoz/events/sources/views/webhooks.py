"""How a till's calls are checked and read: its secret, and the mapping made from a sample."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.events.models import Quarantined, Webhook
from mijoz.events.sources import bodies, mapping, mapping_form, mending, paths, receiving, suggest, webhooks
from mijoz.events.sources.forms import CheckForm
from mijoz.events.sources.mapping import Mapping
from mijoz.events.sources.views.pages import source_page_with
from mijoz.events.types import EventRefused

SHOWN_EVENTS = 20


def _webhook(pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.select_related("source"), source_id=pk)


@sensitive_post_parameters("secret")
@require_POST
@allow(Role.MANAGER, does=gettext_lazy("Set up webhooks and their mapping"))
def set_check(request: StaffRequest, pk: int) -> HttpResponse:
    webhook = _webhook(pk)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return source_page_with(request, pk, check_form=form)
    secret = webhooks.set_check(webhook, **form.cleaned_data)
    return source_page_with(request, pk, new_secret=secret)


@require_POST
@allow(Role.MANAGER)
def rotate(request: StaffRequest, pk: int) -> HttpResponse:
    secret = webhooks.rotate(_webhook(pk), at=timezone.now())
    return source_page_with(request, pk, new_secret=secret)


@require_safe
@allow(Role.MANAGER)
def mapping_page(request: StaffRequest, pk: int) -> HttpResponse:
    """The sample as a tree beside the mapping; a first mapping is suggested from the sample's names."""
    webhook = _webhook(pk)
    sample = webhook.last_call if request.GET.get("sample") == "last" else webhook.sample
    sample = webhook.last_call if sample is None else sample
    given = receiving.first_of(webhook.mapping)
    is_suggested = sample is not None and (not webhook.mapping or bool(request.GET.get("suggest")))
    return _mapping_page(request, webhook, suggest.suggest(sample) if is_suggested else given, sample, is_suggested)


@require_POST
@allow(Role.MANAGER)
def set_sample(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a pasted call as the sample."""
    webhook = _webhook(pk)
    typed = request.POST.get("sample", "").encode()
    kind = "" if typed.lstrip()[:1] in {b"{", b"["} else "application/x-www-form-urlencoded"
    try:
        webhook.sample = bodies.read(typed.strip(), content_type=kind) if typed.strip() else None
    except bodies.BodyUnreadable as error:
        messages.error(request, _(str(error)))
        return redirect("sources:mapping", pk)
    if webhook.sample is None:
        messages.error(request, _("Paste a call first."))
    else:
        webhook.save(update_fields=["sample"])
    return redirect("sources:mapping", pk)


@require_POST
@allow(Role.MANAGER)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the mapping as it is typed now makes of the sample; a part of the page."""
    webhook = _webhook(pk)
    return render(request, "sources/webhook/_preview.html", _preview(webhook, request.POST, _sample(request.POST)))


@require_POST
@allow(Role.MANAGER)
def save_mapping(request: StaffRequest, pk: int) -> HttpResponse:
    webhook = _webhook(pk)
    sample = _sample(request.POST)
    try:
        read = mapping_form.read(request.POST)
    except mapping.MappingWrong:
        messages.error(request, _("One of the paths cannot be read. Write it as receipt.lines[*].price."))
        return redirect("sources:mapping", pk)
    webhooks.set_mapping(webhook, read, sample=webhook.sample if sample is None else sample)
    messages.success(request, _("The mapping is saved: calls are read by it from now on."))
    waiting = Quarantined.objects.filter(source=webhook.source, state="waiting").count()
    if waiting:
        messages.info(request, _("Calls that came before wait in quarantine: replay them now."))
        return redirect(f"/sources/quarantine/?source={pk}")
    return redirect("sources:source", pk)


def _mapping_page(
    request: StaffRequest, webhook: Webhook, given: Mapping, sample: Any, is_suggested: bool
) -> HttpResponse:
    leaves = [] if sample is None else paths.leaves(sample)
    typed = {"sample": json.dumps(sample)} if sample is not None else {}
    shown = {
        "source": webhook.source,
        "webhook": webhook,
        "groups": mapping_form.rows(given),
        "mapping": given,
        "times": mapping_form.TIMES.items(),
        "moneys": mapping_form.MONEYS.items(),
        "types": mapping_form.TYPES.items(),
        "leaves": leaves,
        "lists": [leaf for leaf in leaves if leaf.kind == "list"],
        "sample": typed.get("sample", ""),
        "pretty": "" if sample is None else mending.pretty(sample),
        "is_suggested": is_suggested,
        **(_made(webhook, given, sample) if sample is not None else {}),
    }
    return render(request, "sources/webhook/mapping.html", shown)


def _sample(typed: QueryDict) -> Any:
    try:
        return bodies.read(typed.get("sample", "").encode(), content_type="application/json")
    except bodies.BodyUnreadable:
        return None


def _preview(webhook: Webhook, typed: QueryDict, sample: Any) -> dict[str, Any]:
    try:
        return _made(webhook, mapping_form.read(typed), sample)
    except mapping.MappingWrong:
        return {"wrong": True}


def _made(webhook: Webhook, given: Mapping, sample: Any) -> dict[str, Any]:
    """The events that the sample would make, and why something of it would make none."""
    at = timezone.now()
    read = mapping.read(given, sample, receiving.circumstances("call", at))
    refused = [(trouble.reason, mapping_form.LABELS.get(trouble.target, ""), trouble) for trouble in read.troubles]
    events = []
    for made in read.made:
        try:
            receiving.check(receiving.event_of(made, webhook.source))
        except EventRefused as error:
            refused.append((str(error), "", mapping.Trouble("bad_type", error.field)))
        else:
            events.append(made)
    return {
        "made": events[:SHOWN_EVENTS],
        "made_more": max(0, len(events) - SHOWN_EVENTS),
        "refused": refused[:SHOWN_EVENTS],
        "has_no_number": bool(events) and not given.of("message_id").path and webhook.signature != "standard",
        "has_nobody": bool(events) and not any(made.phone or made.number or made.card or made.email for made in events),
    }
