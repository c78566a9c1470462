from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mijoz.business import queries


def business(request: HttpRequest) -> dict[str, Any]:
    """The business, for every page: its name, currency and time zone."""
    return {"business": queries.business()}
