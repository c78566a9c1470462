from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mijoz.business import queries


def business(request: HttpRequest) -> dict[str, Any]:
    """The business, for every page, and `has_owner`, which is asked only where a template shows it."""
    known = getattr(request, "business", None)
    return {"business": known or queries.business(), "has_owner": queries.has_owner}
