"""Where in a tree of JSON something stands: `receipt.lines[*].price`, `[0].id`, `client["e-mail"]`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

ALL: Final = "*"
Part = str | int | None  # a name, a place in a list, None for every place
Place = tuple[str | int, ...]  # of one value: no None in it

PIECE = re.compile(r"""\.?([^.\[\]"\s][^.\[\]"]*)|\[(\d{1,9}|\*)\]|\.?\[("(?:[^"\\]|\\.)*")\]""")
LONGEST = 500
PLAIN = re.compile(r"""[^.\[\]"\s\d*](?:[^.\[\]"]*[^.\[\]"\s])?|\d+[^.\[\]"\s\d][^.\[\]"\s]*""")
ITEMS_LOOKED_AT = 20
MOST_LEAVES = 300
SHOWN = 80  # characters of a value


class PathWrong(ValueError):
    """The text is no path."""


def parse(path: str) -> tuple[Part, ...]:
    """The parts of a path; an empty one is the whole tree. Raises PathWrong."""
    if len(path) > LONGEST:
        raise PathWrong(path[:SHOWN])
    parts: list[Part] = []
    at = 0
    while at < len(path):
        piece = PIECE.match(path, at)
        if piece is None or (at == 0 and path.startswith(".")):
            raise PathWrong(path[:SHOWN])
        name, place, quoted = piece.groups()
        if place:
            parts.append(None if place == ALL else int(place))
        else:
            try:
                parts.append(json.loads(quoted) if quoted else name)
            except ValueError:
                raise PathWrong(path[:SHOWN]) from None
        at = piece.end()
    return tuple(parts)


def spell(parts: Sequence[Part]) -> str:
    """The path of these parts; `parse` gives them back."""
    text = ""
    for part in parts:
        if part is None:
            text += "[*]"
        elif isinstance(part, int):
            text += f"[{part}]"
        elif PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text


def find(tree: Any, parts: Sequence[Part], *, most: int = 10_000) -> Iterator[tuple[Place, Any]]:
    """Each value at these parts with its place, in order, at most `most`."""
    found: list[tuple[Place, Any]] = [((), tree)]
    for part in parts:
        following: list[tuple[Place, Any]] = []
        for place, value in found:
            if part is None and isinstance(value, list):
                following += [((*place, number), one) for number, one in enumerate(value[: most - len(following)])]
            elif part is not None and _has(value, part):
                following.append(((*place, part), value[part]))
        found = following[:most]
    yield from found


def _has(value: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value


@dataclass(frozen=True, slots=True)
class Leaf:
    """One line of the tree that the page shows; places of a list are one line each, merged."""

    path: str
    name: str
    depth: int
    kind: str  # object, list or value
    example: str = ""
    length: int = 0  # of a list


def leaves(tree: Any) -> list[Leaf]:
    """The tree as lines, from the top, at most MOST_LEAVES."""
    found: list[Leaf] = []
    _walk([tree], (), "", 0, found)
    return found[:MOST_LEAVES]


def _walk(values: list[Any], parts: tuple[Part, ...], name: str, depth: int, found: list[Leaf]) -> None:
    """Add what stands in `values`, which are at the same parts in the places of one list."""
    if len(found) >= MOST_LEAVES:
        return
    path = spell(parts)
    objects = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list)]
    if objects:
        if name:
            found.append(Leaf(path, name, depth, "object"))
        keys = dict.fromkeys(key for value in objects for key in value)
        for key in keys:
            inner = [value[key] for value in objects if key in value]
            _walk(inner, (*parts, key), key, depth + bool(name), found)
    elif lists:
        items = [one for value in lists for one in value[:ITEMS_LOOKED_AT]]
        found.append(Leaf(path, name or "[*]", depth, "list", length=max(len(value) for value in lists)))
        if items:
            label = "" if any(isinstance(one, dict) for one in items) else "[*]"
            _walk(items, (*parts, None), label, depth + 1, found)
    else:
        told = next((value for value in values if value not in (None, "")), values[0])
        found.append(Leaf(path, name or "[*]", depth, "value", example=shown(told)))


def shown(value: Any) -> str:
    """A value as one short line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
