"""The six messages of the Segment specification: what must be in them, and of what kind."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from mijoz.events.types import EventRefused

MESSAGE_BYTES = 32 * 1024
LONGEST_ID = 180  # rows made of one message carry its id and a number
LONGEST_KEY = LONGEST_NAME = 400
LONGEST_TYPE = 60

Id = Annotated[str, StringConstraints(max_length=LONGEST_ID)]
Key = Annotated[str, StringConstraints(max_length=LONGEST_KEY)]
Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
Things = dict[str, Any]


class Message(BaseModel):
    """What every message shares: whose it is, when it happened, and an id by which it counts once."""

    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")

    messageId: Id | None = Field(None, description="Of two messages with one id the first counts; made when missing.")
    userId: Key | None = Field(None, description="The person's number in your system.")
    anonymousId: Key | None = Field(None, description="A device's or session's number, while nobody has signed in.")
    timestamp: datetime | None = Field(None, description="When it happened, by the sender's clock.")
    originalTimestamp: datetime | None = Field(None, description="As timestamp; counts where both are given.")
    sentAt: datetime | None = Field(None, description="When it was sent, by the same clock: corrects a wrong one.")
    context: Things | None = None
    integrations: Any = Field(None, description="Taken and not used.")


class Identify(Message):
    type: Literal["identify"] = "identify"
    traits: Things | None = Field(None, description="What is told of the person: firstName, phone, email …")


class Track(Message):
    type: Literal["track"] = "track"
    event: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TYPE, strip_whitespace=True)]
    properties: Things | None = None


class Seen(Message):
    name: Name | None = None
    category: Name | None = None
    properties: Things | None = None


class Page(Seen):
    type: Literal["page"] = "page"


class Screen(Seen):
    type: Literal["screen"] = "screen"


class Group(Message):
    type: Literal["group"] = "group"
    groupId: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    traits: Things | None = None


class Alias(Message):
    type: Literal["alias"] = "alias"
    previousId: Annotated[str, StringConstraints(min_length=1, max_length=400)]


AnyMessage = Identify | Track | Page | Screen | Group | Alias
MODELS: dict[str, type[Message]] = {
    "identify": Identify,
    "track": Track,
    "page": Page,
    "screen": Screen,
    "group": Group,
    "alias": Alias,
}
_VALIDATE = {call: TypeAdapter(model).validator.validate_python for call, model in MODELS.items()}


def read(given: Any) -> AnyMessage:
    """The message from what came as JSON. Raises EventRefused with what is wrong and in which field."""
    if not isinstance(given, dict):
        raise EventRefused("A message is a JSON object.", field="")
    call = given.get("type")
    validate = _VALIDATE.get(call) if isinstance(call, str) else None
    if validate is None:
        raise EventRefused(f"type is one of {', '.join(MODELS)}.", field="type")
    try:
        message: AnyMessage = validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise EventRefused(f"{first['msg']}.", field=".".join(str(part) for part in first["loc"])) from error
    return message
