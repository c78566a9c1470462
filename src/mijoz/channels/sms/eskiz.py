"""The gateway of Eskiz.uz: signing in, giving a message, asking what became of it.

Fields are those of its own documentation (documenter.getpostman.com, “СМС шлюз от Eskiz.uz”). Nothing is tried twice
by itself but what was surely refused for an old token; every failure says whether the message may have been taken.
"""

from __future__ import annotations

import http.client
import json
import select
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from mijoz.channels.sms.settings import SmsSettings
from mijoz.channels.sms.trouble import LONGEST_DETAIL, NO_NUMBER, TIMEOUT_SECONDS, Trouble, diagnose, trouble_for_all
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed

ADDRESS = "https://notify.eskiz.uz/api"  # no setting: whoever could change it would get the password
LARGEST_ANSWER = 256 * 1024
OLD_TOKEN = 401
LONGEST_NUMBER = 100
NOT_TAKEN = 503  # out of service; of any other failure of theirs the message may have been taken

_tokens: dict[str, str] = {}  # of this process, by who signed in; they live for thirty days
_tokens_lock = threading.Lock()


class _Unsent(Exception):
    """The question did not reach Eskiz as a whole."""


class _Unanswered(Exception):
    """The question was asked, and no answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    told: Any  # what the JSON holds; None when it is none
    text: str

    @property
    def said(self) -> str:
        """Its own words about what is wrong."""
        told = self.told if isinstance(self.told, dict) else {}
        words = [told.get(name) for name in ("message", "error", "errors")]
        said = " ".join(
            word if isinstance(word, str) else json.dumps(word, ensure_ascii=False) for word in words if word
        )
        return f"{self.status} {' '.join((said or self.text).split())}".strip()[:LONGEST_DETAIL]


@dataclass(frozen=True, slots=True)
class Status:
    """What Eskiz says of a message: its word for it, of which number, and since when."""

    word: str
    to: str
    at: datetime | None


class Gateway:
    """An account at Eskiz; one connection is kept for several questions."""

    def __init__(self, settings: SmsSettings, password: str) -> None:
        self._settings, self._password = settings, password
        self._key = sha256(f"{ADDRESS}\n{settings.user}\n{password}".encode()).hexdigest()
        self._line: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def sign_in(self) -> str:
        """A token, the one of before where there is one. Raises AccountUnusable."""
        with _tokens_lock:
            known = _tokens.get(self._key, "")
        return known or self._new_token()

    def send(self, fields: Mapping[str, str], *, abroad: bool = False) -> str:
        """Give a message to Eskiz and return its number of it. Raises as transport.Session.send does."""
        path = "/message/sms/send-global" if abroad else "/message/sms/send"
        try:
            answer = self._ask("POST", path, fields)
        except _Unanswered as lost:
            raise OutcomeUnknown(*diagnose(_cause(lost))) from lost
        if answer.status >= 500 and answer.status != NOT_TAKEN:
            raise OutcomeUnknown(Trouble.AWAY, answer.said)
        if not 200 <= answer.status < 300:
            raise _refusal(answer)
        told = answer.told if isinstance(answer.told, dict) else {}
        if number := told.get("id"):
            return str(number)[:LONGEST_NUMBER]
        if str(told.get("status", "")).lower() == "error":
            raise _refusal(Answer(http.client.BAD_REQUEST, told, answer.text))
        raise OutcomeUnknown(Trouble.STRANGE, answer.said)

    def status(self, number: str) -> Status | None:
        """What became of the message with this number of Eskiz; None when it does not know it.

        Raises AccountUnusable.
        """
        try:
            answer = self._ask("GET", f"/message/sms/status_by_id/{quote(number, safe='')}", None)
        except _Unanswered as lost:
            raise AccountUnusable(*diagnose(_cause(lost))) from lost
        if answer.status in {400, 404, 422}:
            return None
        if not 200 <= answer.status < 300 or not isinstance(answer.told, dict):
            raise AccountUnusable(trouble_for_all(answer.status, answer.said) or Trouble.STRANGE, answer.said)
        told = answer.told.get("data")
        told = told[0] if isinstance(told, list) and told else told
        told = told if isinstance(told, dict) else answer.told
        moment = told.get("delivery_sm_at") or told.get("updated_at")
        return Status(str(told.get("status") or "").upper(), str(told.get("to") or ""), _moment(moment))

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None) -> Answer:
        """An answer to a question that needs a token. Raises AccountUnusable and _Unanswered."""
        answer = self._once(method, path, fields, token=self.sign_in())
        if answer.status == OLD_TOKEN:  # refused before it was looked at
            answer = self._once(method, path, fields, token=self._new_token())
            if answer.status == OLD_TOKEN:
                raise AccountUnusable(Trouble.LOGIN_REFUSED, answer.said)
        return answer

    def _new_token(self) -> str:
        with _tokens_lock:
            _tokens.pop(self._key, None)
        fields = {"email": self._settings.user, "password": self._password}
        try:
            answer = self._once("POST", "/auth/login", fields)
        except _Unanswered as lost:
            raise AccountUnusable(*diagnose(_cause(lost))) from lost
        if answer.status in {400, 401, 403, 404, 422}:
            raise AccountUnusable(Trouble.LOGIN_REFUSED, answer.said)
        told = answer.told.get("data") if isinstance(answer.told, dict) else None
        token = told.get("token") if isinstance(told, dict) else None
        if not 200 <= answer.status < 300 or not isinstance(token, str) or not token.isascii():
            kind = Trouble.AWAY if answer.status >= 500 else trouble_for_all(answer.status, answer.said)
            raise AccountUnusable(kind or Trouble.STRANGE, answer.said)
        with _tokens_lock:
            _tokens[self._key] = token
        return token

    def _once(self, method: str, path: str, fields: Mapping[str, str] | None, *, token: str = "") -> Answer:
        """Ask once. Raises AccountUnusable when the question was surely not taken, and _Unanswered."""
        headers = {"accept": "application/json", "user-agent": "Mijoz"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = urlencode(fields).encode() if fields is not None else None
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        try:
            line = self._open_line()
            line.request(method, urlsplit(ADDRESS).path + path, body=body, headers=headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise AccountUnusable(*diagnose(error)) from error
        try:
            response = line.getresponse()
            text = response.read(LARGEST_ANSWER).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _Unanswered from error
        if not response.isclosed():  # longer than any answer of Eskiz
            self.close()
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        return Answer(response.status, told, text[:LONGEST_DETAIL])

    def _open_line(self) -> http.client.HTTPConnection:
        """The connection, a new one where Eskiz has closed the one before: what is said into a closed one is lost."""
        if self._line is not None and self._line.sock is not None and select.select([self._line.sock], [], [], 0)[0]:
            self.close()
        if self._line is None:
            parts = urlsplit(ADDRESS)
            if parts.scheme == "https":
                context = ssl.create_default_context()
                self._line = http.client.HTTPSConnection(
                    parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        if self._line.sock is None:
            self._line.connect()
        return self._line


def _refusal(answer: Answer) -> SendFailed | AccountUnusable:
    """What a refused message is: of itself, or of the account."""
    if kind := trouble_for_all(answer.status, answer.said):
        return AccountUnusable(kind, answer.said)
    return SendFailed(answer.said, permanent=True, is_gone=bool(NO_NUMBER.search(answer.said)))


def _cause(lost: _Unanswered) -> Exception:
    return lost.__cause__ if isinstance(lost.__cause__, Exception) else lost


def _moment(given: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None
