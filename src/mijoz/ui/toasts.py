"""Short messages in the corner of the page, for answers that htmx swaps in."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponseBase
from django.utils.functional import Promise
from django_htmx.http import trigger_client_event

Tone = Literal["success", "info", "warning", "error"]


def toast(response: HttpResponseBase, text: str | Promise, *, tone: Tone = "success") -> None:
    """Let the page that gets `response` by htmx show `text`; a full page uses `django.contrib.messages`."""
    trigger_client_event(response, "toast", {"text": str(text), "tone": tone})
