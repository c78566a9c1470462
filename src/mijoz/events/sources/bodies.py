"""What a call holds: JSON or a form, as a tree that the database can keep. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext_noop

DEEPEST = 40
MOST_FIELDS = 5_000
LONGEST_KEPT = 100_000  # characters of a body that cannot be read
UNREADABLE = gettext_noop("This is neither JSON nor a form.")


class BodyUnreadable(ValueError):
    """Neither JSON nor a form."""


def read(body: bytes, *, content_type: str) -> Any:
    """The tree of a body in JSON or of a form (`items[0][name]=…` becomes a list of objects).

    A JSON body is known by itself, whatever the sender calls it. Raises BodyUnreadable.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyUnreadable(UNREADABLE) from error
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded" and text.lstrip()[:1] not in {"{", "["}:
        return cleaned(_form(text))
    try:
        return cleaned(json.loads(text, parse_constant=refuse, parse_float=_finite))
    except (ValueError, RecursionError) as error:
        raise BodyUnreadable(UNREADABLE) from error


def kept(body: bytes) -> dict[str, str]:
    """A body that cannot be read, as far as the database can keep it."""
    return {"body": _text(body.decode("utf-8", "replace")[:LONGEST_KEPT])}


def cleaned(tree: Any, depth: int = 0) -> Any:
    """The tree without the two characters that PostgreSQL's jsonb refuses: NUL and half a surrogate pair.

    Raises BodyUnreadable when it is deeper than DEEPEST.
    """
    if depth > DEEPEST:
        raise BodyUnreadable(UNREADABLE)
    if isinstance(tree, str):
        return _text(tree)
    if isinstance(tree, list):
        return [cleaned(one, depth + 1) for one in tree]
    if isinstance(tree, dict):
        return {_text(key): cleaned(value, depth + 1) for key, value in tree.items()}
    return tree


def _text(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _form(text: str) -> Any:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, strict_parsing=bool(text))
    except ValueError as error:
        raise BodyUnreadable(UNREADABLE) from error
    root: dict[str, Any] = {}
    for name, value in pairs:
        _put(root, _parts(name), value)
    return _with_lists(root)


def _parts(name: str) -> list[str]:
    """`leads[add][0][id]` is leads, add, 0, id; `tags[]` ends with an empty part that means the next place."""
    head, brackets = re.fullmatch(r"(?s)(.*?)((?:\[[^\[\]]*\])*)", name).groups()  # type: ignore[union-attr]
    return ([head] if head or not brackets else []) + re.findall(r"\[([^\[\]]*)\]", brackets)[:DEEPEST]


def _put(root: dict[str, Any], parts: list[str], value: str) -> None:
    here = root
    for part in parts[:-1]:
        inner = here.setdefault(part or str(len(here)), {})
        if not isinstance(inner, dict):
            inner = here[part] = {"": inner}  # a name used for a value and for a group
        here = inner
    last = parts[-1] or str(len(here))
    if last not in here:
        here[last] = value
    elif isinstance(here[last], list):
        here[last].append(value)
    elif isinstance(here[last], dict):
        here[last][""] = value
    else:
        here[last] = [here[last], value]


def _with_lists(tree: Any) -> Any:
    """Groups whose names are 0, 1, 2 … are lists."""
    if not isinstance(tree, dict):
        return tree
    inner = {name: _with_lists(value) for name, value in tree.items()}
    if inner and all(re.fullmatch(r"[0-9]{1,9}", name) for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
