"""Lists inside of a form: conditions on an event, things to confirm, arms of a split; each with room for one more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mijoz.scenarios.event_names import COLUMNS, OPERATORS
from mijoz.scenarios.forms.fields import LANGUAGES, Posted

MOST = 10


@dataclass(slots=True)
class Row:
    """One line as typed; `name` is what its fields begin with."""

    name: str
    typed: dict[str, str]
    errors: list[str] = field(default_factory=list)

    def names(self) -> list[tuple[str, str, str]]:
        """(code, language, text) of a text in each language."""
        return [(code, language, self.typed.get(code, "")) for code, language in LANGUAGES]

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for part, text in self.typed.items() if part not in {"op", "key", "share"})


class Rows:
    """The lines of one list. `read` takes them from what was posted; those left empty are not there."""

    def __init__(self, posted: Posted, *, prefix: str, parts: tuple[str, ...]) -> None:
        self.prefix, self.parts = prefix, parts
        found: dict[int, dict[str, str]] = {}
        for name, text in posted.items():
            if not name.startswith(f"{prefix}-"):
                continue
            place, _dash, part = name.removeprefix(f"{prefix}-").partition("-")
            if place.isascii() and place.isdigit() and len(place) < 3 and part in parts:
                found.setdefault(int(place), {})[part] = str(text)
        written = [Row("", found[place]) for place in sorted(found)]
        self.written = [row for row in written if self.keeps(row)][:MOST]

    @staticmethod
    def keeps(row: Row) -> bool:
        """Whether the line says anything."""
        return not row.is_empty

    def shown(self) -> list[Row]:
        """The lines with one more that is empty, named by their places."""
        rows = [*self.written, Row("", {})] if len(self.written) < MOST else self.written
        for place, row in enumerate(rows):
            row.name = f"{self.prefix}-{place}"
        return rows

    def show(self, where: str, sentence: str) -> None:
        """Put a sentence to the line of `0.value`."""
        place = where.partition(".")[0]
        if place.isdigit() and int(place) < len(self.written):
            self.written[int(place)].errors.append(sentence)

    def __bool__(self) -> bool:
        return bool(self.written)


class WhereRows(Rows):
    """Conditions on an event."""

    operators = list(OPERATORS.items())
    columns = list(COLUMNS.items())

    def __init__(self, posted: Posted, *, prefix: str) -> None:
        super().__init__(posted, prefix=prefix, parts=("field", "op", "value"))

    def document(self) -> list[dict[str, Any]]:
        return [
            {"field": row.typed.get("field", "").strip(), "op": row.typed.get("op", "="), "value": _value(row.typed)}
            for row in self.written
        ]

    @staticmethod
    def typed(given: Any) -> dict[str, str]:
        """The fields that stand for these conditions, their names without the prefix."""
        flat: dict[str, str] = {}
        for place, one in enumerate(given or ()):
            value = one["value"]
            yes, no = ("yes", "no") if one["op"] == "known" else ("true", "false")
            text = (yes if value else no) if isinstance(value, bool) else _plain(value)
            flat |= {f"{place}-field": one["field"], f"{place}-op": one["op"], f"{place}-value": text}
        return flat


class ConfirmRows(Rows):
    """What whoever does a task says to have done."""

    def __init__(self, posted: Posted, *, prefix: str) -> None:
        super().__init__(posted, prefix=prefix, parts=("key", *(code for code, _language in LANGUAGES)))

    def document(self) -> list[dict[str, Any]]:
        taken = {row.typed.get("key", "") for row in self.written}
        return [{"key": row.typed.get("key") or _free("step", taken), "texts": _texts(row)} for row in self.written]

    @staticmethod
    def typed(given: Any) -> dict[str, str]:
        flat: dict[str, str] = {}
        for place, one in enumerate(given or ()):
            flat |= {f"{place}-key": one["key"]} | {f"{place}-{code}": text for code, text in one["texts"].items()}
        return flat


class ArmRows(Rows):
    """The arms of a split: two at least, each with its share."""

    def __init__(self, posted: Posted, *, prefix: str) -> None:
        super().__init__(posted, prefix=prefix, parts=("key", "share", *(code for code, _language in LANGUAGES)))

    @staticmethod
    def keeps(row: Row) -> bool:
        return bool(row.typed.get("key"))

    def shown(self) -> list[Row]:
        for place, row in enumerate(self.written):
            row.name = f"{self.prefix}-{place}"
        return self.written

    @staticmethod
    def typed(given: Any) -> dict[str, str]:
        flat: dict[str, str] = {}
        for place, one in enumerate(given or ()):
            flat |= {f"{place}-key": one["key"], f"{place}-share": str(one["share"])}
            flat |= {f"{place}-{code}": text for code, text in one.get("names", {}).items()}
        return flat

    @property
    def keys(self) -> list[str]:
        return [row.typed["key"] for row in self.written]


def _texts(row: Row) -> dict[str, str]:
    return {code: text.strip() for code, _language, text in row.names() if text.strip()}


def _free(kind: str, taken: set[str]) -> str:
    key = next(f"{kind}_{place}" for place in range(1, 1_000) if f"{kind}_{place}" not in taken)
    taken.add(key)
    return key


def _value(typed: Mapping[str, str]) -> str | float | bool:
    text = typed.get("value", "").strip()
    if typed.get("op") == "known":
        return text.lower() not in {"no", "false", "0"}
    if typed.get("op") in {"=", "!="} and text in {"true", "false"}:
        return text == "true"
    plain = "".join(text.split()).replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return text
    numeric = typed.get("op") in {">=", "<=", ">", "<"} or typed.get("field") in {"quantity", "amount", "discount"}
    return number if numeric else text


def _plain(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
