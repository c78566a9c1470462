"""What a row of the rule editor says of a fact that has many: between the texts of the page and the rule's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mijoz.segments import fields

Said = tuple[tuple[str, str], ...]  # name and text as typed; a name may come several times

EVENTS = frozenset({"events", "events_sum", "events_last"})
DEFAULTS: dict[str, Said] = {
    "events": (("type", "visit"), ("window", "last_days"), ("days", "30")),
    "events_sum": (("type", "purchase_line"), ("column", "amount"), ("window", "last_days"), ("days", "90")),
    "events_last": (("type", "visit"),),
    "consent": (("purpose", "marketing"), ("channel", "")),
    "trait": (("name", ""),),
    "trait_number": (("name", ""),),
    "segment": (("key", ""),),
    "days_in_segment": (("key", ""),),
}
NUMERIC = frozenset({"amount", "discount", "quantity"})


def document(field: str, said: Said) -> dict[str, Any] | None:
    """What is said of the field as the rule has it, not checked yet; None of a field that nothing is said of."""
    if fields.family(field) is None:
        return None
    told = dict(said)
    if field not in EVENTS:
        return {name: text.strip() for name, text in said if name in dict(DEFAULTS.get(field, ()))}
    of: dict[str, Any] = {"type": told.get("type", "").strip()}
    if field == "events_sum":
        of["column"] = told.get("column", "amount")
    if field != "events_last":
        of["window"] = _window(told)
    if column := told.get("where", ""):
        of["where"] = [_where(column, told, said)]
    return of


def typed(field: str, of: Mapping[str, Any]) -> Said | None:
    """What the rule says as the page has it; None when the page has no room for it."""
    if field not in EVENTS:
        names = [name for name, _text in DEFAULTS.get(field, ())]
        return tuple((name, str(of.get(name, ""))) for name in names)
    said = [("type", str(of["type"]))]
    if field == "events_sum":
        column = str(of.get("column", "amount"))
        if column.startswith("payload."):
            return None
        said.append(("column", column))
    if field != "events_last":
        said += _typed_window(of.get("window", {}))
    wheres = of.get("where", [])
    if len(wheres) > 1:
        return None
    for where in wheres:
        column = str(where["column"])
        said.append(("where", "payload" if column.startswith("payload.") else column))
        if column.startswith("payload."):
            said.append(("where_key", column.removeprefix("payload.")))
        said.append(("where_op", where["op"]))
        values = where["value"] if isinstance(where["value"], list) else [_plain(where["value"])]
        said += [("where_value", str(value)) for value in values]
    return tuple(said)


def of_form(field: str, posted: Mapping[str, list[str]], prefix: str) -> Said:
    """What the page sent of the field; the beginning of it for one that was only just chosen."""
    known = fields.family(field)
    if known is None:
        return ()
    start = f"{prefix}-of-"
    sent = [(name.removeprefix(start).split(".")[0], texts) for name, texts in posted.items() if name.startswith(start)]
    said = [(name, text) for name, texts in sent for text in texts]
    if not said:
        return DEFAULTS.get(field, ())
    return _tidy(field, said)


def _tidy(field: str, said: Iterable[tuple[str, str]]) -> Said:
    """In the order of `typed`, without what no longer applies."""
    told = dict(said)
    if field not in EVENTS:
        return tuple((name, told.get(name, "")) for name, _text in DEFAULTS.get(field, ()))
    kept = [("type", told.get("type", ""))]
    if field == "events_sum":
        kept.append(("column", told.get("column", "amount")))
    if field != "events_last":
        window = told.get("window", "ever")
        kept.append(("window", window))
        if window in {"last_days", "days_ago"}:
            kept.append(("days", told.get("days", "30")))
        if window == "days_ago":
            kept.append(("days_until", told.get("days_until", "90")))
        if window == "since":
            kept.append(("day", told.get("day", "")))
    if where := told.get("where", ""):
        kept.append(("where", where))
        if where == "payload":
            kept.append(("where_key", told.get("where_key", "")))
        allowed = operators(where)
        operator = told.get("where_op", "")
        kept.append(("where_op", operator if operator in allowed else allowed[0]))
        values = [text for name, text in said if name == "where_value" and text.strip()] or [""]
        kept += [("where_value", text) for text in (values if kept[-1][1] in {"in", "not_in"} else values[:1])]
    return tuple(kept)


def operators(column: str) -> tuple[str, ...]:
    """How a column of an event can be compared."""
    if column == "payload":
        return ("in", "not_in", ">=", "<=")
    return (">=", "<=") if column in NUMERIC else ("in", "not_in")


def _window(told: Mapping[str, str]) -> dict[str, Any]:
    match told.get("window", "ever"):
        case "last_days":
            return {"last_days": _whole(told.get("days", ""))}
        case "days_ago":
            return {"days_ago": [_whole(told.get("days", "")), _whole(told.get("days_until", ""))]}
        case "since":
            return {"since": told.get("day", "")}
    return {}


def _typed_window(window: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "last_days" in window:
        return [("window", "last_days"), ("days", str(window["last_days"]))]
    if "days_ago" in window:
        nearer, farther = window["days_ago"]
        return [("window", "days_ago"), ("days", str(nearer)), ("days_until", str(farther))]
    if "since" in window:
        return [("window", "since"), ("day", str(window["since"]))]
    return [("window", "ever")]


def _where(column: str, told: Mapping[str, str], said: Said) -> dict[str, Any]:
    operator = told.get("where_op", "in")
    texts = [text.strip() for name, text in said if name == "where_value" and text.strip()]
    value: Any = texts
    if operator in {">=", "<="}:
        value = "".join(texts[0].split()).replace(",", ".") if texts else ""
    name = f"payload.{told.get('where_key', '').strip()}" if column == "payload" else column
    return {"column": name, "op": operator, "value": value}


def _whole(text: str) -> int | str:
    plain = "".join(text.split())
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 9 else text


def _plain(number: Any) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
