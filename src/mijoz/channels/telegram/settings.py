"""What a Telegram account knows of its bot."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Receiving = Literal["polling", "webhook"]


class TelegramSettings(BaseModel):
    """`receives_by` is how the business wants to hear what was written to the bot: we ask Telegram, or Telegram calls
    us. `called_at` is the address that Telegram was told to call, "" when we ask. `phone` is told to whoever needs an
    answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bot_id: int = Field(ge=1)
    username: str = Field(min_length=1, max_length=64)
    title: str = Field(default="", max_length=200)
    receives_by: Receiving = "polling"
    called_at: str = Field(default="", max_length=400)
    phone: str = Field(default="", max_length=40)

    @property
    def account(self) -> str:
        """The account of identities: what Telegram calls a person means something to this bot alone."""
        return str(self.bot_id)

    @property
    def address(self) -> str:
        """Where people open the bot."""
        return f"https://t.me/{self.username}"

    @property
    def shown(self) -> str:
        return f"{self.title} (@{self.username})" if self.title else f"@{self.username}"
