"""A lesson that was asked for: its page knows by the address after which one it comes, and when that was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

GIVEN_UP_AFTER = timedelta(minutes=15)  # then the job must have failed


@dataclass(frozen=True, slots=True)
class Asked:
    """`status` is waiting, done or failed; `after` and `asked` are those of the address."""

    after: str
    asked: str
    status: str


IsLearned = Callable[[int], bool]  # whether there is one with a higher number


def read(request: HttpRequest, is_learned: IsLearned) -> Asked | None:
    """What the address asks for; None when it asks for nothing."""
    after, asked = request.GET.get("after", ""), request.GET.get("asked", "")
    if not (after.isdecimal() and asked.isdecimal() and len(after) < 12 and len(asked) < 12):
        return None
    asked_at = datetime.fromtimestamp(int(asked), tz=timezone.get_current_timezone())
    if is_learned(int(after)):
        return Asked(after, asked, "done")
    return Asked(after, asked, "failed" if timezone.now() - asked_at > GIVEN_UP_AFTER else "waiting")


def waiting_for(page: str, *, after: int) -> HttpResponse:
    """To the page that shows how far the one is that was asked for now."""
    response = redirect(page)
    response["Location"] += f"?after={after}&asked={timezone.now().timestamp():.0f}"
    return response


def progress(request: HttpRequest, is_learned: IsLearned, *, page: str, template: str) -> HttpResponse:
    """How far it is, for htmx; to the page once it is there."""
    run = read(request, is_learned)
    if run is None:
        return HttpResponse(status=400)
    response = render(request, template, {"run": run})
    if run.status == "done":
        response["HX-Redirect"] = redirect(page).url
    return response
