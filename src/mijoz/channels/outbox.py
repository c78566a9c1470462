"""A message as its writer gives it to the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mijoz.channels.models import USEFUL_FOR, WITH_SUBJECT, Channel, Message
from mijoz.customers.models import LANGUAGES, Purpose

PURPOSES = frozenset({Purpose.SERVICE, Purpose.MARKETING})
LONGEST_SUBJECT = 300  # longer ones are cut: no mail program shows so much
FIRST_WORDS = 80  # of the text, where a channel has no subjects
LONGEST = {"dedupe_key": 200, "address": 254, "scenario": 60, "step": 20}


class MessageRefused(ValueError):
    """The message cannot stand in the outbox; `field` says where."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """One message on its way into the outbox.

    `dedupe_key` names its cause: the same key is written once, whoever comes again. `text` is plain; the channel makes
    its own markup of it unless `html` is given, and whoever gives `html` has escaped in it what came from outside.
    An empty `address` means the customer's own at the moment of sending. `expires_at` is when it is of no use any more,
    by default USEFUL_FOR after `send_after`. `scenario`, its version, `enrolment` and `step` say what it comes from.
    Of two that compete the one of higher `priority` goes first; `reveals` says how personal it is.
    """

    customer_id: int
    channel: str
    purpose: str
    dedupe_key: str
    language: str
    subject: str
    text: str
    html: str = ""
    address: str = ""
    send_after: datetime
    expires_at: datetime | None = None
    scenario: str = ""
    scenario_version: int | None = None
    enrolment: int | None = None
    step: str = ""
    priority: int = 5
    reveals: int = 0

    def check(self) -> None:
        """Raise MessageRefused for what no channel could send or what would go out without a purpose."""
        for field, known in (
            ("channel", frozenset(Channel.values)),
            ("purpose", PURPOSES),
            ("language", frozenset(code for code, _name in LANGUAGES)),
        ):
            if getattr(self, field) not in known:
                raise MessageRefused(
                    f"{field} is {getattr(self, field)!r}, not one of {', '.join(sorted(known))}", field=field
                )
        needed = ("dedupe_key", "subject", "text") if self.channel in WITH_SUBJECT else ("dedupe_key", "text")
        for field in needed:
            if not getattr(self, field).strip():
                raise MessageRefused(f"{field} is empty", field=field)
        for field, longest in LONGEST.items():
            if len(getattr(self, field)) > longest:
                raise MessageRefused(f"{field} is longer than {longest} characters", field=field)
        for field in ("subject", "text", "html", "address"):
            if "\0" in getattr(self, field):
                raise MessageRefused(f"{field} holds a zero character", field=field)
        self._check_moments()

    def _check_moments(self) -> None:
        if self.send_after.tzinfo is None:
            raise MessageRefused("send_after has no time zone", field="send_after")
        if self.expires_at is None:
            return
        if self.expires_at.tzinfo is None:
            raise MessageRefused("expires_at has no time zone", field="expires_at")
        if self.expires_at <= self.send_after:
            raise MessageRefused("expires_at is not after send_after", field="expires_at")

    def row(self) -> dict[str, object]:
        """The columns of the outbox as JSON takes them."""
        subject = " ".join(self.subject.split()) or " ".join(self.text.split())[:FIRST_WORDS]
        return {
            "customer_id": self.customer_id,
            "channel": str(self.channel),
            "purpose": str(self.purpose),
            "dedupe_key": self.dedupe_key,
            "language": self.language,
            "subject": subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…",
            "text": self.text,
            "html": self.html,
            "address": self.address,
            "send_after": self.send_after.isoformat(),
            "expires_at": (self.expires_at or self.send_after + USEFUL_FOR).isoformat(),
            "status": str(Message.Status.WAITING),
            "scenario": self.scenario,
            "scenario_version": self.scenario_version,
            "enrolment": self.enrolment,
            "step": self.step,
            "priority": self.priority,
            "reveals": self.reveals,
        }
