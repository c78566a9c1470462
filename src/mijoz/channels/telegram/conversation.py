"""What the bot does with what people write to it and press: a fixed conversation, nothing in it is a command to us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings as django_settings
from django.utils import translation

from mijoz.business.models import StaffMember
from mijoz.business.queries import business as current_business
from mijoz.channels import hooks, queries
from mijoz.channels.models import Channel, ChannelAccount, Message, StaffChat
from mijoz.channels.queries import latest_answers
from mijoz.channels.telegram import linking, links, saying
from mijoz.channels.telegram.linking import Chatting
from mijoz.channels.telegram.saying import Call
from mijoz.channels.telegram.settings import TelegramSettings
from mijoz.channels.telegram.updates import ChatMessage, Membership, Press, Update
from mijoz.customers import contacts
from mijoz.customers.identity.holding import Erased
from mijoz.customers.models import Customer, Purpose
from mijoz.customers.privacy import consent, texts
from mijoz.customers.queries import event_identity
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.ui.outside import TooOften, count_try

THROUGH = "telegram"
LANGUAGES = dict(django_settings.LANGUAGES)
PRIVATE = "private"
LET_IN = "member"
MOST_IN_TEN_MINUTES = 60  # of one chat: no person writes so much


def respond(update: Update, account: ChannelAccount, *, at: datetime) -> list[Call]:
    """Do what an update asks for and return what the bot says to it; call it in the transaction that notes the update.

    Groups and other bots are not answered, nor is whoever writes more than a person would; a no of theirs counts.
    """
    bot = TelegramSettings.model_validate(account.settings)
    told = update.message or update.callback_query or update.my_chat_member
    chat = told.message.chat if isinstance(told, Press) and told.message else getattr(told, "chat", None)
    if told is None or told.sender is None or told.sender.is_bot or chat is None or chat.type != PRIVATE:
        return []
    talk = Talk(bot, Chatting(bot.account, told.sender), number=f"telegram/{bot.account}/{update.update_id}", at=at)
    try:
        count_try("telegram", f"{bot.account}/{told.sender.id}", most=MOST_IN_TEN_MINUTES)
    except TooOften:
        with talk.in_their_language():
            talk.hear(told)
        return []
    with talk.in_their_language():
        match told:
            case ChatMessage():
                return talk.written(told)
            case Press():
                return talk.pressed(told)
            case Membership():
                return talk.membership(told)


class Talk:
    """One update in its chat."""

    def __init__(self, bot: TelegramSettings, who: Chatting, *, number: str, at: datetime) -> None:
        self.bot = bot
        self.who = who
        self.number = number
        self.at = at
        self.customer = linking.customer_of(who)
        self.company = current_business()

    @property
    def chat(self) -> int:
        return self.who.chat

    @property
    def business(self) -> str:
        return str(self.company)

    @contextmanager
    def in_their_language(self) -> Iterator[None]:
        known = self.customer.language if self.customer else ""
        told = known or linking.language_told(self.who.person)
        with translation.override(told if told in LANGUAGES else self.company.language):
            yield

    def written(self, message: ChatMessage) -> list[Call]:
        if message.contact is not None:
            return self._contact(message)
        command, rest = _command_in(message)
        match command:
            case "/start":
                return self._start(rest)
            case "/stop":
                return self._stop()
            case "/help":
                return [saying.help_(self.chat, self.business, phone=self.bot.phone, page=self._page())]
        return self._other(message)

    def pressed(self, press: Press) -> list[Call]:
        what, _colon, version = press.data.partition(":")
        done: Call = ("answerCallbackQuery", {"callback_query_id": press.id})
        if self.customer is None:
            return [done, saying.nobody_here(self.chat)]
        match what:
            case saying.YES | saying.NO:
                return [done, *self._answer(self.customer, granted=what == saying.YES, version=version)]
            case saying.SILENCE | saying.SPEAK:
                return [done, *self._service(self.customer, granted=what == saying.SPEAK)]
        return [done]

    def membership(self, told: Membership) -> list[Call]:
        """Whoever lets the bot in again can be written to again."""
        if told.new_chat_member.status == LET_IN:
            self._forgive()
        return []

    def hear(self, told: ChatMessage | Press | Membership) -> None:
        """Keep what a customer wrote and let a no of theirs count, without an answer."""
        if self.customer is None:
            return
        match told:
            case ChatMessage() if _command_in(told)[0] == "/stop":
                self._stop()
            case ChatMessage() if told.contact is None:
                self._keep(self.customer, told)
            case Press() if told.data.partition(":")[0] in {saying.NO, saying.SILENCE}:
                self.pressed(told)

    def _start(self, key: str) -> list[Call]:
        self._forgive()
        if key:
            return self._start_with(key)
        if self.customer is None:
            return [saying.ask_who(self.chat, self.business)]
        return [saying.connected_before(self.chat), *self._ask(self.customer)]

    def _start_with(self, key: str) -> list[Call]:
        try:
            opened = links.read(self.bot.account, key, at=self.at)
            if opened.is_trial:
                return self._trial(opened.number)
            customer = linking.connect_by_key(self.who, opened.number, key, at=self.at)
        except linking.OfAnother:
            return [saying.link_of_another(self.chat)]
        except (links.KeyBroken, links.KeyOld, linking.KeyUsed, LookupError, Erased):
            if self.customer is None:
                return [saying.link_ended(self.chat, self.business)]
            return [saying.connected_before(self.chat), *self._ask(self.customer)]
        return self._welcome(customer)

    def _welcome(self, customer: Customer) -> list[Call]:
        """To somebody who is connected now: in their own language, if we know of one."""
        self.customer = customer
        with self.in_their_language():
            return [saying.connected(self.chat), *self._ask(customer)]

    def _trial(self, member: int) -> list[Call]:
        """From now on what this member of staff tries out comes to this chat."""
        if StaffMember.objects.filter(pk=member, is_active=True).exists():
            StaffChat.objects.update_or_create(
                member_id=member,
                defaults={"bot": self.bot.bot_id, "chat": self.who.person.id, "since": self.at},
            )
        return [saying.trial(self.chat, self.business)]

    def _contact(self, message: ChatMessage) -> list[Call]:
        """Anybody's contact can be passed on: only the sender's own, of which Telegram gives their number, is taken."""
        told = message.contact
        if told is None or told.user_id != self.who.person.id or message.is_forwarded:
            return [saying.of_somebody_else(self.chat, self.business)]
        try:
            phone = contacts.normal_phone(f"+{told.phone_number.lstrip('+ ')}")
        except contacts.NotAPhone:
            return [saying.no_phone(self.chat, self.business)]
        try:
            customer = linking.connect_by_phone(self.who, told, phone, number=self.number, at=self.at)
        except Erased:
            customer = None
        if customer is None:
            return [saying.not_possible(self.chat)]
        return self._welcome(customer)

    def _ask(self, customer: Customer) -> list[Call]:
        """What is still to be asked of somebody who is connected."""
        answers = latest_answers([customer.pk])
        if answers.consent(customer.pk, Purpose.SERVICE, Channel.TELEGRAM) is False:
            return [saying.ask_to_speak(self.chat)]
        if answers.consent(customer.pk, Purpose.MARKETING, Channel.TELEGRAM) is True:
            return []
        return [saying.ask_consent(self.chat, self._words(Purpose.MARKETING))]

    def _words(self, purpose: Purpose) -> texts.Words:
        return texts.words_for(purpose, business=self.business, channel=Channel.TELEGRAM)

    def _answer(self, customer: Customer, *, granted: bool, version: str) -> list[Call]:
        """The answer to the words under which the button stood; a yes to other words than those of now is asked for
        anew, a no is one to any words.
        """
        language = version.split("/")[1] if version.count("/") > 1 else ""
        with translation.override(language if language in LANGUAGES else translation.get_language()):
            words = self._words(Purpose.MARKETING)
        if granted and words.version != version:
            return [saying.ask_consent(self.chat, self._words(Purpose.MARKETING))]
        self._take(customer, Purpose.MARKETING, granted=granted, words=words)
        return [saying.agreed(self.chat) if granted else saying.declined(self.chat)]

    def _stop(self) -> list[Call]:
        if self.customer is None:
            return [saying.nobody_here(self.chat)]
        self._take(self.customer, Purpose.MARKETING, granted=False, words=self._words(Purpose.MARKETING))
        return [saying.stopped(self.chat)]

    def _service(self, customer: Customer, *, granted: bool) -> list[Call]:
        self._take(customer, Purpose.SERVICE, granted=granted, words=self._words(Purpose.SERVICE))
        if not granted:
            self._take(customer, Purpose.MARKETING, granted=False, words=self._words(Purpose.MARKETING))
            return [saying.silent(self.chat)]
        return [saying.connected(self.chat), *self._ask(customer)]

    def _take(self, customer: Customer, purpose: Purpose, *, granted: bool, words: texts.Words) -> None:
        proof = consent.proof_of(words, through=THROUGH, place=f"@{self.bot.username}")
        if not granted:
            proof = consent.Proof(
                text=saying.refusal(words), text_version=words.version, through=THROUGH, place=f"@{self.bot.username}"
            )
        consent.take(customer, purpose=purpose, channel=Channel.TELEGRAM, granted=granted, proof=proof, at=self.at)

    def _other(self, message: ChatMessage) -> list[Call]:
        """Anything else somebody writes: kept where we know whose it is, and answered in any case."""
        if self.customer is None:
            return [saying.nothing_kept(self.chat, self.business)]
        self._keep(self.customer, message)
        if message.carries and not message.caption:
            return [saying.only_texts(self.chat, self.bot.phone)]
        return [saying.noted(self.chat, self.bot.phone)]

    def _keep(self, customer: Customer, message: ChatMessage) -> None:
        record(
            [
                NewEvent(
                    message_id=self.number,
                    type="message_received",
                    identity=event_identity(customer),
                    occurred_at=self.at,
                    channel=Channel.TELEGRAM,
                    payload={"text": message.text or message.caption}
                    | ({"carries": message.carries} if message.carries else {}),
                )
            ]
        )

    def _forgive(self) -> None:
        came_back = Message.objects.filter(queries.CAME_BACK, channel=Channel.TELEGRAM, sent_to=str(self.who.person.id))
        came_back.update(bounce_forgiven_at=self.at)

    def _page(self) -> str:
        if self.customer is None:
            return ""
        return hooks.own_page(self.customer.pk, Channel.TELEGRAM, str(self.who.person.id), at=self.at)


def _command_in(message: ChatMessage) -> tuple[str, str]:
    """What a message tells the bot to do, and with what; its first word where that is no command."""
    command, _blank, rest = message.text.strip().partition(" ")
    return command.partition("@")[0], rest.strip()
