"""What can happen to a customer, as people call it; any other type that was recorded is called by its own name."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, str | Promise] = {
    "purchase_line": _("a purchase"),
    "visit": _("a visit or a call"),
    "booking_made": _("a booking made"),
    "booking_missed": _("a booking missed"),
    "booking_cancelled": _("a booking cancelled"),
    "complaint": _("a complaint"),
    "case_opened": _("a case opened"),
    "case_resolved": _("a case resolved"),
    "case_reopened": _("a case opened again"),
    "survey_answered": _("a rating"),
    "refund_line": _("money given back"),
    "message_sent": _("a message was sent"),
    "points_earned": _("points were earned"),
    "offer_redeemed": _("an offer was redeemed"),
}


def event_label(event: str) -> str:
    return str(EVENTS.get(event, event))
