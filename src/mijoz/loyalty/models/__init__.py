"""Offers with grants and redemptions; programmes with their ledger, tiers and referrals."""

from mijoz.loyalty.models.offers import Grant, Offer, OfferVersion, RedeemedOffer, Redemption
from mijoz.loyalty.models.points import Account, Earning, Lot, Posting
from mijoz.loyalty.models.programmes import Programme, ProgrammeVersion, Referral, ReferralCode, TierStanding

__all__ = [
    "Account",
    "Earning",
    "Grant",
    "Lot",
    "Offer",
    "OfferVersion",
    "Posting",
    "Programme",
    "ProgrammeVersion",
    "RedeemedOffer",
    "Redemption",
    "Referral",
    "ReferralCode",
    "TierStanding",
]
