"""What an e-mail account needs to know of its mail server."""

from __future__ import annotations

from email.utils import formataddr
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Security = Literal["none", "starttls", "ssl"]
PORTS: dict[str, int] = {"none": 25, "starttls": 587, "ssl": 465}


class EmailSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(ge=1, le=65_535)
    security: Security = "starttls"
    user: str = ""
    from_address: str = Field(min_length=3, max_length=254)
    from_name: str = Field(default="", max_length=100)

    @property
    def sender(self) -> str:
        return formataddr((self.from_name, self.from_address)) if self.from_name else self.from_address

    @property
    def shown(self) -> str:
        """The sender as people read it, in any alphabet."""
        return f"{self.from_name} <{self.from_address}>" if self.from_name else self.from_address
