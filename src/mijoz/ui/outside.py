"""Pages for customers, who are not signed in: no trace of their address elsewhere, and a limit on tries."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

MINUTES = 10


class TooOften(Exception):
    """So many times within a few minutes is no person who reads."""


def shown_to_customer(
    request: HttpRequest, template: str, shown: dict[str, object], *, status: int = 200
) -> HttpResponse:
    response = render(request, template, shown, status=status)
    response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    return hidden(response)


def hidden(response: HttpResponse) -> HttpResponse:
    """Found by no search engine, kept by no cache, and its address told to nobody it links to."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store, private"
    return response


def network_of(request: HttpRequest) -> str:
    """The address of who asks; "" when the proxy does not say."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def count_try(kind: str, who: str, *, most: int) -> None:
    """Count one more try of this kind; who it was is kept as a hash for ten minutes. Raises TooOften after `most`."""
    key = f"{kind}/{hashlib.sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, timeout=MINUTES * 60)
    try:
        tries = cache.incr(key)
    except ValueError:  # ran out between the two
        tries = 1
    if tries > most:
        raise TooOften
