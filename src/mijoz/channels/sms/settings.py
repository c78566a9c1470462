"""What an account at Eskiz needs to know, and what its SMS cost."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

SENDER = r"^[A-Za-z0-9 ._-]{1,11}$"  # as networks take it: a short number or a name of eleven letters
SHARED_SENDER = "4546"  # of Eskiz itself, for who has no name of their own


class SmsSettings(BaseModel):
    """`part_price` is what one part of an SMS costs in the currency of the business, None when nobody said.

    With `plain_letters` letters that would make an SMS dear (ʻ, “, —) are sent as those of the small alphabet; with
    `abroad` numbers of other countries are written to as well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: str = Field(min_length=3, max_length=254)
    sender: str = Field(default=SHARED_SENDER, pattern=SENDER)
    part_price: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=2)
    plain_letters: bool = True
    abroad: bool = False
