"""What of this installation others can reach."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

LOCAL_HOSTS = frozenset({None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - compared, not listened on


def links_reach_customers() -> bool:
    """Whether the public address of this installation is one that customers can open."""
    return urlsplit(settings.PUBLIC_URL).hostname not in LOCAL_HOSTS
