"""The types of event we know, each with the schema of its payload; unknown types are kept as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

# What a customer did with us; a message that Mijoz sent does not make an old history a living one.
TRADE = (
    "purchase_line",
    "refund_line",
    "gift_line",
    "visit",
    "booking_made",
    "booking_missed",
    "booking_cancelled",
)
LINES = ("purchase_line", "refund_line")  # of what was bought, and of what was given back


class Payload(BaseModel):
    """What every payload shares: further keys are kept, known keys must be right."""

    model_config = ConfigDict(extra="allow")


class PurchaseLine(Payload):
    unit_price: Decimal | None = None


class Visit(Payload):
    waited_minutes: float | None = Field(default=None, ge=0)
    took_minutes: float | None = Field(default=None, ge=0)
    staff: str = ""  # the name of who served
    touchpoint: str = ""


class Booking(Payload):
    starts_at: datetime | None = None


class Complaint(Payload):
    touchpoint: str = ""
    text: str = ""


class CaseOpened(Payload):
    """A request, a complaint or a claim under warranty; `reference` of the event is the number of the case, in all
    events of it."""

    kind: Literal["request", "complaint", "warranty"] = "request"
    touchpoint: str = ""
    subject: str = ""


class CaseAnswered(Payload):
    """The first answer, or a further one."""

    by: Literal["staff", "machine"] = "staff"
    staff: str = ""


class CaseResolved(Payload):
    """`first_time`: it was right at the first attempt. `automatic`: no member of staff was needed."""

    first_time: bool | None = None
    automatic: bool | None = None
    staff: str = ""


class SurveyAnswered(Payload):
    """One figure of a kind: csat, nps, ces, servqual, servperf, indicators.

    What it was made of, where the survey asks for it: `gaps` (perception minus expectation) and `perceived` by
    dimension, `indicators` by the indicator of personalisation.
    """

    kind: str
    score: float
    touchpoint: str = ""
    survey: str = ""
    gaps: dict[str, float] = {}
    perceived: dict[str, float] = {}
    indicators: dict[str, float] = {}


class MessageEvent(Payload):
    scenario: str = ""
    subject: str = ""
    reason: str = ""


class MessageReceived(Payload):
    """What a customer wrote to us of their own accord; `channel` of the event says where."""

    text: str = ""


class ChannelLinked(Payload):
    """A customer connected a chat with their record: by a link that they were given, or by their own contact."""

    how: str = ""


class ScenarioEnrolled(Payload):
    version: int = Field(ge=1)
    arm: Literal["treated", "hold-out"]
    segment: str = ""
    goal: str = "purchase"
    window_days: int = Field(ge=1)


class OfferMade(Payload):
    scenario: str = ""
    offer: str = ""


class OfferRedeemed(Payload):
    """Offers and points used at a till, or taken back; `before` is the sum of the receipt without them."""

    redemption: str
    offers: list[str] = []
    before: Decimal | None = None
    points: int = Field(default=0, ge=0)
    reason: str = ""


class PointsAdjusted(Payload):
    points: int
    reason: str = ""


class TierChanged(Payload):
    tier: str = ""
    before: str = ""


class FriendReferred(Payload):
    referrer: int = Field(ge=1)


class OfferAnswered(Payload):
    """What a customer said to an offer; `item` of the event is the service."""

    by: str = ""


class ProtocolSet(Payload):
    scenario: str = ""
    package: str = ""


class Task(Payload):
    scenario: str = ""
    text: str = ""


class Consent(Payload):
    purpose: Literal["service", "marketing", "profiling", "sharing"]
    channel: str = ""
    proof: str = ""


class ProfileDeclared(Payload):
    """Traits told by the customer or by staff, such as name, phone, language."""


SCHEMAS: dict[str, type[Payload]] = {
    "purchase_line": PurchaseLine,
    "refund_line": PurchaseLine,
    "gift_line": PurchaseLine,
    "visit": Visit,
    "booking_made": Booking,
    "booking_missed": Booking,
    "booking_cancelled": Booking,
    "case_opened": CaseOpened,
    "case_answered": CaseAnswered,
    "case_resolved": CaseResolved,
    "case_reopened": Payload,
    "complaint": Complaint,
    "survey_answered": SurveyAnswered,
    "message_sent": MessageEvent,
    "message_failed": MessageEvent,
    "message_stopped": MessageEvent,
    "message_delivered": MessageEvent,
    "message_opened": MessageEvent,
    "message_clicked": MessageEvent,
    "message_bounced": MessageEvent,
    "message_complained": MessageEvent,
    "message_received": MessageReceived,
    "channel_linked": ChannelLinked,
    "scenario_enrolled": ScenarioEnrolled,
    "goal_reached": Payload,
    "offer_made": OfferMade,
    "offer_taken": OfferAnswered,
    "offer_refused": OfferAnswered,
    "protocol_set": ProtocolSet,
    "offer_redeemed": OfferRedeemed,
    "offer_cancelled": OfferRedeemed,
    "points_adjusted": PointsAdjusted,
    "tier_changed": TierChanged,
    "friend_referred": FriendReferred,
    "task_created": Task,
    "task_done": Task,
    "consent_given": Consent,
    "consent_withdrawn": Consent,
    "profile_declared": ProfileDeclared,
}


# What we do ourselves: it tells nothing of what a customer did, nor when they were last heard of.
OURS = frozenset(
    {
        "message_sent",
        "message_failed",
        "message_stopped",
        "message_delivered",
        "message_opened",  # mail programs fetch pictures by themselves
        "message_bounced",
        "scenario_enrolled",
        "goal_reached",
        "offer_made",
        "protocol_set",
        "offer_redeemed",
        "offer_cancelled",
        "points_adjusted",
        "tier_changed",
        "friend_referred",
        "task_created",
        "task_done",
    }
)
# What nobody but Mijoz may write.
ONLY_OURS = OURS | {"message_clicked", "message_complained", "profile_declared", "channel_linked"}
# Done by us, in Mijoz or in another system: no sign of life of the customer.
BY_US = OURS | {"case_answered", "case_resolved"}
ASKED = frozenset(
    {
        "survey_answered",
        "consent_given",
        "consent_withdrawn",
        "complaint",
        "case_reopened",
        "offer_taken",
        "offer_refused",
        "message_clicked",
        "message_complained",
    }
)  # by customers we know already
CASE = ("case_opened", "case_answered", "case_resolved", "case_reopened")
OUR_OWN = "key:"  # before the customer number that we make for a row of a file without one; shown to nobody
SATISFACTION = "csat"  # the kind of survey that tells it; scales are not mixed


def _is_figure(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < 1e12


def _is_text(value: Any) -> bool:
    return type(value) is str


# Of the types that come by the thousand: values of which no schema needs to be asked, which takes much longer.
SURELY_FIT: dict[str, dict[str, Callable[[Any], bool]]] = {
    "purchase_line": {"unit_price": _is_figure},
    "visit": {"waited_minutes": _is_figure, "took_minutes": _is_figure, "staff": _is_text, "touchpoint": _is_text},
}


def fits_surely(type_: str, payload: dict[str, Any]) -> bool:
    """Whether the schema of this type would surely take the payload; False says nothing."""
    fields = SURELY_FIT.get(type_)
    return fields is not None and all(name not in payload or fits(payload[name]) for name, fits in fields.items())


IdentityKey = tuple[str, str, str]  # kind, account, value


class EventRefused(ValueError):
    """The event does not fit its type; `field` says where."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(slots=True)
class NewEvent:
    """One event on its way into the log; `identity` is (kind, account, value), None for nobody known.

    `also` are further identities that the source says are the same person's. `line` is the event as events.lines
    writes it, where that was done ahead. Nobody changes one; it is not frozen because there are many, and each would
    take twice as long to make.
    """

    message_id: str
    type: str
    occurred_at: datetime
    identity: IdentityKey | None = None
    reference: str = ""
    item: str = ""
    quantity: float | None = None
    amount: Decimal | None = None
    discount: Decimal | None = None
    currency: str = ""
    branch: str = ""
    channel: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    also: tuple[IdentityKey, ...] = ()
    line: bytes = field(default=b"", compare=False, repr=False)

    def check(self) -> None:
        """Raise EventRefused when a column or the payload is not what the type promises."""
        if not self.message_id:
            raise EventRefused("message_id is empty", field="message_id")
        if not self.type:
            raise EventRefused("type is empty", field="type")
        if self.occurred_at.tzinfo is None:
            raise EventRefused("occurred_at has no time zone", field="occurred_at")
        schema = SCHEMAS.get(self.type)
        if schema is None or fits_surely(self.type, self.payload):
            return
        try:
            schema.model_validate(self.payload)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise EventRefused(f"{where}: {first['msg']}", field=f"payload.{where}") from error
