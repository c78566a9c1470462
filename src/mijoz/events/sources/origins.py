"""From which pages browsers may send: the addresses of a site, without a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?")
MOST = 50


class OriginRefused(ValueError):
    """This is no address of a site; the message says what would be one."""


def clean(text: str) -> list[str]:
    """The origins named in the text, one a line or separated by blanks or commas, each once.

    An address with a path counts as its site. Raises OriginRefused.
    """
    found = list(dict.fromkeys(_origin(word) for word in re.split(r"[\s,;]+", text) if word))
    if len(found) > MOST:
        raise OriginRefused(_("These are too many addresses: at most %(most)s.") % {"most": MOST})
    return found


def allows(origins: Iterable[str], origin: str) -> bool:
    """Whether pages of `origin`, as a browser names it, may send; https://*.shop.uz stands for its subdomains.

    >>> allows(["https://shop.uz"], "https://shop.uz"), allows(["https://shop.uz"], "http://shop.uz")
    (True, False)
    """
    scheme, _sep, host = origin.lower().partition("://")
    for allowed in origins:
        if allowed == f"{scheme}://{host}":
            return True
        allowed_scheme, _sep, allowed_host = allowed.partition("://*")
        if allowed_host and scheme == allowed_scheme and host.endswith(allowed_host):
            return True
    return False


def _origin(word: str) -> str:
    wrong = OriginRefused(
        _("“%(given)s” is no address of a site. It should look like https://shop.uz.") % {"given": word[:100]}
    )
    try:
        parts = urlsplit((word if "://" in word else f"https://{word}").lower())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise wrong from None
    if parts.scheme not in {"http", "https"} or parts.username is not None or not HOST.fullmatch(host):
        raise wrong
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")
