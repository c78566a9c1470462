"""By what we learn what became of our mail: calls of the provider, a mailbox, or nothing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mijoz.channels.reports.report import BOUNCED, COMPLAINED, KINDS

FOLDER = r"^[ !#-\[\]-~]+$"  # IMAP names folders in ASCII, and we put the name in quotes


class Mailbox(BaseModel):
    """Where mail comes back to: mostly the mailbox of the sender."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(default=993, ge=1, le=65_535)
    security: Literal["ssl", "none"] = "ssl"
    user: str = Field(min_length=1, max_length=254)
    folder: str = Field(default="INBOX", min_length=1, max_length=100, pattern=FOLDER)


class ReportSettings(BaseModel):
    """`by` is "" for nothing, `mailbox`, or the key of a provider."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = ""
    mailbox: Mailbox | None = None

    @property
    def outcomes(self) -> frozenset[str]:
        """What can be known of a message beyond that it was sent."""
        if self.by == "mailbox":
            return frozenset({BOUNCED, COMPLAINED})
        return frozenset(KINDS) if self.by else frozenset()
