"""Fields of an event's payload, a JSON object as text, read by expressions that every backend has.

For keys of our own event types, whose values are numbers, or words without quotes. A quote inside a JSON
text is escaped, so a customer's own words cannot be mistaken for a key.
"""

from __future__ import annotations

import narwhals as nw

NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"
AFTER_NUMBER = r'"?\s*[,}]'


def text(key: str, *, column: str = "payload") -> nw.Expr:
    """The text under `key`; null where the payload has none."""
    begin = rf'"{key}"\s*:\s*"'
    found = nw.col(column).str.replace_all(rf"(?s)^.*?{begin}", "").str.replace_all(r'(?s)".*$', "")
    return nw.when(nw.col(column).str.contains(begin)).then(found)


def number(key: str, *, column: str = "payload") -> nw.Expr:
    """The number under `key`, also if written as a text; null where the payload has none."""
    begin = rf'"{key}"\s*:\s*"?'
    found = nw.col(column).str.replace_all(rf"(?s)^.*?{begin}", "").str.replace_all(r'(?s)["\s,}].*$', "")
    return nw.when(nw.col(column).str.contains(begin + NUMBER + AFTER_NUMBER)).then(found).cast(nw.Float64)


def true(key: str, *, column: str = "payload") -> nw.Expr:
    """Whether `key` says true; false where the payload has none."""
    return nw.col(column).str.contains(rf'"{key}"\s*:\s*"?[Tt]rue').fill_null(False)


def number_within(parent: str, key: str, *, column: str = "payload") -> nw.Expr:
    """The number under `key` in the object of numbers under `parent`; null where there is none."""
    begin = rf'"{parent}"\s*:\s*\{{[^{{}}]*"{key}"\s*:\s*'
    found = nw.col(column).str.replace_all(rf"(?s)^.*?{begin}", "").str.replace_all(r"(?s)[\s,}].*$", "")
    return nw.when(nw.col(column).str.contains(begin + NUMBER + r"\s*[,}]")).then(found).cast(nw.Float64)
