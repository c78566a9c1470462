"""The Bot API of Telegram (core.telegram.org/bots/api): one call after the other over one connection.

The token stands in the path of each call. So no error of this module shows a path, and no line of it is logged.
"""

from __future__ import annotations

import http.client
import json
import re
import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

ADDRESS = "https://api.telegram.org"
TIMEOUT_SECONDS = 15
TOKEN = re.compile(r"[1-9][0-9]{4,15}:[A-Za-z0-9_-]{30,64}")
LONGEST_ANSWER = 8 * 1024 * 1024


class TokenMalformed(ValueError):
    """What was given cannot be the token of a bot."""


class NotAsked(Exception):
    """Telegram certainly did not get the call."""


class NotAnswered(Exception):
    """Telegram may have got the call, but its answer never came or cannot be read."""


class Refused(Exception):
    """Telegram got the call and did not do it: its code, its words, after how many seconds it may be asked again."""

    def __init__(self, code: int, said: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{code} {said}".strip())
        self.code = code
        self.said = said
        self.retry_after = retry_after


class BotApi:
    """A bot, by its token. Not to be used by two threads at once."""

    def __init__(self, token: str) -> None:
        """Raises TokenMalformed: a token that is none must not come near an address."""
        if not TOKEN.fullmatch(token):
            raise TokenMalformed
        self._token = token
        self._connection: http.client.HTTPConnection | None = None

    def call(self, method: str, parameters: Mapping[str, Any] | None = None, *, wait_seconds: int = 0) -> Any:
        """What Telegram answers to the call; it may take `wait_seconds` longer than usual to do so.

        Raises NotAsked, NotAnswered or Refused; after the first two the connection is opened anew for the next.
        """
        body = json.dumps(parameters or {}, ensure_ascii=False, separators=(",", ":")).encode()
        timeout = TIMEOUT_SECONDS + wait_seconds
        connection = self._open(timeout)
        try:
            connection.request(
                "POST",
                f"/bot{self._token}/{method}",
                body=body,
                headers={"Content-Type": "application/json", "User-Agent": "Mijoz"},
            )
        except (OSError, http.client.HTTPException) as error:  # a call without its end was never taken
            self.close()
            raise NotAsked(_words(error)) from None
        try:
            answer = connection.getresponse()
            status, content = answer.status, answer.read(LONGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NotAnswered(_words(error)) from None
        if answer.will_close or len(content) > LONGEST_ANSWER:
            self.close()
        return self._result(status, content)

    def close(self) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None

    def interrupt(self) -> None:
        """Let a call that waits in another thread end at once, as one without an answer."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _open(self, timeout: float) -> http.client.HTTPConnection:
        if self._connection is not None and _was_closed(self._connection):
            self.close()
        if self._connection is None:
            parts = urlsplit(ADDRESS)
            if parts.scheme == "https":
                context = ssl.create_default_context()
                made: http.client.HTTPConnection = http.client.HTTPSConnection(parts.netloc, context=context)
            else:
                made = http.client.HTTPConnection(parts.netloc)
            made.timeout = TIMEOUT_SECONDS
            try:
                made.connect()
            except (OSError, UnicodeError) as error:
                raise NotAsked(_words(error)) from None
            self._connection = made
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout)
        return self._connection

    def _result(self, status: int, content: bytes) -> Any:
        try:
            told = json.loads(content)
            is_done = told["ok"] is True
        except (ValueError, KeyError, TypeError):
            raise NotAnswered(f"HTTP {status}") from None
        if is_done:
            return told.get("result")
        code = told.get("error_code")
        parameters = told.get("parameters")
        retry_after = parameters.get("retry_after") if isinstance(parameters, dict) else None
        raise Refused(
            code if isinstance(code, int) else status,
            str(told.get("description", "")).replace(self._token, "…")[:500],
            retry_after=retry_after if isinstance(retry_after, int) else None,
        )


def _was_closed(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side closed it since the last answer: then there is something to read where nothing is due."""
    if connection.sock is None:
        return True
    try:
        readable, _writable, _failed = select.select([connection.sock], [], [], 0)
    except (OSError, ValueError):
        return True
    return bool(readable)


def _words(error: Exception) -> str:
    """What the system said, without the address of the call."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return type(error).__name__
