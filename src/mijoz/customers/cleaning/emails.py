"""E-mails: blanks and signs around them taken off, the domain in small letters, slips pointed out and not mended."""

from __future__ import annotations

import re

from mijoz.customers.cleaning.cleaned import Cleaned
from mijoz.customers.cleaning.text import is_empty, tidy

ADDRESS = re.compile(
    r"[^\s@,;:<>()\[\]\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})",
    re.IGNORECASE,
)
LONGEST = 254
SEPARATOR = re.compile(r"[,;|\s/]+")
KNOWN = [
    "gmail.com",
    "mail.ru",
    "yandex.ru",
    "yandex.com",
    "ya.ru",
    "inbox.ru",
    "bk.ru",
    "list.ru",
    "rambler.ru",
    "umail.uz",
    "mail.uz",
    "inbox.uz",
    "icloud.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
]
LAST_PARTS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "vom": "com",
    "comm": "com",
    "rru": "ru",
    "tu": "ru",
    "uzz": "uz",
}
MADE_UP = re.compile(
    r"(?:test|no|none|noemail|no-?mail|nomail|example|xxx+|aaa+|qwe(?:rty)?|asd|email|user|net|yoq)@.*|.*@(?:example\.|test\.|"
    r"localhost|noemail\.|none\.|no\.).*",
    re.IGNORECASE,
)


def email(original: str) -> Cleaned:
    """The first e-mail of the cell; the others stand in `more`."""
    text = tidy(original)
    if is_empty(text):
        return Cleaned("", original)
    text = re.sub(r"(?i)\bmailto:", "", text)
    text = re.sub(r"\s*@\s*", "@", re.sub(r"(?i)\s*[\[(](?:at|собака)[\])]\s*", "@", text))
    found = list(dict.fromkeys(filter(None, (_one(piece) for piece in SEPARATOR.split(text)))))
    if not found:
        return Cleaned("", original, "not_an_email")
    real = [address for address in found if not MADE_UP.fullmatch(address)]
    if not real:
        return Cleaned("", original, "email_made_up")
    return Cleaned(real[0], original, _slip(real[0]), tuple(real[1:]))


def _one(piece: str) -> str:
    piece = piece.lstrip("<([\"'«,;: ").rstrip(">)]\"'».,;: ")
    if not ADDRESS.fullmatch(piece) or len(piece) > LONGEST or ".." in piece or piece.startswith("."):
        return ""
    local, _at, domain = piece.rpartition("@")
    return "" if local.endswith(".") else f"{local}@{domain.lower()}"


def _slip(address: str) -> str:
    """A domain that is one letter from a usual one."""
    local, _at, domain = address.rpartition("@")
    if domain in KNOWN:
        return ""
    name, _dot, last = domain.rpartition(".")
    if last in LAST_PARTS:
        return f"email_typo {local}@{name}.{LAST_PARTS[last]}"
    for known in KNOWN:
        if known[0] == domain[0] and len(known) > 6 and _is_one_slip(domain, known):
            return f"email_typo {local}@{known}"
    return ""


def _is_one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less or changed, or two swapped, makes one of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    rest, wanted = one[start:], other[start:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (len(rest) > 1 and len(wanted) > 1 and rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )
