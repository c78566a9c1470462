"""How often one network may answer: no person fills in a survey a hundred times in ten minutes."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

MINUTES = 10
MOST, MOST_AT_TABLET = 20, 120


class TooOften(Exception):
    """More answers than people give."""


def count_try(request: HttpRequest, survey: str, *, at_tablet: bool) -> None:
    """Count one more answer from this network; its address is kept as a hash for ten minutes. Raises TooOften."""
    try:
        network = str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        network = ""
    key = f"surveys/{hashlib.sha256(f'{survey} {network}'.encode()).hexdigest()}"
    cache.add(key, 0, timeout=MINUTES * 60)
    try:
        tries = cache.incr(key)
    except ValueError:  # ran out between the two
        tries = 1
    if tries > (MOST_AT_TABLET if at_tablet else MOST):
        raise TooOften
