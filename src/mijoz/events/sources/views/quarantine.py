"""Messages that did not fit: found, looked at, repaired, sent through again, given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.events.models import Quarantined
from mijoz.events.sources import bodies, masking, mending, quarantine, queries
from mijoz.events.sources.roles import HIDDEN_FROM, KEEPERS, READERS
from mijoz.ui.export import csv_response

ROWS_A_PAGE = 50
PREVIEWED = 3
LONGEST_MESSAGE = 600_000  # characters in the page's editor


@require_safe
@allow(*READERS)
def message_list(request: StaffRequest) -> HttpResponse:
    found = queries.quarantined(request.GET.dict())
    state = request.GET.get("state") if request.GET.get("state") in Quarantined.State.values else "waiting"
    shown = {
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "reasons": queries.reasons(),
        "waiting": queries.waiting_in_quarantine(),
        "sources": queries.sources_in_quarantine(),
        "states": Quarantined.State.choices,
        "state": state,
        "narrowed": any(request.GET.get(name) for name in ("q", "reason", "field", "source", "state")),
        "chosen": {name: request.GET.get(name, "") for name in ("reason", "field")},
        "may_change": request.staff.role in KEEPERS,
    }
    return render(request, "sources/quarantine/list.html", shown)


@require_safe
@allow(*READERS)
def export(request: StaffRequest) -> HttpResponseBase:
    head = [_("Received"), _("Source"), _("Number of the message"), _("What is wrong"), _("Where"), _("State")]
    rows = (
        [
            f"{timezone.localtime(row.received_at):%Y-%m-%d %H:%M:%S}",
            row.source.name,
            row.message_id,
            _(row.reason) if row.reason else "",
            row.field,
            row.get_state_display(),
        ]
        for row in queries.quarantined(request.GET.dict()).iterator(chunk_size=2_000)
    )
    return csv_response([head, *rows], file_name="quarantine.csv")


@require_safe
@allow(*READERS)
def message(request: StaffRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(Quarantined.objects.select_related("source__webhook"), pk=pk)
    hidden = request.staff.role in HIDDEN_FROM
    told = masking.masked(kept.message) if hidden else kept.message
    shown = {
        "kept": kept,
        "text": mending.pretty(told),
        "original": "" if kept.original is None or hidden else mending.pretty(kept.original),
        "line": mending.line_of(kept.message, kept.field) if kept.field else 0,
        "may_change": request.staff.role in KEEPERS,
        "same": Quarantined.objects.filter(
            source=kept.source, reason=kept.reason, field=kept.field, state="waiting"
        ).count(),
    }
    return render(request, "sources/quarantine/message.html", shown)


@require_POST
@allow(Role.MANAGER)
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether the message as it is typed now would fit; a part of the page."""
    kept = get_object_or_404(Quarantined.objects.select_related("source__webhook"), pk=pk)
    return render(request, "sources/quarantine/_verdict.html", _verdict(kept, request.POST.get("message", "")))


