"""The steps of the editor as typed: a list in reading order in which each step names the way it stands in, its parent.

A parent is "" for the scenario itself, else KEY.WAY of the step that holds it: ask.then, ask.otherwise, draw.a.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mijoz.scenarios import checking, definition

Typed = dict[str, str]  # the fields of a step by name, with kind, key and parent
# What a new step begins with.
FRESH: dict[str, Typed] = {
    "wait": {"days": "1", "hours": "0"},
    "message": {"channel": "email"},
    "offer": {"valid_days": "14", "source": "own"},
    "protocol": {"priority": "1"},
    "queue": {"priority": "9", "hours": "24"},
    "task": {"role": "front_office", "due_days": "1"},
    "branch": {"asks": "rule"},
    "split": {"arm-0-key": "a", "arm-0-share": "50", "arm-1-key": "b", "arm-1-share": "50"},
    "survey": {"channel": "best", "valid_days": "7"},
    "webhook": {},
    "end": {"at_goal": "on"},
}
ARM_KEYS = "abcde"


def posted_steps(posted: Mapping[str, Any], kinds: Collection[str]) -> list[Typed]:
    """The steps that a page sent, in reading order; what stands in no way that is there goes to the end."""
    found: dict[int, Typed] = {}
    for name, text in posted.items():
        head, _dash, rest = name.partition("-")
        place, _dash, part = rest.partition("-")
        if head == "step" and place.isascii() and place.isdigit() and len(place) < 4 and part:
            found.setdefault(int(place), {})[part] = str(text)
    steps = [found[place] for place in sorted(found)]
    return in_order([step for step in steps if step.get("kind") in kinds])


def in_order(steps: list[Typed]) -> list[Typed]:
    """Each step followed by those inside of it; of a ring, or of a parent that is not there, the parent is dropped."""
    ways = {f"{step.get('key')}.{way}" for step in steps for way in ways_of(step)}
    for step in steps:
        if step.get("parent", "") not in ways:
            step["parent"] = ""
    laid = list(_walk(steps, ""))
    lost = [step for step in steps if not any(step is one for one in laid)]
    for step in lost:
        step["parent"] = ""
    return [*laid, *lost]


def _walk(steps: list[Typed], parent: str) -> Iterator[Typed]:
    for step in steps:
        if step.get("parent", "") == parent:
            yield step
            for way in ways_of(step):
                yield from _walk(steps, f"{step.get('key')}.{way}")


def ways_of(step: Typed) -> list[str]:
    """The ways out of a step as typed."""
    if step.get("kind") == "branch":
        return ["then", "otherwise"]
    if step.get("kind") == "split":
        return [step[name] for name in sorted(step) if name.startswith("arm-") and name.endswith("-key") and step[name]]
    return []


def from_document(steps: Any, parent: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Each step of a definition's JSON with its parent, in reading order."""
    for step in steps:
        yield step, parent
        for way, inner in inside(step):
            yield from from_document(inner, f"{step['key']}.{way}")


