"""The form of the bot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.channels.models import ChannelAccount
from mijoz.channels.telegram.bot_api import TOKEN
from mijoz.channels.telegram.settings import Receiving

RECEIVING: list[tuple[Receiving, Any]] = [
    ("webhook", _("Telegram calls Mijoz (quickest)")),
    ("polling", _("Mijoz asks Telegram (works behind a firewall too)")),
]


class BotForm(forms.Form):
    """`saved` is the account to change, if there is one; its token is never shown, and kept when none is pasted."""

    token = forms.CharField(
        label=_("Token of the bot"),
        max_length=200,
        required=False,
        help_text=_(
            "What @BotFather gave you, such as 7012345678:AAH… Mijoz keeps it sealed and never shows it again."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone for questions"),
        max_length=40,
        required=False,
        help_text=_("The bot tells it to whoever writes and needs an answer."),
    )
    receives_by = forms.ChoiceField(label=_("How messages to the bot come in"), choices=RECEIVING, required=False)

    def __init__(self, *arguments: Any, saved: ChannelAccount | None, can_be_called: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.saved = saved
        if saved and saved.sealed_secret:
            self.fields["token"].widget.attrs["placeholder"] = "••••••••"
            self.fields["token"].help_text = _("A token is saved. Leave it empty to keep it.")
        self.fields["token"].empty_says_something = True  # type: ignore[attr-defined]
        if not can_be_called:
            del self.fields["receives_by"]

    @staticmethod
    def values_of(saved: ChannelAccount | None) -> dict[str, Any]:
        """What the form shows at first."""
        if saved is None:
            return {"receives_by": "webhook"}
        return {"phone": saved.settings.get("phone", ""), "receives_by": saved.settings.get("receives_by", "polling")}

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"]).strip()
        if not token and not (self.saved and self.saved.sealed_secret):
            raise forms.ValidationError(_("Paste the token that @BotFather gave you."))
        if token and not TOKEN.fullmatch(token):
            raise forms.ValidationError(
                _("This is no token of a bot: it begins with digits and a colon, such as 7012345678:AAH…")
            )
        return token

    def clean_phone(self) -> str:
        return " ".join(str(self.cleaned_data["phone"]).split())

    @property
    def receiving(self) -> Receiving:
        return "webhook" if self.cleaned_data.get("receives_by") == "webhook" else "polling"
