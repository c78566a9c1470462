"""What can happen to a customer, as people call it; any other type that was recorded is called by its own name."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mijoz.customers.wording import TOUCHPOINTS
from mijoz.scenarios.triggers import Where
from mijoz.ui import formats

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
    "message_received": pgettext_lazy("goal", "a message from the customer"),
    "refund_line": _("money given back"),
    "message_sent": _("a message was sent"),
    "points_earned": _("points were earned"),
    "offer_redeemed": _("an offer was redeemed"),
}
OPERATORS: dict[str, str | Promise] = {
    "=": pgettext_lazy("condition on an event", "is"),
    "!=": pgettext_lazy("condition on an event", "is not"),
    ">=": _("at least"),
    "<=": _("at most"),
    ">": _("more than"),
    "<": _("less than"),
    "contains": pgettext_lazy("condition on an event", "contains"),
    "known": _("is known"),
}
COLUMNS: dict[str, str | Promise] = {
    "item": _("What it was"),
    "amount": _("Amount"),
    "quantity": _("Quantity"),
    "discount": _("Discount"),
    "branch": _("Branch (its code)"),
    "channel": _("Channel"),
    "reference": _("Its number"),
    "currency": _("Currency"),
    "payload.kind": _("kind"),
    "payload.score": _("score"),
    "payload.touchpoint": pgettext_lazy("condition on an event", "touchpoint"),
}
SURVEYS = ("csat", "nps", "ces", "servqual", "servperf")  # known by their letters in every language


def event_label(event: str) -> str:
    return str(EVENTS.get(event, event))


def conditions(where: Iterable[Where]) -> str:
    """Conditions on an event in words: Amount at least 100,000, payload.kind is “warranty”."""
    return ", ".join(_condition(one) for one in where)


def _condition(one: Where) -> str:
    fact = str(COLUMNS.get(one.field, one.field.removeprefix("payload.")))
    if one.op == "known":
        known, unknown = (
            pgettext("condition on an event", "is known"),
            pgettext("condition on an event", "is not known"),
        )
        return f"{fact} {known if one.value else unknown}"
    value = one.value
    if isinstance(value, bool):
        said = pgettext("condition on an event", "yes") if value else pgettext("condition on an event", "no")
    else:
        said = formats.number(value) if isinstance(value, float) else _quoted(one)
    return f"{fact} {OPERATORS[one.op]} {said}"


def _quoted(one: Where) -> str:
    value = str(one.value)
    if one.field == "payload.kind" and value in SURVEYS:
        value = value.upper()
    if one.field == "payload.touchpoint":
        value = str(TOUCHPOINTS.get(value, value))
    return gettext("“%(value)s”") % {"value": value}
