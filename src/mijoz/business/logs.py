"""Keeps one-time links out of the log: Django writes the address of every refused request."""

from __future__ import annotations

import logging
import re

# A part of an address that is as long and as random as a token; the numbers of imports and demos (UUIDs) stay.
TOKEN = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)[\w~.:=-]{24,}")


def without_tokens(text: str) -> str:
    """The text with the tokens of addresses in it left out.

    >>> without_tokens("Bad Request: /welcome/pWhJ9jBhnXZ-ZkHxJkxI0HxJ6AD9xWHi38RxFWoQZUU")
    'Bad Request: /welcome/…'
    """
    return TOKEN.sub("…", text)


class WithoutTokens(logging.Filter):
    """For a handler's `filters`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True
