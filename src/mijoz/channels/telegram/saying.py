"""What the bot says, in the language of whoever reads it. Each gives calls of the Bot API: method and parameters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mijoz.channels.telegram.compose import button, may_be_button
from mijoz.customers.privacy.texts import Words

Call = tuple[str, dict[str, Any]]
YES, NO, SILENCE, SPEAK = "yes", "no", "silence", "speak"
BUTTON_BYTES = 64  # that Telegram lets a button carry


def text(chat: int, words: str, **parameters: Any) -> Call:
    """A plain text: without parse_mode no sign in it is markup."""
    told = {"chat_id": chat, "text": words, "link_preview_options": {"is_disabled": True}}
    return "sendMessage", told | parameters


def ask_who(chat: int, business: str, *, before: str = "") -> Call:
    """Asks for the phone by a button, and says what for."""
    asked = _(
        "%(business)s writes here about your bookings and orders. To know that it is you, we need your phone number: "
        "press the button below and Telegram gives it to us. By it we find your record or begin one. Until then we "
        "keep nothing about you."
    ) % {"business": business}
    keyboard = {
        "keyboard": [[{"text": _("Share my phone number"), "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    return text(chat, f"{before}\n\n{asked}" if before else asked, reply_markup=keyboard)


def connected(chat: int) -> Call:
    words = _("Done: this chat is connected. Messages about your own bookings and orders come here now.")
    return text(chat, words, reply_markup={"remove_keyboard": True})


def connected_before(chat: int) -> Call:
    words = _("This chat is connected. Messages about your own bookings and orders come here.")
    return text(chat, words, reply_markup={"remove_keyboard": True})


def ask_consent(chat: int, words: Words) -> Call:
    """The sentence itself, with a yes and a no that carry its version."""
    buttons = [
        [{"text": _("I agree"), "callback_data": pressed(YES, words.version)}],
        [{"text": _("No, thank you"), "callback_data": pressed(NO, words.version)}],
    ]
    return text(chat, words.agreement, reply_markup={"inline_keyboard": buttons})


def pressed(what: str, version: str = "") -> str:
    """What a button carries."""
    return f"{what}:{version}"[:BUTTON_BYTES] if version else what


def agreed(chat: int) -> Call:
    return text(chat, _("Thank you! You can stop it at any moment: /stop"))


def declined(chat: int) -> Call:
    return text(chat, _("All right: no offers here. Messages about your own bookings and orders still come."))


def stopped(chat: int) -> Call:
    buttons = [[{"text": _("No messages at all"), "callback_data": SILENCE}]]
    words = _("Done: no more offers here. Messages about your own bookings and orders still come.")
    return text(chat, words, reply_markup={"inline_keyboard": buttons})


def silent(chat: int) -> Call:
    return text(chat, _("Done: we write nothing here any more. If you change your mind: /start"))


def ask_to_speak(chat: int) -> Call:
    buttons = [[{"text": _("Write to me again"), "callback_data": SPEAK}]]
    words = _("You asked us to write nothing here. Shall we write about your bookings and orders again?")
    return text(chat, words, reply_markup={"inline_keyboard": buttons})


def nobody_here(chat: int) -> Call:
    return text(chat, _("This chat is connected with nobody: nothing is sent here."))


def of_somebody_else(chat: int, business: str) -> Call:
    return ask_who(chat, business, before=_("This contact is not your own, so it was not taken."))


def no_phone(chat: int, business: str) -> Call:
    return ask_who(chat, business, before=_("This number could not be read."))


def link_ended(chat: int, business: str) -> Call:
    return ask_who(chat, business, before=_("This link does not work any more."))


def link_of_another(chat: int) -> Call:
    return text(
        chat, _("This chat is connected with another record already. Please tell our staff: they put it right.")
    )


def not_possible(chat: int) -> Call:
    return text(chat, _("This cannot be done here. Please ask our staff."))


def noted(chat: int, phone: str) -> Call:
    if phone:
        words = _("Thank you, our staff can see your message. For an answer, please call us: %(phone)s")
        return text(chat, words % {"phone": phone})
    return text(chat, _("Thank you, our staff can see your message. For an answer, please call us or come by."))


def only_texts(chat: int, phone: str) -> Call:
    words = _("Only what is written can be read here. Please write it in words.")
    call_us = _("Our phone: %(phone)s") % {"phone": phone} if phone else ""
    return text(chat, f"{words}\n{call_us}".strip())


def nothing_kept(chat: int, business: str) -> Call:
    return ask_who(chat, business, before=_("We do not know yet who you are, so your message was not kept."))


def help_(chat: int, business: str, *, phone: str, page: str) -> Call:
    lines = [
        _(
            "This is the bot of %(business)s. It brings messages about your own bookings and orders, and offers if you "
            "agreed."
        )
        % {"business": business},
        _("/start – connect this chat, choose what comes here"),
        _("/stop – no more offers here"),
    ]
    if phone:
        lines.append(_("Our phone: %(phone)s") % {"phone": phone})
    buttons = {"reply_markup": {"inline_keyboard": [[button(_("My page"), page)]]}} if may_be_button(page) else {}
    return text(chat, "\n".join(lines), **buttons)


def trial(chat: int, business: str) -> Call:
    words = _("A test message from %(business)s: the bot works, and your customers get messages like this one.")
    return text(chat, words % {"business": business})


def commands() -> list[dict[str, str]]:
    """What Telegram shows in the menu of the bot."""
    return [
        {"command": "start", "description": _("Connect this chat")},
        {"command": "stop", "description": _("No more offers here")},
        {"command": "help", "description": _("What this bot does")},
    ]


def refusal(words: Words) -> str:
    """The proof of a no."""
    return _("Said no to the bot: %(title)s") % {"title": words.title}