@require_POST
@allow(Role.MANAGER, does=gettext_lazy("Repair, replay and drop messages in quarantine"))
def repair(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep what was typed, and send it through again."""
    kept = get_object_or_404(Quarantined.objects.select_related("source__webhook"), pk=pk, state="waiting")
    verdict = _verdict(kept, request.POST.get("message", ""))
    if verdict["wrong_json"]:
        shown = {"kept": kept, "text": request.POST.get("message", ""), "may_change": True} | verdict
        return render(request, "sources/quarantine/message.html", shown, status=400)
    quarantine.edit(kept, verdict["message"])
    done = quarantine.replay([kept.pk], at=timezone.now())
    if not done.replayed:
        messages.error(request, _("The message is saved, and still does not fit."))
        return redirect("sources:message", pk)
    messages.success(request, _("The message is in the log."))
    return redirect("sources:quarantine")


@require_POST
@allow(Role.MANAGER)
def replay(request: StaffRequest) -> HttpResponse:
    def act(numbers: list[int]) -> str:
        done = quarantine.replay(numbers, at=timezone.now())
        went = ngettext("%(n)s message went into the log.", "%(n)s messages went into the log.", done.replayed)
        stay = ngettext("%(n)s still does not fit.", "%(n)s still do not fit.", done.still_wrong)
        told = [went % {"n": done.replayed}] + ([stay % {"n": done.still_wrong}] if done.still_wrong else [])
        return " ".join(told)

    return _act_on_chosen(request, act)


@require_POST
@allow(Role.MANAGER)
def drop(request: StaffRequest) -> HttpResponse:
    def act(numbers: list[int]) -> str:
        n = quarantine.drop(numbers, at=timezone.now())
        return ngettext("%(n)s message was dropped.", "%(n)s messages were dropped.", n) % {"n": n}

    return _act_on_chosen(request, act)


@require_POST
@allow(Role.MANAGER)
def take_back(request: StaffRequest) -> HttpResponse:
    def act(numbers: list[int]) -> str:
        n = quarantine.take_back(numbers)
        return ngettext("%(n)s message waits again.", "%(n)s messages wait again.", n) % {"n": n}

    return _act_on_chosen(request, act)


@require_safe
@allow(Role.MANAGER)
def mend(request: StaffRequest) -> HttpResponse:
    """One repair to all messages of one reason: what it would do to the first of them."""
    found = queries.quarantined(request.GET.dict() | {"state": "waiting"})
    asked = mending.Repair(*(request.GET.get(name, "") for name in ("deed", "path", "value")))
    wrong, previews = "", []
    if asked.path or asked.deed:
        try:
            previews = quarantine.preview(found[:PREVIEWED], asked)
        except mending.RepairWrong as error:
            wrong = str(error)
    shown = {
        "count": found.count(),
        "most": quarantine.MOST_AT_ONCE,
        "first": found.first(),
        "repair": asked,
        "previews": previews,
        "wrong": wrong,
        "filters": _filters(request.GET),
        "may_change": True,
    }
    template = "sources/quarantine/_preview.html" if request.htmx else "sources/quarantine/mend.html"
    return render(request, template, shown)


@require_POST
@allow(Role.MANAGER)
def mend_all(request: StaffRequest) -> HttpResponse:
    asked = mending.Repair(*(request.POST.get(name, "") for name in ("deed", "path", "value")))
    numbers = _numbers(request.POST.dict() | {"state": "waiting"})
    try:
        done = quarantine.mend(numbers, asked, at=timezone.now())
    except mending.RepairWrong:
        messages.error(request, _("This repair cannot be done: look at the path and the new value."))
        return redirect("sources:quarantine")
    went = ngettext("%(n)s message went into the log.", "%(n)s messages went into the log.", done.replayed)
    messages.success(request, went % {"n": done.replayed})
    if done.still_wrong:
        stay = ngettext("%(n)s still does not fit.", "%(n)s still do not fit.", done.still_wrong)
        messages.warning(request, stay % {"n": done.still_wrong})
    return redirect("sources:quarantine")


def _act_on_chosen(request: StaffRequest, act: Callable[[list[int]], str]) -> HttpResponse:
    """Act on the ticked rows, or on everything that the filters find, and go back to where one was."""
    if request.POST.get("all"):
        numbers = _numbers(request.POST.dict())
    else:
        numbers = [int(number) for number in request.POST.getlist("ids") if number.isdecimal() and len(number) < 18]
    if not numbers:
        messages.warning(request, _("Tick the messages first."))
    else:
        messages.success(request, act(numbers[: quarantine.MOST_AT_ONCE]))
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/sources/")
    return redirect(back if safe else reverse("sources:quarantine"))


def _numbers(asked: dict[str, Any]) -> list[int]:
    return list(queries.quarantined(asked).values_list("pk", flat=True)[: quarantine.MOST_AT_ONCE])


def _filters(query: QueryDict) -> dict[str, str]:
    return {name: str(query[name]) for name in ("source", "reason", "field", "q") if query.get(name)}


def _verdict(kept: Quarantined, text: str) -> dict[str, Any]:
    """What is to be said of a message as it was typed: no JSON, does not fit, fits."""
    try:
        told = bodies.cleaned(json.loads(text[:LONGEST_MESSAGE], parse_constant=bodies.refuse))
    except json.JSONDecodeError as error:
        return {"wrong_json": True, "line": error.lineno, "column": error.colno}
    except (ValueError, RecursionError):
        return {"wrong_json": True, "line": 1, "column": 1}
    problem = quarantine.problem(kept, told)
    line = mending.line_of(told, problem.field) if problem and problem.field else 0
    return {"wrong_json": False, "problem": problem, "line": line, "message": told, "checked": True}
