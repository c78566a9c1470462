"""The script for web sites, at an address that stays the same with every version."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from mijoz.business.rights import allow_anyone

FILE = Path(__file__).resolve().parents[2] / "static" / "sources" / "mijoz.js"


@cache
def _script() -> bytes:
    return FILE.read_bytes()


def _etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_script()).hexdigest()[:16]}"'


@allow_anyone
@require_safe
@condition(etag_func=_etag)
def script(request: HttpRequest) -> HttpResponse:
    """mijoz.js, kept by browsers for an hour."""
    headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)