def inside(step: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if step["kind"] == "branch":
        return [("then", step["then"]), ("otherwise", step["otherwise"])]
    return [(arm["key"], arm["steps"]) for arm in step["arms"]] if step["kind"] == "split" else []


def changed(steps: list[Typed], change: str, taken: Collection[str], *, into: str = "") -> list[Typed]:
    """The steps after a press of a button: add-message or add-message-KEY.WAY, remove-KEY, copy-KEY, up-KEY, down-KEY,
    move-KEY into the way `into`, arm-KEY (one more arm), disarm-KEY.WAY. `taken` are keys of earlier steps."""
    verb, _dash, what = change.partition("-")
    used = {*taken, *(step.get("key", "") for step in steps)}
    if verb == "add":
        return _added(steps, what, used)
    if verb == "disarm":
        return _disarmed(steps, *what.rpartition(".")[::2])
    place = next((place for place, step in enumerate(steps) if step.get("key") == what), None)
    if place is None:
        return steps
    match verb:
        case "remove":
            gone = {id(step) for step in _subtree(steps, steps[place])}
            return [step for step in steps if id(step) not in gone]
        case "copy":
            return _copied(steps, steps[place], used)
        case "up" | "down":
            return _moved(steps, steps[place], -1 if verb == "up" else 1)
        case "move":
            return _put_into(steps, steps[place], into)
        case "arm":
            _armed(steps[place])
    return in_order(steps)


def _added(steps: list[Typed], what: str, used: set[str]) -> list[Typed]:
    kind, _dash, parent = what.partition("-")
    if kind not in FRESH or len(steps) >= definition.MOST_STEPS:
        return steps
    return in_order([*steps, {**FRESH[kind], "kind": kind, "key": checking.free_key(kind, used), "parent": parent}])


def _subtree(steps: list[Typed], top: Typed) -> list[Typed]:
    return [top, *(one for way in ways_of(top) for one in _walk(steps, f"{top.get('key')}.{way}"))]


def _copied(steps: list[Typed], top: Typed, used: set[str]) -> list[Typed]:
    """The steps with a copy of `top` and all that is inside of it behind it, under keys of their own."""
    originals = _subtree(steps, top)
    if len(steps) + len(originals) > definition.MOST_STEPS:
        return steps
    renamed: dict[str, str] = {}
    for step in originals:
        renamed[step["key"]] = checking.free_key(step["kind"], used)
        used.add(renamed[step["key"]])
    copies = []
    for step in originals:
        holder, _dot, way = step.get("parent", "").rpartition(".")
        parent = f"{renamed[holder]}.{way}" if holder in renamed else step.get("parent", "")
        copy = {**step, "key": renamed[step["key"]], "parent": parent}
        if copy.get("step") in renamed:
            copy["step"] = renamed[copy["step"]]
        copies.append(copy)
    behind = steps.index(originals[-1]) + 1
    return [*steps[:behind], *copies, *steps[behind:]]


def _moved(steps: list[Typed], step: Typed, by: int) -> list[Typed]:
    """The steps with this one before or after its neighbour; at the end of a way it goes out of what holds it."""
    beside = [one for one in steps if one.get("parent", "") == step.get("parent", "")]
    place = next(place for place, one in enumerate(beside) if one is step) + by
    if not 0 <= place < len(beside):
        return _taken_out(steps, step, by)
    other = beside[place]
    first, second = steps.index(step), steps.index(other)
    steps[first], steps[second] = steps[second], steps[first]
    return in_order(steps)


def _taken_out(steps: list[Typed], step: Typed, by: int) -> list[Typed]:
    holder = next((one for one in steps if one.get("key") == step.get("parent", "").rpartition(".")[0]), None)
    if holder is None:
        return steps
    rest = [one for one in steps if one is not step]
    step["parent"] = holder.get("parent", "")
    place = rest.index(holder)
    if by > 0:
        place = rest.index([one for one in _subtree(rest, holder) if one is not step][-1]) + 1
    return in_order([*rest[:place], step, *rest[place:]])


def _put_into(steps: list[Typed], step: Typed, parent: str) -> list[Typed]:
    """The steps with this one at the end of another way; a step never goes into itself."""
    own = {f"{one.get('key')}.{way}" for one in _subtree(steps, step) for way in ways_of(one)}
    ways = {f"{one.get('key')}.{way}" for one in steps for way in ways_of(one)} | {""}
    if parent in own or parent not in ways:
        return steps
    step["parent"] = parent
    rest = [one for one in steps if one is not step]
    return in_order([*rest, step])


def _armed(step: Typed) -> None:
    taken = ways_of(step)
    free = next((key for key in ARM_KEYS if key not in taken), None)
    if step.get("kind") == "split" and free is not None and len(taken) < len(ARM_KEYS):
        place = next(place for place in range(100) if f"arm-{place}-key" not in step)
        step |= {f"arm-{place}-key": free, f"arm-{place}-share": ""}


def _disarmed(steps: list[Typed], key: str, way: str) -> list[Typed]:
    """The steps without this arm and what stood in it; a split keeps two."""
    step = next((one for one in steps if one.get("key") == key and one.get("kind") == "split"), None)
    if step is None or len(ways_of(step)) < 3:
        return steps
    gone = {id(one) for one in _walk(steps, f"{key}.{way}")}
    for name in [name for name, text in step.items() if name.startswith("arm-") and name.endswith("-key")]:
        if step[name] == way:
            for part in [part for part in step if part.startswith(name.removesuffix("key"))]:
                del step[part]
    return in_order([one for one in steps if id(one) not in gone])
