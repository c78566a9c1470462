"""What loyalty can do; each verb in a file of its own."""

from mijoz.loyalty.actions.giving import give, give_to_segment
from mijoz.loyalty.actions.granting import Granted, grant, make_codes, make_shared_code, withdraw
from mijoz.loyalty.actions.offers import OfferRefused, set_state, write_offer
from mijoz.loyalty.actions.points import AdjustRefused, adjust
from mijoz.loyalty.actions.programmes import ProgrammeRefused, set_programme_state, take_ready, write_programme
from mijoz.loyalty.actions.redeeming import (
    CancelRefused,
    RedeemRefused,
    cancel,
    redeem,
)
from mijoz.loyalty.actions.running import close_the_day, count_purchases, let_points_expire

__all__ = [
    "AdjustRefused",
    "CancelRefused",
    "Granted",
    "OfferRefused",
    "ProgrammeRefused",
    "RedeemRefused",
    "adjust",
    "cancel",
    "close_the_day",
    "count_purchases",
    "give",
    "give_to_segment",
    "grant",
    "let_points_expire",
    "make_codes",
    "make_shared_code",
    "redeem",
    "set_programme_state",
    "set_state",
    "take_ready",
    "withdraw",
    "write_offer",
    "write_programme",
]
