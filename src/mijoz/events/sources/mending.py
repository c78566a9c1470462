"""One repair of a message: set, rename or remove what stands at a path. Pure."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mijoz.events.sources import paths
from mijoz.events.sources.paths import Part

DEEDS = ("set", "rename", "remove")


class RepairWrong(ValueError):
    """This is no repair; the argument says which part of it is wrong: deed, path, value."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What to do at `path` (with [*] in every place of a list): `value` is the new value, or the new name."""

    deed: str
    path: str
    value: str = ""

    def check(self) -> None:
        """Raises RepairWrong."""
        if self.deed not in DEEDS:
            raise RepairWrong("deed")
        try:
            parts = paths.parse(self.path)
        except paths.PathWrong:
            raise RepairWrong("path") from None
        if not parts or (self.deed == "rename" and not isinstance(parts[-1], str)):
            raise RepairWrong("path")
        if self.deed == "rename" and not self.value.strip():
            raise RepairWrong("value")


def mended(repair: Repair, message: Any) -> Any:
    """The message after the repair; the given one stays as it is. Where there is nothing to repair, nothing changes.

    `set` takes its value as JSON where it is such (12, true, null, "12"), else as a text; it makes groups that are
    missing on the way to a named field.
    """
    repair.check()
    parts = paths.parse(repair.path)
    tree = copy.deepcopy(message)
    if repair.deed == "set":
        _set(tree, parts, value_of(repair.value))
        return tree
    for place, _value in reversed(list(paths.find(tree, parts))):  # from the end, so that places of lists stay
        holder = _at(tree, place[:-1])
        if repair.deed == "remove":
            del holder[place[-1]]
        else:
            _rename(holder, str(place[-1]), repair.value.strip())
    return tree


def value_of(written: str) -> Any:
    try:
        return json.loads(written, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return written


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _set(tree: Any, parts: Sequence[Part], value: Any) -> None:
    part, rest = parts[0], parts[1:]
    if isinstance(tree, list):
        chosen = range(len(tree)) if part is None else [part] if isinstance(part, int) and part < len(tree) else []
        for place in chosen:
            if rest:
                _set(tree[place], rest, value)
            else:
                tree[place] = value
    elif isinstance(tree, dict) and isinstance(part, str):
        if not rest:
            tree[part] = value
        elif isinstance(rest[0], str):
            inner = tree.setdefault(part, {})
            _set(inner, rest, value)
        elif part in tree:
            _set(tree[part], rest, value)


def _rename(holder: dict[str, Any], old: str, new: str) -> None:
    """In its place, so that a person finds it where it was."""
    renamed = {new if name == old else name: value for name, value in holder.items() if name == old or name != new}
    holder.clear()
    holder.update(renamed)


def _at(tree: Any, place: paths.Place) -> Any:
    for part in place:
        tree = tree[part]
    return tree


def pretty(message: Any) -> str:
    """The message as people edit it."""
    return json.dumps(message, ensure_ascii=False, indent=2)


def line_of(message: Any, path: str) -> int:
    """The line of `pretty(message)` on which the first value at the path begins, or that of what should hold it.

    Counted from 1; 0 for what is no path. A place in a list may be written as a name (`lines.0.sum`), as pydantic does.
    """
    try:
        parts = paths.parse(path)
    except paths.PathWrong:
        return 0
    places: list[paths.Place] = [()]
    for part in parts:
        here = _at(message, places[-1])
        if isinstance(here, list):
            number = 0 if part is None else int(part) if str(part).isdigit() else -1
            if not 0 <= number < len(here):
                break
            places.append((*places[-1], number))
        elif isinstance(here, dict) and isinstance(part, str) and part in here:
            places.append((*places[-1], part))
        else:
            break
    return _lines_before(message, places[-1]) + 1


def _lines_before(tree: Any, place: paths.Place) -> int:
    if not place:
        return 0
    first, rest = place[0], place[1:]
    inner = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree))
    lines = 1
    for name, value in inner:
        if name == first:
            return lines + _lines_before(value, rest)
        lines += pretty(value).count("\n") + 1
    return lines
