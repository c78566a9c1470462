"""How states and reasons of messages are told to people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mijoz.channels.models import Message, Reason

# What the word of the network means that came back of a message, by channel; unknown ones stand as they are.
ENDS = {
    "UNDELIV": _("The network reaches nobody at this number, so it is not written to any more."),
    "EXPIRED": _("The phone was off or out of reach for too long. The number is written to again."),
    "REJECTD": _("The network refused this message. The number is written to again."),
}
TONES = {
    Message.Status.WAITING: "neutral",
    Message.Status.SENDING: "brand",
    Message.Status.SENT: "good",
    Message.Status.STOPPED: "warning",
    Message.Status.FAILED: "bad",
}
ICONS = {
    Message.Status.WAITING: "clock",
    Message.Status.SENDING: "send",
    Message.Status.SENT: "circle-check",
    Message.Status.STOPPED: "hand-stop",
    Message.Status.FAILED: "alert-circle",
}
MEANINGS = {
    Reason.CONSENT_MISSING: _(
        "The customer was never asked, or never answered, whether we may write for marketing. Ask at the next visit."
    ),
    Reason.CONSENT_WITHDRAWN: _("The customer does not want such messages. Only they can change that."),
    Reason.ADDRESS_MISSING: _("The customer’s page has no address for this channel."),
    Reason.ADDRESS_UNUSABLE: _(
        "A message to this address came back for good: nobody is reached there. Ask the customer for another one."
    ),
    Reason.QUIET_HOURS: _("Nobody gets marketing during the quiet hours of the settings. It goes out when they end."),
    Reason.DAY_CAP: _(
        "The customer has had as many marketing messages as the settings allow in a day, from all scenarios together."
    ),
    Reason.WEEK_CAP: _(
        "The customer has had as many marketing messages as the settings allow in a week, from all scenarios together."
    ),
    Reason.COMPLAINT: _(
        "For some days after a complaint, as the settings say, nobody gets marketing from us: it would only anger them."
    ),
    Reason.RESTRICTED: _("The record is kept, and nothing is done with it until its restriction is lifted."),
    Reason.MONTH_CAP: _(
        "The customer chose how many marketing messages a month they want, and has had them, from all scenarios "
        "together."
    ),
    Reason.OUTRANKED: _(
        "The customer has had as many marketing messages as the settings allow, and one of a scenario of higher "
        "priority went first."
    ),
    Reason.CONTROL_GROUP: _(
        "The customer is in the control group now: for some time they get no marketing scenario, so that we can see "
        "what all of them together change."
    ),
    Reason.TOO_PERSONAL: _("It tells more of what we know about the customer than the settings allow for its purpose."),
    Reason.SAME_PERSON: _("The customer is known under several numbers, and gets this message under another one."),
    Reason.TOO_LATE: _("It could not go out while it was of use."),
    Reason.SCENARIO_PAUSED: _(
        "Its scenario is paused. It goes out when the scenario runs again, if it is of use then."
    ),
    Reason.SCENARIO_STOPPED: _("Its scenario was stopped before the message went out."),
    Reason.NOT_HEARD: _(
        "Another program reads what people write to the bot, so nobody’s /stop would reach us. Offers wait until it "
        "stops."
    ),
    Reason.TRY_AGAIN: _("It could not be taken just now. We try again by ourselves."),
    Reason.GAVE_UP: _("It was not taken in any of our tries."),
    Reason.REFUSED: _("This message was refused for good. Mostly the address does not exist any more."),
    Reason.UNKNOWN_OUTCOME: _(
        "The connection broke when the message was on its way. It may have arrived or not, so we did not send it again."
    ),
    Reason.STOPPED_BY_STAFF: _("Somebody here stopped it."),
}
