"""What Telegram tells of what people do in the bot, read strictly: texts without signs that no table keeps. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

WANTED = ("message", "callback_query", "my_chat_member")
LONGEST_TEXT = 4_096
CARRIED = (
    "photo", "voice", "video", "video_note", "animation", "audio", "document", "sticker", "location", "venue", "poll",
    "dice", "story", "paid_media", "checklist",
)  # fmt: skip
FORWARDED = ("forward_origin", "forward_from", "forward_from_chat", "forward_sender_name", "forward_date")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class UpdateUnreadable(ValueError):
    """It has no number by which it could be kept apart from others."""


def _plain(text: str) -> str:
    """Without signs that a table or a reader stumbles over: controls, turned directions, halves of signs."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return CONTROLS.sub("", whole)[:LONGEST_TEXT]


Text = Annotated[str, AfterValidator(_plain)]
Number = Annotated[int, Field(ge=1, lt=2**53)]


class Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Person(Told):
    id: Number
    is_bot: bool = False
    first_name: Text = ""
    last_name: Text = ""
    language_code: Text = ""


class Chat(Told):
    id: int
    type: str = ""


class Contact(Told):
    phone_number: Text = ""
    user_id: int | None = None
    first_name: Text = ""
    last_name: Text = ""


class ChatMessage(Told):
    """`carries` names what is neither text nor contact: a photo, a voice, a place. `is_forwarded` says that the sender
    passes on what somebody wrote elsewhere.
    """

    message_id: int = 0
    sender: Person | None = Field(default=None, alias="from")
    chat: Chat
    text: Text = ""
    caption: Text = ""
    contact: Contact | None = None
    carries: str = ""
    is_forwarded: bool = False

    @model_validator(mode="before")
    @classmethod
    def _name_what_it_is(cls, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        carries = next((one for one in CARRIED if one in told), "")
        return told | {"carries": carries, "is_forwarded": any(one in told for one in FORWARDED)}


class Press(Told):
    """A button under a message of ours."""

    id: Text
    sender: Person = Field(alias="from")
    data: Text = ""
    message: ChatMessage | None = None


class Member(Told):
    status: str = ""


class Membership(Told):
    """The bot was blocked, or let in again."""

    sender: Person = Field(alias="from")
    chat: Chat
    new_chat_member: Member


class Update(Told):
    update_id: Annotated[int, Field(ge=0, lt=2**63)]
    message: ChatMessage | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None


class Numbered(Told):
    update_id: Annotated[int, Field(ge=0, lt=2**63)]


def read(told: Any) -> Update:
    """What of an update is of use to us; of one of an unknown shape its number alone. Raises UpdateUnreadable."""
    try:
        return Update.model_validate(told)
    except ValidationError:
        pass
    try:
        return Update(update_id=Numbered.model_validate(told).update_id)
    except ValidationError as error:
        raise UpdateUnreadable from error
