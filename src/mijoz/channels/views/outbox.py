"""The outbox: what goes out, what was stopped and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.channels import actions, hooks, queries
from mijoz.channels.email.compose import preview
from mijoz.channels.models import Channel, Message, Reason
from mijoz.channels.queries import Criteria
from mijoz.channels.shown import reason_groups, shown_messages, tiles
from mijoz.channels.telegram import compose as telegram
from mijoz.channels.ways import WAYS
from mijoz.customers import contacts
from mijoz.ui import formats
from mijoz.ui.export import csv_response

WRITERS = (Role.MANAGER, Role.MARKETER)
READERS = (*WRITERS, Role.ANALYST)
PERIODS = {
    "7": gettext_lazy("Last 7 days"),
    "30": gettext_lazy("Last 30 days"),
    "90": gettext_lazy("Last 90 days"),
    "all": gettext_lazy("All time"),
}
USUAL_PERIOD = "30"
ROWS_AT_ONCE = 2_000


def _criteria(request: StaffRequest) -> Criteria:
    """What the address asks for; what is unknown in it is ignored."""
    asked = request.GET
    days = asked.get("period", USUAL_PERIOD)
    days = days if days in PERIODS else USUAL_PERIOD
    return Criteria(
        query=asked.get("q", "").replace("\0", "").strip()[:200],
        status=asked.get("status", "") if asked.get("status") in Message.Status.values else "",
        reason=asked.get("reason", "") if asked.get("reason") in Reason.values else "",
        channel=asked.get("channel", "") if asked.get("channel") in Channel.values else "",
        scenario=asked.get("scenario", "").replace("\0", "")[:60],
        since=None if days == "all" else timezone.now() - timedelta(days=int(days)),
    )


def _found(request: StaffRequest) -> QuerySet[Message]:
    return queries.outbox(
        _criteria(request),
        sort=request.GET.get("sort", queries.DEFAULT_SORT),
        at=timezone.now(),
        contacts_hidden=contacts.hidden_from(request.staff.role),
    )


@require_GET
@allow(*READERS)
def outbox(request: StaffRequest) -> HttpResponse:
    criteria = _criteria(request)
    counts = queries.outbox_counts(since=criteria.since)
    page = queries.OutboxPages(_found(request)).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": shown_messages(page.object_list, role=request.staff.role),
        "counts": counts,
        "tiles": tiles(counts),
        "groups": reason_groups(counts),
        "narrowed": bool(request.GET),
        "may_set_up": request.staff.role in LEADS,
        "criteria": criteria,
        "periods": PERIODS,
        "period": request.GET.get("period", USUAL_PERIOD),
        "statuses": Message.Status.choices,
        "reasons": Reason.choices,
        "scenarios": queries.scenarios_in_outbox(),
        "channels": [(channel, Channel(channel).label) for channel in queries.channels_in_outbox()],
        "nothing_goes_out": not queries.is_any_open(),
        "troubles": list(queries.troubles_in_words().values()),
    }
    return render(request, "channels/outbox/list.html", shown)


@require_GET
@allow(*READERS)
def export(request: StaffRequest) -> HttpResponseBase:
    return csv_response(_lines(_found(request), role=request.staff.role), file_name="outbox.csv")


def _lines(found: QuerySet[Message], *, role: str) -> Iterator[list[Any]]:
    yield [
        _("Customer"),
        _("Address"),
        _("Subject"),
        _("Channel"),
        _("Purpose"),
        _("Scenario"),
        _("Status"),
        _("Reason"),
        pgettext("message", "Written"),
        _("Goes out after"),
        _("Sent, stopped or given up"),
        pgettext("message", "Tries"),
        _("Answer of whoever carries it"),
    ]
    rows = found.iterator(chunk_size=ROWS_AT_ONCE)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        for row in shown_messages(some, role=role):
            message = row.message
            yield [
                message.customer.name,
                row.address,
                message.subject,
                message.get_channel_display(),
                message.get_purpose_display(),
                row.origin,
                message.get_status_display(),
                row.reason,
                formats.moment(message.created_at),
                formats.moment(message.send_after),
                formats.moment(message.settled_at),
                message.attempts,
                row.detail,
            ]


@require_GET
@allow(*READERS)
def message(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Message.objects.select_related("customer"), pk=pk)
    (row,) = shown_messages([found], role=request.staff.role)
    shown = {
        "row": row,
        "message": found,
        "html": preview(found, business=request.business) if found.channel == Channel.EMAIL else "",
        "plain": WAYS[found.channel].preview(found) if found.channel == Channel.SMS else "",
        "chat": telegram.parts_of(found) if found.channel == Channel.TELEGRAM else None,
        "why_url": hooks.reasons_page(found.enrolment, found.step) if found.enrolment else "",
        "language": dict(settings.LANGUAGES)[found.language],
        "may_change": request.staff.role != Role.ANALYST,
    }
    return render(request, "channels/outbox/message.html", shown)


@require_POST
@allow(*WRITERS, does=gettext_lazy("Stop messages and try them again"))
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.stop_message, _("The message was stopped."))


@require_POST
@allow(*WRITERS)
def again(request: StaffRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.try_again, _("The message waits again and goes out within a minute."))


def _change(request: StaffRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    found = get_object_or_404(Message, pk=pk)
    try:
        act(found, at=timezone.now())
    except actions.NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("channels:message", pk)
