"""What loyalty can do; each verb in a file of its own."""

from mijoz.loyalty.actions.giving import give, give_to_segment
from mijoz.loyalty.actions.granting import Granted, grant, make_codes, make_shared_code, withdraw
from mijoz.loyalty.actions.offers import OfferRefused, set_state, write_offer
from mijoz.loyalty.actions.redeeming import (
    CancelRefused,
    RedeemRefused,
    cancel,
    redeem,
)

__all__ = [
    "CancelRefused",
    "Granted",
    "OfferRefused",
    "RedeemRefused",
    "cancel",
    "give",
    "give_to_segment",
    "grant",
    "make_codes",
    "make_shared_code",
    "redeem",
    "set_state",
    "withdraw",
    "write_offer",
]
